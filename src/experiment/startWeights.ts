/**
 * The weights that fine-tuning starts from, looked at once before it does: how similar the kernels of each layer are, and
 * the tau of every layer where a recipe asks for a quantile.
 */
import { binOf, similarityBins } from '../base/similarityBins.ts';
import { convolutions, mergedConvolutions, type Network } from '../model/network.ts';
import { isQuantile } from '../recipe/arms.ts';
import type { MergeSettings } from '../recipe/recipe.ts';
import type { RunMerging } from '../train/runMerging.ts';
import type { Trainer } from '../train/trainer.ts';
import type { ExperimentEvent, LayerTau, RunKey, StartLayer } from './events.ts';

/** Similarities of one convolution's kernels, [n, n], under some weights. */
export type SimilaritiesOf = (layer: number) => Promise<Float32Array>;

export async function startWeightsEvent(run: RunKey, trainer: Trainer): Promise<ExperimentEvent> {
  const layers: StartLayer[] = [];
  for (const { index, output } of convolutions(trainer.network)) {
    layers.push(summary(index, await trainer.similarity(index), output[2]));
  }
  return { at: 'start-weights', run, layers };
}

function summary(layer: number, values: Float32Array, kernels: number): StartLayer {
  const counts = new Uint32Array(similarityBins);
  let highest: number | null = null;
  for (const value of pairs(values, kernels)) {
    counts[binOf(value)]!++;
    if (highest === null || value > highest) highest = value;
  }
  return { layer, kernels, counts, highest };
}

/** The settings as trainers take them; a quantile becomes a number for every layer that merges. */
export async function resolved(settings: MergeSettings, network: Network, similarities: SimilaritiesOf): Promise<RunMerging> {
  const { tau, ...rest } = settings;
  if (!isQuantile(tau)) return { ...rest, tau };
  const taus = new Map<number, number>();
  for (const { index, output } of mergedConvolutions(network, settings.firstLayer)) {
    taus.set(index, quantile(pairs(await similarities(index), output[2]), tau.quantile));
  }
  return { ...rest, tau: taus };
}

export const layerTaus = (taus: ReadonlyMap<number, number>): LayerTau[] => [...taus].map(([layer, tau]) => ({ layer, tau }));

/** Interpolated linearly between ranks, as NumPy's `quantile` does. A layer of one kernel has no pairs: 1, which merges none. */
export function quantile(values: Float32Array, q: number): number {
  if (values.length === 0) return 1;
  const sorted = values.toSorted();
  const at = q * (sorted.length - 1);
  const low = sorted[Math.floor(at)] as number;
  const high = sorted[Math.ceil(at)] as number;
  return Math.min(1, Math.max(-1, low + (at - Math.floor(at)) * (high - low)));
}

/** The values above the diagonal of [n, n]. */
function pairs(values: Float32Array, n: number): Float32Array {
  const all = new Float32Array((n * (n - 1)) / 2);
  let at = 0;
  for (let i = 0; i < n; i++) {
    all.set(values.subarray(i * n + i + 1, (i + 1) * n), at);
    at += n - 1 - i;
  }
  return all;
}
