/** Tries and merges of one run by layer and epoch: what the bars and their table show. */
import type { ExperimentRecord } from './record.ts';

export interface EpochCount {
  readonly tried: number;
  readonly merged: number;
}

export interface LayerEpochs extends EpochCount {
  readonly layer: number;
  /** Index 0 is epoch 1; null where it has not come yet. */
  readonly epochs: readonly (EpochCount | null)[];
  readonly highest: number | null;
}

export function epochCounts(record: ExperimentRecord, seed: number, arm: string): LayerEpochs[] {
  const { mergedLayers, recipe } = record.started;
  const counts = record.run(seed, arm)?.mergeCounts;
  return mergedLayers.map((layer) => {
    const found = Array.from({ length: recipe.finetune.epochs }, (_, k) =>
      counts?.get(k + 1)?.find((count) => count.layer === layer),
    );
    const known = found.filter((count) => count !== undefined);
    const highest = known.flatMap((count) => count.highest ?? []);
    return {
      layer,
      epochs: found.map((count) => (count === undefined ? null : { tried: count.tried, merged: count.merged })),
      tried: known.reduce((sum, count) => sum + count.tried, 0),
      merged: known.reduce((sum, count) => sum + count.merged, 0),
      highest: highest.length === 0 ? null : Math.max(...highest),
    };
  });
}
