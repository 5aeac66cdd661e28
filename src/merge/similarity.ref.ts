/** Cosine similarity of every pair of a layer's kernels on the CPU, in float64: the truth that similarity.wgsl is held to. */

/**
 * @param weights HWIO, `weights[r * n + i]` is element r of kernel i
 * @returns `values[i * n + j]`, symmetric, 1 on the diagonal; 0 in the rows and columns of kernels that are zero or not finite
 */
export function kernelSimilarity(weights: Float32Array, n: number): Float32Array {
  const gram = new Float64Array(n * n);
  for (let row = 0; row < weights.length; row += n) {
    for (let i = 0; i < n; i++) {
      const own = weights[row + i] as number;
      for (let j = i; j < n; j++) gram[i * n + j] = (gram[i * n + j] as number) + own * (weights[row + j] as number);
    }
  }
  return normalised(gram, n);
}

/** Similarities from the dot products of all pairs, of which those with i <= j are read. */
export function normalised(gram: Float64Array | Float32Array, n: number): Float32Array {
  const values = new Float32Array(n * n);
  for (let i = 0; i < n; i++) {
    const lengthI = Math.sqrt(gram[i * n + i] as number);
    for (let j = i; j < n; j++) {
      const length = lengthI * Math.sqrt(gram[j * n + j] as number);
      if (!(length > 0 && length < Infinity)) continue;
      const value = i === j ? 1 : Math.min(1, Math.max(-1, (gram[i * n + j] as number) / length));
      values[i * n + j] = value;
      values[j * n + i] = value;
    }
  }
  return values;
}
