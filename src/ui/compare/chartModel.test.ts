import { expect, test } from 'vitest';
import { epochTicks, roundTicks } from '../../report/ticks.ts';
import type { CurveLine, CurvePoint } from '../../store/curves.ts';
import { chartModel, chartRows, listedValues } from './chartModel.ts';

const point = (x: number, mean: number, n = 1): CurvePoint => ({ x, mean, low: mean, high: mean, n });
const line = (name: string, look: CurveLine['look'], points: readonly CurvePoint[]): CurveLine => ({
  name,
  title: name,
  look,
  points,
  each: [],
});

test('a mean over fewer seeds is another line than one over all', () => {
  const curves = [point(0, 0.5, 2), point(1, 0.6, 2), point(2, 0.7, 1)];
  const model = chartModel({ backbone: [], lines: [line('baseline', 'baseline', curves)] }, 0, 2, true);
  const means = (points: readonly { mean: number }[] = []) => points.map(({ mean }) => mean);
  const [, baseline] = model.lines;
  expect(means(baseline?.full)).toEqual([0.5, 0.6]);
  expect(means(baseline?.few)).toEqual([0.6, 0.7]);
  expect(chartRows(model).map(({ x, values }) => [x, values.map((value) => [value.point.mean, value.point.n])])).toEqual([
    [0, [[0.5, 2]]],
    [1, [[0.6, 2]]],
    [2, [[0.7, 1]]],
  ]);
  expect(baseline?.end).toEqual({ x: 1, y: 0.6, n: 2, few: { x: 2, y: 0.7, n: 1 } });
});

test('points outside the epochs shown do not stretch the scale', () => {
  const model = chartModel({ backbone: [point(-8, 0.1), point(-1, 0.9)], lines: [] }, -4, 4, true);
  expect(model.low).toBe(0.9);
});

test('the scale has room for the bands of the arms that are compared, which alone have one', () => {
  const wide = [{ ...point(1, 0.5, 3), low: 0.1, high: 0.9 }];
  const of = (look: CurveLine['look']) => chartModel({ backbone: [], lines: [line('arm', look, wide)] }, 0, 1, true);
  expect([of('compared').low, of('compared').high]).toEqual([0.1, 0.9]);
  expect([of(0).low, of('faint').high]).toEqual([0.5, 0.5]);
});

test('training images are a line of their own over as many seeds as any point has, with room on the scale and in the rows', () => {
  const own = line('baseline', 'baseline', [point(0, 0.5, 2), point(1, 0.6, 2), point(2, 0.7, 1)]);
  const training = [point(1, 0.9, 2), point(2, 0.99, 1)];
  const model = chartModel({ backbone: [], lines: [{ ...own, training }] }, 0, 2, false);
  expect(model.lines[1]?.training.map(({ mean }) => mean)).toEqual([0.9]);
  expect([model.low, model.high]).toEqual([0.5, 0.9]);
  const beside = chartRows(model).map(({ x, values }) => [x, values[0]?.training?.mean ?? null]);
  expect(beside).toEqual([
    [0, null],
    [1, 0.9],
    [2, null],
  ]);
});

test('the crosshair lists the highest first; of very many the compared, the pointed at, and the highest', () => {
  const lines = Array.from({ length: 30 }, (_, k) => line(`arm-${k}`, k === 29 ? 'compared' : 'faint', [point(0, 1 - k / 100)]));
  const values = chartRows(chartModel({ backbone: [], lines }, 0, 1, false))[0]?.values ?? [];
  const { listed, left } = listedValues(values, 'arm-20', 12);
  expect(listed.map((value) => value.line.name)).toEqual([
    ...Array.from({ length: 10 }, (_, k) => `arm-${k}`),
    'arm-20',
    'arm-29',
  ]);
  expect(left).toBe(18);
  expect(listedValues(values.slice(0, 3).toReversed(), null, 12).listed.map((value) => value.line.name)).toEqual([
    'arm-0',
    'arm-1',
    'arm-2',
  ]);
});

test('ticks are round and hold the values between them', () => {
  expect(roundTicks(0.9312, 0.9581, 4, 0, 1)).toEqual([0.93, 0.94, 0.95, 0.96]);
  expect(roundTicks(0, 0.31, 4, 0, Infinity)).toEqual([0, 0.1, 0.2, 0.3, 0.4]);
  expect(roundTicks(0.145, 0.145, 4, 0, 1)).toEqual([0.14, 0.15]);
  expect(roundTicks(0.66771, 0.66771, 4, 0, 1)).toEqual([0.65, 0.7]);
  expect(roundTicks(0.5, 0.5, 4, 0, 1)).toEqual([0.475, 0.5]);
  expect(roundTicks(2.2101, 2.2103, 4, 0, Infinity, 0.01)).toEqual([2.21, 2.22]);
  expect(roundTicks(Infinity, -Infinity, 4, 0, 1)).toEqual([0, 1]);
  expect(roundTicks(1, 1, 4, 0, 1).at(-1)).toBe(1);
});

test('epochs are ticked whole', () => {
  expect(epochTicks(-4, 4, 12)).toEqual([-4, -3, -2, -1, 0, 1, 2, 3, 4]);
  expect(epochTicks(0, 100, 12)).toEqual([0, 10, 20, 30, 40, 50, 60, 70, 80, 90, 100]);
});
