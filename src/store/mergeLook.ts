/** What the Merges screen shows of the log: the one selection, and what only this screen asks, as a filter. */
import type { DatasetSummary } from '../data/dataset.ts';
import { convolutions } from '../model/network.ts';
import { comparedArms } from './arms.ts';
import { countMatrix, everything, filteredRows, type MergeFilter } from './mergeFilter.ts';
import { networkOf } from './networkView.ts';
import type { ExperimentRecord } from './record.ts';
import type { Selection } from './selection.ts';

export interface MergeLook {
  /** In the list: all layers, not the selected one alone. */
  readonly allLayers: boolean;
  /** In the list: the selected kernels alone. */
  readonly kernelsOnly: boolean;
  /** The selected epoch alone, not all up to it. */
  readonly epochAlone: boolean;
  readonly atLeast: number | null;
}

export const everyMerge: MergeLook = { allLayers: true, kernelsOnly: false, epochAlone: false, atLeast: null };

/** What the list shows: all seeds and arms that merge, where none is selected. */
export function listFilter(selection: Selection, look: MergeLook): MergeFilter {
  const ofKernels = look.kernelsOnly && selection.kernels.length > 0;
  return {
    ...everything,
    ...epochsOf(selection, look),
    seed: selection.seed,
    // Kernels are of a layer: theirs, whatever the list shows else.
    layer: look.allLayers && !ofKernels ? null : selection.layer,
    kernels: ofKernels ? selection.kernels : [],
  };
}

export interface OneMap {
  readonly seed: number;
  readonly arm: string;
  readonly layer: number;
}

/** The run and layer whose kernels are counted against one another: kernels of two runs have nothing in common but a number. */
export function mapOf(record: ExperimentRecord, selection: Selection): OneMap | null {
  const { recipe, mergedLayers } = record.started;
  const arms = recipe.arms.filter(({ merges }) => merges).map(({ name }) => name);
  const arm = arms.find((name) => name === selection.arm) ?? comparedArms(recipe).inmerge;
  const layer = mergedLayers.find((index) => index === selection.layer) ?? mergedLayers.at(-1);
  if (arm === null || layer === undefined) return null;
  const begun = recipe.seeds.filter((seed) => record.run(seed, arm) !== undefined);
  const seed = begun.find((each) => each === selection.seed) ?? begun.at(-1);
  return seed === undefined ? null : { seed, arm, layer };
}

export const mapFilter = (map: OneMap, selection: Selection, look: MergeLook): MergeFilter => ({
  ...everything,
  ...epochsOf(selection, look),
  ...map,
});

export interface ShownMap extends OneMap {
  readonly title: string;
  readonly kernels: number;
  readonly rows: Uint32Array;
  /** `counts[i * kernels + j]`: how often i took from j. */
  readonly counts: Uint32Array;
}

/** One run's merges in one layer; null where no run has begun to merge. */
export function shownMap(
  record: ExperimentRecord,
  dataset: DatasetSummary | null,
  selection: Selection,
  look: MergeLook,
): ShownMap | null {
  const map = mapOf(record, selection);
  if (map === null) return null;
  const layer = convolutions(networkOf(record.started.recipe, dataset)).find(({ index }) => index === map.layer);
  if (layer === undefined) return null;
  const rows = filteredRows(record.log, mapFilter(map, selection, look)) ?? new Uint32Array(0);
  const kernels = layer.output[2];
  return { ...map, title: layer.title, kernels, rows, counts: countMatrix(record.log, rows, kernels) };
}

/** Epoch 0 is the start, before any merge. */
function epochsOf({ epoch }: Selection, { epochAlone, atLeast }: MergeLook): Partial<MergeFilter> {
  return { fromEpoch: epochAlone ? epoch : null, toEpoch: epoch, atLeast };
}
