/** A similarity matrix as pixels: above the diagonal one map, below it another, both in one order, through a table of colours. */
import { colourIndex } from './colour.ts';

/** The colour of every pair, once a map: painting is then a matter of looking up. */
export function colourCodes(values: Float32Array): Uint16Array {
  const codes = new Uint16Array(values.length);
  for (let at = 0; at < values.length; at++) codes[at] = colourIndex(values[at] as number);
  return codes;
}

/** Counts as colours of the positive half: 0 is the surface tone, the most is the darkest, by the square root. */
export function countCodes(counts: Uint32Array): Uint16Array {
  const most = counts.reduce((a, b) => Math.max(a, b), 1);
  const codes = new Uint16Array(counts.length);
  for (let at = 0; at < counts.length; at++) codes[at] = colourIndex(0.6 * Math.sqrt((counts[at] as number) / most));
  return codes;
}

/**
 * @param order kernel at each position
 * @param words 0xAABBGGRR, `words[row * n + column]`
 */
export function paint(
  upper: Uint16Array,
  lower: Uint16Array,
  order: Uint16Array,
  colours: Uint32Array,
  words: Uint32Array,
): void {
  const n = order.length;
  for (let row = 0; row < n; row++) {
    const from = (order[row] as number) * n;
    const at = row * n;
    for (let column = 0; column <= row; column++)
      words[at + column] = colours[lower[from + (order[column] as number)] as number] as number;
    for (let column = row + 1; column < n; column++)
      words[at + column] = colours[upper[from + (order[column] as number)] as number] as number;
  }
}
