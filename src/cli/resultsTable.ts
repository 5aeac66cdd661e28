/** A finished experiment as a table for the terminal. */
import { durationText } from './progress.ts';
import { runTitle } from '../report/weightsFile.ts';
import type { DifferenceSpread, Spread, Summary } from './summary.ts';
import { table } from './table.ts';

const number = (spread: Spread | null, scale: number, digits: number, signed = false): string => {
  if (spread === null) return '-';
  const text = (value: number): string => (value * scale).toFixed(digits);
  const sign = signed && spread.mean >= 0 ? '+' : '';
  return `${sign}${text(spread.mean)}${spread.std === null ? '' : ` ± ${text(spread.std)}`}`;
};

/** With the interval that says whether it settles anything. */
const difference = (spread: DifferenceSpread | null, scale: number, digits: number): string => {
  const interval = spread?.interval ?? null;
  const bounds = interval?.map((bound) => (bound * scale).toFixed(digits)).join(', ');
  return `${number(spread, scale, digits, true)}${bounds === undefined ? '' : ` [${bounds}]`}`;
};

/** How the GPU's kernels were cut, to follow the device; nothing where they were not. */
export const tilesText = (tiles: string | null | undefined): string =>
  tiles === null || tiles === undefined ? '' : `, tiles ${tiles}`;

/** ACC in percent and AUC, mean and sample standard deviation over the seeds; then what merging did. */
export function resultsTable(summary: Summary): string {
  const title = summary.split === 'test' ? 'test' : 'validation (no test split)';
  const rows = [['', `${title} ACC (%)`, 'AUC', 'seeds']];
  for (const { accuracy, auc, ...run } of summary.arms)
    rows.push([runTitle(run), number(accuracy, 100, 2), number(auc, 1, 4), String(accuracy?.n ?? 0)]);
  for (const { minus, accuracy, auc, ...run } of summary.differences)
    rows.push([`${runTitle(run)} - ${minus}`, difference(accuracy, 100, 2), difference(auc, 1, 4), String(accuracy?.n ?? 0)]);
  const hasIntervals = summary.differences.some(({ accuracy }) => (accuracy?.interval ?? null) !== null);
  const explained = hasIntervals ? ['[ ]: 95 % interval of the difference, seed by seed; across 0 it settles nothing.', ''] : [];
  const merges = summary.runs.flatMap(({ merges: merged, tried, highestSimilarity, ...run }) =>
    tried === null
      ? []
      : [
          `${runTitle(run)} seed ${run.seed}: ${merged} of ${tried} tried pairs merged, highest similarity ${highestSimilarity?.toFixed(4) ?? '-'}`,
        ],
  );
  const about = `${summary.dataset.name} on ${summary.device.name} (${summary.device.hardware})${tilesText(summary.tiles)}, ${durationText(summary.elapsedMs)}, build ${summary.build}`;
  return `${table(rows)}\n${[...explained, ...merges, about].join('\n')}\n`;
}
