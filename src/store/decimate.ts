/**
 * Long series in few points that keep every spike: each bucket of `width` values gives its mean, minimum, maximum and
 * last value, so that no step vanishes from the picture. A fixed width keeps the buckets where they are as a series
 * grows, and the same in both arms.
 */

export interface Bucket {
  /** Indices first..last of the series, inclusive. */
  readonly first: number;
  readonly last: number;
  readonly mean: number;
  readonly min: number;
  readonly max: number;
  readonly lastValue: number;
}

/** Width at which a series of `length` values makes at most `buckets`. */
export const bucketWidth = (length: number, buckets: number): number => Math.max(1, Math.ceil(length / buckets));

/** Buckets over `values`; NaN entries are left out, an empty bucket is dropped. */
export function decimate(values: ArrayLike<number>, width: number): Bucket[] {
  const found: Bucket[] = [];
  for (let first = 0; first < values.length; first += width) {
    const end = Math.min(values.length, first + width);
    let sum = 0;
    let count = 0;
    let min = Infinity;
    let max = -Infinity;
    let lastValue = Number.NaN;
    for (let k = first; k < end; k++) {
      const value = values[k] ?? Number.NaN;
      if (Number.isNaN(value)) continue;
      sum += value;
      count++;
      min = Math.min(min, value);
      max = Math.max(max, value);
      lastValue = value;
    }
    if (count > 0) found.push({ first, last: end - 1, mean: sum / count, min, max, lastValue });
  }
  return found;
}
