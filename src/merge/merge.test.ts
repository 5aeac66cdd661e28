/** The merge rule on the CPU: by hand, against NumPy, and the properties the paper states. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { purposes } from '../base/threefry.ts';
import { mergeOnCpu } from './cpuMerger.ts';
import { drawPairs } from './draws.ref.ts';
import { mergeKernels } from './merge.ref.ts';
import { checkMerge, notTried } from './mergeSettings.ts';
import { drawCases, hwio, mergeCases, triedPartners } from './testing/golden.ts';
import { alikeKernels, firstDifference, largestDifference } from './testing/weights.ts';

const everyPair = (seed: number, n: number) => drawPairs(seed, purposes.merge, 0, 0, n, 1).partner;
const shapes = fc.tuple(
  fc.integer({ min: 0, max: 0xffffffff }),
  fc.integer({ min: 2, max: 40 }),
  fc.integer({ min: 1, max: 30 }),
);

test('a merge by hand: the partner is read as it was before the step', () => {
  const weights = hwio([
    [2, 0],
    [4, 4],
    [0, 1],
  ]);
  // 0 <- 1 (cos 0.707), 1 <- 0 (0.707), 2 <- 0 (0).
  const pairs = mergeKernels(weights, 3, Uint32Array.of(1, 0, 0), 0.75, 0.5);
  expect(pairs.map(({ i, j, merged }) => [i, j, merged])).toEqual([
    [0, 1, true],
    [1, 0, true],
    [2, 0, false],
  ]);
  expect(pairs[0]?.similarity).toBe(Math.fround(Math.SQRT1_2));
  expect(weights).toEqual(
    hwio([
      [2.5, 1],
      [3.5, 3],
      [0, 1],
    ]),
  );
});

describe.skipIf(mergeCases === null || drawCases === null)(
  'NumPy cases (skipped where ../shared/reference/golden is missing)',
  () => {
    test.each([...(mergeCases ?? []), ...(drawCases ?? [])])('n $n, d $d, tau $tau: the same merges and weights', (example) => {
      const weights = hwio(example.W);
      const pairs = mergeKernels(weights, example.n, triedPartners(example), example.alpha, example.tau);
      const merged = pairs.filter((pair) => pair.merged);
      expect(merged.map(({ i, j }) => [i, j])).toEqual(example.log.map(([i, j]) => [i, j]));
      merged.forEach(({ similarity }, at) => expect(similarity).toBeCloseTo(example.log[at]?.[2] ?? Number.NaN, 6));
      expect(largestDifference(weights, hwio(example.merged))).toBeLessThan(1e-6);
    });
  },
);

test('the order of kernels cannot matter: merging renumbered kernels is renumbering merged kernels', () => {
  fc.assert(
    fc.property(shapes, fc.infiniteStream(fc.nat()), ([seed, n, d], picks) => {
      const order = Array.from({ length: n }, (_, i) => i);
      for (let i = n - 1; i > 0; i--) {
        const j = (picks.next().value as number) % (i + 1);
        [order[i], order[j]] = [order[j] as number, order[i] as number];
      }
      const renumber = (weights: Float32Array) =>
        weights.map((_, at) => weights[at - (at % n) + (order[at % n] as number)] as number);
      const partners = everyPair(seed, n);
      const place = order.map((_, i) => order.indexOf(i));
      const movedPartners = partners.map((_, i) => place[partners[order[i] as number] as number] as number);
      const weights = alikeKernels(seed, n, d);
      const moved = renumber(weights);
      mergeKernels(weights, n, partners, 0.7, 0.2);
      mergeKernels(moved, n, movedPartners, 0.7, 0.2);
      expect(firstDifference(moved, renumber(weights))).toBe(-1);
    }),
    { numRuns: 50 },
  );
});

test('alpha = 1 logs merges and leaves every bit; no partners leave every bit; tau = 1 merges nothing', () => {
  fc.assert(
    fc.property(shapes, ([seed, n, d]) => {
      const weights = alikeKernels(seed, n, d);
      const before = weights.slice();
      for (const { similarity, merged } of mergeKernels(weights, n, everyPair(seed, n), 1, -1))
        expect(merged).toBe(similarity > -1);
      expect(mergeKernels(weights, n, new Uint32Array(n).fill(notTried), 0.5, -1)).toEqual([]);
      expect(mergeKernels(weights, n, everyPair(seed, n), 0.5, 1).some((pair) => pair.merged)).toBe(false);
      expect(firstDifference(weights, before)).toBe(-1);
    }),
    { numRuns: 50 },
  );
});

test('equal kernels do not merge at tau = 1, since the comparison is strict', () => {
  const weights = new Float32Array(7 * 11).map((_, at) => Math.fround(Math.sin(Math.floor(at / 7))));
  expect(mergeKernels(weights, 7, everyPair(1, 7), 0.5, 1).map(({ merged }) => merged)).toEqual(new Array(7).fill(false));
});

test('kernels that did not merge keep their bits, and a pair above tau merges unless the ablation asks for below', () => {
  const [n, d] = [33, 27];
  for (const condition of ['similar', 'dissimilar'] as const) {
    const weights = alikeKernels(4, n, d);
    const before = weights.slice();
    const pairs = mergeKernels(weights, n, everyPair(4, n), 0.8, 0.3, condition);
    expect(new Set(pairs.map((pair) => pair.merged)).size).toBe(2);
    for (const { i, similarity, merged } of pairs) {
      expect(merged).toBe(condition === 'similar' ? similarity > Math.fround(0.3) : similarity < Math.fround(0.3));
      const changed = Array.from({ length: d }, (_, r) => weights[r * n + i] !== before[r * n + i]);
      expect(changed.includes(true)).toBe(merged);
    }
  }
});

test('a zero kernel has similarity 0; a pair with NaN or infinity never merges', () => {
  const weights = hwio([
    [0, 0],
    [1, 2],
    [Number.NaN, 1],
    [Infinity, 1],
  ]);
  for (const condition of ['similar', 'dissimilar'] as const) {
    const pairs = mergeKernels(weights.slice(), 4, Uint32Array.of(1, 2, 1, 1), 0.5, condition === 'similar' ? -1 : 1, condition);
    expect(pairs.map(({ similarity, merged }) => [similarity, merged])).toEqual([
      [0, true],
      [Number.NaN, false],
      [Number.NaN, false],
      [Number.NaN, false],
    ]);
  }
});

test('mergeOnCpu draws, merges and logs every layer, ordered by layer', () => {
  const layers = [
    { layer: 12, kernels: 20, rows: 9 },
    { layer: 3, kernels: 33, rows: 18, tau: 0.5 },
    { layer: 5, kernels: 1, rows: 4 },
  ];
  const weights = layers.map(({ kernels, rows }) => alikeKernels(6, kernels, rows));
  const expected = weights.map((values) => values.slice());
  const log = mergeOnCpu(weights, layers, { alpha: 0.8, p: 0.5, tau: 0.3 }, 41, 7, purposes.merge);
  expect(log.layers.map(({ layer }) => layer)).toEqual([3, 5, 12]);
  expect(log.layers[1]).toEqual({ layer: 5, tried: 0, merged: 0, highest: null });
  let merged = 0;
  layers.forEach(({ layer, kernels, tau = 0.3 }, at) => {
    const { partner } = drawPairs(7, purposes.merge, 41, layer, kernels, 0.5);
    const pairs = mergeKernels(expected[at] as Float32Array, kernels, partner, 0.8, tau);
    merged += pairs.filter((pair) => pair.merged).length;
    expect(weights[at]).toEqual(expected[at]);
  });
  expect(merged).toBeGreaterThan(0);
  expect([...log.merges.step]).toEqual(new Array(merged).fill(41));
  expect([...log.merges.layer]).toEqual([...log.merges.layer].toSorted((a, b) => a - b));
});

test('settings that cannot work are refused with what stood there', () => {
  const layer = { layer: 1, kernels: 8, rows: 9 };
  expect(() => checkMerge([layer], { alpha: 0.8, p: 0.3, tau: 0.3 })).not.toThrow();
  expect(() => checkMerge([layer], { alpha: 1.5, p: 0.3, tau: 0.3 })).toThrow('alpha = 1.5');
  expect(() => checkMerge([layer], { alpha: 0.8, p: Number.NaN, tau: 0.3 })).toThrow('p = NaN');
  expect(() => checkMerge([{ ...layer, kernels: 5000 }], { alpha: 0.8, p: 0.3, tau: 0.3 })).toThrow('kernels = 5000');
});
