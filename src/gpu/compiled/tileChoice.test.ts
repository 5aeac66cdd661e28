import { describe, expect, test } from 'vitest';
import { plain } from './activation.ts';
import { convKernels, stageFor, tiledKernels } from './convKernels.ts';
import { foreseenTiles, rememberedTiles, type TileMemory } from './tileChoice.ts';
import { tiledSlots } from './tiledConv.ts';
import {
  allOf,
  choiceOf,
  choiceText,
  defaultChoice,
  everyStage,
  kernelClasses,
  stageOf,
  takesSubgroups,
  tiles,
  type KernelChoice,
  type TileName,
} from './tiles.ts';
import { fastest, type Timings } from './tuner.ts';

const info = { vendor: 'acme', architecture: 'turbo', device: '', description: '', isFallbackAdapter: false };
const features = new Set(['subgroups']);
const card = { adapterInfo: info, features } as unknown as GPUDevice;
const emulated = { adapterInfo: { ...info, description: 'llvmpipe' }, features } as unknown as GPUDevice;
const without = { adapterInfo: emulated.adapterInfo, features: new Set() } as unknown as GPUDevice;
const memory = (known: string | null): TileMemory => ({ read: () => Promise.resolve(known), keep: () => Promise.resolve() });

describe('a choice of tiles', () => {
  test('is one name where its classes agree, else three, and is read back', () => {
    const mixed = { ...allOf('64x64x16'), filterGradient: everyStage('128x64x8') };
    expect(choiceText(allOf('128x128x8'))).toBe('128x128x8');
    expect(choiceText(mixed)).toBe('64x64x16,64x64x16,128x64x8');
    expect(choiceOf(choiceText(mixed))).toEqual(mixed);
    expect(choiceOf(' direct-4x4 ')).toEqual(allOf('direct-4x4'));
    for (const wrong of ['', '64x64', '64x64x16,64x64x16', 'toString', '64x64x16,64x64x16,64x64x16,64x64x16'])
      expect(choiceOf(wrong), wrong).toBeNull();
  });

  test('names a tile for each stage of a class where they differ, and is read back', () => {
    const late = { early: '64x64x16', middle: '64x64x16', late: '32x64x16-4x8' } as const;
    const ofOne = { ...allOf('128x64x8'), inputGradient: late };
    const ofAll = { forward: late, inputGradient: late, filterGradient: late };
    expect(choiceText(ofOne)).toBe('128x64x8,64x64x16/64x64x16/32x64x16-4x8,128x64x8');
    expect(choiceText(ofAll)).toBe('64x64x16/64x64x16/32x64x16-4x8');
    for (const choice of [ofOne, ofAll]) expect(choiceOf(choiceText(choice))).toEqual(choice);
    for (const wrong of ['64x64x16/64x64x16', '64x64x16/64x64x16/', '64x64x16/64x64x16,64x64x16'])
      expect(choiceOf(wrong), wrong).toBeNull();
  });

  test('takes VGG-19’s first stage at 64 px as early, maps of 8 x 8 and less as late', () => {
    expect(stageOf(64 * 64, 64)).toBe('early');
    expect(stageOf(32 * 32, 128)).toBe('middle');
    expect(stageOf(16 * 16, 256)).toBe('middle');
    expect(stageOf(8 * 8, 512)).toBe('late');
    expect(stageOf(1, 8)).toBe('late');
  });

  test('is what the run is bound to, before all else', async () => {
    const bound = await rememberedTiles(emulated, { tiles: '128x64x8', memory: memory('64x64x16') });
    expect(bound).toEqual(allOf('128x64x8'));
    await expect(rememberedTiles(card, { tiles: '1x1x1', memory: null })).rejects.toMatchObject({ code: 'tiles-unknown' });
  });

  test('is the default on an emulated adapter, where it is asked for, and where nothing may be measured', async () => {
    expect(await rememberedTiles(emulated, { tiles: null, memory: memory('64x64x16') })).toEqual(defaultChoice.software);
    expect(await rememberedTiles(card, { tiles: 'default', memory: memory('128x64x8') })).toEqual(defaultChoice.hardware);
    expect(await rememberedTiles(card, { tiles: null, memory: null })).toEqual(defaultChoice.hardware);
  });

  test('exchanges numbers within subgroups only where a device has them', async () => {
    expect(await rememberedTiles(emulated, { tiles: null, memory: null })).toEqual(allOf('subgroup-5x4'));
    expect(await rememberedTiles(without, { tiles: null, memory: null })).toEqual(allOf('direct-4x4'));
    const wishes = { tiles: '64x64x16,64x64x16,64x64x16/subgroup-5x4/64x64x16', memory: null };
    expect(takesSubgroups((await rememberedTiles(card, wishes)) as KernelChoice)).toBe(true);
    await expect(rememberedTiles(without, wishes)).rejects.toMatchObject({ code: 'tiles-without-subgroups' });
  });

  test('is what was measured on the card, or has to be measured', async () => {
    expect(await rememberedTiles(card, { tiles: null, memory: memory('128x64x8') })).toEqual(allOf('128x64x8'));
    expect(await rememberedTiles(card, { tiles: null, memory: memory(null) })).toBeNull();
    expect(await rememberedTiles(card, { tiles: null, memory: memory('of another build') })).toBeNull();
  });

  test('is foreseen before it is measured: what the run is bound to, what was measured, else the default', async () => {
    const measured = memory('128x64x8/64x64x16/64x64x16');
    expect(choiceText(await foreseenTiles(card, { tiles: null, memory: measured }))).toBe('128x64x8/64x64x16/64x64x16');
    expect(await foreseenTiles(card, { tiles: '128x128x8', memory: measured })).toEqual(allOf('128x128x8'));
    expect(await foreseenTiles(card, { tiles: null, memory: memory(null) })).toEqual(defaultChoice.hardware);
    expect(await foreseenTiles(emulated, { tiles: null, memory: measured })).toEqual(defaultChoice.software);
  });
});

