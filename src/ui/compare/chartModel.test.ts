import { expect, test } from 'vitest';
import { epochTicks, roundTicks } from '../../report/ticks.ts';
import { chartModel, chartRows } from './chartModel.ts';

const point = (x: number, mean: number, n: number) => ({ x, mean, low: mean, high: mean, n });

test('a mean over fewer seeds is another line than one over all', () => {
  const model = chartModel(
    { backbone: [], baseline: [point(0, 0.5, 2), point(1, 0.6, 2), point(2, 0.7, 1)], inmerge: [] },
    0,
    2,
    true,
  );
  const means = (points: readonly { mean: number }[]) => points.map(({ mean }) => mean);
  expect(means(model.lines.baseline.full)).toEqual([0.5, 0.6]);
  expect(means(model.lines.baseline.few)).toEqual([0.6, 0.7]);
  expect(chartRows(model).map((row) => [row.x, row.values.baseline?.mean, row.values.baseline?.n])).toEqual([
    [0, 0.5, 2],
    [1, 0.6, 2],
    [2, 0.7, 1],
  ]);
  expect(model.ends.baseline).toEqual({ x: 1, y: 0.6, n: 2, few: { x: 2, y: 0.7, n: 1 } });
});

test('points outside the epochs shown do not stretch the scale', () => {
  const model = chartModel({ backbone: [point(-8, 0.1, 1), point(-1, 0.9, 1)], baseline: [], inmerge: [] }, -4, 4, true);
  expect(model.low).toBe(0.9);
});

test('ticks are round and hold the values between them', () => {
  expect(roundTicks(0.9312, 0.9581, 4, 0, 1)).toEqual([0.93, 0.94, 0.95, 0.96]);
  expect(roundTicks(0, 0.31, 4, 0, Infinity)).toEqual([0, 0.1, 0.2, 0.3, 0.4]);
  expect(roundTicks(0.5, 0.5, 4, 0, 1).length).toBeGreaterThanOrEqual(2);
  expect(roundTicks(Infinity, -Infinity, 4, 0, 1)).toEqual([0, 1]);
  expect(roundTicks(1, 1, 4, 0, 1).at(-1)).toBe(1);
});

test('epochs are ticked whole', () => {
  expect(epochTicks(-4, 4, 12)).toEqual([-4, -3, -2, -1, 0, 1, 2, 3, 4]);
  expect(epochTicks(0, 100, 12)).toEqual([0, 10, 20, 30, 40, 50, 60, 70, 80, 90, 100]);
});
