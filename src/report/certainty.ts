/** One honest sentence about a paired difference over seeds, and whether it settles anything at all. */
import type { PairedDifference } from './statistics.ts';

const numerals = ['No', 'One', 'Two', 'Three', 'Four', 'Five', 'Six', 'Seven', 'Eight', 'Nine', 'Ten'];

/** Below this many seeds nothing is settled, whatever the interval says. */
export const fewestSeeds = 3;

/** At least three seeds, and an interval that leaves out 0. */
export function settles({ n, interval }: PairedDifference): boolean {
  return n >= fewestSeeds && interval !== null && (interval[0] > 0 || interval[1] < 0);
}

export function certainty(difference: PairedDifference): string {
  const { n, interval } = difference;
  if (interval === null) return 'One seed settles nothing.';
  const seeds = `${numerals[n] ?? String(n)} seeds`;
  if (interval[0] <= 0 && interval[1] >= 0) return `Interval includes 0. ${seeds} cannot settle it.`;
  if (n < fewestSeeds) return `Interval excludes 0, but ${seeds.toLowerCase()} settle nothing.`;
  return n < 5
    ? `Interval excludes 0. ${seeds} are few; one dataset, one network.`
    : 'Interval excludes 0. One dataset, one network.';
}
