import { describe, expect, it } from 'vitest';
import { BatchSource } from './batches.ts';
import { datasetOfOne, pictureAs } from './picture.ts';

/** `colour(x, y)` for each pixel, opaque. */
const picture = (
  width: number,
  height: number,
  colour: (x: number, y: number) => readonly [number, number, number, number?],
) => ({
  width,
  height,
  pixels: Uint8ClampedArray.from({ length: width * height * 4 }, (_, at) => {
    const pixel = Math.floor(at / 4);
    return colour(pixel % width, Math.floor(pixel / width))[at % 4] ?? 255;
  }),
});

describe('a picture as an image of a dataset', () => {
  it('is its middle: the sides of a wide picture are cut off', () => {
    const wide = picture(30, 10, (x) => (x >= 10 && x < 20 ? [200, 100, 50] : [0, 0, 0]));
    const image = pictureAs({ height: 10, width: 10, channels: 3 }, wide);
    expect(image.length).toBe(300);
    expect([...image.subarray(0, 3), ...image.subarray(297)]).toEqual([200, 100, 50, 200, 100, 50]);
  });

  it('of the same size keeps its bytes', () => {
    const own = picture(7, 5, (x, y) => [x, y, x * y]);
    const image = pictureAs({ height: 5, width: 7, channels: 3 }, own);
    expect([...image.subarray((4 * 7 + 6) * 3)]).toEqual([6, 4, 24]);
  });

  it('is made smaller by averaging, and as grey as Pillow makes it', () => {
    const checks = picture(56, 56, (x, y) => ((x + y) % 2 === 0 ? [255, 0, 0] : [0, 0, 255]));
    const image = pictureAs({ height: 28, width: 28, channels: 1 }, checks);
    // Pillow: convert('L') of pure red is 76, of pure blue 29.
    expect(image.every((byte) => Math.abs(byte - (76 + 29) / 2) <= 1)).toBe(true);
  });

  it('has proportions of the dataset where those are not square', () => {
    const halves = picture(40, 40, (_, y) => (y < 10 || y >= 30 ? [9, 9, 9] : [100, 100, 100]));
    const image = pictureAs({ height: 10, width: 20, channels: 1 }, halves);
    expect([...new Set(image)]).toEqual([100]);
  });

  it('shows black where it is see-through', () => {
    const clear = picture(4, 4, () => [255, 255, 255, 0]);
    expect([...new Set(pictureAs({ height: 4, width: 4, channels: 1 }, clear))]).toEqual([0]);
  });

  it('is normalised as the images of a split are', () => {
    const facts = { height: 4, width: 4, channels: 1, classNames: ['a', 'b'], task: 'binary-class' } as const;
    const input = { side: 8, channels: 'rgb', normalise: 'half', horizontalFlip: false } as const;
    const source = new BatchSource(datasetOfOne(facts, new Uint8Array(16).fill(255)), 'test', input, null);
    const values = new Float32Array(source.imageLength);
    source.write(0, false, values, 0);
    expect([source.count, values.length, ...new Set(values)]).toEqual([1, 192, 1]);
  });
});
