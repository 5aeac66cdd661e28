/** Kernels: which kernels of a layer are alike in either arm, and what another τ would catch. */
import { useCallback, useEffect, useMemo, useState } from 'react';
import type { ExperimentRecord } from '../../store/record.ts';
import { pairOf, type PairIndex } from '../../store/selection.ts';
import { appliedTau } from '../../store/appliedTau.ts';
import { chainOrder, countPairs, topPairs } from '../../store/similarity.ts';
import { shownSimilarity } from '../../store/shownSimilarity.ts';
import { convolutionTitles, networkOf } from '../../store/networkView.ts';
import { isRunning } from '../../store/status.ts';
import { integer, plural } from '../numbers.ts';
import { Segments } from '../parts/Segments.tsx';
import { typesInto } from '../frame/useKeys.ts';
import { singleKeysOn } from '../frame/singleKeys.ts';
import { useActions, useFromRecord, useStudio } from '../studioContext.ts';
import { Heatmap } from './Heatmap.tsx';
import { LayerList } from './LayerList.tsx';
import { Legend } from './Legend.tsx';
import { PairPanel } from './PairPanel.tsx';
import { PastKernels } from './PastKernels.tsx';

const orders = [
  { value: 'chain', label: 'Similar together' },
  { value: 'index', label: 'Index' },
] as const;
type Order = (typeof orders)[number]['value'];

const pairsListed = 60;

export function KernelsView() {
  const record = useStudio((state) => state.record);
  const dataset = useStudio((state) => state.trainedOn?.dataset ?? null);
  const layer = useStudio((state) => state.selection.layer);
  const running = useStudio((state) => isRunning(state.status));
  const reopened = useStudio((state) => state.reopened !== null);
  const { select } = useActions();
  const [order, setOrder] = useState<Order>('chain');
  const [explored, setExplored] = useState<number | null>(null);
  const selection = useStudio((state) => state.selection);
  const selected = useMemo(() => pairOf(selection), [selection]);

  const recipe = record?.started.recipe ?? null;
  const titles = useMemo(() => (recipe === null ? [] : convolutionTitles(networkOf(recipe, dataset))), [recipe, dataset]);
  const ofLayer = useCallback((kept: ExperimentRecord) => (layer === null ? null : shownSimilarity(kept, layer)), [layer]);
  const shown = useFromRecord(ofLayer);
  const lower = shown?.lower ?? null;
  const n = shown?.lower.kernels ?? 0;
  const permutation = useMemo(
    () => (lower === null || order === 'index' ? Uint16Array.from({ length: n }, (_, k) => k) : chainOrder(lower.values, n)),
    [lower, order, n],
  );
  const pairs = useMemo(() => (lower === null ? [] : topPairs(lower.values, n, pairsListed)), [lower, n]);
  const applied = (record === null || layer === null ? null : appliedTau(record, layer)) ?? 0;
  const tau = explored ?? applied;
  const above = useMemo(() => (lower === null ? 0 : countPairs(lower.values, n, tau).above), [lower, n, tau]);

  useEffect(() => {
    const press = (event: KeyboardEvent) => {
      if (!singleKeysOn() || event.ctrlKey || event.metaKey || event.altKey || typesInto(event.target) || layer === null) return;
      const at = pairs.findIndex((pair) => pair.i === selected?.i && pair.j === selected.j);
      const pick = (index: number) => {
        const pair = pairs[Math.max(0, Math.min(pairs.length - 1, index))];
        if (pair !== undefined) select({ kernels: [pair.i, pair.j] });
      };
      const nudge = (by: number) => setExplored(Math.round(Math.max(-1, Math.min(1, tau + by)) * 100) / 100);
      const go = (to: number) => {
        if (to >= 0 && to < titles.length) select({ layer: to });
      };
      if (event.key === 'ArrowUp') go(layer - 1);
      else if (event.key === 'ArrowDown') go(layer + 1);
      else if (event.key === 'j' || event.key === 'J') pick(at + 1);
      else if (event.key === 'k' || event.key === 'K') pick(at - 1);
      else if (event.key === '[') nudge(-0.01);
      else if (event.key === ']') nudge(0.01);
      else if (event.key === 'Escape') setExplored(null);
      else return;
      event.preventDefault();
    };
    window.addEventListener('keydown', press);
    return () => window.removeEventListener('keydown', press);
  }, [layer, pairs, selected, tau, titles.length, select]);

  if (record === null || layer === null) return null;
  if (reopened) return <PastKernels />;
  const setSelected = (pair: PairIndex) => select({ kernels: [pair.i, pair.j] });
  return (
    <div className="kernels">
      <LayerList titles={titles} />
      <section className="kernels-map" aria-label="Similarity map">
        <header className="kernels-head">
          <h2>{titles[layer] ?? `layer ${layer}`}</h2>
          {n > 0 && (
            <span className="scope">
              {plural(n, 'kernel')}, {integer((n * (n - 1)) / 2)} pairs
            </span>
          )}
          <span className="end">
            <Segments label="Order of the kernels" options={orders} value={order} onChange={setOrder} />
          </span>
        </header>
        {shown === null ? (
          <p className="kernels-wait q">
            {running
              ? 'The similarities of this layer come at the end of the epoch.'
              : 'The similarities of this layer were not computed in this experiment. Choose it before training ends.'}
          </p>
        ) : (
          <>
            <Heatmap shown={shown} order={permutation} selected={selected} onSelect={setSelected} pairsAbove={above} />
            <Legend
              shown={shown}
              tau={tau}
              applied={applied}
              onExplore={setExplored}
              exploring={explored !== null && explored !== applied}
              mergesHere={record.started.mergedLayers.includes(layer)}
            />
          </>
        )}
      </section>
      <PairPanel shown={shown} pairs={pairs} selected={selected} onSelect={setSelected} tau={tau} layer={layer} />
    </div>
  );
}
