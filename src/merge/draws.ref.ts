/**
 * The random draws of in-model merging: a pure function of (seed, purpose, step, layer), the truth that draws.wgsl is held
 * to. key = fold(fold(fold(key(seed), purpose), step), layer); kernel i reads threefry2x32(key, (0, i)).
 */
import { fold, keyOf, threefry2x32, type Key } from '../base/threefry.ts';
import { coinThreshold, notTried } from './mergeSettings.ts';

/** The key of a step, before the layer is folded in. */
export function stepKey(seed: number, purpose: number, step: number): Key {
  return fold(fold(keyOf(seed), purpose), step);
}

/**
 * The coins of one layer's kernels at one step, as they are compared with p: multiples of 2^-24 in [0, 1), exact in float32.
 * None is drawn for a kernel that is alone in its layer.
 */
export function drawCoins(seed: number, purpose: number, step: number, layer: number, n: number): Float32Array {
  if (n < 2) return new Float32Array(n).fill(Number.NaN);
  const key = fold(stepKey(seed, purpose, step), layer);
  return Float32Array.from({ length: n }, (_, i) => (threefry2x32(key, [0, i])[0] >>> 8) * 2 ** -24);
}

/**
 * Partners of one layer's kernels at one step.
 * @param n kernels of the layer
 * @param p probability that a kernel tries a merge
 * @returns partner[i] != i, uniform over the others; `notTried` where the coin did not fall or n < 2
 */
export function drawPairs(
  seed: number,
  purpose: number,
  step: number,
  layer: number,
  n: number,
  p: number,
): { partner: Uint32Array } {
  const partner = new Uint32Array(n).fill(notTried);
  if (n < 2) return { partner };
  const key = fold(stepKey(seed, purpose, step), layer);
  const coinBelow = coinThreshold(p);
  for (let i = 0; i < n; i++) {
    const [coin, draw] = threefry2x32(key, [0, i]);
    if (coin >>> 8 >= coinBelow) continue;
    const other = draw % (n - 1);
    partner[i] = other >= i ? other + 1 : other;
  }
  return { partner };
}
