/** Means, sample standard deviations and the paired comparison of two arms over seeds. */
import { centralProbability, tQuantile } from './student.ts';

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
  /** Null for one seed; 0 where all differences are the same but for the rounding of a subtraction. */
  readonly std: number | null;
  /** 95 % t interval of the mean difference; null for one seed. */
  readonly interval: readonly [number, number] | null;
  /** Seeds in which `after` was ahead, behind, and exactly even. */
  readonly wins: number;
  readonly losses: number;
  readonly ties: number;
  /** Two-sided p of the paired t test; null for one seed, and where all differences are the same. */
  readonly p: number | null;
}

/** `after` minus `before`, seed by seed, then summarised; null without pairs. */
export function pairedDifference(pairs: readonly { readonly before: number; readonly after: number }[]): PairedDifference | null {
  const differences = pairs.map((pair) => pair.after - pair.before);
  const summary = summarise(differences);
  if (summary === null) return null;
  const { n, mean: centre } = summary;
  const std = areOne(differences, pairs) && n > 1 ? 0 : summary.std;
  const half = std === null ? null : (tQuantile(0.95, n - 1) * std) / Math.sqrt(n);
  return {
    ...summary,
    std,
    differences,
    interval: half === null ? null : [centre - half, centre + half],
    wins: differences.filter((value) => value > 0).length,
    losses: differences.filter((value) => value < 0).length,
    ties: differences.filter((value) => value === 0).length,
    p: std === null || std === 0 ? null : Math.max(0, 1 - centralProbability(Math.abs(centre / std) * Math.sqrt(n), n - 1)),
  };
}

/** Whether differences vary by no more than subtracting such numbers rounds: one image in 156 is not the same float everywhere. */
function areOne(differences: readonly number[], pairs: readonly { readonly before: number; readonly after: number }[]): boolean {
  const largest = Math.max(...pairs.map(({ before, after }) => Math.max(Math.abs(before), Math.abs(after))));
  return Math.max(...differences) - Math.min(...differences) <= 2 * Number.EPSILON * largest;
}
