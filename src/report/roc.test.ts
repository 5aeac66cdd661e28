import { describe, expect, it } from 'vitest';
import { readFileSync } from 'node:fs';
import { classMetrics, rightOf, type TestSplit } from './classMetrics.ts';
import { confusion, confusionDifference, imagesOfCell, isRight } from './confusion.ts';
import { rocCurve, type RocCurve } from './roc.ts';

interface Case {
  readonly task: TestSplit['task'];
  readonly classes: number;
  readonly labels: readonly number[];
  readonly scores: readonly number[];
  readonly counts: readonly (readonly number[])[];
  readonly curves: readonly { readonly fpr: readonly number[]; readonly tpr: readonly number[]; readonly auc: number }[];
}

const { cases } = JSON.parse(readFileSync(new URL('testing/roc.json', import.meta.url), 'utf8')) as { cases: readonly Case[] };

const splitOf = ({ task, classes, labels, scores }: Case): TestSplit => ({
  at: 'test-split',
  task,
  classNames: Array.from({ length: classes }, (_, k) => `class ${k}`),
  images: Uint32Array.from({ length: scores.length / classes }, (_, image) => image),
  labels: Uint16Array.from(labels),
});

function areaUnder({ falsePositiveRate: x, truePositiveRate: y }: RocCurve): number {
  let area = 0;
  for (let at = 1; at < x.length; at++) area += (((x[at] ?? 0) - (x[at - 1] ?? 0)) * ((y[at] ?? 0) + (y[at - 1] ?? 0))) / 2;
  return area;
}

for (const golden of cases) {
  describe(`${golden.task}, against scikit-learn`, () => {
    const split = splitOf(golden);
    const scores = Float32Array.from(golden.scores);

    it('ROC curves are those of roc_curve, and their areas the AUC', () => {
      const metrics = classMetrics(scores, split);
      golden.curves.forEach((curve, k) => {
        const found = rocCurve(scores, split, k);
        expect([...(found?.falsePositiveRate ?? [])]).toEqual(curve.fpr);
        expect([...(found?.truePositiveRate ?? [])]).toEqual(curve.tpr);
        expect(areaUnder(found as RocCurve)).toBeCloseTo(curve.auc, 12);
        expect(metrics[k]?.auc).toBeCloseTo(curve.auc, 12);
      });
    });

    it('counts are those of the confusion matrix, and every cell knows its images', () => {
      const { rows, columns, counts } = confusion(scores, split);
      expect([...counts]).toEqual(golden.counts.flat());
      const right = rightOf(scores, split);
      rows.forEach((_, row) =>
        columns.forEach((__, column) => {
          const images = imagesOfCell(scores, split, { row, column });
          expect(images.length).toBe(counts[row * columns.length + column]);
          const where = (image: number) => (golden.task === 'multi-label' ? image * golden.classes + row : image);
          for (const image of images) expect(right[where(image)]).toBe(Number(isRight(split, { row, column })));
        }),
      );
    });

    it('a table has no difference from itself, and the difference of two sums to 0', () => {
      const other = Float32Array.from(scores).reverse();
      const [table, reversed] = [confusion(scores, split), confusion(other, split)];
      expect(new Set(confusionDifference(table, table))).toEqual(new Set([0]));
      const difference = confusionDifference(table, reversed);
      expect(difference.some((count) => count !== 0)).toBe(true);
      expect(difference.reduce((sum, count) => sum + count, 0)).toBe(0);
    });
  });
}

it('a class that is missing from the split has no curve', () => {
  const split = splitOf({ task: 'multi-class', classes: 3, labels: [0, 1], scores: [], counts: [], curves: [] });
  expect(rocCurve(Float32Array.of(0.5, 0.3, 0.2, 0.2, 0.6, 0.2), split, 2)).toBeNull();
});
