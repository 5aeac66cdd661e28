/** How often each pair of a layer's kernels merged, as a matrix. */
import type { ExperimentRecord } from './record.ts';

/** `counts[i * kernels + j]`: merges of i and j, either way, in a run up to an epoch; symmetric. */
export function mergeCounts(
  record: ExperimentRecord,
  of: { readonly seed: number; readonly arm: string | null; readonly epoch: number },
  layer: number,
  kernels: number,
): Uint32Array {
  const counts = new Uint32Array(kernels * kernels);
  for (let at = 0; at < record.log.count(layer); at++) {
    const row = record.log.row(at, layer);
    if (row === null || row.seed !== of.seed || row.arm !== of.arm || row.epoch > of.epoch) continue;
    counts[row.i * kernels + row.j] = (counts[row.i * kernels + row.j] ?? 0) + 1;
    if (row.i !== row.j) counts[row.j * kernels + row.i] = (counts[row.j * kernels + row.i] ?? 0) + 1;
  }
  return counts;
}
