import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { Task } from '../data/dataset.ts';
import { goldenFile } from '../base/testing/golden.ts';
import { accuracy, auc, classAuc, meanLoss, scores } from './metrics.ts';

interface GoldenMetrics {
  readonly task: string;
  readonly ties: boolean;
  readonly y: number[][];
  readonly score: number[][];
  readonly auc: number;
  readonly acc: number;
}

const path = goldenFile('metrics.json');

describe.skipIf(!existsSync(path))('metrics against scikit-learn (golden metrics.json)', () => {
  const cases = existsSync(path) ? (JSON.parse(readFileSync(path, 'utf8')) as GoldenMetrics[]) : [];
  it.each(cases.map((each) => [each.task, each.ties, each] as const))(
    '%s, ties %s: ACC and AUC to 1e-9',
    (_task, _ties, each) => {
      const task: Task = each.task.startsWith('multi-label') ? 'multi-label' : (each.task as Task);
      const classes = (each.score[0] as number[]).length;
      const score = Float64Array.from(each.score.flat());
      const labels = Uint16Array.from(each.y.flat());
      expect(auc(score, labels, classes, task)).toBeCloseTo(each.auc, 9);
      expect(accuracy(score, labels, classes, task)).toBeCloseTo(each.acc, 9);
    },
  );
});

describe('metrics', () => {
  it('has no AUC where a class is missing', () => {
    const score = Float64Array.from([0.9, 0.1, 0.2, 0.8]);
    expect(auc(score, Uint16Array.from([1, 1]), 2, 'binary-class')).toBeNull();
    expect(auc(score, Uint16Array.from([1, 1]), 2, 'multi-class')).toBeNull();
  });

  it('gives 1 for a perfect order, 0 for a reversed one and 0.5 for a constant score', () => {
    const labels = Uint16Array.from([0, 0, 1, 1]);
    const of = (...second: number[]) =>
      auc(Float64Array.from(second.flatMap((value) => [1 - value, value])), labels, 2, 'binary-class');
    expect(of(0.1, 0.2, 0.7, 0.9)).toBe(1);
    expect(of(0.9, 0.7, 0.2, 0.1)).toBe(0);
    expect(of(0.5, 0.5, 0.5, 0.5)).toBe(0.5);
  });

  it('takes a binary score of exactly 0.5 as class 0, as the evaluator does', () => {
    expect(accuracy(Float64Array.from([0.5, 0.5]), Uint16Array.from([0]), 2, 'binary-class')).toBe(1);
  });

  it('takes the first of tied classes, as argmax does', () => {
    expect(accuracy(Float64Array.from([0.4, 0.4, 0.2]), Uint16Array.from([0]), 3, 'multi-class')).toBe(1);
  });

  it('turns logits into probabilities without overflow', () => {
    expect([...scores(Float32Array.from([1000, 1000]), 2, 'multi-class')]).toEqual([0.5, 0.5]);
    expect([...scores(Float32Array.from([-1000, 1000]), 2, 'multi-label')]).toEqual([0, 1]);
  });

  it('measures cross-entropy as PyTorch defines it', () => {
    // torch.nn.functional.cross_entropy(torch.tensor([[1., 2., 3.]]), torch.tensor([0])) = 2.4076059
    expect(meanLoss(Float32Array.from([1, 2, 3]), Uint16Array.from([0]), 3, 'multi-class')).toBeCloseTo(2.4076059, 6);
    // binary_cross_entropy_with_logits([[1., -2.]], [[1., 0.]]) = (0.3132617 + 0.1269280) / 2
    expect(meanLoss(Float32Array.from([1, -2]), Uint16Array.from([1, 0]), 2, 'multi-label')).toBeCloseTo(0.22009485, 6);
  });

  it('gives the AUC of each class on its own', () => {
    const score = Float64Array.from([0.8, 0.1, 0.1, 0.2, 0.7, 0.1, 0.1, 0.2, 0.7]);
    expect(classAuc(score, Uint16Array.from([0, 1, 2]), 3, 'multi-class')).toEqual([1, 1, 1]);
  });
});
