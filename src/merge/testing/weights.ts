/** Weights and comparisons for merge tests: kernels that are alike in groups, so that a threshold parts them. */
import { fold, keyOf, threefry2x32, unit } from '../../base/threefry.ts';

/** HWIO weights of n kernels of d, each a noisy copy of one of n / 3 patterns. */
export function alikeKernels(seed: number, n: number, d: number): Float32Array {
  const patterns = Math.max(2, Math.floor(n / 3));
  const draw = (stream: number, index: number) => {
    const [a, b] = threefry2x32(fold(keyOf(seed), stream), [0, index]);
    return unit(a) + unit(b) - 1;
  };
  const pattern = Uint32Array.from({ length: n }, (_, i) => threefry2x32(fold(keyOf(seed), 1), [0, i])[0] % patterns);
  const bases = Float32Array.from({ length: patterns * d }, (_, at) => draw(2, at));
  return Float32Array.from({ length: n * d }, (_, at) => {
    const i = at % n;
    const r = Math.floor(at / n);
    return (bases[(pattern[i] as number) * d + r] as number) + 0.7 * draw(3, at);
  });
}

export function largestDifference(a: Float32Array, b: Float32Array): number {
  if (a.length !== b.length) return Infinity;
  return a.reduce((most, value, at) => {
    const difference = Math.abs(value - (b[at] as number));
    return difference <= most ? most : difference; // NaN is a difference
  }, 0);
}

/** The first index where the bits differ, so that -0, NaN and rounding are all seen; -1 where none does. */
export function firstDifference(a: Float32Array, b: Float32Array): number {
  if (a.length !== b.length) return Math.min(a.length, b.length);
  const [bitsA, bitsB] = [bitsOf(a), bitsOf(b)];
  return bitsA.findIndex((bits, at) => bits !== bitsB[at]);
}

export function bitsOf(values: Float32Array): Uint32Array {
  return new Uint32Array(values.buffer, values.byteOffset, values.length);
}
