/**
 * Test scores in the form of MedMNIST's own evaluator (medmnist/evaluator.py): rows `index,score_0,...` without a header,
 * and a file name that states what they amount to.
 */
import type { TestMetrics } from '../experiment/events.ts';

/** `{flag}{_size}_test_[AUC]0.913_[ACC]0.846@{run}.csv`; the flag, with its size, is the dataset's name. */
export function scoresFileName(flag: string, { auc, accuracy }: TestMetrics, run: string): string {
  const plain = flag.replaceAll(/[^A-Za-z0-9_.-]+/g, '-').replace(/^[-.]+/, '') || 'dataset';
  return `${plain}_test_[AUC]${auc === null ? 'nan' : thousandths(auc)}_[ACC]${thousandths(accuracy)}@${run}.csv`;
}

/** Three decimals as Python's `.3f` rounds: a tie, which only odd sixteenths are, goes to the even digit. */
export function thousandths(value: number): string {
  const isTie = Math.abs(value * 16) % 2 === 1;
  if (!isTie) return value.toFixed(3);
  const below = Math.floor(value * 1000);
  return ((below + (below % 2 === 0 ? 0 : 1)) / 1000).toFixed(3);
}

/** `scores` is [images, classes], row-major; images are counted from 0 in the order of the test split as it was used. */
export function scoresCsv(scores: Float64Array, classes: number): string {
  const lines: string[] = [];
  for (let image = 0; image * classes < scores.length; image++)
    lines.push(`${image},${scores.subarray(image * classes, (image + 1) * classes).join(',')}\n`);
  return lines.join('');
}