test('a convolution’s kernels are cut as its stage is: by what each stores, or adds up', () => {
  const choice = choiceOf('64x64x16-4x4/128x128x8/direct-4x4') as KernelChoice;
  const [side, inChannels, outChannels] = [32, 64, 128];
  const sides = { inHeight: side, inWidth: side, inChannels, outHeight: side, outWidth: side, outChannels };
  const window = { size: 3, stride: 1, padding: 1, bias: false, rows: 9 * inChannels, macs: 0 };
  const shape = { name: 'conv', ...sides, ...window, inQuads: inChannels / 4, outQuads: outChannels / 4 };
  const small = { ...shape, inHeight: 4, inWidth: 4, outHeight: 4, outWidth: 4 };
  const kernels = convKernels(choice);
  expect(kernelClasses.map((each) => stageFor(each, shape))).toEqual(['middle', 'early', 'middle']);
  expect(kernels.forwardSlots(shape, 3)).toBe(tiledSlots(side * side, 3, tiles['128x128x8']));
  expect(kernels.inputGradientSlots(shape, 3)).toBe(tiledSlots(side * side, 3, tiles['64x64x16-4x4']));
  expect(kernels.slices(shape, 3, 1)).toBe(tiledKernels(tiles['128x128x8']).slices(shape, 3, 1));
  expect(kernelClasses.map((each) => kernels.fuses(each, shape))).toEqual([true, true, true]);
  expect(kernelClasses.map((each) => kernels.fuses(each, small))).toEqual([false, false, false]);
  const given = { batch: { label: 'batch' }, chunk: 0, weights: { label: 'weights' } };
  const map = { label: 'map' };
  const inner = { gradient: map, adds: false, rectifiedBy: null };
  expect(kernels.forward(shape, { ...given, x: plain(map), y: map, bias: null }, false, null).body).toContain(
    'array<vec4f, 384>',
  );
  expect(kernels.inputGradient(shape, { ...given, dy: plain(map) }, inner, null).body).toContain('array<vec4f, 320>');
  expect(kernels.forward(small, { ...given, x: plain(map), y: map, bias: null }, false, null).body).not.toContain('workgroup>');
});

describe('of what was measured', () => {
  const candidates = ['64x64x16', '128x64x8', '128x128x8'] as const satisfies readonly TileName[];
  const timings = (...ms: readonly (readonly number[])[]): Timings => {
    const same = new Map(ms.map((of, at) => [candidates[at] as TileName, of]));
    const everywhere = { early: same, middle: same, late: same };
    return { forward: everywhere, inputGradient: everywhere, filterGradient: everywhere };
  };

  test('the fastest over all shapes is chosen, each shape counting alike', () => {
    expect(fastest(timings([1, 100], [1.2, 60], [0.9, 120]), [...candidates])).toEqual(allOf('128x64x8'));
  });

  test('the first stays where the gain is within what measuring can tell, or nothing was measured', () => {
    expect(fastest(timings([10], [9.8], [10.5]), [...candidates])).toEqual(allOf('64x64x16'));
    expect(fastest(timings(), [...candidates])).toEqual(allOf('64x64x16'));
  });

  test('each class and stage has its own, and the first where a stage was not measured', () => {
    const [slow, quick] = [timings([10], [12]), timings([10], [8])];
    const chosen = fastest(
      { ...slow, inputGradient: { ...slow.inputGradient, late: quick.inputGradient.late, early: new Map() } },
      [...candidates],
    );
    expect(choiceText(chosen)).toBe('64x64x16,64x64x16/64x64x16/128x64x8,64x64x16');
  });
});
