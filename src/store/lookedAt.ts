/**
 * The selection, made whole by what the experiment has: which seed, which two runs are set against one another, which
 * epoch, and which epochs there are to go through.
 */
import { comparedIn } from './arms.ts';
import type { ExperimentRecord } from './record.ts';
import type { Selection } from './selection.ts';
import type { KeptKernels } from './state.ts';

export interface LookedAt {
  readonly seed: number;
  /** Drawn above the diagonal; null: the backbone, before the arms part. */
  readonly upper: string | null;
  /** Below it. The same as `upper` where there is nothing to compare. */
  readonly lower: string | null;
  readonly epoch: number;
  /** Where the upper half is of another epoch: of results from elsewhere each run has but its selected one. */
  readonly upperEpoch?: number;
  /** Epochs of both that can be shown, ascending. */
  readonly epochs: readonly number[];
  /** Last epoch that the run will have. */
  readonly lastEpoch: number;
}

/** The epoch that this half is of. */
export const epochOfHalf = ({ upper, lower, epoch, upperEpoch }: LookedAt, arm: string | null): number =>
  arm === upper && arm !== lower ? (upperEpoch ?? epoch) : epoch;

/** Null where no epoch of any run can be shown. */
export function lookedAt(record: ExperimentRecord, kept: KeptKernels, selection: Selection): LookedAt | null {
  const { recipe } = record.started;
  const begun = recipe.seeds.filter((seed) => [...record.runs.values()].some((run) => run.key.seed === seed));
  const wished = begun.find((seed) => seed === selection.seed);
  for (const seed of wished === undefined ? begun.toReversed() : [wished]) {
    const { upper, lower } = compared(record, seed, selection.arm);
    const [above, below] = [upper, lower].map((arm) => shownEpochs(record, kept, seed, arm, selection.layer)) as [
      number[],
      number[],
    ];
    const common = above.filter((epoch) => below.includes(epoch));
    const ends = [above, below].map((each) => each.at(-1) ?? 0) as [number, number];
    // Both have gone on since they parted, and never met again.
    const apart = (common.at(-1) ?? 0) === 0 && Math.min(...ends) > 0;
    const epochs = apart ? [...common, ends[1]] : common;
    const latest = epochs.at(-1);
    if (latest === undefined) continue;
    const epoch = epochs.findLast((each) => each <= (selection.epoch ?? latest)) ?? epochs[0] ?? latest;
    const { epochs: lastEpoch } = recipe[lower === null ? 'backbone' : 'finetune'];
    return { seed, upper, lower, epoch, epochs, lastEpoch, ...(apart && epoch > 0 ? { upperEpoch: ends[0] } : {}) };
  }
  return null;
}

/** Arms of a seed that have begun; the backbone against itself before. */
function compared(record: ExperimentRecord, seed: number, wished: string | null): { upper: string | null; lower: string | null } {
  const begun = record.started.recipe.arms.map((arm) => arm.name).filter((name) => record.run(seed, name) !== undefined);
  const { baseline, inmerge } = comparedIn(record);
  const upper = begun.find((name) => name === baseline) ?? begun[0] ?? null;
  const lower = begun.find((name) => name === wished && name !== upper) ?? begun.find((name) => name === inmerge) ?? upper;
  return { upper, lower };
}

/** Epochs of a run whose kernels are kept or whose similarities were told, ascending; an arm's 0 is the backbone's last. */
function shownEpochs(
  record: ExperimentRecord,
  kept: KeptKernels,
  seed: number,
  arm: string | null,
  layer: number | null,
): number[] {
  const { backbone } = record.started.recipe;
  const epochs = new Set<number>();
  for (const each of kept.epochs) {
    if (each.seed !== seed || (each.base ?? null) !== record.base) continue;
    if (each.arm === arm) epochs.add(each.epoch);
    else if (each.arm === null && each.epoch === backbone.epochs) epochs.add(0);
  }
  for (const map of record.similarities.get(layer ?? -1) ?? [])
    if (map.run.seed === seed && map.run.arm === arm) epochs.add(map.epoch);
  return [...epochs].sort((a, b) => a - b);
}
