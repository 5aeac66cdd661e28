import { describe, expect, test } from 'vitest';
import { rememberedTiles, type TileMemory } from './tileChoice.ts';
import { allOf, choiceOf, choiceText, defaultChoice, type TileName } from './tiles.ts';
import { fastest, type Timings } from './tuner.ts';

const info = { vendor: 'acme', architecture: 'turbo', device: '', description: '', isFallbackAdapter: false };
const card = { adapterInfo: info } as unknown as GPUDevice;
const emulated = { adapterInfo: { ...info, description: 'llvmpipe' } } as unknown as GPUDevice;
const memory = (known: string | null): TileMemory => ({ read: () => Promise.resolve(known), keep: () => Promise.resolve() });

describe('a choice of tiles', () => {
  test('is one name where its classes agree, else three, and is read back', () => {
    const mixed = { ...allOf('64x64x16'), filterGradient: '128x64x8' } as const;
    expect(choiceText(allOf('128x128x8'))).toBe('128x128x8');
    expect(choiceText(mixed)).toBe('64x64x16,64x64x16,128x64x8');
    expect(choiceOf(choiceText(mixed))).toEqual(mixed);
    expect(choiceOf(' direct-4x4 ')).toEqual(allOf('direct-4x4'));
    for (const wrong of ['', '64x64', '64x64x16,64x64x16', 'toString', '64x64x16,64x64x16,64x64x16,64x64x16'])
      expect(choiceOf(wrong), wrong).toBeNull();
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

  test('is what was measured on the card, or has to be measured', async () => {
    expect(await rememberedTiles(card, { tiles: null, memory: memory('128x64x8') })).toEqual(allOf('128x64x8'));
    expect(await rememberedTiles(card, { tiles: null, memory: memory(null) })).toBeNull();
    expect(await rememberedTiles(card, { tiles: null, memory: memory('of another build') })).toBeNull();
  });
});

describe('of what was measured', () => {
  const candidates = ['64x64x16', '128x64x8', '128x128x8'] as const satisfies readonly TileName[];
  const timings = (...ms: readonly (readonly number[])[]): Timings => {
    const same = new Map(ms.map((of, at) => [candidates[at] as TileName, of]));
    return { forward: same, inputGradient: same, filterGradient: same };
  };

  test('the fastest over all shapes is chosen, each shape counting alike', () => {
    expect(fastest(timings([1, 100], [1.2, 60], [0.9, 120]), [...candidates])).toEqual(allOf('128x64x8'));
  });

  test('the first stays where the gain is within what measuring can tell, or nothing was measured', () => {
    expect(fastest(timings([10], [9.8], [10.5]), [...candidates])).toEqual(allOf('64x64x16'));
    expect(fastest(timings(), [...candidates])).toEqual(allOf('64x64x16'));
  });
});
