/** What an experiment shows so far: the live headline from validation, and the table of test results at the end. */
import type { SplitMetrics } from '../experiment/events.ts';
import { comparedIn } from './arms.ts';
import { runsOf } from './curves.ts';
import type { EpochPoint, ExperimentRecord, Run, RunResult } from './record.ts';
import { pairedDifference, summarise, type PairedDifference, type Summary } from '../report/statistics.ts';

export interface Headline {
  readonly baseline: Summary | null;
  readonly inmerge: Summary | null;
  /** Training accuracy in passing of the same seeds and epoch, their mean; null where one of them has none. */
  readonly baselineTraining: number | null;
  readonly inmergeTraining: number | null;
  /** Epoch each number was taken at. */
  readonly baselineEpoch: number | null;
  readonly inmergeEpoch: number | null;
  readonly difference: PairedDifference | null;
  /** Seeds of which both arms are complete. */
  readonly completeSeeds: readonly number[];
}

const lastEpoch = (run: Run | undefined): number | null => run?.epochs.at(-1)?.epoch ?? null;
const pointAt = (run: Run | undefined, epoch: number): EpochPoint | undefined =>
  run?.epochs.find((point) => point.epoch === epoch);
const accuracyAt = (run: Run | undefined, epoch: number): number | null => pointAt(run, epoch)?.val.accuracy ?? null;

function trainingAt(runs: readonly (Run | undefined)[], epoch: number | null): number | null {
  const found = epoch === null ? [] : runs.flatMap((run) => pointAt(run, epoch)?.trainAccuracy ?? []);
  return found.length < runs.length ? null : (summarise(found)?.mean ?? null);
}

/**
 * Validation accuracy of both arms at one common epoch: of all seeds whose two arms are complete, or, before the first
 * is, of the seed under way as far as both arms have come.
 */
export function headline(record: ExperimentRecord): Headline {
  const { baseline, inmerge } = comparedIn(record);
  const last = record.started.recipe.finetune.epochs;
  const pairOf = (seed: number) => ({
    seed,
    before: baseline === null ? undefined : record.run(seed, baseline),
    after: inmerge === null ? undefined : record.run(seed, inmerge),
  });
  const pairs = record.seeds.map(pairOf);
  const complete = pairs.filter((pair) => accuracyAt(pair.before, last) !== null && accuracyAt(pair.after, last) !== null);
  const common = (pair: (typeof pairs)[number]) => Math.min(lastEpoch(pair.before) ?? -1, lastEpoch(pair.after) ?? -1);
  const begun = pairs.find((pair) => common(pair) >= 0);
  const chosen = complete.length > 0 ? complete : begun === undefined ? [] : [begun];
  if (chosen.length === 0) {
    const only = pairs.find((pair) => pair.before !== undefined || pair.after !== undefined);
    return { ...alone(only?.before, only?.after), difference: null, completeSeeds: [] };
  }
  const epoch = complete.length > 0 ? last : common(chosen[0] ?? pairOf(0));
  const values = chosen.flatMap((pair) => {
    const before = accuracyAt(pair.before, epoch);
    const after = accuracyAt(pair.after, epoch);
    return before === null || after === null ? [] : [{ before, after }];
  });
  return {
    baseline: summarise(values.map((value) => value.before)),
    inmerge: summarise(values.map((value) => value.after)),
    baselineTraining: trainingAt(
      chosen.map((pair) => pair.before),
      epoch,
    ),
    inmergeTraining: trainingAt(
      chosen.map((pair) => pair.after),
      epoch,
    ),
    baselineEpoch: epoch,
    inmergeEpoch: epoch,
    difference: pairedDifference(values),
    completeSeeds: complete.map((pair) => pair.seed),
  };
}

