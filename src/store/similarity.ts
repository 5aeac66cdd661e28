/** Numbers of a similarity matrix (symmetric, `values[i * n + j]`): counts above a threshold, histogram, top pairs, order. */

export interface PairCounts {
  readonly pairs: number;
  readonly above: number;
  readonly highest: number | null;
}

/** Pairs i < j, and how many of them are above `tau`. */
export function countPairs(values: Float32Array, n: number, tau: number): PairCounts {
  let above = 0;
  let highest = -Infinity;
  for (let i = 0; i < n; i++) {
    for (let j = i + 1; j < n; j++) {
      const value = values[i * n + j] ?? 0;
      if (value > tau) above++;
      if (value > highest) highest = value;
    }
  }
  return { pairs: (n * (n - 1)) / 2, above, highest: highest === -Infinity ? null : highest };
}

/** Pairs per bin of equal width over [-1, 1]; values beyond fall into the outer bins. */
export function histogram(values: Float32Array, n: number, bins: number): Uint32Array {
  const counts = new Uint32Array(bins);
  for (let i = 0; i < n; i++) {
    for (let j = i + 1; j < n; j++) {
      const bin = Math.floor((((values[i * n + j] ?? 0) + 1) / 2) * bins);
      const kept = Math.min(bins - 1, Math.max(0, bin));
      counts[kept] = (counts[kept] ?? 0) + 1;
    }
  }
  return counts;
}

export interface Pair {
  readonly i: number;
  readonly j: number;
  readonly similarity: number;
}

/** The `count` most similar pairs, the highest first. */
export function topPairs(values: Float32Array, n: number, count: number): Pair[] {
  const found: Pair[] = [];
  let floor = -Infinity;
  for (let i = 0; i < n; i++) {
    for (let j = i + 1; j < n; j++) {
      const similarity = values[i * n + j] ?? 0;
      if (found.length === count && similarity <= floor) continue;
      let at = found.length;
      while (at > 0 && (found[at - 1]?.similarity ?? Infinity) < similarity) at--;
      found.splice(at, 0, { i, j, similarity });
      if (found.length > count) found.pop();
      floor = found.at(-1)?.similarity ?? -Infinity;
    }
  }
  return found;
}

/**
 * An order in which similar kernels stand together: from one kernel of the most similar pair, always on to the most
 * similar kernel not yet placed.
 */
export function chainOrder(values: Float32Array, n: number): Uint16Array {
  const order = new Uint16Array(n);
  const placed = new Uint8Array(n);
  let current = topPairs(values, n, 1)[0]?.i ?? 0;
  for (let position = 0; position < n; position++) {
    order[position] = current;
    placed[current] = 1;
    let next = -1;
    let best = -Infinity;
    for (let j = 0; j < n; j++) {
      const value = values[current * n + j] ?? 0;
      if (placed[j] === 0 && value > best) {
        best = value;
        next = j;
      }
    }
    if (next < 0) break;
    current = next;
  }
  return order;
}
