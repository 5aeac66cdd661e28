import { describe, expect, it } from 'vitest';
import { baseOf, basesOf, baseTitle, networkName, networkTitle, onBase, startFilesOf, type StartSettings } from './bases.ts';
import { quick } from './presets.ts';
import { parseRecipe, type NetworkSettings, type Recipe } from './recipe.ts';
import { runDefinition, runHash } from './runKey.ts';

const vgg11: NetworkSettings = { ...quick.network, name: 'vgg11' };
const resnet: NetworkSettings = { ...quick.network, name: 'resnet18', widthMultiplier: 0.5 };
const imagenet: StartSettings = {
  from: 'file',
  name: 'VGG11 (ImageNet).safetensors',
  sha256: 'a'.repeat(64),
  distribution: 'he',
};
const he: StartSettings = { from: 'random', distribution: 'he' };
const many: Recipe = { ...quick, sweep: { network: [vgg11, resnet], start: [imagenet] } };
const names = (recipe: Recipe) => basesOf(recipe).map(({ name }) => name);
const key = (recipe: Recipe, arm: string | null, base?: string) =>
  runHash(runDefinition(recipe, 'a'.repeat(64), { seed: 0, arm, ...(base === undefined ? {} : { base }) }));

describe('the bases of a recipe', () => {
  it('are its own, then every other combination of network and start weights', () => {
    expect(names(quick)).toEqual([null]);
    expect(names(many)).toEqual([
      null,
      'from-vgg11-imagenet',
      'vgg11-bn',
      'vgg11-bn_from-vgg11-imagenet',
      'resnet18-w0.5',
      'resnet18-w0.5_from-vgg11-imagenet',
    ]);
    expect(baseOf(many, 'resnet18-w0.5_from-vgg11-imagenet')).toMatchObject({ network: resnet, start: imagenet });
    expect(baseOf(many, undefined)).toMatchObject({ name: null, network: quick.network });
    expect(baseOf(many, 'vgg99')).toBeUndefined();
  });

  it('are not there twice: neither the recipe’s own, nor a ResNet whose ignored settings differ', () => {
    const again: Recipe = { ...quick, sweep: { network: [quick.network, resnet, { ...resnet, batchNorm: false, head: 'vgg' }] } };
    expect(names(again)).toEqual([null, 'resnet18-w0.5']);
  });

  it('have names that adding others does not change', () => {
    const more: Recipe = {
      ...many,
      sweep: { network: [{ ...vgg11, batchNorm: false }, ...(many.sweep.network ?? [])], start: [he, imagenet] },
    };
    for (const name of names(many)) expect(names(more)).toContain(name);
  });

  it('are called by what differs among them, and by nothing where there is one', () => {
    expect(basesOf(quick).map((base) => baseTitle(quick, base))).toEqual(['']);
    const networks: Recipe = { ...quick, sweep: { network: [vgg11] } };
    expect(basesOf(networks).map((base) => baseTitle(networks, base))).toEqual(['VGG-8-BN', 'VGG-11-BN']);
    expect(
      basesOf(many)
        .map((base) => baseTitle(many, base))
        .at(-1),
    ).toBe('ResNet-18 × 0.5, VGG11 (ImageNet).safetensors');
    expect(networkTitle({ ...quick.network, batchNorm: false, head: 'vgg' })).toBe('VGG-8, torchvision head');
    expect(networkName({ ...quick.network, batchNorm: false, head: 'vgg' })).toBe('vgg8-fc');
  });

  it('take a network with start weights of its own as it is: a file fits one network', () => {
    const pairs: Recipe = { ...many, sweep: { network: [vgg11, { ...resnet, start: imagenet }], start: [he] } };
    expect(names(pairs)).toEqual([null, 'drawn-he', 'vgg11-bn', 'vgg11-bn_drawn-he', 'resnet18-w0.5_from-vgg11-imagenet']);
    expect(baseOf(pairs, 'resnet18-w0.5_from-vgg11-imagenet')?.network).toEqual(resnet);
    expect(parseRecipe(JSON.parse(JSON.stringify(pairs)))).toEqual(pairs);
    expect(() => parseRecipe({ ...quick, sweep: { network: [{ ...resnet, begin: he }] } })).toThrow('sweep.network.0 is begin');
  });

  it('name the files they need once, and a recipe that stands on one of them alone has no others', () => {
    expect(startFilesOf(many)).toEqual(['a'.repeat(64)]);
    const alone = onBase({ ...many, sweep: { ...many.sweep, tau: [0.1] } }, { network: resnet, start: he });
    expect(names(alone)).toEqual([null]);
    expect(alone).toMatchObject({ network: resnet, start: he, sweep: { tau: [0.1] } });
  });

  it('survive JSON, and are refused where two files of one name differ, or arms and bases are too many together', () => {
    expect(parseRecipe(JSON.parse(JSON.stringify(many)))).toEqual(many);
    const mixed = { ...quick, start: imagenet, sweep: { start: [{ ...imagenet, sha256: 'b'.repeat(64) }] } };
    expect(() => parseRecipe(mixed)).toThrow('sweep.start');
    const widths = Array.from({ length: 32 }, (_, k) => ({ ...quick.network, widthMultiplier: 1 + (k + 1) / 16 }));
    expect(() => parseRecipe({ ...quick, sweep: { network: widths } })).toThrow('at most 64 arms of all networks');
    expect(names(parseRecipe({ ...quick, sweep: { network: widths.slice(1) } }))).toHaveLength(32);
  });
});

describe('a run on a base', () => {
  it('is the run of the recipe that has this base alone', async () => {
    for (const base of basesOf(many)) {
      for (const arm of [null, 'inmerge'])
        expect(await key(many, arm, base.name ?? undefined)).toBe(await key(onBase(many, base), arm));
    }
  });

  it('does not know what its file is called, but what is in it', async () => {
    const of = (start: StartSettings) => key({ ...quick, start }, null);
    expect(await of({ ...imagenet, name: 'other' })).toBe(await of(imagenet));
    const all = await Promise.all([of(imagenet), of({ ...imagenet, sha256: 'b'.repeat(64) }), of(he), of(quick.start)]);
    expect(new Set(all).size).toBe(4);
  });

  it('of a recipe of version 2 has the hash that it had then', async () => {
    const kept = parseRecipe({ ...quick, version: 2 });
    expect(kept).toEqual(quick);
    expect(await key(kept, null)).toBe('0b44ac3db08436812f52710fda1ffda06a8997770f1c1c6491d5b85f6f983abd');
    expect(await key(kept, 'baseline')).toBe('0ed4e388e9a34e1ede987667d41f2b9b712fc6d89db96a9b512e55a8ceff13a1');
    expect(await key(kept, 'inmerge')).toBe('e84db2e36e42fa353bad86796202e4de9187c1b73c45d88182bfda3dcd97a995');
  });
});
