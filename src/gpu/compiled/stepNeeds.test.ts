import { describe, expect, test } from 'vitest';
import { vgg, vggPlans } from '../../model/vgg.ts';
import { stepNeeds } from './stepNeeds.ts';
import { choiceOf, type KernelChoice } from './tiles.ts';

const gib = 2 ** 30;
const large = { maxStorageBufferBindingSize: 2 * gib, maxBufferSize: 2 * gib };
const usual = { maxStorageBufferBindingSize: gib / 8, maxBufferSize: gib / 4 };
const vgg19 = (batchNorm: boolean) => vgg(vggPlans.vgg19, batchNorm, 'linear', [64, 64, 3], 8);

describe('a training step', () => {
  test('of VGG-19 takes at most 81 dispatches, with batch norm at most 118', () => {
    expect(stepNeeds(vgg19(false), 128, large).dispatches).toBeLessThanOrEqual(81);
    expect(stepNeeds(vgg19(true), 128, large).dispatches).toBeLessThanOrEqual(118);
  });

  test('of VGG-19 with batch norm at 64 px takes at most 6 MB an image', () => {
    const [less, more] = [128, 256].map((images) => stepNeeds(vgg19(true), images, large).stepBytes) as [number, number];
    expect((more - less) / 128).toBeLessThanOrEqual(6e6);
  });

  test('with maps of float16 takes about half of that, and half the chunks', () => {
    const perImage = (half: boolean) => {
      const [less, more] = [128, 256].map((images) => stepNeeds(vgg19(true), images, large, undefined, half).stepBytes);
      return ((more as number) - (less as number)) / 128;
    };
    expect(perImage(true) / perImage(false)).toBeLessThan(0.56);
    expect(stepNeeds(vgg19(true), 1024, usual, undefined, true).chunks).toBe(4);
  });

  test('runs in chunks where a map cannot be bound: the paper’s 1024 images at 64 px in 8 on a device of 128 MiB', () => {
    expect(stepNeeds(vgg19(true), 1024, usual).chunks).toBe(8);
    expect(stepNeeds(vgg19(true), 1024, large).chunks).toBe(1);
  });

  test('takes what the tiles of each stage take', () => {
    const bytes = (tiles: string) => stepNeeds(vgg19(true), 128, large, choiceOf(tiles) as KernelChoice).stepBytes;
    const found = ['64x64x16', 'direct-4x4', '64x64x16/direct-4x4/64x64x16'].map(bytes);
    expect(new Set(found).size).toBe(3);
    expect(bytes('64x64x16/64x64x16/64x64x16')).toBe(found[0]);
  });

  test('does not fit where one image cannot be bound', () => {
    const tiny = { maxStorageBufferBindingSize: 2 ** 18, maxBufferSize: 2 ** 18 };
    expect(stepNeeds(vgg19(false), 8, tiny).chunks).toBe(0);
  });
});
