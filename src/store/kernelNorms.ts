/** Figures of single kernels from what is kept of them: lengths, and how alike two are. */
import type { LayerSnapshot } from '../experiment/snapshots.ts';

const zero = 128;

/** |k| of every kernel. */
export function kernelNorms({ codes, kernels, scales }: LayerSnapshot): Float64Array {
  const squares = new Float64Array(kernels);
  for (let at = 0; at < codes.length; at += kernels) {
    for (let kernel = 0; kernel < kernels; kernel++)
      squares[kernel] = (squares[kernel] as number) + ((codes[at + kernel] as number) - zero) ** 2;
  }
  return squares.map((square, kernel) => Math.sqrt(square) * (scales[kernel] as number));
}

/** cos(k_i, k_j); 0 where one of them is zero. */
export function pairSimilarity({ codes, kernels }: LayerSnapshot, i: number, j: number): number {
  let [ij, ii, jj] = [0, 0, 0];
  for (let at = 0; at < codes.length; at += kernels) {
    const a = (codes[at + i] as number) - zero;
    const b = (codes[at + j] as number) - zero;
    ij += a * b;
    ii += a * a;
    jj += b * b;
  }
  return ii === 0 || jj === 0 ? 0 : ij / Math.sqrt(ii * jj);
}
