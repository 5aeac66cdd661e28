import { describe, expect, it } from 'vitest';
import { BatchSource } from './batches.ts';
import type { Dataset, Split } from './dataset.ts';
import { repeatedTrainingImages } from './repeats.ts';

/** One-channel images of 2 x 3 pixels, each of a single number's making. */
const split = (numbers: readonly number[]): Split => ({
  count: numbers.length,
  images: Uint8Array.from(numbers.flatMap((number) => [number, 1, 2, 3, 4, 255 - number])),
  labels: Uint16Array.from(numbers, (number) => number % 2),
});

const dataset = (train: readonly number[], val: readonly number[], test: readonly number[] | null): Dataset => ({
  name: 'd',
  title: 'D',
  task: 'binary-class',
  classNames: ['a', 'b'],
  height: 2,
  width: 3,
  channels: 1,
  splits: { train: split(train), val: split(val), test: test === null ? null : split(test) },
  sha256: '',
  synthetic: true,
});

describe('images that stand in two splits', () => {
  it('are found in validation and in test, every copy in training, and no others', () => {
    expect([...repeatedTrainingImages(dataset([1, 2, 3, 2, 4, 5], [9, 4], [2, 8]))]).toEqual([1, 3, 4]);
    expect([...repeatedTrainingImages(dataset([1, 1, 3], [9, 8], null))]).toEqual([]);
  });

  it('are never in a batch once they are left out, whether or not the split is limited', () => {
    const data = dataset([1, 2, 3, 2, 4, 5], [9, 4], [2, 8]);
    const input = { side: null, channels: 'native', normalise: 'half', horizontalFlip: false } as const;
    const firstPixels = (source: BatchSource) =>
      Array.from({ length: source.count }, (_, at) => {
        const pixels = new Float32Array(source.imageLength);
        source.write(at, false, pixels, 0);
        return Math.round(((pixels[0] as number) + 1) * 127.5);
      });
    const leftOut = repeatedTrainingImages(data);
    const all = new BatchSource(data, 'train', input, null, leftOut);
    expect(firstPixels(all)).toEqual([1, 3, 5]);
    expect([...all.labels()]).toEqual([1, 1, 1]);
    const two = firstPixels(new BatchSource(data, 'train', input, 2, leftOut));
    expect(two).toHaveLength(2);
    expect([1, 3, 5]).toEqual(expect.arrayContaining(two));
  });
});
