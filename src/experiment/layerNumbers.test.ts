import { describe, expect, test } from 'vitest';
import { kernelSimilarity } from '../merge/similarity.ref.ts';
import { layerNumbers } from './layerNumbers.ts';

/** Kernels as columns of HWIO. */
const columns = (...kernels: number[][]) =>
  Float32Array.from({ length: kernels.length * (kernels[0]?.length ?? 0) }, (_, at) => {
    const row = Math.floor(at / kernels.length);
    return kernels[at % kernels.length]?.[row] ?? Number.NaN;
  });
const numbersOf = (weights: Float32Array, kernels: number, start: Float32Array | null = null, tau = 0.3) =>
  layerNumbers(5, kernelSimilarity(weights, kernels), weights, start, tau);

describe('the figures of a layer', () => {
  test('count pairs above τ, take the mean of |cos|, and name the highest', () => {
    const weights = columns([1, 0], [1, 0], [0, 1], [-1, 0]);
    expect(numbersOf(weights, 4)).toMatchObject({ layer: 5, kernels: 4, pairsAbove: 1, highest: 1 });
    expect(numbersOf(weights, 4).meanAbsolute).toBeCloseTo(3 / 6, 6);
    expect(numbersOf(weights, 4, null, -2).pairsAbove).toBe(6);
  });

  test('give as effective rank the directions that there are', () => {
    expect(numbersOf(columns([1, 0, 0], [0, 2, 0], [0, 0, 3]), 3).effectiveRank).toBeCloseTo(3, 6);
    expect(numbersOf(columns([1, 1, 0], [2, 2, 0], [-3, -3, 0]), 3).effectiveRank).toBeCloseTo(1, 6);
    expect(numbersOf(columns([1, 0], [1, 0], [0, 1], [0, 1]), 4).effectiveRank).toBeCloseTo(2, 6);
  });

  test('measure each kernel’s way since the backbone against its own length', () => {
    const start = columns([3, 4], [1, 0], [0, 0]);
    const now = columns([3, 4], [1, 0.5], [0, 0]);
    const { moved, meanNorm } = numbersOf(now, 3, start);
    expect([...(moved ?? [])]).toEqual([0, 0.5, 0]);
    expect(meanNorm).toBeCloseTo((5 + Math.sqrt(1.25)) / 3, 6);
    expect(numbersOf(now, 3).moved).toBeNull();
  });

  test('hold for a layer of one kernel', () => {
    expect(numbersOf(columns([1, 2]), 1)).toMatchObject({ pairsAbove: 0, meanAbsolute: 0, highest: null, effectiveRank: 1 });
  });
});
