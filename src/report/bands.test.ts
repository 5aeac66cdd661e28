import { expect, test } from 'vitest';
import { averaged, bands, pointOf, smoothed } from './bands.ts';
import { logTicks } from './ticks.ts';

test('every band is around the same mean, and a value alone has none', () => {
  for (const band of bands) {
    const { mean, low, high, n } = pointOf(1, [0.1, 0.2, 0.6], band);
    expect([mean, n]).toEqual([expect.closeTo(0.3, 12), 3]);
    expect(low).toBeLessThanOrEqual(mean);
    expect(high).toBeGreaterThanOrEqual(mean);
    expect(pointOf(1, [0.4], band)).toEqual({ x: 1, mean: 0.4, low: 0.4, high: 0.4, n: 1 });
  }
  // Deviation 0.2646 of three: error 0.1528, times t 4.3027 for the interval.
  expect(pointOf(1, [0.1, 0.2, 0.6], 'std').high).toBeCloseTo(0.3 + 0.264575, 5);
  expect(pointOf(1, [0.1, 0.2, 0.6], 'se').high).toBeCloseTo(0.3 + 0.152753, 5);
  expect(pointOf(1, [0.1, 0.2, 0.6], 'ci').high).toBeCloseTo(0.3 + 4.302653 * 0.152753, 5);
  expect(pointOf(1, [0.1, 0.2, 0.6], 'range').high).toBe(0.6);
});

test('means are over exactly the same epoch, and gaps are no values', () => {
  const curve = averaged(
    [
      [
        [1, 2],
        [2, Number.NaN],
      ],
      [
        [1, 4],
        [2, 6],
      ],
    ],
    'range',
  );
  expect(curve.map(({ x, mean, n }) => [x, mean, n])).toEqual([
    [1, 3, 2],
    [2, 6, 1],
  ]);
});

test('smoothing starts at the first value, keeps a constant, and forgets nothing over a gap', () => {
  expect([...smoothed([5, 5, 5], 0.9)].map((value) => Number(value.toFixed(12)))).toEqual([5, 5, 5]);
  const [first, second, gap, last] = smoothed([4, 0, Number.NaN, 0], 0.5);
  expect([first, gap]).toEqual([4, Number.NaN]);
  // (0.5·0.5·4 + 0.5·0) / (1 − 0.25), and one step further.
  expect(second).toBeCloseTo(4 / 3, 12);
  expect(last).toBeCloseTo(0.5 / 0.875, 12);
  expect([...smoothed([1, 2, 3], 0)]).toEqual([1, 2, 3]);
});

test('a logarithmic axis reaches around its values with round marks', () => {
  expect(logTicks(0.06, 1.8)).toEqual([0.05, 0.1, 0.2, 0.5, 1, 2]);
  expect(logTicks(1e-5, 30)).toEqual([1e-5, 1e-4, 1e-3, 0.01, 0.1, 1, 10, 100]);
  expect(logTicks(0, 1)).toEqual([0.1, 1]);
});
