import { describe, expect, test } from 'vitest';
import { accuracy } from '../train/metrics.ts';
import { classMetrics, rightOf, type TestSplit } from './classMetrics.ts';

const split = (task: TestSplit['task'], names: string[], labels: number[]): TestSplit => ({
  at: 'test-split',
  task,
  classNames: names,
  images: Uint32Array.from(labels.keys()),
  labels: Uint16Array.from(labels),
});

describe('class by class', () => {
  test('a class counts its own images, and one that is missing has no number', () => {
    const scores = Float32Array.of(0.7, 0.2, 0.1, 0.4, 0.5, 0.1, 0.1, 0.8, 0.1, 0.3, 0.6, 0.1);
    const found = classMetrics(scores, split('multi-class', ['a', 'b', 'c'], [0, 0, 1, 1]));
    expect(found).toEqual([
      { name: 'a', images: 2, accuracy: 0.5, auc: 1 },
      { name: 'b', images: 2, accuracy: 1, auc: 1 },
      { name: 'c', images: 0, accuracy: null, auc: null },
    ]);
  });

  test('multi-label judges every image for every finding', () => {
    const scores = Float32Array.of(0.9, 0.4, 0.6, 0.7, 0.2, 0.1);
    const found = classMetrics(scores, split('multi-label', ['x', 'y'], [1, 0, 0, 1, 0, 1]));
    expect(found[0]).toEqual({ name: 'x', images: 1, accuracy: 2 / 3, auc: 1 });
    expect(found[1]).toEqual({ name: 'y', images: 2, accuracy: 2 / 3, auc: 0.5 });
  });

  test.each(['binary-class', 'multi-class', 'multi-label'] as const)(
    'the shares of right predictions are the accuracy: %s',
    (task) => {
      const labels = task === 'multi-label' ? [1, 0, 0, 1, 1, 1, 0, 0] : [0, 1, 1, 0];
      const scores = Float32Array.of(0.5, 0.5, 0.2, 0.8, 0.9, 0.1, 0.6, 0.4);
      const right = rightOf(scores, split(task, ['a', 'b'], labels));
      const share = right.reduce((sum, value) => sum + value, 0) / right.length;
      expect(share).toBe(accuracy(Float64Array.from(scores), Uint16Array.from(labels), 2, task));
    },
  );
});
