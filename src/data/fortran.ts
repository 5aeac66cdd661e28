/** Column-major arrays to row-major: what `numpy.ascontiguousarray` does. */
import type { Breath } from './breath.ts';

/**
 * Items of shape [n, ...] in Fortran order, rearranged to C order. Walks in blocks of rows, so that reads run along the
 * source and writes stay within a few cache lines.
 */
export async function rowMajor<Items extends Uint8Array | Float64Array>(
  source: Items,
  shape: readonly number[],
  breath: Breath,
): Promise<Items> {
  const count = shape[0] ?? 1;
  const inner = shape.slice(1);
  const stride = inner.reduce((product, size) => product * size, 1);
  if (stride === 1 || count * stride === 0) return source;
  // Where item k of a row (C order) lies among the columns of the source.
  const columns = new Uint32Array(stride);
  for (let k = 0; k < stride; k++) {
    let rest = k;
    let column = 0;
    let after = stride;
    for (let axis = inner.length - 1; axis >= 0; axis--) {
      const size = inner[axis] as number;
      after /= size;
      column += (rest % size) * after;
      rest = Math.floor(rest / size);
    }
    columns[k] = column;
  }
  const out = source.slice();
  const block = 64;
  for (let from = 0; from < count; from += block) {
    const to = Math.min(count, from + block);
    for (let k = 0; k < stride; k++) {
      const base = (columns[k] as number) * count;
      for (let n = from; n < to; n++) out[n * stride + k] = source[base + n] as number;
    }
    if (breath.due()) await breath.take();
  }
  return out as Items;
}
