import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { Convolver, motionTaps } from './convolution.ts';
import { corruptionNames, corruptor, severities, type CorruptionName } from './corruption.ts';
import { nearest, writeBytes } from './rounding.ts';
import { suiteFor } from './severities.ts';

/** What NumPy, SciPy and Pillow make of `picture()`: written by testing/reference.py. */
interface Reference {
  readonly pictures: readonly { readonly name: CorruptionName; readonly parameter: readonly number[]; readonly bytes: string }[];
  readonly motions: readonly { readonly parameter: [number, number]; readonly angle: number; readonly bytes: string }[];
  readonly noises: readonly {
    readonly name: CorruptionName;
    readonly parameter: number;
    readonly byte: number;
    readonly mean: number;
    readonly variance: number;
  }[];
}
const reference = JSON.parse(readFileSync(new URL('./testing/reference.json', import.meta.url), 'utf8')) as Reference;
const bytesOf = (base64: string) => Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));

const side = 20;
function picture(): Uint8Array {
  const pixels = new Uint8Array(side * side * 3);
  for (let y = 0; y < side; y++)
    for (let x = 0; x < side; x++)
      for (let c = 0; c < 3; c++) {
        const smooth = 11 * x + 7 * y * (c + 1);
        const texture = (x * y * 7 + 31 * c + x * x) % 61;
        const edge = 90 * ((Math.floor(x / 6) + Math.floor(y / 5)) % 2);
        pixels[(y * side + x) * 3 + c] = (smooth + texture + edge) % 256;
      }
  return pixels;
}

function differences(found: Uint8Array, expected: Uint8Array): { most: number; share: number } {
  let most = 0;
  let unequal = 0;
  found.forEach((byte, at) => {
    const distance = Math.abs(byte - (expected[at] as number));
    most = Math.max(most, distance);
    if (distance > 0) unequal++;
  });
  return { most, share: unequal / found.length };
}

/** Pillow's and torchvision's byte arithmetic is ours; sums of floats may fall on the other side of a whole number. */
const toTheByte = new Set<CorruptionName>([
  'pixelate',
  'brightness_up',
  'brightness_down',
  'contrast_up',
  'contrast_down',
  'gamma_corr_up',
  'gamma_corr_down',
  'gaussian_blur',
]);

describe('a corruption', () => {
  it.each(reference.pictures)('$name $parameter makes what NumPy, SciPy and Pillow make', ({ name, parameter, bytes }) => {
    const pixels = picture();
    corruptor(name, parameter, 0, side, side)(pixels, 0);
    const { most, share } = differences(pixels, bytesOf(bytes));
    if (toTheByte.has(name)) expect(most).toBe(0);
    else if (name === 'jpeg_compression') {
      // Pillow's cosine transform is in whole numbers: one sample in fifty falls to the next one, and one of chroma moves
      // all three bytes, by up to two. A wrong divisor or neighbour would move them by the divisor.
      expect(share).toBeLessThan(0.06);
      expect(most).toBeLessThanOrEqual(2);
    } else {
      expect(most).toBeLessThanOrEqual(1);
      expect(share).toBeLessThan(0.02);
    }
  });

  it.each(reference.motions)('motion blur $parameter at $angle° is ImageMagick’s sum', ({ parameter, angle, bytes }) => {
    const pixels = picture();
    writeBytes(new Convolver(side, side).sum(pixels, motionTaps(...parameter, angle), 'edge'), nearest, pixels);
    const { most, share } = differences(pixels, bytesOf(bytes));
    expect(most).toBeLessThanOrEqual(1);
    expect(share).toBeLessThan(0.01);
  });

  it.each(reference.noises)('$name $parameter of byte $byte has SciPy’s mean and variance', (expected) => {
    const { name, parameter, byte, mean, variance } = expected;
    const pixels = new Uint8Array(60_000).fill(byte);
    corruptor(name, [parameter], 2, 100, 200)(pixels, 5);
    const foundMean = pixels.reduce((sum, value) => sum + value, 0) / pixels.length;
    const foundVariance = pixels.reduce((sum, value) => sum + (value - foundMean) ** 2, 0) / pixels.length;
    // Four standard errors of 60,000 draws; the variance's is largest for salt and pepper.
    expect(Math.abs(foundMean - mean)).toBeLessThan(4 * Math.sqrt(variance / pixels.length));
    expect(Math.abs(foundVariance / variance - 1)).toBeLessThan(0.04);
  });

  it('is the same again for the same image, and another for another image, severity or kind', () => {
    const noisy = (name: CorruptionName, severity: number, image: number) => {
      const pixels = picture();
      corruptor(name, [0.2], severity, side, side)(pixels, image);
      return pixels;
    };
    const first = noisy('gaussian_noise', 1, 7);
    expect(noisy('gaussian_noise', 1, 7)).toEqual(first);
    for (const other of [noisy('gaussian_noise', 1, 8), noisy('gaussian_noise', 2, 7), noisy('speckle_noise', 1, 7)])
      expect(other).not.toEqual(first);
  });

  it('fits pictures of any size, the smallest too', () => {
    for (const name of corruptionNames)
      for (const [height, width] of [
        [1, 1],
        [8, 8],
        [5, 9],
      ] as const) {
        const parameters = suiteFor('other', 3).corruptions.find((entry) => entry.name === name)?.parameters;
        const pixels = new Uint8Array(height * width * 3).fill(77);
        corruptor(name, parameters?.[4] ?? [], 4, height, width)(pixels, 0);
        expect(pixels).toHaveLength(height * width * 3);
      }
  });
});

describe('the suite', () => {
  it('is MedMNIST-C’s own for its sets, of whatever size, and all 17 kinds for any other', () => {
    const counts = Object.fromEntries(
      ['bloodmnist_64', 'breastmnist', 'pathmnist', 'octmnist', 'retinamnist', 'tissuemnist', 'organcmnist', 'dermamnist'].map(
        (name) => [name, suiteFor(name, 3).corruptions.length],
      ),
    );
    // As in the paper's table, less what needs foreign pictures.
    expect(counts).toEqual({
      bloodmnist_64: 9,
      breastmnist: 7,
      pathmnist: 9,
      octmnist: 6,
      retinamnist: 8,
      tissuemnist: 8,
      organcmnist: 13,
      dermamnist: 13,
    });
    expect(suiteFor('my-hospital', 3)).toMatchObject({ source: 'general' });
    expect(suiteFor('my-hospital', 3).corruptions.map(({ name }) => name)).toEqual([...corruptionNames]);
    expect(suiteFor('my-hospital', 1).corruptions.map(({ name }) => name)).not.toContain('saturate');
    for (const { parameters } of suiteFor('my-hospital', 3).corruptions) expect(parameters).toHaveLength(severities);
  });
});
