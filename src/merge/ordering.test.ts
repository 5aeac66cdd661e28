import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { keyOf, threefry2x32, unit } from '../base/threefry.ts';
import { averageLinkage, clusterOrder, optimalLeafOrder, orderBy, spectralOrder } from './ordering.ts';
import { kernelSimilarity } from './similarity.ref.ts';

/** From SciPy, and the least cost of any order that its tree allows: testing/ordering.py. */
const golden = JSON.parse(readFileSync(new URL('testing/ordering.json', import.meta.url), 'utf8')) as {
  n: number;
  values: number[];
  left: number[];
  right: number[];
  height: number[];
  cost: number;
  scipyCost: number;
  spectral: number[];
}[];

const cost = (values: ArrayLike<number>, n: number, order: ArrayLike<number>) =>
  Array.from({ length: n - 1 }, (_, k) => 1 - (values[(order[k] ?? 0) * n + (order[k + 1] ?? 0)] ?? 0)).reduce(
    (a, b) => a + b,
    0,
  );
const eitherWay = (order: readonly number[]) => [order.join(), order.toReversed().join()].sort();

describe.each(golden)('$n kernels', ({ n, values: numbers, left, right, height, cost: least, scipyCost, spectral }) => {
  const values = Float32Array.from(numbers);

  test('average linkage joins the clusters that SciPy joins, at the same heights', () => {
    const tree = averageLinkage(values, n);
    expect([...tree.left]).toEqual(left);
    expect([...tree.right]).toEqual(right);
    tree.height.forEach((found, k) => expect(found).toBeCloseTo(height[k] ?? Number.NaN, 9));
  });

  test('the leaf order is the optimal one', () => {
    const { order: found } = clusterOrder(values, n);
    expect(cost(values, n, found)).toBeCloseTo(least, 9);
    expect(cost(values, n, found)).toBeLessThan(scipyCost + 1e-9);
  });

  test('the leaf order keeps every cluster together', () => {
    const { order, dendrogram } = clusterOrder(values, n);
    const spans = Array.from({ length: n }, (_, kernel) => [order.indexOf(kernel)]);
    dendrogram.left.forEach((one, k) => {
      const places = [...(spans[one] ?? []), ...(spans[dendrogram.right[k] ?? 0] ?? [])].sort((a, b) => a - b);
      expect((places.at(-1) ?? 0) - (places[0] ?? 0)).toBe(places.length - 1);
      spans.push(places);
    });
    expect(spans.at(-1)).toHaveLength(n);
  });

  test('the spectral order is that of the second eigenvector', () => {
    if (n > 2) expect(eitherWay([...spectralOrder(values, n)])).toEqual(eitherWay(spectral));
  });
});

describe('orders', () => {
  const n = 512;
  const weights = Float32Array.from({ length: 40 * n }, (_, at) => {
    const group = Math.floor(at / n) * 9 + ((at % n) % 9);
    return unit(threefry2x32(keyOf(1), [0, at])[0]) - 0.5 + unit(threefry2x32(keyOf(2), [0, group])[0]) - 0.5;
  });
  const values = kernelSimilarity(weights, n);

  test('hold every kernel once, and bring the groups of a layer of 512 together', () => {
    const { order, dendrogram } = clusterOrder(values, n);
    expect(new Set(order).size).toBe(n);
    expect(cost(values, n, order)).toBeLessThan(0.8 * cost(values, n, orderBy(new Float64Array(n))));
    // No worse than the drawing of the tree from which it starts.
    expect(optimalLeafOrder(values, n, dendrogram)).toEqual(order);
    expect(new Set(spectralOrder(values, n)).size).toBe(n);
  });

  test('are those of one kernel, and of equal kernels', () => {
    expect([...clusterOrder(Float32Array.of(1), 1).order]).toEqual([0]);
    const { order } = clusterOrder(new Float32Array(16).fill(1), 4);
    expect([...order].sort((a, b) => a - b)).toEqual([0, 1, 2, 3]);
    expect([...orderBy([3, 1, 2, 1])]).toEqual([1, 3, 2, 0]);
  });
});
