/** The figures of a layer by epoch, for one run: what charts and tables of the Kernels screen are made of. */
import type { LayerNumbers } from '../experiment/events.ts';
import type { MergeSettings } from '../recipe/recipe.ts';
import type { ExperimentRecord } from './record.ts';

export const layerMeasures = ['pairsAbove', 'meanAbsolute', 'effectiveRank', 'meanNorm', 'moved'] as const;
export type LayerMeasure = (typeof layerMeasures)[number];

export interface LayerPoint {
  readonly epoch: number;
  readonly value: number;
}

/** Null where the figure does not exist: nothing has moved in the backbone. */
export function measureOf(numbers: LayerNumbers, measure: LayerMeasure): number | null {
  if (measure !== 'moved') return numbers[measure];
  const { moved } = numbers;
  return moved === null ? null : moved.reduce((sum, value) => sum + value, 0) / moved.length;
}

/** By epoch, ascending. */
export function layerSeries(
  record: ExperimentRecord,
  run: { readonly seed: number; readonly arm: string | null },
  layer: number,
  measure: LayerMeasure,
): LayerPoint[] {
  const epochs = record.run(run.seed, run.arm)?.layers ?? new Map<number, readonly LayerNumbers[]>();
  return [...epochs]
    .sort(([a], [b]) => a - b)
    .flatMap(([epoch, layers]) => {
      const numbers = layers.find((each) => each.layer === layer);
      const value = numbers === undefined ? null : measureOf(numbers, measure);
      return value === null ? [] : [{ epoch, value }];
    });
}

/** The figures of a layer at an epoch; null where they were not told. */
export function numbersAt(
  record: ExperimentRecord,
  run: { readonly seed: number; readonly arm: string | null; readonly epoch: number },
  layer: number,
): LayerNumbers | null {
  return (
    record
      .run(run.seed, run.arm)
      ?.layers.get(run.epoch)
      ?.find((each) => each.layer === layer) ?? null
  );
}

/** How an arm merges; as the recipe says, for one that does not. */
export function mergingOf(record: ExperimentRecord, arm: string | null): MergeSettings {
  return record.arms.find(({ name }) => name === arm)?.merging ?? record.started.recipe.merging;
}

/** Merges that a step of the run is expected to make, in all layers that merge: p n (pairs above τ / pairs), summed. */
export function expectedMerges(
  record: ExperimentRecord,
  run: { readonly seed: number; readonly arm: string | null; readonly epoch: number },
): number | null {
  const layers = record.run(run.seed, run.arm)?.layers.get(run.epoch);
  if (layers === undefined) return null;
  const { mergedLayers } = record.started;
  const { p } = mergingOf(record, run.arm);
  return layers
    .filter((each) => mergedLayers.includes(each.layer) && each.kernels > 1)
    .reduce((sum, { kernels, pairsAbove }) => sum + (p * 2 * pairsAbove) / (kernels - 1), 0);
}
