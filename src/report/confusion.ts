/**
 * What was taken for what: a table of counts from the test scores of one run, and the images behind each of its cells. A
 * row is a true class and a column the class an image was taken for; for multi-label a row is a label, and its four
 * columns say whether it was there and whether it was reported.
 */
import { predictionsOf, type TestSplit } from './classMetrics.ts';

export interface Confusion {
  readonly rows: readonly string[];
  readonly columns: readonly string[];
  /** [rows, columns] */
  readonly counts: Int32Array;
}

export interface ConfusionCell {
  readonly row: number;
  readonly column: number;
}

const labelColumns = ['there, reported', 'there, missed', 'absent, reported', 'absent, not reported'] as const;

/** Whether a cell holds right answers. */
export const isRight = ({ task }: TestSplit, { row, column }: ConfusionCell): boolean =>
  task === 'multi-label' ? column === 0 || column === 3 : row === column;

export function confusion(scores: Float32Array, split: TestSplit): Confusion {
  const rows = split.classNames;
  const columns = split.task === 'multi-label' ? labelColumns : rows;
  const counts = new Int32Array(rows.length * columns.length);
  eachAnswer(scores, split, (_, row, column) => {
    const at = row * columns.length + column;
    counts[at] = (counts[at] as number) + 1;
  });
  return { rows, columns, counts };
}

/** Images of a cell, by their position in the test split's order. */
export function imagesOfCell(scores: Float32Array, split: TestSplit, cell: ConfusionCell): Uint32Array {
  const images: number[] = [];
  eachAnswer(scores, split, (image, row, column) => {
    if (row === cell.row && column === cell.column) images.push(image);
  });
  return Uint32Array.from(images);
}

/** `found` with minus `without`, cell by cell. */
export function confusionDifference(without: Confusion, found: Confusion): Int32Array {
  return Int32Array.from(found.counts, (count, at) => count - (without.counts[at] as number));
}

function eachAnswer(
  scores: Float32Array,
  { task, classNames, labels }: TestSplit,
  take: (image: number, row: number, column: number) => void,
): void {
  const classes = classNames.length;
  if (task !== 'multi-label') {
    predictionsOf(scores, classes, task).forEach((predicted, image) => take(image, labels[image] as number, predicted));
    return;
  }
  for (let at = 0; at < scores.length; at++) {
    const reported = (scores[at] as number) > 0.5;
    const column = labels[at] === 1 ? (reported ? 0 : 1) : reported ? 2 : 3;
    take(Math.floor(at / classes), at % classes, column);
  }
}
