/** The sample is the same bytes everywhere, and neither trivial nor hopeless to learn. */
import { beforeAll, describe, expect, it } from 'vitest';
import type { Dataset, Split } from './dataset.ts';
import { makeSample } from './sample.ts';
import { sampleSha256 } from './testing/sampleSha256.ts';

const pixelsEach = 28 * 28 * 3;
let sample: Dataset;

beforeAll(async () => {
  const began = performance.now();
  sample = (await makeSample(0)).dataset;
  console.info(`2,200 images drawn in ${Math.round(performance.now() - began)} ms`);
});

/** Accuracy on test of the nearest class mean, over features of an image. */
function nearestMean(features: (split: Split, image: number) => number[]): number {
  const { train, test } = sample.splits;
  const sums = sample.classNames.map((): { count: number; sum: number[] } => ({ count: 0, sum: [] }));
  for (let image = 0; image < train.count; image++) {
    const of = sums[train.labels[image] as number]!;
    of.count++;
    features(train, image).forEach((value, index) => (of.sum[index] = (of.sum[index] ?? 0) + value));
  }
  const means = sums.map(({ count, sum }) => sum.map((value) => value / count));
  let right = 0;
  for (let image = 0; image < test!.count; image++) {
    const here = features(test!, image);
    const distances = means.map((mean) => mean.reduce((sum, value, index) => sum + (value - here[index]!) ** 2, 0));
    if (distances.indexOf(Math.min(...distances)) === test!.labels[image]) right++;
  }
  return right / test!.count;
}

function meanColour({ images }: Split, image: number): number[] {
  const sums = [0, 0, 0];
  for (let at = 0; at < pixelsEach; at++) sums[at % 3]! += images[image * pixelsEach + at]!;
  return sums.map((sum) => sum / 784);
}

describe('the sample', () => {
  it('has the same SHA-256 in every engine for seed 0', () => {
    expect(sample.sha256).toBe(sampleSha256);
  });

  it('is another set for another seed, and says that it is synthetic', async () => {
    const counts = { train: 16, val: 8, test: 8 };
    const [one, two] = await Promise.all([makeSample(1, counts), makeSample(2 ** 32 - 1, counts)]);
    expect(one.dataset.sha256).not.toBe(two.dataset.sha256);
    expect(one.dataset).toMatchObject({ name: 'synthetic-cells', title: 'Synthetic blood cells', synthetic: true });
    expect(one.summary).toMatchObject({ synthetic: true, fileName: null, match: null, md5: null });
  });

  it('has 1,600, 200 and 400 images, every class equally often', async () => {
    const { train, val, test } = sample.splits;
    expect([train.count, val.count, test?.count]).toEqual([1600, 200, 400]);
    for (const [split, each] of [
      [train, 200],
      [val, 25],
      [test!, 50],
    ] as const) {
      expect(sample.classNames.map((_, label) => split.labels.filter((value) => value === label).length)).toEqual(
        Array(8).fill(each),
      );
    }
  });

  it('cannot be told apart by mean colour: the nearest class mean stays below 45 %', () => {
    expect(nearestMean(meanColour)).toBeLessThan(0.45);
  });

  it('can be learnt: the nearest mean image is far above chance', () => {
    const share = nearestMean(({ images }, image) => [...images.subarray(image * pixelsEach, (image + 1) * pixelsEach)]);
    expect(share).toBeGreaterThan(0.4);
    expect(share).toBeLessThan(0.8);
  });
});
