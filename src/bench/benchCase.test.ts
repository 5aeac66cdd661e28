/** A case's arithmetic and bytes are what the published table and a count by hand say. */
import { describe, expect, test } from 'vitest';
import { parseCase } from './benchCase.ts';
import { lossDifference, median } from './report.ts';

describe('a case', () => {
  test.each([
    // GFLOP an image in training, as published for these networks to three digits.
    ['vgg11@28x1', 0.57],
    ['vgg16@32x1', 1.88],
    ['vgg19@64x1', 9.54],
    ['vgg19_bn@64x1', 9.54],
    ['vgg19@224x1', 116.9],
  ])('%s is %f GFLOP a step', (name, gflop) => {
    const digits = gflop > 100 ? 1 : 2;
    expect(parseCase(name).flop / 1e9).toBeCloseTo(gflop, digits);
  });

  test('a step of 64 images is 64 times the arithmetic of one', () => {
    expect(parseCase('vgg8@28x64').flop).toBe(64 * parseCase('vgg8@28x1').flop);
  });

  test('more images move more activations, and the same weights', () => {
    const [one, two, three] = [1, 2, 3].map((batch) => parseCase(`vgg8@28x${batch}`).bytes);
    expect((three as number) - (two as number)).toBe((two as number) - (one as number));
    // Weights, biases and momentum: read or written eight times.
    const weights = 9 * (3 * 16 + 16 * 16 + 16 * 32 + 32 * 32 + 32 * 64 + 64 * 64) + 2 * (16 + 32 + 64) + 64 * 8 + 8;
    expect(2 * (one as number) - (two as number)).toBe(4 * 8 * weights);
  });

  test.each(['vgg8', 'vgg7@28x64', 'vgg8@28', 'resnet18@28x4', 'vgg8@2x4', 'vgg8@28x0', ''])('“%s” is refused', (name) => {
    expect(() => parseCase(name)).toThrow('names no case');
  });
});

describe('losses', () => {
  test('differ relative to their size where that is above 1', () => {
    expect(lossDifference([2, 4], [2, 4])).toBe(0);
    expect(lossDifference([0.5], [0.25])).toBeCloseTo(0.25);
    expect(lossDifference([110, 1], [100, 1])).toBeCloseTo(0.1);
  });

  test('that are no numbers, or not as many, differ by more than anything allowed', () => {
    expect(lossDifference([1, Number.NaN, 1], [1, 1, 1])).toBe(Number.POSITIVE_INFINITY);
    expect(lossDifference([1], [1, 1])).toBe(Number.POSITIVE_INFINITY);
  });
});

test('the median of an even number of samples is the mean of the two in the middle', () => {
  expect(median([4, 1, 3, 2])).toBe(2.5);
  expect(median([9, 1, 3])).toBe(3);
});
