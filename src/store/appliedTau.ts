/** The tau that decided in one layer: the recipe's number, or what its quantile came to in that layer. */
import { tauNumber } from '../recipe/arms.ts';
import { comparedIn } from './arms.ts';
import { runsOf } from './curves.ts';
import { mergingOf } from './layerSeries.ts';
import type { ExperimentRecord } from './record.ts';

/** Of the arm that the page compares, in the latest seed; null where a quantile has not been taken yet, or no arm merges. */
export function appliedTau(record: ExperimentRecord, layer: number): number | null {
  const compared = comparedIn(record).inmerge;
  const one = tauNumber(mergingOf(record, compared).tau);
  if (one !== null || compared === null) return one;
  const latest = runsOf(record, compared).findLast((run) => run.layerTaus !== null);
  return latest?.layerTaus?.find((own) => own.layer === layer)?.tau ?? null;
}
