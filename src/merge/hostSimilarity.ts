/**
 * Similarity of all kernel pairs on the processor, in float32 and fast enough to look at: kernels side by side in memory,
 * eight sums at a time. Truth: similarity.ref.ts. Training and merging never use it.
 */

/**
 * @param weights HWIO, `weights[r * n + i]` is element r of kernel i
 * @returns as `kernelSimilarity`
 */
export function hostSimilarity(weights: Float32Array, n: number): Float32Array<ArrayBuffer> {
  const rows = weights.length / n;
  const units = unitKernels(weights, n, rows);
  const values = new Float32Array(n * n);
  for (let i = 0; i < n; i += 2) {
    const a = i * rows;
    // The last row of an odd number stands in for the one after it.
    const b = Math.min(i + 1, n - 1) * rows;
    for (let j = i; j < n; j += 2) {
      const c = j * rows;
      const d = Math.min(j + 1, n - 1) * rows;
      let [ac, ad, bc, bd] = [0, 0, 0, 0];
      for (let r = 0; r < rows; r++) {
        const [x, y] = [units[a + r] as number, units[b + r] as number];
        const [z, w] = [units[c + r] as number, units[d + r] as number];
        ac += x * z;
        ad += x * w;
        bc += y * z;
        bd += y * w;
      }
      write(values, n, i, j, ac);
      write(values, n, i, j + 1, ad);
      write(values, n, i + 1, j, bc);
      write(values, n, i + 1, j + 1, bd);
    }
  }
  return values;
}

function write(values: Float32Array, n: number, i: number, j: number, value: number): void {
  if (i >= n || j >= n) return;
  // A kernel with itself: exactly 1, or 0 where it is zero.
  const kept = i === j ? Math.round(value) : Math.min(1, Math.max(-1, value));
  values[i * n + j] = kept;
  values[j * n + i] = kept;
}

/** Kernel after kernel, each of length 1; zeros where it is zero or not finite. */
function unitKernels(weights: Float32Array, n: number, rows: number): Float32Array {
  const squares = new Float64Array(n);
  for (let row = 0; row < weights.length; row += n) {
    for (let kernel = 0; kernel < n; kernel++)
      squares[kernel] = (squares[kernel] as number) + (weights[row + kernel] as number) ** 2;
  }
  const scales = squares.map((square) => (square > 0 && square < Infinity ? 1 / Math.sqrt(square) : 0));
  const units = new Float32Array(weights.length);
  for (let row = 0; row < rows; row++) {
    for (let kernel = 0; kernel < n; kernel++) {
      const scale = scales[kernel] as number;
      units[kernel * rows + row] = scale === 0 ? 0 : (weights[row * n + kernel] as number) * scale;
    }
  }
  return units;
}
