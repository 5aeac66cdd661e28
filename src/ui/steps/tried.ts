/** The pairs of a layer that a merge step tried, one row each, out of the columns of its report. */
import type { LayerMergeReport } from '../../experiment/stepReports.ts';

export interface Tried {
  readonly i: number;
  readonly j: number;
  readonly coin: number;
  readonly similarity: number;
  readonly merged: boolean;
  /** Lengths of K_i and K_j before, and of what was added to K_i. */
  readonly normI: number;
  readonly normJ: number;
  readonly change: number;
}

/** In the order of the kernels. */
export function triedOf({ kernels, partner, coin, similarity, merged, norm, change }: LayerMergeReport): Tried[] {
  return Array.from({ length: kernels }, (_, i) => i).flatMap((i) => {
    const j = partner[i] ?? i;
    if (j === i) return [];
    return {
      i,
      j,
      coin: coin[i] ?? Number.NaN,
      similarity: similarity[i] ?? Number.NaN,
      merged: merged[i] === 1,
      normI: norm[i] ?? 0,
      normJ: norm[j] ?? 0,
      change: change[i] ?? 0,
    };
  });
}

export function countsOf({ partner, merged }: LayerMergeReport): { tried: number; merged: number } {
  return { tried: partner.reduce((sum, j, i) => sum + (j === i ? 0 : 1), 0), merged: merged.reduce((sum, one) => sum + one, 0) };
}
