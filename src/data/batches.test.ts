import { describe, expect, it } from 'vitest';
import type { Recipe } from '../recipe/recipe.ts';
import { BatchSource, epochFlips, epochOrder } from './batches.ts';
import type { Dataset, Split } from './dataset.ts';
import { Resizer } from './resize.ts';

const native: Recipe['input'] = { side: null, channels: 'native', normalise: 'half', horizontalFlip: true };

function split(count: number, side: number, channels: number): Split {
  return {
    count,
    images: Uint8Array.from({ length: count * side * side * channels }, (_, at) => (at * 7) % 256),
    labels: Uint16Array.from({ length: count }, (_, at) => at % 3),
  };
}

function dataset(side = 4, channels: 1 | 3 = 3): Dataset {
  const splits = { train: split(10, side, channels), val: split(5, side, channels), test: null };
  const facts = { name: 'd', title: 'D', task: 'multi-class', classNames: ['a', 'b', 'c'], sha256: '', synthetic: true } as const;
  return { ...facts, height: side, width: side, channels, splits };
}

const written = (source: BatchSource, at: number, mirrored = false): Float32Array => {
  const inputs = new Float32Array(source.imageLength);
  source.write(at, mirrored, inputs, 0);
  return inputs;
};

describe('batch order and augmentation', () => {
  it('is a permutation, the same one for the same seed, phase and epoch', () => {
    const order = epochOrder(3, 'finetune', 1, 100);
    expect([...order].sort((a, b) => a - b)).toEqual([...Array(100).keys()]);
    expect(epochOrder(3, 'finetune', 1, 100)).toEqual(order);
  });

  it('differs between seeds, phases and epochs', () => {
    const base = epochOrder(3, 'finetune', 1, 100);
    for (const other of [
      epochOrder(4, 'finetune', 1, 100),
      epochOrder(3, 'backbone', 1, 100),
      epochOrder(3, 'finetune', 2, 100),
    ]) {
      expect(other).not.toEqual(base);
    }
  });

  it('keeps its bits: the first draws of seed 0 are these on every machine', () => {
    expect(Array.from(epochOrder(0, 'backbone', 0, 1000).subarray(0, 8))).toMatchInlineSnapshot(`
      [
        694,
        45,
        33,
        40,
        856,
        622,
        855,
        530,
      ]
    `);
    expect([...epochFlips(0, 'backbone', 0, 16)]).toMatchInlineSnapshot(`
      [
        0,
        1,
        1,
        0,
        0,
        1,
        1,
        0,
        0,
        1,
        0,
        0,
        1,
        0,
        1,
        1,
      ]
    `);
  });

  it('flips about half of the images', () => {
    const flipped = epochFlips(1, 'backbone', 0, 10_000).reduce((sum, flip) => sum + flip, 0);
    expect(Math.abs(flipped - 5000)).toBeLessThan(200);
  });
});

