/** One honest sentence about a paired difference over seeds. */
import type { PairedDifference } from '../../store/statistics.ts';

const numerals = ['No', 'One', 'Two', 'Three', 'Four', 'Five', 'Six', 'Seven', 'Eight', 'Nine', 'Ten'];

export function certainty(difference: PairedDifference): string {
  const { n, interval } = difference;
  if (interval === null) return 'One seed settles nothing.';
  const includesZero = interval[0] <= 0 && interval[1] >= 0;
  const seeds = `${numerals[n] ?? String(n)} seeds`;
  if (includesZero) return `Interval includes 0. ${seeds} cannot settle it.`;
  return n < 5
    ? `Interval excludes 0. ${seeds} are few; one dataset, one network.`
    : 'Interval excludes 0. One dataset, one network.';
}
