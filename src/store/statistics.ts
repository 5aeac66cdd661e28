/** Means, sample standard deviations and the paired comparison of two arms over seeds. */
import { tQuantile } from './student.ts';

export const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;

/** Sample standard deviation (n - 1); null for fewer than two values. */
export function sampleStd(values: readonly number[]): number | null {
  if (values.length < 2) return null;
  const centre = mean(values);
  return Math.sqrt(values.reduce((sum, value) => sum + (value - centre) ** 2, 0) / (values.length - 1));
}

export interface Summary {
  readonly n: number;
  readonly mean: number;
  readonly std: number | null;
}

export function summarise(values: readonly number[]): Summary | null {
  return values.length === 0 ? null : { n: values.length, mean: mean(values), std: sampleStd(values) };
}

export interface PairedDifference extends Summary {
  readonly differences: readonly number[];
  /** 95 % t interval of the mean difference; null for one seed. */
  readonly interval: readonly [number, number] | null;
}

/** `after` minus `before`, seed by seed, then summarised; null without pairs. */
export function pairedDifference(pairs: readonly { readonly before: number; readonly after: number }[]): PairedDifference | null {
  const differences = pairs.map((pair) => pair.after - pair.before);
  const summary = summarise(differences);
  if (summary === null) return null;
  const half = summary.std === null ? null : (tQuantile(0.95, summary.n - 1) * summary.std) / Math.sqrt(summary.n);
  return { ...summary, differences, interval: half === null ? null : [summary.mean - half, summary.mean + half] };
}
