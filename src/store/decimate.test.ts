import { expect, test } from 'vitest';
import { bucketWidth, decimate } from './decimate.ts';

test('a spike of one step survives in its bucket', () => {
  const values = new Float32Array(100_000).fill(1);
  values[54_321] = 9;
  const buckets = decimate(values, bucketWidth(values.length, 400));
  expect(buckets.length).toBeLessThanOrEqual(400);
  expect(Math.max(...buckets.map((bucket) => bucket.max))).toBe(9);
  expect(buckets.every((bucket) => bucket.min === 1 && bucket.lastValue === 1)).toBe(true);
});

test('buckets stay where they are as a series grows', () => {
  const values = Float32Array.from({ length: 1000 }, (_, k) => k);
  expect(decimate(values.subarray(0, 400), 10)).toEqual(decimate(values, 10).slice(0, 40));
});

test('steps that were not reported are left out, and a bucket of none is dropped', () => {
  expect(decimate([1, Number.NaN, 3, Number.NaN, Number.NaN, 6], 2)).toEqual([
    { first: 0, last: 1, mean: 1, min: 1, max: 1, lastValue: 1 },
    { first: 2, last: 3, mean: 3, min: 3, max: 3, lastValue: 3 },
    { first: 4, last: 5, mean: 6, min: 6, max: 6, lastValue: 6 },
  ]);
  expect(decimate([Number.NaN, Number.NaN], 2)).toEqual([]);
});
