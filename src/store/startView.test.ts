import { expect, it } from 'vitest';
import { binOf, similarityBins } from '../base/similarityBins.ts';
import { quick } from '../recipe/presets.ts';
import type { ExperimentRecord } from './record.ts';
import { startView } from './startView.ts';

const counts = (...similarities: number[]) => {
  const all = new Uint32Array(similarityBins);
  for (const similarity of similarities) all[binOf(similarity)]!++;
  return all;
};
const layers = [
  { layer: 3, kernels: 3, counts: counts(0.9, 0.8, 0.7), highest: 0.9 },
  { layer: 4, kernels: 3, counts: counts(0.5, 0.1, -0.2), highest: 0.5 },
];
const record = {
  startWeights: { at: 'start-weights', run: { seed: 2, phase: 'backbone', arm: null }, layers },
} as unknown as ExperimentRecord;

it('pairs above tau and merges a step are those of the layers that merge', () => {
  const view = startView(record, { ...quick.merging, firstLayer: 4, tau: 0.3, p: 0.5 });
  expect(view).toMatchObject({ seed: 2, pairs: 3, merging: 1, highest: 0.5 });
  // Three kernels, half of them try, a third of the partners is similar enough.
  expect(view?.expected).toBeCloseTo(0.5, 12);
  expect(view?.layers.map(({ layer }) => layer)).toEqual([4]);
});

it('dissimilar pairs are those that are not above, a quantile leaves its share', () => {
  const far = startView(record, { ...quick.merging, firstLayer: 4, tau: 0.3, condition: 'dissimilar' });
  expect(far?.merging).toBe(2);
  const third = startView(record, { ...quick.merging, firstLayer: 3, tau: { quantile: 2 / 3 } });
  expect(third?.layers.map(({ merging }) => merging)).toEqual([1, 1]);
});

it('a tau that no pair exceeds lets nothing merge', () => {
  expect(startView(record, { ...quick.merging, firstLayer: 3, tau: 0.95 })).toMatchObject({ merging: 0, expected: 0 });
});
