/** Which two similarity maps of a layer are set against one another: the same seed in both arms where there is one. */
import { comparedArms } from './arms.ts';
import type { ExperimentRecord, SimilarityMap } from './record.ts';

export interface ShownSimilarity {
  /** Above the diagonal. */
  readonly upper: SimilarityMap;
  /** Below the diagonal. */
  readonly lower: SimilarityMap;
}

export function shownSimilarity(record: ExperimentRecord, layer: number): ShownSimilarity | null {
  const maps = record.similarities.get(layer) ?? [];
  const { baseline, inmerge } = comparedArms(record.started.recipe);
  const latest = (arm: string | null, seed?: number) =>
    maps.findLast((map) => map.run.arm === arm && (seed === undefined || map.run.seed === seed));
  const after = inmerge === null ? undefined : latest(inmerge);
  const before =
    baseline === null ? undefined : (latest(baseline, after?.run.seed) ?? (after === undefined ? latest(baseline) : undefined));
  const seed = after?.run.seed ?? before?.run.seed;
  const start = latest(null, seed) ?? (seed === undefined ? latest(null) : undefined);
  const upper = before ?? start ?? after;
  const lower = after ?? start ?? before;
  return upper === undefined || lower === undefined || upper.kernels !== lower.kernels ? null : { upper, lower };
}
