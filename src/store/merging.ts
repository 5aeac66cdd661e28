/** Merging in numbers: merges per layer and epoch for the small multiples, and the sentence where nothing merged. */
import { comparedIn } from './arms.ts';
import { runsOf } from './curves.ts';
import type { ExperimentRecord } from './record.ts';

export interface LayerMerging {
  readonly layer: number;
  /** Merges by fine-tuning epoch (index 0 is epoch 1) of the seed shown, null where not there yet. */
  readonly byEpoch: readonly (number | null)[];
  /** The same of the seed before it, drawn as a ghost. */
  readonly before: readonly (number | null)[];
  readonly tried: number;
  readonly merged: number;
  readonly highest: number | null;
}

export interface Merging {
  readonly layers: readonly LayerMerging[];
  readonly seed: number | null;
  readonly seedBefore: number | null;
  readonly tried: number;
  readonly merged: number;
  /** Highest similarity among all tried pairs; null before the first try. */
  readonly highest: number | null;
  readonly peak: number;
}

/** Counts of the merging arm: the latest seed as bars, totals over all seeds. */
export function merging(record: ExperimentRecord): Merging {
  const { recipe, mergedLayers } = record.started;
  const arm = comparedIn(record).inmerge;
  const runs = arm === null ? [] : runsOf(record, arm);
  const current = runs.at(-1);
  const previous = runs.at(-2);
  const epochs = Array.from({ length: recipe.finetune.epochs }, (_, k) => k + 1);
  const counted = (run: typeof current, layer: number) =>
    epochs.map((epoch) => run?.mergeCounts.get(epoch)?.find((count) => count.layer === layer)?.merged ?? null);
  const layers = mergedLayers.map((layer): LayerMerging => {
    const counts = runs.flatMap((run) =>
      [...run.mergeCounts.values()].flatMap((list) => list.filter((count) => count.layer === layer)),
    );
    return {
      layer,
      byEpoch: counted(current, layer),
      before: counted(previous, layer),
      tried: counts.reduce((sum, count) => sum + count.tried, 0),
      merged: counts.reduce((sum, count) => sum + count.merged, 0),
      highest: highestOf(counts.map((count) => count.highest)),
    };
  });
  return {
    layers,
    seed: current?.key.seed ?? null,
    seedBefore: previous?.key.seed ?? null,
    tried: layers.reduce((sum, layer) => sum + layer.tried, 0),
    merged: layers.reduce((sum, layer) => sum + layer.merged, 0),
    highest: highestOf(layers.map((layer) => layer.highest)),
    peak: Math.max(0, ...layers.flatMap((layer) => [...layer.byEpoch, ...layer.before].map((count) => count ?? 0))),
  };
}

function highestOf(values: readonly (number | null)[]): number | null {
  const known = values.filter((value) => value !== null);
  return known.length === 0 ? null : Math.max(...known);
}
