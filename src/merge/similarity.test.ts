/** The similarity matrix on the CPU, by hand and against what a cosine promises. */
import { expect, test } from 'vitest';
import { kernelSimilarity } from './similarity.ref.ts';
import { hwio } from './testing/golden.ts';
import { alikeKernels } from './testing/weights.ts';

test('by hand: alike, orthogonal, opposed, zero and not finite', () => {
  const kernels = [
    [1, 0],
    [3, 3],
    [0, -2],
    [0, 0],
    [Number.NaN, 1],
  ];
  const half = Math.fround(Math.SQRT1_2);
  expect([...kernelSimilarity(hwio(kernels), 5)]).toEqual(
    [
      [1, half, 0, 0, 0],
      [half, 1, -half, 0, 0],
      [0, -half, 1, 0, 0],
      [0, 0, 0, 0, 0],
      [0, 0, 0, 0, 0],
    ].flat(),
  );
});

test('is symmetric, within [-1, 1], and blind to the length of a kernel', () => {
  const n = 33;
  const weights = alikeKernels(8, n, 27);
  const values = kernelSimilarity(weights, n);
  const longer = kernelSimilarity(
    weights.map((value, at) => value * 2 ** ((at % n) - 16)),
    n,
  );
  expect(longer).toEqual(values);
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < n; j++) {
      expect(values[i * n + j]).toBe(values[j * n + i]);
      expect(Math.abs(values[i * n + j] as number)).toBeLessThanOrEqual(1);
    }
  }
});
