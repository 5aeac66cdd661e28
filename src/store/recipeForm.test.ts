import { describe, expect, test } from 'vitest';
import { presets, quick } from '../recipe/presets.ts';
import { parseRecipe, type Recipe } from '../recipe/recipe.ts';
import { allItems, readTyped, typedText, usualSchedule, valueAt, withValue, type FormItem } from './recipeForm.ts';

/** Paths that the form leaves to other places: the name in the top bar, the dataset to the studio, arms to a file. */
const elsewhere = ['format', 'version', 'name', 'dataset.name', 'dataset.sha256', 'start.from'];

function leaves(value: unknown, path: string): string[] {
  if (value === null || typeof value !== 'object' || Array.isArray(value)) return [path];
  return Object.entries(value).flatMap(([key, inner]) => leaves(inner, path === '' ? key : `${path}.${key}`));
}

const itemAt = (recipe: Recipe, path: string): FormItem => {
  const item = allItems(recipe).find((candidate) => candidate.path === path);
  if (item === undefined) throw new Error(`no item ${path}`);
  return item;
};

test('every setting of every preset stands in the form, whatever its schedule', () => {
  const kinds = (['constant', 'multistep', 'plateau'] as const).map((kind) => withValue(quick, 'finetune.schedule.kind', kind));
  for (const recipe of [...presets.map((preset) => preset.recipe), ...kinds]) {
    const expected = leaves(recipe, '').filter((path) => !elsewhere.includes(path) && path !== 'arms');
    expect(
      allItems(recipe)
        .map((item) => item.path)
        .sort(),
    ).toEqual(expected.sort());
  }
});

test('a ResNet shows no setting that it ignores', () => {
  const paths = allItems(withValue(quick, 'network.name', 'resnet18')).map((item) => item.path);
  expect(paths).not.toContain('network.head');
  expect(paths).not.toContain('network.batchNorm');
});

test('whatever the form takes, the recipe takes too', () => {
  for (const item of allItems(quick)) {
    const typed = readTyped(item, typedText(valueAt(quick, item.path)));
    expect(typed.ok).toBe(true);
    if (typed.ok) expect(parseRecipe(withValue(quick, item.path, typed.value))).toEqual(quick);
  }
  for (const kind of ['constant', 'multistep', 'plateau'] as const) {
    expect(parseRecipe(withValue(quick, 'backbone.schedule.kind', kind)).backbone.schedule).toEqual(usualSchedule(kind, 8));
  }
});

describe('typed text', () => {
  test.each([
    ['merging.tau', '1.5', '1.5 is above the range −1 to 1.'],
    ['merging.tau', '-2', '−2 is below the range −1 to 1.'],
    ['merging.tau', '', 'Expected a number from −1 to 1.'],
    ['optimiser.batchSize', '12.5', '12.5 is not whole. Expected a whole number from 1 to 4,096.'],
    ['seeds', '', 'Expected at least one seed, for example 0.'],
    ['seeds', '1, 1', '1 stands twice; every seed counts once.'],
    ['seeds', '1, x', '“x” does not fit. Expected whole numbers from 0 to 4,294,967,295, with commas, or a span such as 0-9.'],
  ])('%s "%s" is answered: %s', (path, text, message) => {
    expect(readTyped(itemAt(quick, path), text)).toEqual({ ok: false, message });
  });

  test('an optional field may be empty, and lists take commas or spaces', () => {
    expect(readTyped(itemAt(quick, 'dataset.take.train'), '')).toEqual({ ok: true, value: null });
    expect(readTyped(itemAt(quick, 'seeds'), '0 1,2')).toEqual({ ok: true, value: [0, 1, 2] });
  });
});
