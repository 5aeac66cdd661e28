/**
 * The merge settings of one run, once its start weights are known: a quantile has become a number for each layer. Every
 * trainer and every report takes them from here.
 */
import type { MergeLayer, MergeSettings as MergeRule } from '../merge/mergeSettings.ts';
import type { CountedConvLayer } from '../model/network.ts';
import type { MergeSettings } from '../recipe/recipe.ts';

export interface RunMerging extends Omit<MergeSettings, 'tau'> {
  /** One number for all layers, or one for each convolution by its index. */
  readonly tau: number | ReadonlyMap<number, number>;
}

/** The tau of one convolution. @throws Error where it has none */
export function tauOf({ tau }: RunMerging, layer: number): number {
  const own = typeof tau === 'number' ? tau : tau.get(layer);
  if (own === undefined) throw new Error(`Convolution ${layer} merges, and has no tau.`);
  return own;
}

/** What a merger is told: the rule, and each layer with its own tau. */
export function mergeRule(merging: RunMerging, layers: readonly CountedConvLayer[]): { rule: MergeRule; layers: MergeLayer[] } {
  const { alpha, p, tau, condition } = merging;
  return {
    // Every layer has its own, so that the rule's is never asked for.
    rule: { alpha, p, tau: typeof tau === 'number' ? tau : 1, condition },
    layers: layers.map((layer) => ({
      layer: layer.index,
      kernels: layer.output[2],
      rows: layer.kernelSize ** 2 * layer.input[2],
      tau: tauOf(merging, layer.index),
    })),
  };
}
