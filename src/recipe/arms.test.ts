import { describe, expect, it } from 'vitest';
import { StudioError } from '../base/errors.ts';
import { armsOf, armTitle, expanded, sweepSize } from './arms.ts';
import { quick } from './presets.ts';
import { parseRecipe, type Recipe } from './recipe.ts';
import { runDefinition, runHash } from './runKey.ts';

const swept: Recipe = { ...quick, sweep: { tau: [0.1, { quantile: 0.95 }], alpha: [0.5, 0.9] } };
const names = (recipe: Recipe) => armsOf(recipe).map(({ name }) => name);
const key = (recipe: Recipe, arm: string | null, seed = 0) => runHash(runDefinition(recipe, 'a'.repeat(64), { seed, arm }));

describe('the arms of a recipe', () => {
  it('are those it names, then one for every combination of its sweep', () => {
    expect(names(quick)).toEqual(['baseline', 'inmerge']);
    expect(names(swept)).toEqual([
      'baseline',
      'inmerge',
      'alpha-0.5_tau-0.1',
      'alpha-0.5_tau-q0.95',
      'alpha-0.9_tau-0.1',
      'alpha-0.9_tau-q0.95',
    ]);
    expect(sweepSize(swept.sweep)).toBe(4);
  });

  it('take from the recipe what they do not say themselves', () => {
    const own: Recipe = { ...quick, arms: [...quick.arms, { name: 'far', merges: true, merging: { condition: 'dissimilar' } }] };
    expect(armsOf(own).at(-1)?.merging).toEqual({ ...quick.merging, condition: 'dissimilar' });
    expect(armsOf(swept)[3]?.merging).toEqual({ ...quick.merging, alpha: 0.5, tau: { quantile: 0.95 } });
    expect(armsOf(quick)[0]?.merging).toBeNull();
  });

  it('are not there twice: a value that another arm has already adds none, and writing out twice changes nothing', () => {
    const again = { ...quick, sweep: { tau: [quick.merging.tau, 0.5] } };
    expect(names(again)).toEqual(['baseline', 'inmerge', 'tau-0.5']);
    expect(expanded(expanded(swept))).toEqual(expanded(swept));
    expect(parseRecipe(JSON.parse(JSON.stringify(expanded(swept))))).toEqual(expanded(swept));
  });

  it.each([
    ['a quantile beyond 1', { sweep: { tau: [{ quantile: 2 }] } }, 'sweep.tau.0'],
    ['a value twice', { sweep: { p: [0.1, 0.1] } }, 'sweep.p'],
    ['no values', { sweep: { p: [] } }, 'sweep.p'],
    ['a field that is none of merging', { sweep: { momentum: [0.9] } }, 'sweep'],
    ['more combinations than arms may be', { sweep: { p: Array.from({ length: 65 }, (_, k) => k / 100) } }, 'sweep.p'],
    ['a word for tau', { merging: { ...quick.merging, tau: 'high' } }, 'merging.tau'],
  ])('with %s are refused by name', (_what, change, where) => {
    const refused = (): unknown => parseRecipe({ ...quick, ...change });
    expect(refused).toThrow(StudioError);
    expect(refused).toThrow(where);
  });
});

it('an arm of a sweep is called by its settings, any other by its name', () => {
  const titles = ['baseline', 'alpha-0.5_tau-q0.95', 'tau-minus0.1', 'layer-4', 'condition-dissimilar', 'tau-ish', 'my_arm'].map(
    armTitle,
  );
  expect(titles).toEqual(['Baseline', 'α 0.5, τ q 0.95', 'τ −0.1', 'Lₛ 4', 'dissimilar', 'tau-ish', 'my_arm']);
});

describe('a recipe of version 1', () => {
  const { sweep: _sweep, merging, ...rest } = quick;
  const { condition: _condition, ...oldMerging } = merging;
  const old = { ...rest, version: 1, merging: oldMerging };

  it('opens as the recipe that it was', () => {
    expect(parseRecipe(old)).toEqual(quick);
  });

  it('with a mistake is refused for that mistake', () => {
    expect(() => parseRecipe({ ...old, merging: { ...oldMerging, tau: 3 } })).toThrow('merging.tau is 3');
  });

  it('is refused in words where it is of a version that is yet to come', () => {
    expect(() => parseRecipe({ ...quick, version: 4 })).toThrow('version 4; this studio reads versions up to 3');
  });
});

describe('the hash of a run', () => {
  it('does not know its name, its neighbours, or how the arm came about', async () => {
    const named: Recipe = {
      ...quick,
      name: 'another',
      seeds: [0, 1],
      dataset: { ...quick.dataset, name: 'x', sha256: 'b'.repeat(64) },
      arms: [{ name: 'mine', merges: true, merging: { tau: 0.1 } }],
    };
    expect(await key(named, 'mine')).toBe(await key({ ...quick, sweep: { tau: [0.2, 0.1] } }, 'tau-0.1'));
    expect(await key(named, null)).toBe(await key(quick, null));
  });

  it('tells apart whatever changes the run', async () => {
    const changed: [Recipe, string | null, number?][] = [
      [quick, null],
      [quick, 'baseline'],
      [quick, 'inmerge'],
      [quick, 'inmerge', 1],
      [{ ...quick, selectBy: 'last' }, 'inmerge'],
      [{ ...quick, backbone: { ...quick.backbone, epochs: 9 } }, 'inmerge'],
      [{ ...quick, dataset: { ...quick.dataset, take: { ...quick.dataset.take, val: 10 } } }, 'inmerge'],
      [{ ...quick, merging: { ...quick.merging, mergeDuringValidation: true } }, 'inmerge'],
      [{ ...quick, merging: { ...quick.merging, condition: 'dissimilar' } }, 'inmerge'],
    ];
    const keys = await Promise.all(changed.map(([recipe, arm, seed]) => key(recipe, arm, seed)));
    expect(new Set(keys).size).toBe(changed.length);
  });

  it('of a backbone and of a baseline does not hang on how others merge', async () => {
    const other: Recipe = { ...quick, merging: { ...quick.merging, tau: 0.9, mergeDuringValidation: true } };
    for (const arm of [null, 'baseline']) expect(await key(other, arm)).toBe(await key(quick, arm));
  });
});
