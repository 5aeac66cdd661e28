/**
 * The order of a layer's kernels: computed once and then kept while epochs go by, so that what moves in the map are the
 * kernels and not their places. Until it is there, the order is by index.
 */
import { useCallback, useMemo, useState } from 'react';
import { kernelNorms } from '../../store/kernelNorms.ts';
import type { LookedAt } from '../../store/lookedAt.ts';
import type { Dendrogram } from '../../merge/ordering.ts';
import type { ExperimentRecord, SimilarityMap } from '../../store/record.ts';
import { useKernelMaps, useStudio } from '../studioContext.ts';
import { useAsked } from './useAsked.ts';

export const orders = [
  { value: 'cluster', label: 'Similar together' },
  { value: 'index', label: 'Index' },
  { value: 'spectral', label: 'Spectral' },
  { value: 'norm', label: 'Length' },
  { value: 'merges', label: 'Merges' },
] as const;
export type OrderKind = (typeof orders)[number]['value'];

export interface KernelOrder {
  /** Kernel at each position. */
  readonly order: Uint16Array;
  /** Only where clusters were computed. */
  readonly dendrogram: Dendrogram | null;
  /** Epoch that it is of; null for the index. */
  readonly epoch: number | null;
  readonly pending: boolean;
  /** Orders by the epoch shown now. */
  readonly again: () => void;
}

export function useOrder(kind: OrderKind, looked: LookedAt | null, map: SimilarityMap | null): KernelOrder {
  const record = useStudio((state) => state.record);
  const maps = useKernelMaps();
  const [round, setRound] = useState(0);
  const again = useCallback(() => setRound((before) => before + 1), []);
  const kernels = map?.kernels ?? 0;
  const byIndex = useMemo(() => Uint16Array.from({ length: kernels }, (_, k) => k), [kernels]);
  const key =
    map === null || looked === null || kind === 'index'
      ? null
      : JSON.stringify([kind, map.layer, map.run.seed, map.run.arm, map.kernels, round]);
  const asked = useAsked(key, async () => {
    if (map === null || looked === null || record === null) return null;
    const { epoch, layer, run } = map;
    switch (kind) {
      case 'cluster':
        return { ...(await maps.cluster(map.values, map.kernels)), epoch };
      case 'spectral':
        return { order: await maps.spectral(map.values, map.kernels), dendrogram: null, epoch };
      case 'norm': {
        const found = await maps.kernels({ seed: run.seed, arm: run.arm, epoch }, layer);
        return found === null ? null : { order: descending(kernelNorms(found)), dendrogram: null, epoch };
      }
      case 'merges':
        return { order: descending(mergesOf(record, map)), dendrogram: null, epoch };
      case 'index':
        return null;
      default:
        return kind satisfies never;
    }
  });
  const found = asked.fresh && asked.value?.order.length === kernels ? asked.value : null;
  return {
    order: found?.order ?? byIndex,
    dendrogram: found?.dendrogram ?? null,
    epoch: found?.epoch ?? null,
    pending: asked.pending,
    again,
  };
}

const descending = (keys: ArrayLike<number>): Uint16Array =>
  Uint16Array.from({ length: keys.length }, (_, k) => k).sort((a, b) => (keys[b] ?? 0) - (keys[a] ?? 0) || a - b);

/** How often each kernel took a share of another, up to that epoch. */
function mergesOf(record: ExperimentRecord, { epoch, kernels, layer, run }: SimilarityMap): Uint32Array {
  const counts = new Uint32Array(kernels);
  for (let at = 0; at < record.log.count(layer); at++) {
    const row = record.log.row(at, layer);
    if (row !== null && row.seed === run.seed && row.arm === run.arm && row.epoch <= epoch)
      counts[row.i] = (counts[row.i] ?? 0) + 1;
  }
  return counts;
}
