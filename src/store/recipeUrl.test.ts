import { deflateRawSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { StudioError } from '../base/errors.ts';
import { presets, quick } from '../recipe/presets.ts';
import { decodeRecipe, encodeRecipe, recipePayload } from './recipeUrl.ts';

/** As the first builds wrote it: bare deflate, recipe version 1. */
const firstLink =
  '1.dVLLbhsxDPyVYs5qYadO4OpYBD21PbRAL0UOtJbeJSxRC4nrwAn23wutH0iB9iRBHHJGw3nFPpdEBg_RxKXn94WDjAyHI5cqWeHXDkqJ4ZFj' +
  '9y6KHuDQkVFlg3-9FuFQB7q7f4DXKUYHowO3uhUSvT4eKd7qXO18n2cH0XFaxlXp-AoJA6lyrPBQMjk2XdoUR6mNc6C4h8OQi7xkNYpfoozwVi' +
  'aeHZTtOZfDG43Hvt_CYUcWhu-5pDPU4Vk6G75N0WSMwmX588DUwSOKMhXMDtWoLAr3JSd4FNIup-aFVCuym2yxC-PJcglDa8mjSZLaJr6eWX_K' +
  'C8Ov77YOKSdWmxL86sMnh2eWfrBHDnRqL6vVaj03qeGwy7oYyWMOQ4XfOkSmoqL9DzJe0PcONQzcTXGBHkSb-NS-VI1HOCSJXC0rV_jfG_fw5N' +
  'BTStTa120De1G26W-qzT-o_sMVslYjNbRZLUui_eKWlGpf6dRM2DhQHIeFc-swtvNjS8p0uS0ZfJyKaP-LonR09nRPsbaNUklN_W2fO6rcFoRL' +
  'Z71Bb5BLrt8glnQ8OVSOHOzzCR4UwlQonFqGmbuzQ_dP8x8';

const packed = (content: string | Buffer): string => `1.${deflateRawSync(content).toString('base64url')}`;

async function refusal(payload: string): Promise<string> {
  try {
    await decodeRecipe(payload);
  } catch (thrown) {
    if (thrown instanceof StudioError) return thrown.code;
    throw thrown;
  }
  return 'taken';
}

describe('a recipe in a link', () => {
  test.each(presets.map(({ recipe }) => [recipe.name, recipe] as const))('%s comes back as it was', async (_, recipe) => {
    const payload = await encodeRecipe(recipe);
    expect(payload).toMatch(/^2\.[A-Za-z0-9_-]+$/);
    expect(payload.length).toBeLessThan(900);
    expect(await decodeRecipe(payload)).toEqual(recipe);
  });

  test('a link of the first builds still opens', async () => {
    const recipe = await decodeRecipe(firstLink);
    expect(recipe).toMatchObject({ name: 'old link', seeds: [4, 5], network: quick.network, finetune: quick.finetune });
    expect(recipe.merging).toMatchObject({ alpha: 0.8, tau: 0.3 });
    expect(await decodeRecipe(await encodeRecipe(recipe))).toEqual(recipe);
  });

  test('is found in the hash, beside other parts or alone', () => {
    expect(recipePayload('#r=1.abc')).toBe('1.abc');
    expect(recipePayload('#x=2&r=1.abc')).toBe('1.abc');
    expect(recipePayload('#data')).toBeNull();
    expect(recipePayload('')).toBeNull();
  });
});

describe('what a link cannot do', () => {
  test('a cut link is refused, wherever it was cut', async () => {
    const payload = await encodeRecipe(quick);
    for (const length of [2, 3, 10, 100, payload.length - 1])
      expect(await refusal(payload.slice(0, length))).toBe('recipe-url-cut');
  });

  test('an altered link is refused, wherever it was altered', async () => {
    const payload = await encodeRecipe(quick);
    for (const at of [20, 100, 250, payload.length - 8]) {
      const other = payload[at] === 'A' ? 'B' : 'A';
      expect(await refusal(payload.slice(0, at) + other + payload.slice(at + 1))).toMatch(/^recipe-url-(cut|long)$/);
    }
  });

  test('another version is refused by name', async () => {
    expect(await refusal(`3${(await encodeRecipe(quick)).slice(1)}`)).toBe('recipe-url-version');
    expect(await refusal('nonsense')).toBe('recipe-url-version');
    expect(await refusal('')).toBe('recipe-url-version');
  });

  test('a bomb is stopped while it unpacks', async () => {
    expect(await refusal(packed(Buffer.alloc(50_000_000)).slice(0, 16_000))).toBe('recipe-url-long');
    expect(await refusal(`1.${'A'.repeat(20_000)}`)).toBe('recipe-url-long');
  });

  test('a field out of range, a field too many and no object are refused by the recipe itself', async () => {
    expect(await refusal(packed(JSON.stringify({ ...quick, merging: { ...quick.merging, tau: 7 } })))).toBe('recipe-invalid');
    expect(await refusal(packed(JSON.stringify({ ...quick, onload: 'alert(1)' })))).toBe('recipe-invalid');
    expect(await refusal(packed('[]'))).toBe('recipe-invalid');
    expect(await refusal(packed('{"__proto__": {"polluted": true}}'))).toBe('recipe-invalid');
    expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
  });

  test('any text is either taken or refused with a reason, never anything else', async () => {
    await fc.assert(
      fc.asyncProperty(fc.string({ maxLength: 300 }), async (text) => {
        expect(await refusal(`1.${text}`)).toMatch(/^recipe-/);
      }),
      { numRuns: 60 },
    );
  });
});
