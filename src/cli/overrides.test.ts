/** `--set`: what it changes, and what it refuses. */
import { describe, expect, test } from 'vitest';
import { parseRecipe } from '../recipe/recipe.ts';
import { quick } from '../recipe/presets.ts';
import { withOverrides } from './overrides.ts';

const set = (...overrides: string[]) => parseRecipe(withOverrides(quick, overrides));
const refusal = (...overrides: string[]): string => {
  try {
    withOverrides(quick, overrides);
  } catch (thrown) {
    const { code, remedy } = thrown as { code: string; remedy: string };
    return `${code}: ${remedy}`;
  }
  return 'accepted';
};

describe('an override', () => {
  test('changes one field and leaves the preset as it is', () => {
    const before = structuredClone(quick);
    expect(set('backbone.epochs=1', 'seeds=[3]')).toEqual({ ...quick, backbone: { ...quick.backbone, epochs: 1 }, seeds: [3] });
    expect(quick).toEqual(before);
  });

  test('is JSON where it reads as JSON, else text', () => {
    expect(set('dataset.take.train=64').dataset.take.train).toBe(64);
    expect(set('dataset.take.train=64', 'dataset.take.train=null').dataset.take.train).toBeNull();
    expect(set('network.name=vgg11').network.name).toBe('vgg11');
    expect(set('name=a=b').name).toBe('a=b');
    expect(set('name="7"').name).toBe('7');
  });

  test('of swept networks and of start weights may be short', () => {
    const { sweep } = set(
      'sweep.network=["vgg11",{"name":"vgg13","batchNorm":false,"widthMultiplier":1,"head":"linear"}]',
      'network.widthMultiplier=0.5',
    );
    expect(sweep.network?.map(({ name, widthMultiplier }) => [name, widthMultiplier])).toEqual([
      ['vgg11', 0.5],
      ['vgg13', 1],
    ]);
    const file = { from: 'file', name: 'x.safetensors', sha256: null, distribution: 'pytorch' };
    expect(set('start=some/x.safetensors').start).toEqual(file);
    expect(set('sweep.start=["he","x.safetensors"]').sweep.start).toEqual([{ from: 'random', distribution: 'he' }, file]);
    expect(set('start=he').start).toEqual({ from: 'random', distribution: 'he' });
    expect(() => set('start=hee')).toThrow('start.distribution is "hee"');
    expect(() => set('sweep.network=["vgg99"]')).toThrow('sweep.network.0.name is "vgg99"');
  });

  test('reaches into lists', () => {
    expect(set('arms[1].name=ours').arms[1]).toEqual({ name: 'ours', merges: true });
    expect(set('arms.1.name=ours').arms[1]).toEqual({ name: 'ours', merges: true });
    expect(refusal('arms[2].name=x')).toContain('set-unknown');
  });

  test('of a schedule’s kind begins it anew', () => {
    const { schedule } = set(
      'backbone.schedule.kind=plateau',
      'backbone.schedule.factor=0.5',
      'backbone.schedule.patience=2',
    ).backbone;
    expect(schedule).toEqual({ kind: 'plateau', factor: 0.5, patience: 2 });
  });

  test('of a field that is not there names the nearest', () => {
    expect(refusal('epochs=1')).toBe('set-unknown: The nearest is backbone.epochs.');
    expect(refusal('finetune.epoch=1')).toBe('set-unknown: The nearest is finetune.epochs.');
    expect(refusal('merge.tau=0.1')).toBe('set-unknown: The nearest is merging.tau.');
    expect(refusal('__proto__.polluted=1')).toContain('set-unknown');
    expect(({} as { polluted?: unknown }).polluted).toBeUndefined();
  });
});
