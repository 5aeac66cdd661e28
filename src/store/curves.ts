/**
 * Curves over seeds. Values are averaged over exactly the same epoch (or step) of every seed that has it, and each
 * point says over how many, so that a mean over fewer seeds is never drawn as one over all.
 */
import { armTitle } from '../recipe/arms.ts';
import { armLooks, isBanded, type ArmLook } from '../report/looks.ts';
import { bucketWidth, decimate } from './decimate.ts';
import { drawnArms, type DrawnArms } from './drawn.ts';
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

/** One arm as a line of a chart. */
export interface CurveLine {
  readonly name: string;
  readonly title: string;
  readonly look: ArmLook;
  readonly points: readonly CurvePoint[];
  /** Every seed's own curve, where they are to be seen. */
  readonly each: readonly (readonly CurvePoint[])[];
  /** The same of the training images, where it is to be drawn beside. */
  readonly training?: readonly CurvePoint[];
}

export interface Curves {
  /** Drawn left of 0, where the arms part. */
  readonly backbone: readonly CurvePoint[];
  /** As that of a line. */
  readonly backboneTraining?: readonly CurvePoint[];
  /** In the order of the recipe. */
  readonly lines: readonly CurveLine[];
}

/** Points of a loss curve in one phase, at most. */
const lossPoints = 200;
const nothing: CurveLine['each'] = [];

function curvesOf(
  record: ExperimentRecord,
  drawn: DrawnArms,
  make: (arm: string | null) => readonly CurvePoint[],
  seeds?: (arm: string) => CurveLine['each'],
  training?: (arm: string | null) => readonly CurvePoint[],
): Curves {
  const epochs = record.started.recipe.backbone.epochs;
  const before = (points: readonly CurvePoint[]) => points.map((point) => ({ ...point, x: point.x - epochs }));
  const looks = armLooks(record.arms, record.compared, drawnArms(record, drawn));
  return {
    backbone: before(make(null)),
    ...(training === undefined ? {} : { backboneTraining: before(training(null)) }),
    lines: [...looks].map(([name, look]): CurveLine => {
      const each = seeds !== undefined && isBanded(look) ? seeds(name) : nothing;
      const line = { name, title: armTitle(name), look, points: make(name), each };
      return training !== undefined && isBanded(look) ? { ...line, training: training(name) } : line;
    }),
  };
}

export interface EpochCurves {
  readonly accuracy: Curves;
  readonly auc: Curves;
}

/**
 * What an epoch's validation says, of the backbone and the arms that are drawn.
 * @param training whether the accuracy has that of the training images beside it, of the backbone and the arms that are compared
 */
export const epochCurves =
  (band: Band, drawn: DrawnArms, training = false) =>
  (record: ExperimentRecord): EpochCurves => {
    const trained = (arm: string | null) =>
      whileItGrew(record, 'training', arm, epochsIn, () => epochCurve(record, arm, (point) => point.trainAccuracy, 'none'));
    const curves = (name: string, pick: Pick, beside?: typeof trained) => {
      const alone = (arm: string) => seedSeries(record, arm, pick).map((series) => averaged([series], 'none'));
      const make = (arm: string | null) =>
        whileItGrew(record, `${name} ${band}`, arm, epochsIn, () => epochCurve(record, arm, pick, band));
      return curvesOf(record, drawn, make, band === 'seeds' ? alone : undefined, beside);
    };
    return {
      accuracy: curves('accuracy', (point) => point.val.accuracy, training ? trained : undefined),
      auc: curves('auc', (point) => point.val.auc),
    };
  };

/** Training losses in buckets of `width` steps. */
export const lossCurves =
  (smoothing: number, drawn: DrawnArms) =>
  (record: ExperimentRecord): { loss: Curves; width: number } => {
    const { backboneSteps, finetuneSteps } = record.started;
    const width = bucketWidth(Math.max(backboneSteps, finetuneSteps), lossPoints);
    const make = (arm: string | null) =>
      whileItGrew(record, `loss ${smoothing}`, arm, lossesIn, () => lossCurve(record, arm, width, smoothing));
    return { loss: curvesOf(record, drawn, make), width };
  };

const epochsIn = (run: Run): number => run.epochs.length;
const lossesIn = (run: Run): number => run.losses.length;

const made = new WeakMap<ExperimentRecord, Map<string, { readonly size: number; readonly points: readonly CurvePoint[] }>>();

/** A curve as it was, where its arm has got nothing new: of many arms only a few grow at a time. */
function whileItGrew(
  record: ExperimentRecord,
  what: string,
  arm: string | null,
  sizeOf: (run: Run) => number,
  make: () => readonly CurvePoint[],
): readonly CurvePoint[] {
  const size = runsOf(record, arm).reduce((sum, run) => sum + sizeOf(run), 0);
  const ofRecord = made.get(record) ?? new Map<string, { size: number; points: readonly CurvePoint[] }>();
  made.set(record, ofRecord);
  const key = `${what} ${arm ?? ''}`;
  const known = ofRecord.get(key);
  if (known?.size === size) return known.points;
  const points = make();
  ofRecord.set(key, { size, points });
  return points;
}
