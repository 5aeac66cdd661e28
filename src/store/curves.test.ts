import { expect, test } from 'vitest';
import { epochCurve, epochCurves, lossCurve } from './curves.ts';
import { drawnArms, toggled } from './drawn.ts';
import { ExperimentRecord } from './record.ts';
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

test('training accuracy stands beside that of validation where it is asked for, of the backbone and the arms compared', () => {
  const record = sweep([0.1]);
  record.take(epochOf(0, null, 4, 0.5, null, 0.55));
  for (const arm of ['baseline', 'inmerge', 'tau-0.1']) {
    record.take(epochOf(0, arm, 0, 0.6));
    record.take(epochOf(0, arm, 1, 0.7, null, 0.9));
  }
  const beside = epochCurves('std', 'all', true)(record).accuracy;
  expect(beside.backboneTraining?.map(({ x, mean }) => [x, mean])).toEqual([[4 - record.started.recipe.backbone.epochs, 0.55]]);
  // Epoch 0 was not trained.
  expect(beside.lines.map(({ name, training }) => [name, training?.map(({ x, mean }) => [x, mean])])).toEqual([
    ['baseline', [[1, 0.9]]],
    ['inmerge', [[1, 0.9]]],
    ['tau-0.1', undefined],
  ]);
  const without = epochCurves('std', 'all')(record);
  for (const { training } of [...without.accuracy.lines, ...epochCurves('std', 'all', true)(record).auc.lines])
    expect(training).toBeUndefined();
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

/** Baseline, InMerge and one arm for every value. */
function sweep(values: number[]): ExperimentRecord {
  const { started } = recordOf([0]);
  return new ExperimentRecord({ ...started, recipe: { ...started.recipe, sweep: { tau: values } } });
}

test('a sweep draws every arm while colours tell them apart, and the two that are compared beyond that', () => {
  const few = sweep([0.1, 0.2]);
  expect(drawnArms(few, null)).toEqual(['baseline', 'inmerge', 'tau-0.1', 'tau-0.2']);
  expect(drawnArms(few, 'pair')).toEqual(['baseline', 'inmerge']);
  few.compare('tau-0.2');
  expect(drawnArms(few, 'pair')).toEqual(['baseline', 'tau-0.2']);
  // From a link to another experiment: what it does not have is left out.
  expect(drawnArms(few, ['tau-0.2', 'tau-0.9'])).toEqual(['tau-0.2']);
  expect(drawnArms(few, ['tau-0.9'])).toHaveLength(4);
  const many = sweep([0, 0.05, 0.1, 0.15, 0.2, 0.25, 0.35]);
  expect(drawnArms(many, null)).toEqual(['baseline', 'inmerge']);
  expect(drawnArms(many, 'all')).toHaveLength(9);
});

test('an arm is switched off and on again, and the last one stays', () => {
  const record = sweep([0.1]);
  expect(toggled(record, null, 'inmerge')).toEqual(['baseline', 'tau-0.1']);
  expect(toggled(record, ['baseline', 'tau-0.1'], 'inmerge')).toBe('all');
  expect(toggled(record, ['inmerge'], 'inmerge')).toEqual(['inmerge']);
});

test('curves of many arms grow arm by arm: one without anything new is not made again', () => {
  const record = sweep([0.1]);
  const curves = epochCurves('range', 'all');
  record.take(epochOf(0, 'baseline', 0, 0.5));
  record.take(epochOf(0, 'tau-0.1', 0, 0.6));
  const before = curves(record).accuracy.lines;
  record.take(epochOf(0, 'tau-0.1', 1, 0.7));
  const after = curves(record).accuracy.lines;
  expect(after.map(({ name, points }) => [name, points.map(({ mean }) => mean)])).toEqual([
    ['baseline', [0.5]],
    ['inmerge', []],
    ['tau-0.1', [0.6, 0.7]],
  ]);
  expect(after[0]?.points).toBe(before[0]?.points);
});
