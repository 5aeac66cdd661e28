/** In-model merging on the CPU, for backends without WebGPU: the same draws, the same rule and the same log as `GpuMerger`. */
import { StudioError } from '../base/errors.ts';
import { drawPairs } from './draws.ref.ts';
import { mergeKernels } from './merge.ref.ts';
import { MergeTally, type MergeLog } from './mergeLog.ts';
import type { MergeLayer, MergeSettings } from './mergeSettings.ts';

/**
 * Merges all layers once, in place.
 * @param weights one HWIO array a layer, in the order of `layers`
 * @param step optimiser step, counted from the start of fine-tuning
 * @param purpose `purposes.merge` or `purposes.validationMerge`
 * @throws StudioError `merge-weights-mismatch` where an array does not have kernels * rows elements
 */
export function mergeOnCpu(
  weights: readonly Float32Array[],
  layers: readonly MergeLayer[],
  settings: MergeSettings,
  step: number,
  seed: number,
  purpose: number,
): MergeLog {
  const tally = new MergeTally(layers.map(({ layer }) => layer));
  const ordered = layers.map((layer, at) => ({ layer, values: weights[at] })).toSorted((a, b) => a.layer.layer - b.layer.layer);
  for (const { layer, values } of ordered) {
    if (values?.length !== layer.kernels * layer.rows) throw mismatch(layer, values?.length);
  }
  for (const { layer, values } of ordered) {
    if (values === undefined) continue;
    const { partner } = drawPairs(seed, purpose, step, layer.layer, layer.kernels, settings.p);
    const pairs = mergeKernels(values, layer.kernels, partner, settings.alpha, layer.tau ?? settings.tau, settings.condition);
    for (const pair of pairs) tally.addPair(step, layer.layer, pair);
  }
  return tally.log();
}

function mismatch({ layer, kernels, rows }: MergeLayer, length: number | undefined): StudioError {
  return new StudioError({
    code: 'merge-weights-mismatch',
    message: `Merging layer ${layer} was given ${length ?? 'no'} weights; ${kernels} kernels of ${rows} weights were expected.`,
  });
}
