/**
 * Curves over seeds. Values are averaged over exactly the same epoch (or step) of every seed that has it, and each
 * point says over how many, so that a mean over fewer seeds is never drawn as one over all.
 */
import { comparedIn } from './arms.ts';
import { bucketWidth, decimate } from './decimate.ts';
import type { EpochPoint, ExperimentRecord, Run } from './record.ts';
import { mean } from '../report/statistics.ts';

export interface CurvePoint {
  /** Epoch; fractional for losses. */
  readonly x: number;
  readonly mean: number;
  /** Lowest and highest value over the seeds (for losses: over the steps of the bucket). */
  readonly low: number;
  readonly high: number;
  /** Seeds averaged here. */
  readonly n: number;
}

export type Pick = (point: EpochPoint) => number | null;

/** Runs of one arm (null: the backbone) that have begun, in the order of the recipe's seeds. */
export function runsOf(record: ExperimentRecord, arm: string | null): Run[] {
  return record.seeds.flatMap((seed) => record.run(seed, arm) ?? []);
}

/** An epoch metric of one arm, averaged over its seeds. */
export function epochCurve(record: ExperimentRecord, arm: string | null, pick: Pick): CurvePoint[] {
  const byEpoch = new Map<number, number[]>();
  for (const run of runsOf(record, arm)) {
    for (const point of run.epochs) {
      const value = pick(point);
      if (value === null || !Number.isFinite(value)) continue;
      const values = byEpoch.get(point.epoch);
      if (values === undefined) byEpoch.set(point.epoch, [value]);
      else values.push(value);
    }
  }
  return [...byEpoch]
    .sort(([a], [b]) => a - b)
    .map(([x, values]) => ({ x, mean: mean(values), low: Math.min(...values), high: Math.max(...values), n: values.length }));
}

/** Training loss of one arm by step, averaged over seeds at each step, then in buckets of `width` steps. */
export function lossCurve(record: ExperimentRecord, arm: string | null, width: number): CurvePoint[] {
  const losses = runsOf(record, arm).map((run) => run.losses.view());
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
}

/** Points of a loss curve in one phase, at most. */
const lossPoints = 200;

function threeCurves(record: ExperimentRecord, make: (arm: string | null) => CurvePoint[]): Curves {
  const { baseline, inmerge } = comparedIn(record);
  const epochs = record.started.recipe.backbone.epochs;
  return {
    backbone: make(null).map((point) => ({ ...point, x: point.x - epochs })),
    baseline: baseline === null ? [] : make(baseline),
    inmerge: inmerge === null ? [] : make(inmerge),
  };
}

/** What an epoch's validation says, of the backbone and the two arms that are compared. */
export function epochCurves(record: ExperimentRecord): { accuracy: Curves; auc: Curves } {
  return {
    accuracy: threeCurves(record, (arm) => epochCurve(record, arm, (point) => point.val.accuracy)),
    auc: threeCurves(record, (arm) => epochCurve(record, arm, (point) => point.val.auc)),
  };
}

/** Training losses in buckets of `width` steps. */
export function lossCurves(record: ExperimentRecord): { loss: Curves; width: number } {
  const { backboneSteps, finetuneSteps } = record.started;
  const width = bucketWidth(Math.max(backboneSteps, finetuneSteps), lossPoints);
  return { loss: threeCurves(record, (arm) => lossCurve(record, arm, width)), width };
}
