/**
 * A convolution in figures, after an epoch: how alike its kernels are, how large, and how far they went since the backbone.
 * Made from the similarity matrix that the device computes, in time linear in its size: no eigenvalues are needed.
 */

export interface LayerNumbers {
  /** 0-based convolution. */
  readonly layer: number;
  readonly kernels: number;
  /** Pairs i < j with a similarity above τ. */
  readonly pairsAbove: number;
  /** Mean of |cos| over all pairs; 0 where there is one kernel. */
  readonly meanAbsolute: number;
  /** Null where there is one kernel. */
  readonly highest: number | null;
  /**
   * (Σλ)² / Σλ² over the eigenvalues λ of the similarity matrix: to how many mutually orthogonal directions its kernels
   * amount, 1 (all alike) to the number of kernels (all orthogonal). Equals n² / Σ cos².
   */
  readonly effectiveRank: number;
  /** Mean length of a kernel. */
  readonly meanNorm: number;
  /** |k − k₀| / |k₀| of each kernel, k₀ as the backbone left it; null in the backbone itself. */
  readonly moved: Float32Array | null;
}

/**
 * @param similarities `values[i * n + j]`, symmetric
 * @param weights HWIO, `weights[r * n + i]` is element r of kernel i
 * @param start the same of the backbone's checkpoint, or null
 */
export function layerNumbers(
  layer: number,
  similarities: Float32Array,
  weights: Float32Array,
  start: Float32Array | null,
  tau: number,
): LayerNumbers {
  const kernels = Math.round(Math.sqrt(similarities.length));
  let above = 0;
  let absolute = 0;
  let squares = 0;
  let highest = Number.NEGATIVE_INFINITY;
  for (let i = 0; i < kernels; i++) {
    for (let j = i + 1; j < kernels; j++) {
      const value = similarities[i * kernels + j] as number;
      if (value > tau) above++;
      if (value > highest) highest = value;
      absolute += Math.abs(value);
      squares += value * value;
    }
  }
  const pairs = (kernels * (kernels - 1)) / 2;
  const lengths = squaredLengths(weights, null, kernels);
  return {
    layer,
    kernels,
    pairsAbove: above,
    meanAbsolute: pairs === 0 ? 0 : absolute / pairs,
    highest: pairs === 0 ? null : highest,
    effectiveRank: kernels ** 2 / (kernels + 2 * squares),
    meanNorm: lengths.reduce((sum, square) => sum + Math.sqrt(square), 0) / kernels,
    moved: start === null ? null : movedOf(weights, start, kernels),
  };
}

function movedOf(weights: Float32Array, start: Float32Array, kernels: number): Float32Array {
  const ways = squaredLengths(weights, start, kernels);
  const lengths = squaredLengths(start, null, kernels);
  return Float32Array.from(ways, (way, kernel) => {
    const length = lengths[kernel] as number;
    return length > 0 ? Math.sqrt(way / length) : way > 0 ? Infinity : 0;
  });
}

/** |k|² of each kernel, or |k − k₀|². */
function squaredLengths(weights: Float32Array, from: Float32Array | null, kernels: number): Float64Array {
  const squares = new Float64Array(kernels);
  for (let row = 0; row < weights.length; row += kernels) {
    for (let kernel = 0; kernel < kernels; kernel++) {
      const value = (weights[row + kernel] as number) - (from === null ? 0 : (from[row + kernel] as number));
      squares[kernel] = (squares[kernel] as number) + value * value;
    }
  }
  return squares;
}
