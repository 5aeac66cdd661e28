/**
 * The weights that fine-tuning starts from, under the merge settings as they are in the form: pairs that would merge, and the
 * merges a step to expect. A kernel tries with chance p and draws any other kernel alike, so that the share of pairs is the
 * chance of a try.
 */
import { countAbove } from '../base/similarityBins.ts';
import { isQuantile } from '../recipe/arms.ts';
import type { MergeSettings } from '../recipe/recipe.ts';
import type { ExperimentRecord } from './record.ts';

export interface StartLayerView {
  readonly layer: number;
  readonly kernels: number;
  readonly pairs: number;
  readonly highest: number | null;
  /** Pairs on the side of tau that merges; about that many where tau is a quantile. */
  readonly merging: number;
  /** Merges a step to expect. */
  readonly expected: number;
}

export interface StartView {
  readonly seed: number;
  /** Those that merge. */
  readonly layers: readonly StartLayerView[];
  readonly pairs: number;
  readonly merging: number;
  readonly expected: number;
  readonly highest: number | null;
}

/** Null before the first backbone is done. */
export function startView(record: ExperimentRecord, settings: MergeSettings): StartView | null {
  const { startWeights } = record;
  if (startWeights === null) return null;
  const layers = startWeights.layers
    .filter(({ layer }) => layer >= settings.firstLayer)
    .map(({ layer, kernels, counts, highest }): StartLayerView => {
      const pairs = (kernels * (kernels - 1)) / 2;
      const above = isQuantile(settings.tau) ? Math.round((1 - settings.tau.quantile) * pairs) : countAbove(counts, settings.tau);
      const merging = settings.condition === 'similar' ? above : pairs - above;
      return { layer, kernels, pairs, highest, merging, expected: pairs === 0 ? 0 : (kernels * settings.p * merging) / pairs };
    });
  const highest = layers.reduce<number | null>(
    (most, own) => (own.highest === null ? most : Math.max(most ?? -1, own.highest)),
    null,
  );
  const sum = (pick: (layer: StartLayerView) => number) => layers.reduce((total, layer) => total + pick(layer), 0);
  return {
    seed: startWeights.run.seed,
    layers,
    pairs: sum(({ pairs }) => pairs),
    merging: sum(({ merging }) => merging),
    expected: sum(({ expected }) => expected),
    highest,
  };
}
