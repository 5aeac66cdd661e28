import { expect, test } from 'vitest';
import { snapshotLayer } from '../experiment/snapshots.ts';
import { kernelNorms, pairSimilarity } from './kernelNorms.ts';

test('lengths and similarities of kept kernels are those of the weights, to what eight bits hold', () => {
  const kernels = [
    [3, 0, 4],
    [-3, 0, -4],
    [0, 0.01, 0],
    [0, 0, 0],
  ];
  const n = kernels.length;
  const weights = Float32Array.from({ length: 3 * n }, (_, at) => kernels[at % n]?.[Math.floor(at / n)] ?? 0);
  const kept = { layer: 0, kernels: n, side: 1, channels: 3, ...snapshotLayer(weights, n) };
  const norms = kernelNorms(kept);
  [5, 5, 0.01, 0].forEach((length, k) => expect(Math.abs((norms[k] ?? 9) - length)).toBeLessThan(0.005 * length + 1e-9));
  expect(pairSimilarity(kept, 0, 1)).toBeCloseTo(-1, 9);
  expect(pairSimilarity(kept, 0, 2)).toBe(0);
  expect(pairSimilarity(kept, 0, 3)).toBe(0);
});
