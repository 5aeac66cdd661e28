import { expect, test } from 'vitest';
import { runKeyOf, type ExperimentEvent } from '../experiment/events.ts';
import { quick } from '../recipe/presets.ts';
import type { Recipe } from '../recipe/recipe.ts';
import { meanDifference, pairedAccuracies } from './pairedAccuracies.ts';

const result = (seed: number, arm: string, accuracy: number, base: string | null = null): ExperimentEvent => {
  const metrics = { loss: 0, accuracy, auc: null, classAuc: [] };
  const counts = { trainMs: 0, merges: 0, tried: 0, highestSimilarity: null };
  return { at: 'result', run: runKeyOf(seed, arm, base), selectedEpoch: 1, val: metrics, test: metrics, ...counts };
};

test('pairs are of seeds that have both arms, on the recipe’s own base', () => {
  const recipe: Recipe = { ...quick, seeds: [0, 1, 2] };
  const history = [result(0, 'baseline', 0.5), result(0, 'inmerge', 0.75), result(1, 'baseline', 0.5), result(2, 'inmerge', 1)];
  history.push(result(1, 'inmerge', 1, 'vgg11'));
  expect(pairedAccuracies(history, recipe)).toEqual([{ before: 0.5, after: 0.75 }]);
  expect(meanDifference([], recipe)).toBeNull();
});

test('where only the sweep merges, its first arm is the one that is compared', () => {
  const recipe: Recipe = { ...quick, arms: [{ name: 'plain', merges: false }], sweep: { tau: [0.1, 0.2] }, seeds: [0] };
  expect(meanDifference([result(0, 'plain', 0.5), result(0, 'tau-0.1', 0.625), result(0, 'tau-0.2', 1)], recipe)).toBe(0.125);
});
