/**
 * Curves over seeds. Values are averaged over exactly the same epoch (or step) of every seed that has it, and each
 * point says over how many, so that a mean over fewer seeds is never drawn as one over all.
 */
import { comparedIn } from './arms.ts';
import { bucketWidth, decimate } from './decimate.ts';
import type { EpochPoint, ExperimentRecord, Run } from './record.ts';
import { averaged, smoothed, type Band, type CurvePoint, type SeedSeries } from '../report/bands.ts';

export type { CurvePoint };

export type Pick = (point: EpochPoint) => number | null;

/** Runs of one arm (null: the backbone) that have begun, in the order of the recipe's seeds. */
export function runsOf(record: ExperimentRecord, arm: string | null): Run[] {
  return record.seeds.flatMap((seed) => record.run(seed, arm) ?? []);
}

/** An epoch metric of each seed of one arm. */
function seedSeries(record: ExperimentRecord, arm: string | null, pick: Pick): SeedSeries[] {
  return runsOf(record, arm).map((run) => run.epochs.map((point) => [point.epoch, pick(point) ?? Number.NaN] as const));
}

/** An epoch metric of one arm, averaged over its seeds; `low` and `high` are the band's edges. */
export const epochCurve = (record: ExperimentRecord, arm: string | null, pick: Pick, band: Band = 'range'): CurvePoint[] =>
  averaged(seedSeries(record, arm, pick), band);

/**
 * Training loss of one arm by step: each seed's raw series smoothed where that is asked for, averaged over seeds at each
 * step, then in buckets of `width` steps.
 */
export function lossCurve(record: ExperimentRecord, arm: string | null, width: number, smoothing = 0): CurvePoint[] {
  const losses = runsOf(record, arm).map((run) => (smoothing === 0 ? run.losses.view() : smoothed(run.losses.view(), smoothing)));
  const steps = Math.max(0, ...losses.map((values) => values.length));
  const means = new Float64Array(steps);
  const counts = new Uint16Array(steps);
  for (const values of losses) {
    for (let step = 0; step < values.length; step++) {
      const value = values[step] ?? Number.NaN;
      if (Number.isNaN(value)) continue;
      means[step] = (means[step] ?? 0) + value;
      counts[step] = (counts[step] ?? 0) + 1;
    }
  }
  for (let step = 0; step < steps; step++)
    means[step] = (counts[step] ?? 0) === 0 ? Number.NaN : (means[step] ?? 0) / (counts[step] ?? 1);
  const perEpoch = Math.max(1, record.started.stepsPerEpoch);
  return decimate(means, width).map((bucket) => ({
    x: ((bucket.first + bucket.last) / 2 + 1) / perEpoch,
    mean: bucket.mean,
    low: bucket.min,
    high: bucket.max,
    n: counts[bucket.last] ?? 0,
  }));
}

export interface Curves {
  /** Drawn left of 0, where the arms part. */
  readonly backbone: readonly CurvePoint[];
  readonly baseline: readonly CurvePoint[];
  readonly inmerge: readonly CurvePoint[];
  /** Every seed's own curve of the two arms, where they are to be seen. */
  readonly each?: { readonly baseline: readonly CurvePoint[][]; readonly inmerge: readonly CurvePoint[][] };
}

/** Points of a loss curve in one phase, at most. */
const lossPoints = 200;
const nothing = { baseline: [], inmerge: [] };

function threeCurves(
  record: ExperimentRecord,
  make: (arm: string | null) => CurvePoint[],
  seeds?: (arm: string) => CurvePoint[][],
): Curves {
  const { baseline, inmerge } = comparedIn(record);
  const epochs = record.started.recipe.backbone.epochs;
  const eachOf = (arm: string | null) => (arm === null || seeds === undefined ? [] : seeds(arm));
  return {
    backbone: make(null).map((point) => ({ ...point, x: point.x - epochs })),
    baseline: baseline === null ? [] : make(baseline),
    inmerge: inmerge === null ? [] : make(inmerge),
    each: seeds === undefined ? nothing : { baseline: eachOf(baseline), inmerge: eachOf(inmerge) },
  };
}

export interface EpochCurves {
  readonly accuracy: Curves;
  readonly auc: Curves;
}

/** What an epoch's validation says, of the backbone and the two arms that are compared. */
export const epochCurves = onePer((band: Band) => (record: ExperimentRecord): EpochCurves => {
  const curves = (pick: Pick) => {
    const alone = (arm: string) => seedSeries(record, arm, pick).map((series) => averaged([series], 'none'));
    return threeCurves(record, (arm) => epochCurve(record, arm, pick, band), band === 'seeds' ? alone : undefined);
  };
  return { accuracy: curves((point) => point.val.accuracy), auc: curves((point) => point.val.auc) };
});

/** Training losses in buckets of `width` steps. */
export const lossCurves = onePer((smoothing: number) => (record: ExperimentRecord): { loss: Curves; width: number } => {
  const { backboneSteps, finetuneSteps } = record.started;
  const width = bucketWidth(Math.max(backboneSteps, finetuneSteps), lossPoints);
  return { loss: threeCurves(record, (arm) => lossCurve(record, arm, width, smoothing)), width };
});

/** The same function for the same setting: what it made of a record is found again. */
function onePer<K, F>(make: (key: K) => F): (key: K) => F {
  const made = new Map<K, F>();
  return (key) => {
    const known = made.get(key) ?? make(key);
    made.set(key, known);
    return known;
  };
}
