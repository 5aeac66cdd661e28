/**
 * Receiver operating characteristic of one class against the rest, as scikit-learn's `roc_curve` draws it: for every
 * threshold the share of other images wrongly reported and of the class's images found. The area under it is the AUC.
 */
import type { TestSplit } from './classMetrics.ts';

export interface RocCurve {
  /** Share of images without the class that score at or above the threshold, from 0 to 1. */
  readonly falsePositiveRate: Float64Array;
  /** Share of images of the class that do. */
  readonly truePositiveRate: Float64Array;
}

/** Null where the class, or everything else, is missing from the split. Corners only: points on a straight line are left out. */
export function rocCurve(scores: Float32Array, { task, classNames, labels }: TestSplit, classIndex: number): RocCurve | null {
  const classes = classNames.length;
  const count = scores.length / classes;
  const scoreOf = (image: number) => scores[image * classes + classIndex] as number;
  const isOf = (image: number) =>
    task === 'multi-label' ? labels[image * classes + classIndex] === 1 : labels[image] === classIndex;

  const order = Uint32Array.from({ length: count }, (_, image) => image).sort((a, b) => scoreOf(b) - scoreOf(a));
  const points: [number, number][] = [];
  let wrong = 0;
  let found = 0;
  order.forEach((image, rank) => {
    if (isOf(image)) found++;
    else wrong++;
    const next = order[rank + 1];
    // Images of one score stand or fall together.
    if (next === undefined || scoreOf(next) !== scoreOf(image)) points.push([wrong, found]);
  });
  if (wrong === 0 || found === 0) return null;
  const corners = points.filter((point, at) => {
    const [before, after] = [points[at - 1], points[at + 1]];
    if (before === undefined || after === undefined) return true;
    return after[0] - point[0] !== point[0] - before[0] || after[1] - point[1] !== point[1] - before[1];
  });
  // Above every score nothing is reported.
  corners.unshift([0, 0]);
  return {
    falsePositiveRate: Float64Array.from(corners, ([x]) => x / wrong),
    truePositiveRate: Float64Array.from(corners, ([, y]) => y / found),
  };
}
