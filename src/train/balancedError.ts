/**
 * Balanced error, as MedMNIST-C measures (eval.py): 1 minus the mean over classes of the share of a class's images that
 * were recognised, so that rare classes weigh as much as common ones.
 */
import type { Task } from '../data/dataset.ts';

/**
 * From probabilities [images, classes]. Binary: last column > 0.5. Multi-label: the mean over labels of each one's own
 * balanced error at 0.5. Classes without an image do not count.
 */
export function balancedError(score: Float64Array, labels: Uint16Array, classes: number, task: Task): number {
  const count = score.length / classes;
  if (task !== 'multi-label') {
    const predicted = (image: number) =>
      task === 'binary-class' ? Number((score[image * classes + classes - 1] as number) > 0.5) : highest(score, image, classes);
    return errorOf(count, classes, predicted, (image) => labels[image] as number);
  }
  let sum = 0;
  for (let k = 0; k < classes; k++) {
    const cell = (image: number) => image * classes + k;
    sum += errorOf(
      count,
      2,
      (image) => Number((score[cell(image)] as number) > 0.5),
      (image) => labels[cell(image)] as number,
    );
  }
  return sum / classes;
}

function errorOf(count: number, classes: number, predicted: (image: number) => number, truth: (image: number) => number): number {
  const images = new Float64Array(classes);
  const right = new Float64Array(classes);
  for (let image = 0; image < count; image++) {
    const label = truth(image);
    images[label] = (images[label] as number) + 1;
    if (predicted(image) === label) right[label] = (right[label] as number) + 1;
  }
  let recall = 0;
  let present = 0;
  for (let k = 0; k < classes; k++) {
    if (images[k] === 0) continue;
    present++;
    recall += (right[k] as number) / (images[k] as number);
  }
  return 1 - recall / present;
}

/** The first on ties, as NumPy's argmax. */
function highest(score: Float64Array, image: number, classes: number): number {
  const from = image * classes;
  let at = 0;
  for (let k = 1; k < classes; k++) if ((score[from + k] as number) > (score[from + at] as number)) at = k;
  return at;
}