/** One arm has begun and the other not: its latest epoch, and nothing to compare. */
function alone(before: Run | undefined, after: Run | undefined): Omit<Headline, 'difference' | 'completeSeeds'> {
  const latest = (run: Run | undefined) => run?.epochs.at(-1);
  const one = (run: Run | undefined) => summarise(latest(run) === undefined ? [] : [latest(run)?.val.accuracy ?? 0]);
  const [baselineEpoch, inmergeEpoch] = [lastEpoch(before), lastEpoch(after)];
  const baselineTraining = trainingAt([before], baselineEpoch);
  const inmergeTraining = trainingAt([after], inmergeEpoch);
  return { baseline: one(before), inmerge: one(after), baselineTraining, inmergeTraining, baselineEpoch, inmergeEpoch };
}

export interface ArmResults {
  readonly arm: string;
  readonly merges: boolean;
  readonly accuracy: Summary;
  readonly auc: Summary | null;
  readonly epochs: readonly number[];
  readonly trainMs: number;
  readonly mergeCount: number;
  readonly tried: number | null;
  readonly highestSimilarity: number | null;
  /** Test accuracy minus that of the arm without merging, seed by seed; null for that arm. */
  readonly difference: PairedDifference | null;
}

export interface SeedResults {
  readonly seed: number;
  readonly baseline: SplitMetrics;
  readonly inmerge: SplitMetrics;
}

export interface Results {
  /** Which split the numbers are of: test, or validation where the dataset has no test split. */
  readonly split: 'test' | 'validation';
  readonly arms: readonly ArmResults[];
  /** The merging arm whose difference `accuracy` and `auc` are. */
  readonly compared: string | null;
  readonly seeds: readonly SeedResults[];
  readonly accuracy: PairedDifference | null;
  readonly auc: PairedDifference | null;
}

/** Results of every run that has been tested; null before the first. */
export function results(record: ExperimentRecord): Results | null {
  const tested = [...record.runs.values()].flatMap((run) => (run.result === null || run.key.arm === null ? [] : [run.result]));
  if (tested.length === 0) return null;
  const split = tested.some((result) => result.test !== null) ? 'test' : 'validation';
  const compared = comparedIn(record);
  const differenceOf = (arm: string): PairedDifference | null =>
    pairedDifference(
      record.seeds.flatMap((seed) => {
        const before = compared.baseline === null ? null : record.run(seed, compared.baseline)?.result;
        const after = record.run(seed, arm)?.result;
        return before && after ? [{ before: metrics(before).accuracy, after: metrics(after).accuracy }] : [];
      }),
    );
  const metrics = (result: RunResult): SplitMetrics => result.test ?? result.val;
  const arms = record.arms.flatMap(({ name, merges }): ArmResults[] => {
    const own = runsOf(record, name).flatMap((run) => run.result ?? []);
    const accuracy = summarise(own.map((result) => metrics(result).accuracy));
    if (accuracy === null) return [];
    const highest = own.flatMap((result) => result.highestSimilarity ?? []);
    return [
      {
        arm: name,
        merges,
        accuracy,
        auc: summarise(own.flatMap((result) => metrics(result).auc ?? [])),
        epochs: own.map((result) => result.selectedEpoch),
        trainMs: own.reduce((sum, result) => sum + result.trainMs, 0),
        mergeCount: own.reduce((sum, result) => sum + result.merges, 0),
        tried: merges ? own.reduce((sum, result) => sum + (result.tried ?? 0), 0) : null,
        highestSimilarity: highest.length === 0 ? null : Math.max(...highest),
        difference: merges ? differenceOf(name) : null,
      },
    ];
  });
  const seeds = record.seeds.flatMap((seed): SeedResults[] => {
    const before = compared.baseline === null ? null : record.run(seed, compared.baseline)?.result;
    const after = compared.inmerge === null ? null : record.run(seed, compared.inmerge)?.result;
    return before && after ? [{ seed, baseline: metrics(before), inmerge: metrics(after) }] : [];
  });
  return {
    split,
    arms,
    compared: compared.inmerge,
    seeds,
    accuracy: pairedDifference(seeds.map((row) => ({ before: row.baseline.accuracy, after: row.inmerge.accuracy }))),
    auc: pairedDifference(
      seeds.flatMap((row) =>
        row.baseline.auc === null || row.inmerge.auc === null ? [] : [{ before: row.baseline.auc, after: row.inmerge.auc }],
      ),
    ),
  };
}