describe('BatchSource', () => {
  it('gives the bytes and the table that its floats are looked up from: grey, grey as RGB and RGB, resized or not', () => {
    for (const [channels, input] of [
      [1, native],
      [1, { ...native, channels: 'rgb', normalise: 'imagenet' }],
      [3, native],
      [3, { ...native, side: 7, normalise: 'imagenet' }],
      [1, { ...native, side: 3, channels: 'rgb' }],
    ] as const) {
      const source = new BatchSource(dataset(5, channels), 'train', input, 6);
      const bytes = new Uint8Array(3 + source.storedLength);
      source.writeBytes(4, bytes, 3);
      const looked = Float32Array.from({ length: source.imageLength }, (_, at) => {
        const [pixel, channel] = [Math.floor(at / source.channels), at % source.channels];
        const byte = bytes[3 + pixel * channels + Math.min(channel, channels - 1)] as number;
        return source.table[channel * 256 + byte] as number;
      });
      expect(looked).toEqual(written(source, 4));
    }
  });

  it('normalises as x / 255 * 2 - 1 in float32', () => {
    const source = new BatchSource(dataset(), 'train', native, null);
    expect(Array.from(written(source, 0).subarray(0, 3))).toEqual(
      [0, 7, 14].map((byte) => Math.fround(Math.fround(Math.fround(byte / 255) * 2) - 1)),
    );
  });

  it('normalises by ImageNet’s mean and standard deviation per channel', () => {
    const source = new BatchSource(dataset(), 'train', { ...native, normalise: 'imagenet' }, null);
    const [red, green, blue] = written(source, 0);
    expect(red).toBeCloseTo(-0.485 / 0.229, 5);
    expect(green).toBeCloseTo((7 / 255 - 0.456) / 0.224, 5);
    expect(blue).toBeCloseTo((14 / 255 - 0.406) / 0.225, 5);
  });

  it('mirrors columns and keeps channels in place', () => {
    const source = new BatchSource(dataset(), 'train', native, null);
    const plain = written(source, 2);
    const mirrored = written(source, 2, true);
    for (let y = 0; y < 4; y++) {
      for (let x = 0; x < 4; x++) {
        for (let c = 0; c < 3; c++) expect(mirrored[(y * 4 + x) * 3 + c]).toBe(plain[(y * 4 + 3 - x) * 3 + c]);
      }
    }
  });

  it('repeats grey into three channels', () => {
    const source = new BatchSource(dataset(4, 1), 'train', { ...native, channels: 'rgb' }, null);
    const image = written(source, 1);
    expect(source.channels).toBe(3);
    for (let pixel = 0; pixel < 16; pixel++) expect(new Set(image.subarray(pixel * 3, pixel * 3 + 3)).size).toBe(1);
  });

  it('takes the same limited images each time, in the file’s order, with their labels', () => {
    const one = new BatchSource(dataset(), 'train', native, 4);
    const two = new BatchSource(dataset(), 'train', native, 4);
    expect(one.count).toBe(4);
    expect(one.labels()).toEqual(two.labels());
    for (let at = 0; at < 4; at++) expect(written(one, at)).toEqual(written(two, at));
  });

  it('writes one-hot targets', () => {
    const source = new BatchSource(dataset(), 'train', native, null);
    const targets = new Float32Array(3).fill(9);
    source.writeTarget(4, targets, 0);
    expect([...targets]).toEqual([0, 1, 0]);
  });

  it('writes the labels themselves for multi-label', () => {
    const base = dataset();
    const labels = Uint16Array.from({ length: 30 }, (_, at) => (at % 4 === 0 ? 1 : 0));
    const source = new BatchSource(
      { ...base, task: 'multi-label', splits: { ...base.splits, train: { ...base.splits.train, labels } } },
      'train',
      native,
      null,
    );
    const targets = new Float32Array(3);
    source.writeTarget(4, targets, 0);
    expect([...targets]).toEqual([1, 0, 0]);
    expect(source.labels()).toEqual(labels);
  });
});

describe('Resizer', () => {
  const resized = (from: number, to: number, pixels: number[]): number[] => {
    const target = new Uint8Array(to * to);
    new Resizer(from, from, 1, to).resize(Uint8Array.from(pixels), 0, target);
    return [...target];
  };

  it('leaves a constant image constant', () => {
    expect(new Set(resized(5, 13, Array<number>(25).fill(77)))).toEqual(new Set([77]));
    expect(new Set(resized(13, 5, Array<number>(169).fill(200)))).toEqual(new Set([200]));
  });

  it('doubles 2 x 2 as Pillow’s BILINEAR does', () => {
    // Image.fromarray([[0, 100], [200, 40]]).resize((4, 4), BILINEAR)
    expect(resized(2, 2, [0, 100, 200, 40])).toEqual([0, 100, 200, 40]);
    expect(resized(2, 4, [0, 100, 200, 40])).toEqual([0, 25, 75, 100, 50, 59, 76, 85, 150, 126, 79, 55, 200, 160, 80, 40]);
  });

  it('is within one grey level of Pillow 9.4 up and down (which rounds between its two passes)', () => {
    const source = Array.from({ length: 49 }, (_, at) => (at * 7919) % 256);
    const up = [
      0, 90, 229, 230, 220, 210, 200, 190, 180, 170, 160, 154, 51, 105, 189, 185, 175, 165, 155, 145, 135, 125, 115, 109, 131,
      129, 126, 116, 106, 96, 86, 76, 66, 56, 46, 40, 73, 67, 57, 121, 175, 165, 155, 145, 135, 125, 115, 109, 35, 29, 19, 130,
      223, 213, 203, 193, 183, 173, 163, 157, 115, 109, 99, 129, 154, 144, 134, 124, 114, 104, 94, 88, 120, 114, 104, 94, 94, 127,
      139, 129, 119, 109, 99, 93, 51, 45, 35, 25, 43, 163, 219, 209, 199, 189, 179, 173, 99, 93, 83, 73, 80, 151, 181, 171, 161,
      151, 141, 135, 168, 162, 152, 142, 132, 122, 115, 111, 103, 93, 83, 77, 99, 93, 83, 73, 63, 53, 90, 173, 183, 173, 163, 157,
      54, 48, 38, 28, 18, 8, 73, 212, 234, 224, 214, 208,
    ];
    const down = [115, 168, 139, 113, 77, 151, 146, 120, 88, 99, 163, 137, 95, 73, 146, 157];
    resized(7, 12, source).forEach((value, at) => expect(Math.abs(value - (up[at] as number))).toBeLessThanOrEqual(1));
    resized(7, 4, source).forEach((value, at) => expect(Math.abs(value - (down[at] as number))).toBeLessThanOrEqual(1));
  });
});
