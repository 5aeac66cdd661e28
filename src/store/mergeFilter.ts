/**
 * Which merges are looked at, and what they add up to. One pass over typed columns: a million events take some
 * milliseconds, so that nothing has to be kept in step with the log as it grows.
 */
import type { MergeLog } from './mergeLog.ts';

export interface MergeFilter {
  /** Each null: all. */
  readonly seed: number | null;
  readonly arm: string | null;
  readonly layer: number | null;
  /** First and last epoch, both included. */
  readonly fromEpoch: number | null;
  readonly toEpoch: number | null;
  /** None: all. One: the merges it has part in. More: the merges among them. */
  readonly kernels: readonly number[];
  /** Least similarity. */
  readonly atLeast: number | null;
}

export const everything: MergeFilter = {
  seed: null,
  arm: null,
  layer: null,
  fromEpoch: null,
  toEpoch: null,
  kernels: [],
  atLeast: null,
};

/** Rows of the log that fit, in the order they happened; null where all do. */
export function filteredRows(log: MergeLog, filter: MergeFilter): Uint32Array | null {
  const { seed, arm, layer, fromEpoch, toEpoch, kernels, atLeast } = filter;
  const onlyLayer =
    seed === null && arm === null && fromEpoch === null && toEpoch === null && kernels.length === 0 && atLeast === null;
  if (onlyLayer && layer === null) return null;
  const candidates = layer === null ? null : (log.rowsOfLayer(layer) ?? new Uint32Array(0));
  if (onlyLayer && candidates !== null) return candidates.slice();

  const columns = log.columns();
  const count = candidates?.length ?? log.length;
  const rows = new Uint32Array(count);
  const armIndex = arm === null ? -1 : log.arms.indexOf(arm);
  if (arm !== null && armIndex < 0) return new Uint32Array(0);
  const first = fromEpoch ?? 0;
  const last = toEpoch ?? 0xffff;
  const least = atLeast ?? Number.NEGATIVE_INFINITY;
  const chosen = new Uint8Array(0x10000);
  for (const kernel of kernels) chosen[kernel] = 1;
  // One kernel: either end. Several: both. None: any.
  const ends = kernels.length === 0 ? 0 : kernels.length === 1 ? 1 : 2;
  let kept = 0;
  for (let k = 0; k < count; k++) {
    const row = candidates === null ? k : (candidates[k] as number);
    const epoch = columns.epoch[row] as number;
    if (epoch < first || epoch > last) continue;
    if (seed !== null && columns.seed[row] !== seed) continue;
    if (armIndex >= 0 && columns.arm[row] !== armIndex) continue;
    if ((columns.similarity[row] as number) < least) continue;
    if (ends > 0) {
      const both = (chosen[columns.i[row] as number] as number) + (chosen[columns.j[row] as number] as number);
      if (both < ends) continue;
    }
    rows[kept++] = row;
  }
  return rows.slice(0, kept);
}

/** How often each kernel took a share of each other: `counts[i * kernels + j]`, i taking from j. */
export function countMatrix(log: MergeLog, rows: Uint32Array | null, kernels: number): Uint32Array {
  const { i, j } = log.columns();
  const counts = new Uint32Array(kernels * kernels);
  const length = rows?.length ?? log.length;
  for (let k = 0; k < length; k++) {
    const row = rows === null ? k : (rows[k] as number);
    const at = (i[row] as number) * kernels + (j[row] as number);
    counts[at] = (counts[at] as number) + 1;
  }
  return counts;
}

export interface Taking {
  /** Kernel i took a share of kernel j. */
  readonly i: number;
  readonly j: number;
  readonly times: number;
}

/** The pairs that merged, the most frequent first, as many as asked for. */
export function topTakings(counts: Uint32Array, kernels: number, most: number): Taking[] {
  const found: Taking[] = [];
  let floor = 0;
  counts.forEach((times, at) => {
    if (times <= floor) return;
    let place = found.length;
    while (place > 0 && (found[place - 1]?.times ?? Infinity) < times) place--;
    found.splice(place, 0, { i: Math.floor(at / kernels), j: at % kernels, times });
    if (found.length > most) found.pop();
    if (found.length === most) floor = found.at(-1)?.times ?? 0;
  });
  return found;
}
