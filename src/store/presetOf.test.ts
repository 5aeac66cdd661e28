import { expect, test } from 'vitest';
import { sample } from '../recipe/presets.ts';
import { parseRecipe } from '../recipe/recipe.ts';
import { presetOf } from './presetOf.ts';

test('a preset is known again after it went through a link, and after Train named its data', () => {
  const back = parseRecipe(
    JSON.parse(JSON.stringify({ ...sample, dataset: { ...sample.dataset, name: 'sample', sha256: 'a'.repeat(64) } })),
  );
  expect(presetOf(back)?.recipe).toBe(sample);
  expect(presetOf({ ...back, merging: { ...back.merging, tau: 0.2 } })).toBeUndefined();
});
