import { expect, test } from 'vitest';
import { epochCurve, lossCurve } from './curves.ts';
import { epochOf, recordOf, runKey } from './testRecord.ts';

test('a mean over seeds is of the same epoch, and says how many seeds it is over', () => {
  const record = recordOf([3, 8]);
  for (const event of [
    epochOf(3, 'inmerge', 0, 0.5),
    epochOf(3, 'inmerge', 1, 0.6),
    epochOf(3, 'inmerge', 2, 0.7),
    epochOf(8, 'inmerge', 0, 0.7),
    epochOf(8, 'inmerge', 1, 0.8),
  ])
    record.take(event);
  expect(epochCurve(record, 'inmerge', (point) => point.val.accuracy)).toEqual([
    { x: 0, mean: 0.6, low: 0.5, high: 0.7, n: 2 },
    { x: 1, mean: 0.7, low: 0.6, high: 0.8, n: 2 },
    { x: 2, mean: 0.7, low: 0.7, high: 0.7, n: 1 },
  ]);
});

test('another seed’s epoch does not move what one arm has, and an undefined AUC is no point', () => {
  const record = recordOf([0, 1]);
  record.take(epochOf(0, 'baseline', 1, 0.9, null));
  record.take(epochOf(1, 'inmerge', 1, 0.1, 0.1));
  expect(epochCurve(record, 'baseline', (point) => point.val.accuracy)).toHaveLength(1);
  expect(epochCurve(record, 'baseline', (point) => point.val.auc)).toEqual([]);
});

test('losses are averaged step by step over the seeds that have the step', () => {
  const record = recordOf([0, 1]);
  record.take({ at: 'loss', run: runKey(0, 'baseline'), firstStep: 0, losses: Float32Array.of(4, 4, 2, 2) });
  record.take({ at: 'loss', run: runKey(1, 'baseline'), firstStep: 0, losses: Float32Array.of(2, 2) });
  expect(lossCurve(record, 'baseline', 2)).toEqual([
    { x: 0.15, mean: 3, low: 3, high: 3, n: 2 },
    { x: 0.35, mean: 2, low: 2, high: 2, n: 1 },
  ]);
});
