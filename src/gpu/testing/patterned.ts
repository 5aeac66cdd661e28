/** Values for tests: uniform in [-1, 1), drawn from Threefry, the same for the same shape and seed on every machine. */
import { keyOf, threefry2x32, unit } from '../../base/threefry.ts';

export function patterned(shape: readonly number[], seed: number): Float32Array {
  const key = keyOf(seed);
  const count = shape.reduce((product, side) => product * side, 1);
  return Float32Array.from({ length: count }, (_, index) => 2 * unit(threefry2x32(key, [0, index])[0]) - 1);
}
