/**
 * In-model merging of one layer on the CPU: the truth that the merge shaders are held to, and the merger of backends
 * without WebGPU. Sums are float64; every read is of the weights the step began with (Jacobi), so order cannot matter.
 */
import { notTried, type MergeCondition } from './mergeSettings.ts';

/** A pair that was tried. */
export interface TriedPair {
  readonly i: number;
  readonly j: number;
  /** The float32 cosine that decided; NaN where a weight of the pair is not finite. */
  readonly similarity: number;
  readonly merged: boolean;
}

/**
 * Merges kernels in place: K_i = alpha K_i + (1 - alpha) K_j where cos(K_i, K_j) > tau (paper, equation 3).
 * @param weights HWIO, `weights[r * n + i]` is element r of kernel i
 * @param partners `notTried` or the partner of each kernel
 * @param condition `dissimilar` merges where the cosine is below tau instead
 * @returns the tried pairs in order of i. Similarity with a zero kernel is 0; a pair with NaN or infinity in it never merges
 */
export function mergeKernels(
  weights: Float32Array,
  n: number,
  partners: Uint32Array,
  alpha: number,
  tau: number,
  condition: MergeCondition = 'similar',
): TriedPair[] {
  const { squares, dots } = sums(weights, n, partners);
  const threshold = Math.fround(tau);
  const pairs: TriedPair[] = [];
  for (let i = 0; i < n; i++) {
    const j = partners[i] ?? notTried;
    if (j === notTried) continue;
    const similarity = cosine(dots[i] as number, squares[i] as number, squares[j] as number);
    const merged = condition === 'similar' ? similarity > threshold : similarity < threshold;
    pairs.push({ i, j, similarity, merged });
  }
  if (alpha !== 1) blend(weights, n, pairs, alpha);
  return pairs;
}

/** Float32 cosine in [-1, 1] from a dot product and squared lengths: 0 with a zero kernel, NaN from sums that are not finite. */
export function cosine(dot: number, squareI: number, squareJ: number): number {
  if (!Number.isFinite(dot) || !Number.isFinite(squareI) || !Number.isFinite(squareJ)) return Number.NaN;
  const length = Math.sqrt(squareI) * Math.sqrt(squareJ);
  return length > 0 ? Math.fround(Math.min(1, Math.max(-1, dot / length))) : 0;
}

/** Squared lengths of all kernels, and dot products with the partners, row by row as the weights lie in memory. */
function sums(weights: Float32Array, n: number, partners: Uint32Array): { squares: Float64Array; dots: Float64Array } {
  const squares = new Float64Array(n);
  const dots = new Float64Array(n);
  for (let row = 0; row < weights.length; row += n) {
    for (let i = 0; i < n; i++) {
      const own = weights[row + i] as number;
      squares[i] = (squares[i] as number) + own * own;
      const j = partners[i] as number;
      if (j !== notTried) dots[i] = (dots[i] as number) + own * (weights[row + j] as number);
    }
  }
  return { squares, dots };
}

function blend(weights: Float32Array, n: number, pairs: readonly TriedPair[], alpha: number): void {
  const merged = pairs.filter((pair) => pair.merged);
  const before = new Float32Array(n);
  for (let row = 0; row < weights.length; row += n) {
    before.set(weights.subarray(row, row + n));
    for (const { i, j } of merged) {
      weights[row + i] = alpha * (before[i] as number) + (1 - alpha) * (before[j] as number);
    }
  }
}
