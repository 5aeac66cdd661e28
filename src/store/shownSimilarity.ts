/** Two similarity maps of a layer that are set against one another: those of one seed and epoch in two arms. */
import type { SimilarityMap } from './record.ts';

export interface ShownSimilarity {
  /** Above the diagonal. */
  readonly upper: SimilarityMap;
  /** Below the diagonal; the same as `upper` where there is nothing to compare. */
  readonly lower: SimilarityMap;
}
