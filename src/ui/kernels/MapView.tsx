/** The similarity map with what belongs to it: the lower half's choice, the epochs, and the histogram with τ. */
import { useCallback, useMemo } from 'react';
import { expectedMerges, mergingOf } from '../../store/layerSeries.ts';
import type { LookedAt } from '../../store/lookedAt.ts';
import { mergeCounts } from '../../store/mergeCounts.ts';
import type { ExperimentRecord } from '../../store/record.ts';
import type { ShownSimilarity } from '../../store/shownSimilarity.ts';
import { useActions, useFromRecord, useStudio } from '../studioContext.ts';
import { Heatmap } from './Heatmap.tsx';
import { Legend } from './Legend.tsx';
import type { KernelOrder } from './useOrder.ts';

interface MapViewProps {
  readonly shown: ShownSimilarity;
  readonly looked: LookedAt;
  readonly order: KernelOrder;
  readonly tau: number;
  readonly applied: number;
  readonly above: number;
  /** Whether the lower half shows the merges counted. */
  readonly counting: boolean;
  readonly onExplore: (tau: number | null) => void;
}

export function MapView({ shown, looked, order, tau, applied, above, counting, onExplore }: MapViewProps) {
  const record = useStudio((state) => state.record);
  const kernels = useStudio((state) => state.selection.kernels);
  const { select } = useActions();
  const { lower } = shown;
  const { layer, epoch, run, kernels: n } = lower;
  const ofMerges = useCallback(
    (kept: ExperimentRecord) => (counting ? mergeCounts(kept, { seed: run.seed, arm: run.arm, epoch }, layer, n) : null),
    [counting, run, epoch, layer, n],
  );
  const counts = useFromRecord(ofMerges);
  const expected = useMemo(
    () => (record === null ? null : expectedMerges(record, { seed: looked.seed, arm: looked.lower, epoch: looked.epoch })),
    [record, looked],
  );
  const onSelect = useCallback((chosen: readonly number[]) => select({ kernels: chosen }), [select]);
  if (record === null) return null;
  const { mergedLayers } = record.started;
  return (
    <>
      <Heatmap
        key={`${layer} ${n}`}
        shown={shown}
        counts={counts}
        order={order.order}
        dendrogram={order.dendrogram}
        kernels={kernels}
        onSelect={onSelect}
        pairsAbove={above}
      />
      <Legend
        shown={shown}
        tau={tau}
        applied={applied}
        onExplore={onExplore}
        exploring={tau !== applied}
        mergesHere={mergedLayers.includes(layer)}
        p={mergingOf(record, run.arm).p}
        expectedInAll={expected}
      />
    </>
  );
}
