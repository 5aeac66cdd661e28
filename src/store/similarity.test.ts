import { expect, test } from 'vitest';
import { chainOrder, countPairs, histogram, topPairs } from './similarity.ts';

const n = 4;
const values = Float32Array.of(1, 0.5, 0.1, -0.2, 0.5, 1, 0.3, 0, 0.1, 0.3, 1, 0.25, -0.2, 0, 0.25, 1);

test('pairs above τ are strictly above it, and the diagonal is no pair', () => {
  expect(countPairs(values, n, 0.25)).toMatchObject({ pairs: 6, above: 2, highest: 0.5 });
  expect(countPairs(new Float32Array(1).fill(1), 1, 0)).toEqual({ pairs: 0, above: 0, highest: null });
});

test('the histogram holds every pair once', () => {
  expect([...histogram(values, n, 4)]).toEqual([0, 1, 4, 1]);
});

test('top pairs come highest first', () => {
  expect(topPairs(values, n, 2).map(({ i, j }) => [i, j])).toEqual([
    [0, 1],
    [1, 2],
  ]);
  expect(topPairs(values, n, 100)).toHaveLength(6);
});

test('the chain is an order of all kernels that puts similar ones side by side', () => {
  const order = [...chainOrder(values, n)];
  expect([...order].sort((a, b) => a - b)).toEqual([0, 1, 2, 3]);
  expect(order).toEqual([0, 1, 2, 3]);
});
