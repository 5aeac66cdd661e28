/** What the Kernels screen shows: the selection made whole, and the two similarity maps that belong to it. */
import { useMemo } from 'react';
import { epochOfHalf, lookedAt, type LookedAt } from '../../store/lookedAt.ts';
import type { ExperimentRecord, SimilarityMap } from '../../store/record.ts';
import type { KernelMaps } from '../../store/kernelMaps.ts';
import type { ShownSimilarity } from '../../store/shownSimilarity.ts';
import { useKernelMaps, useStudio } from '../studioContext.ts';
import { useAsked } from './useAsked.ts';

export function useLookedAt(): LookedAt | null {
  const record = useStudio((state) => state.record);
  const revision = useStudio((state) => state.revision);
  const kept = useStudio((state) => state.kept);
  const selection = useStudio((state) => state.selection);
  return useMemo(
    () => (record === null || revision < 0 ? null : lookedAt(record, kept, selection)),
    [record, revision, kept, selection],
  );
}

/** Both halves at the epoch looked at; the old ones stay while new ones are computed. */
export function useShownSimilarity(
  looked: LookedAt | null,
  layer: number | null,
): { shown: ShownSimilarity | null; pending: boolean } {
  const record = useStudio((state) => state.record);
  const maps = useKernelMaps();
  const key = looked === null || layer === null || record === null ? null : shownKey(record, looked, layer);
  const { value, pending } = useAsked(key, async () => {
    if (looked === null || layer === null || record === null) return null;
    const { epoch, seed } = looked;
    const lower = await half(record, maps, { seed, arm: looked.lower, epoch }, layer);
    const above = { seed, arm: looked.upper, epoch: epochOfHalf(looked, looked.upper) };
    const upper = looked.upper === looked.lower ? lower : await half(record, maps, above, layer);
    return upper === null || lower === null || upper.kernels !== lower.kernels ? null : { upper, lower };
  });
  return { shown: value, pending };
}

interface Half {
  readonly seed: number;
  readonly arm: string | null;
  readonly epoch: number;
}

const shownKey = (record: ExperimentRecord, { seed, upper, lower, epoch, upperEpoch }: LookedAt, layer: number): string =>
  JSON.stringify([seed, upper, lower, epoch, upperEpoch, layer, told(record, { seed, arm: lower, epoch }, layer) !== null]);

/** What the training thread computed already. */
function told(record: ExperimentRecord, { seed, arm, epoch }: Half, layer: number): SimilarityMap | null {
  const maps = record.similarities.get(layer) ?? [];
  return maps.findLast(({ run, ...map }) => run.seed === seed && run.arm === arm && map.epoch === epoch) ?? null;
}

async function half(record: ExperimentRecord, maps: KernelMaps, of: Half, layer: number): Promise<SimilarityMap | null> {
  const known = told(record, of, layer);
  if (known !== null) return known;
  const values = await maps.similarity(of, layer);
  if (values === null) return null;
  const phase = of.arm === null ? 'backbone' : 'finetune';
  const kernels = Math.round(Math.sqrt(values.length));
  return { at: 'similarity', run: { seed: of.seed, phase, arm: of.arm }, epoch: of.epoch, layer, kernels, values };
}
