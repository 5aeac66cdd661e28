/**
 * The one source of randomness: Threefry-2x32 with 20 rounds (Salmon et al., SC 2011; Random123). It has no state:
 * a draw is a pure function of (key, counter), so that batches, weights and merges are the same bits everywhere and
 * nothing need be saved to resume. The same function stands in WGSL in `threefry.wgsl`.
 */

/** Two 32-bit words. */
export type Key = readonly [number, number];

/** What a stream is for; folded into the key so that no two uses share draws. */
export const purposes = {
  /** "MRGE": partner draws of in-model merging. */
  merge: 0x4d524745,
  /** "VMRG": the same, for merging during validation. */
  validationMerge: 0x564d5247,
  /** "SHUF": order of the training images in an epoch. */
  shuffle: 0x53485546,
  /** "FLIP": horizontal flips. */
  flip: 0x464c4950,
  /** "INIT": initial weights. */
  initialWeights: 0x494e4954,
  /** "DROP": dropout masks. */
  dropout: 0x44524f50,
  /** "TAKE": which images a limited split keeps. */
  take: 0x54414b45,
  /** "SMPL": the synthetic sample dataset. */
  sample: 0x534d504c,
  /** "CORR": noise and angles of corrupted test images. */
  corruption: 0x434f5252,
} as const;

/** Both output words for one counter, each an unsigned 32-bit integer. */
export function threefry2x32(key: Key, counter: Key): [number, number] {
  const k0 = key[0] | 0;
  const k1 = key[1] | 0;
  const k2 = 0x1bd11bda ^ k0 ^ k1;
  let x = (counter[0] + k0) | 0;
  let y = (counter[1] + k1) | 0;

  x = (x + y) | 0;
  y = ((y << 13) | (y >>> 19)) ^ x;
  x = (x + y) | 0;
  y = ((y << 15) | (y >>> 17)) ^ x;
  x = (x + y) | 0;
  y = ((y << 26) | (y >>> 6)) ^ x;
  x = (x + y) | 0;
  y = ((y << 6) | (y >>> 26)) ^ x;
  x = (x + k1) | 0;
  y = (y + k2 + 1) | 0;

  x = (x + y) | 0;
  y = ((y << 17) | (y >>> 15)) ^ x;
  x = (x + y) | 0;
  y = ((y << 29) | (y >>> 3)) ^ x;
  x = (x + y) | 0;
  y = ((y << 16) | (y >>> 16)) ^ x;
  x = (x + y) | 0;
  y = ((y << 24) | (y >>> 8)) ^ x;
  x = (x + k2) | 0;
  y = (y + k0 + 2) | 0;

  x = (x + y) | 0;
  y = ((y << 13) | (y >>> 19)) ^ x;
  x = (x + y) | 0;
  y = ((y << 15) | (y >>> 17)) ^ x;
  x = (x + y) | 0;
  y = ((y << 26) | (y >>> 6)) ^ x;
  x = (x + y) | 0;
  y = ((y << 6) | (y >>> 26)) ^ x;
  x = (x + k0) | 0;
  y = (y + k1 + 3) | 0;

  x = (x + y) | 0;
  y = ((y << 17) | (y >>> 15)) ^ x;
  x = (x + y) | 0;
  y = ((y << 29) | (y >>> 3)) ^ x;
  x = (x + y) | 0;
  y = ((y << 16) | (y >>> 16)) ^ x;
  x = (x + y) | 0;
  y = ((y << 24) | (y >>> 8)) ^ x;
  x = (x + k1) | 0;
  y = (y + k2 + 4) | 0;

  x = (x + y) | 0;
  y = ((y << 13) | (y >>> 19)) ^ x;
  x = (x + y) | 0;
  y = ((y << 15) | (y >>> 17)) ^ x;
  x = (x + y) | 0;
  y = ((y << 26) | (y >>> 6)) ^ x;
  x = (x + y) | 0;
  y = ((y << 6) | (y >>> 26)) ^ x;
  x = (x + k2) | 0;
  y = (y + k0 + 5) | 0;

  return [x >>> 0, y >>> 0];
}

/** The root key of a seed: (0, seed). */
export function keyOf(seed: number): Key {
  return [0, seed >>> 0];
}

/** A key for one branch of another: fold(key, data) = threefry2x32(key, (0, data)). */
export function fold(key: Key, data: number): Key {
  return threefry2x32(key, [0, data >>> 0]);
}

/** Uniform in [0, 1) with 24 bits, exact in float32. */
export function unit(word: number): number {
  return (word >>> 8) * 2 ** -24;
}

/**
 * An unbiased integer in [0, bound) for counter `index`: multiply-high with rejection (Lemire, TOMACS 2019), the
 * retries drawn from the counter's first word.
 */
export function below(key: Key, index: number, bound: number): number {
  const rejectBelow = (2 ** 32 - bound) % bound;
  for (let retry = 0; ; retry++) {
    const [word] = threefry2x32(key, [retry, index >>> 0]);
    // The 64-bit product word * bound from two 16-bit halves: every intermediate stays below 2^53.
    const low = (word & 0xffff) * bound;
    const upper = (word >>> 16) * bound + Math.floor(low / 0x10000);
    const lowWord = (upper % 0x10000) * 0x10000 + (low % 0x10000);
    if (lowWord >= rejectBelow) return Math.floor(upper / 0x10000);
  }
}

/** Fisher-Yates: a uniformly drawn permutation of 0..count-1. */
export function permutation(key: Key, count: number): Uint32Array {
  const order = new Uint32Array(count);
  for (let i = 0; i < count; i++) order[i] = i;
  for (let i = count - 1; i > 0; i--) {
    const j = below(key, i, i + 1);
    const held = order[i] as number;
    order[i] = order[j] as number;
    order[j] = held;
  }
  return order;
}
