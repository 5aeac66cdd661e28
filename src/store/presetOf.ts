/** Which ready recipe a recipe is, whatever way it came: from the list, a link, a file or a past experiment. */
import { presets } from '../recipe/presets.ts';
import type { Recipe } from '../recipe/recipe.ts';

export type Preset = (typeof presets)[number];

/** The preset of the same settings, or undefined. Its name and the dataset that Train filled in do not count. */
export function presetOf(recipe: Recipe): Preset | undefined {
  const settings = settingsOf(recipe);
  return presets.find((preset) => preset.recipe === recipe || settingsOf(preset.recipe) === settings);
}

const settingsOf = (recipe: Recipe): string =>
  JSON.stringify({ ...recipe, name: '', dataset: { ...recipe.dataset, name: '', sha256: null } }, (_, value: unknown) =>
    value !== null && typeof value === 'object' && !Array.isArray(value)
      ? Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)))
      : value,
  );
