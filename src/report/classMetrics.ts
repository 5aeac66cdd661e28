/**
 * What the test scores of one run say class by class: how many of a class's images were recognised, and its one-vs-rest
 * AUC. For multi-label each class is a finding of its own: accuracy of its yes or no, and AUROC as the paper's Table 1.
 */
import type { ExperimentEvent } from '../experiment/events.ts';
import { classAuc } from '../train/metrics.ts';

export type TestSplit = Extract<ExperimentEvent, { at: 'test-split' }>;

export interface ClassMetrics {
  readonly name: string;
  /** Test images of the class (multi-label: with the finding). */
  readonly images: number;
  /** Share of the class's images that were recognised; multi-label: share of all images judged right. Null without images. */
  readonly accuracy: number | null;
  /** Null where the class, or everything else, is missing from the split. */
  readonly auc: number | null;
}

/** Whether each prediction was right, by MedMNIST's rules: [images], or [images, classes] for multi-label. */
export function rightOf(scores: Float32Array, { task, classNames, labels }: TestSplit): Uint8Array {
  const classes = classNames.length;
  if (task === 'multi-label') return Uint8Array.from(scores, (score, cell) => Number(Number(score > 0.5) === labels[cell]));
  return Uint8Array.from(predictionsOf(scores, classes, task), (predicted, image) => Number(predicted === labels[image]));
}

/** The class each image was taken for: the highest score, the first on ties; binary: the last column above one half. */
export function predictionsOf(scores: Float32Array, classes: number, task: TestSplit['task']): Uint16Array {
  return Uint16Array.from({ length: scores.length / classes }, (_, image) => {
    const row = scores.subarray(image * classes, (image + 1) * classes);
    return task === 'binary-class' ? Number((row[classes - 1] as number) > 0.5) : firstHighest(row);
  });
}

export function classMetrics(scores: Float32Array, split: TestSplit): ClassMetrics[] {
  const { task, classNames, labels } = split;
  const classes = classNames.length;
  const right = rightOf(scores, split);
  const areas = classAuc(Float64Array.from(scores), Uint16Array.from(labels), classes, task);
  return classNames.map((name, k) => {
    const multi = task === 'multi-label';
    let images = 0;
    let judged = 0;
    let hits = 0;
    for (let image = 0; image * classes < scores.length; image++) {
      const isOf = multi ? labels[image * classes + k] === 1 : labels[image] === k;
      images += Number(isOf);
      if (!multi && !isOf) continue;
      judged++;
      hits += right[multi ? image * classes + k : image] as number;
    }
    return { name, images, accuracy: judged === 0 ? null : hits / judged, auc: areas[k] ?? null };
  });
}

function firstHighest(row: Float32Array): number {
  let at = 0;
  for (let k = 1; k < row.length; k++) if ((row[k] as number) > (row[at] as number)) at = k;
  return at;
}
