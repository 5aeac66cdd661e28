import { describe, expect, it } from 'vitest';
import { StudioError } from '../base/errors.ts';
import { presets, quick } from './presets.ts';
import { parseRecipe, type Recipe } from './recipe.ts';
import { runDefinition } from './runKey.ts';

function refusal(value: unknown): StudioError {
  try {
    parseRecipe(value);
  } catch (thrown) {
    if (thrown instanceof StudioError) return thrown;
    throw thrown;
  }
  throw new Error('was accepted');
}

describe('a recipe', () => {
  it.each(presets.map(({ recipe }) => [recipe.name, recipe] as const))(
    '%s, a preset, is itself one, through JSON and back',
    (_name, recipe) => {
      expect(parseRecipe(JSON.parse(JSON.stringify(recipe)))).toEqual(recipe);
    },
  );

  it.each([
    ['a missing field', { ...quick, seeds: undefined }, 'seeds', 'missing', 'expected an array'],
    ['a value out of range', { ...quick, merging: { ...quick.merging, tau: 1.5 } }, 'merging.tau', '1.5', 'expected at most 1'],
    [
      'a negative epoch count',
      { ...quick, backbone: { ...quick.backbone, epochs: -1 } },
      'backbone.epochs',
      '-1',
      'expected at least 0',
    ],
    [
      'half an epoch',
      { ...quick, backbone: { ...quick.backbone, epochs: 1.5 } },
      'backbone.epochs',
      '1.5',
      'expected a whole number',
    ],
    ['a word for a number', { ...quick, merging: { ...quick.merging, p: 'often' } }, 'merging.p', '"often"', 'expected a number'],
    [
      'an unknown network',
      { ...quick, network: { ...quick.network, name: 'vgg99' } },
      'network.name',
      '"vgg99"',
      'expected "vgg8" or',
    ],
    ['a seed twice', { ...quick, seeds: [1, 1] }, 'seeds', '[1,1]', 'expected seeds that differ'],
    ['an arm twice', { ...quick, arms: [quick.arms[0], quick.arms[0]] }, 'arms', '[{"name"', 'expected names that differ'],
    ['no version', { ...quick, version: '3' }, 'version', '"3"', 'expected 3'],
    [
      'a hash that is none',
      { ...quick, dataset: { ...quick.dataset, sha256: 'abc' } },
      'dataset.sha256',
      '"abc"',
      'expected the form',
    ],
  ])('with %s is refused: field, what was found, what was expected', (_what, value, where, found, expected) => {
    const error = refusal(value);
    expect(error.code).toBe('recipe-invalid');
    expect(error.details[0]?.where).toBe(where);
    expect(error.details[0]?.found).toContain(found);
    expect(error.details[0]?.expected).toContain(expected);
    expect(error.message).not.toMatch(/invalid|failed|oops/i);
  });

  it('from before maps could be stored otherwise stores float32, and its runs keep their names; float16 has others', () => {
    const { maps: _maps, ...older } = quick.optimiser;
    const recipe = parseRecipe({ ...quick, optimiser: older });
    expect(recipe).toEqual(quick);
    const definition = (of: Recipe) => runDefinition(of, 'a', { seed: 0, arm: null });
    expect(definition(recipe)['optimiser']).toEqual(older);
    const half: Recipe = { ...quick, optimiser: { ...quick.optimiser, maps: 'float16' } };
    expect(definition(half)['optimiser']).toEqual({ ...older, maps: 'float16' });
  });

  it('with a misspelt field is refused by its name, not silently ignored', () => {
    const error = refusal({ ...quick, mergin: {} });
    expect(error.details[0]).toMatchObject({ found: 'mergin', expected: 'there is no such field' });
  });

  it('lists everything that does not fit, not only the first', () => {
    expect(refusal({ ...quick, merging: { ...quick.merging, alpha: 2, p: -1 } }).details).toHaveLength(2);
  });

  it('is not a list, a text or nothing', () => {
    for (const value of [[], 'quick', null, 3]) expect(refusal(value).code).toBe('recipe-invalid');
  });
});
