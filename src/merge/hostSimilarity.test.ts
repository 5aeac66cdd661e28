import { expect, test } from 'vitest';
import { keyOf, threefry2x32, unit } from '../base/threefry.ts';
import { hostSimilarity } from './hostSimilarity.ts';
import { kernelSimilarity } from './similarity.ref.ts';

const drawn = (n: number, rows: number) =>
  Float32Array.from({ length: n * rows }, (_, at) => unit(threefry2x32(keyOf(n), [0, at])[0]) - 0.45);

test.each([
  [1, 9],
  [2, 9],
  [7, 27],
  [64, 288],
  [33, 1],
])('similarities of %i kernels of %i weights are the reference’s', (n, rows) => {
  const weights = drawn(n, rows);
  const truth = kernelSimilarity(weights, n);
  hostSimilarity(weights, n).forEach((value, at) => expect(Math.abs(value - (truth[at] ?? 9))).toBeLessThan(1e-6));
});

test('kernels of zeros, or with what is no number, are like none', () => {
  const weights = drawn(5, 9);
  for (let row = 0; row < 9; row++) weights[row * 5 + 2] = 0;
  weights[4] = Number.NaN;
  expect([...hostSimilarity(weights, 5)].map((value) => Math.round(value * 1e5))).toEqual(
    [...kernelSimilarity(weights, 5)].map((value) => Math.round(value * 1e5)),
  );
});
