/**
 * What is drawn around a mean over seeds, and smoothing. A mean is over exactly one epoch (or step) of every seed that has
 * it, and says over how many; smoothing is of each seed's raw series, before any mean.
 */
import { mean, sampleStd } from './statistics.ts';
import { tQuantile } from './student.ts';

export const bands = ['std', 'se', 'ci', 'range', 'seeds', 'none'] as const;
export type Band = (typeof bands)[number];

export const bandNames: Readonly<Record<Band, string>> = {
  std: '± standard deviation',
  se: '± standard error',
  ci: '95 % interval of the mean',
  range: 'lowest to highest',
  seeds: 'every seed',
  none: 'no band',
};

export interface CurvePoint {
  readonly x: number;
  readonly mean: number;
  readonly low: number;
  readonly high: number;
  /** Seeds averaged here. */
  readonly n: number;
}

/** The mean of one epoch's values with the band's edges; one value has no spread. */
export function pointOf(x: number, values: readonly number[], band: Band): CurvePoint {
  const centre = mean(values);
  const n = values.length;
  if (band === 'range' || band === 'seeds') return { x, mean: centre, low: Math.min(...values), high: Math.max(...values), n };
  const std = sampleStd(values) ?? 0;
  const half =
    band === 'none' || n < 2 ? 0 : band === 'std' ? std : (std / Math.sqrt(n)) * (band === 'ci' ? tQuantile(0.95, n - 1) : 1);
  return { x, mean: centre, low: centre - half, high: centre + half, n };
}

/** One seed's series: values by x, in order of x. */
export type SeedSeries = readonly (readonly [x: number, value: number])[];

/** The mean over seeds at every x that any seed has; values that are not finite are left out. */
export function averaged(series: readonly SeedSeries[], band: Band): CurvePoint[] {
  const byX = new Map<number, number[]>();
  for (const [x, value] of series.flat()) {
    if (!Number.isFinite(value)) continue;
    const values = byX.get(x);
    if (values === undefined) byX.set(x, [value]);
    else values.push(value);
  }
  return [...byX].sort(([a], [b]) => a - b).map(([x, values]) => pointOf(x, values, band));
}

/**
 * The exponential moving average with its start put right (Kingma & Ba's bias correction): the first value is the first
 * value, not a tenth of it. `weight` 0 leaves the series as it is. A gap stays a gap and forgets nothing.
 */
export function smoothed(values: ArrayLike<number>, weight: number): Float64Array {
  const result = new Float64Array(values.length);
  let average = 0;
  let faded = 1;
  for (let k = 0; k < values.length; k++) {
    const value = values[k] ?? Number.NaN;
    if (!Number.isFinite(value)) {
      result[k] = Number.NaN;
      continue;
    }
    average = weight * average + (1 - weight) * value;
    faded *= weight;
    result[k] = average / (1 - faded);
  }
  return result;
}
