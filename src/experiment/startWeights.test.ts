import { expect, it } from 'vitest';
import { quantile } from './startWeights.ts';

it('a quantile lies between its neighbours, as NumPy takes it', () => {
  const values = Float32Array.from([0.5, -0.25, 0.75, 0, 0.25]);
  expect(quantile(values, 0)).toBe(-0.25);
  expect(quantile(values, 0.5)).toBe(0.25);
  expect(quantile(values, 0.9)).toBeCloseTo(0.65, 12); // numpy.quantile([0.5, -0.25, 0.75, 0, 0.25], 0.9)
  expect(quantile(values, 1)).toBe(0.75);
});

it('a layer without pairs merges nothing', () => {
  expect(quantile(new Float32Array(0), 0.5)).toBe(1);
});
