/** Kernels: which kernels of a layer are alike in either arm, what they look like, what merging did, and another τ would. */
import { useMemo, useState } from 'react';
import { appliedTau } from '../../store/appliedTau.ts';
import type { ExperimentRecord } from '../../store/record.ts';
import { countPairs, topPairs } from '../../store/similarity.ts';
import { convolutionTitles, networkOf } from '../../store/networkView.ts';
import { isRunning } from '../../store/status.ts';
import { integer, plural } from '../numbers.ts';
import { Segments } from '../parts/Segments.tsx';
import { Term } from '../parts/Term.tsx';
import { useStudio } from '../studioContext.ts';
import { Atlas } from './Atlas.tsx';
import { EpochScrubber } from './EpochScrubber.tsx';
import { LayerList } from './LayerList.tsx';
import { MapView } from './MapView.tsx';
import { NumbersView } from './NumbersView.tsx';
import { PairPanel } from './PairPanel.tsx';
import { PastKernels } from './PastKernels.tsx';
import { RunChoice } from './RunChoice.tsx';
import { useKernelKeys } from './useKernelKeys.ts';
import { useLookedAt, useShownSimilarity } from './useLookedAt.ts';
import { orders, useOrder, type OrderKind } from './useOrder.ts';

const views = [
  { value: 'map', label: 'Similarity' },
  { value: 'pictures', label: 'Pictures' },
  { value: 'figures', label: 'Figures' },
] as const;
type View = (typeof views)[number]['value'];

const pairsListed = 60;

/** Another experiment is another screen: nothing asked of the one before is shown for it. */
export function KernelsView() {
  const record = useStudio((state) => state.record);
  return record === null ? null : <Kernels key={numberOf(record)} />;
}

const numbers = new WeakMap<ExperimentRecord, number>();
let lastNumber = 0;

function numberOf(record: ExperimentRecord): number {
  const known = numbers.get(record);
  if (known !== undefined) return known;
  numbers.set(record, ++lastNumber);
  return lastNumber;
}

function Kernels() {
  const record = useStudio((state) => state.record);
  const dataset = useStudio((state) => state.trainedOn?.dataset ?? null);
  const layer = useStudio((state) => state.selection.layer);
  const running = useStudio((state) => isRunning(state.status));
  const reopened = useStudio((state) => state.reopened !== null);
  const [view, setView] = useState<View>('map');
  const [kind, setKind] = useState<OrderKind>('cluster');
  const [counted, setCounted] = useState(false);
  const [explored, setExplored] = useState<number | null>(null);

  const recipe = record?.started.recipe ?? null;
  const titles = useMemo(() => (recipe === null ? [] : convolutionTitles(networkOf(recipe, dataset))), [recipe, dataset]);
  const looked = useLookedAt();
  const { shown: latest, pending } = useShownSimilarity(looked, layer);
  const shown = latest?.lower.layer === layer ? latest : null;
  const lower = shown?.lower ?? null;
  const n = lower?.kernels ?? 0;
  const order = useOrder(kind, looked, lower);
  const pairs = useMemo(() => (lower === null ? [] : topPairs(lower.values, n, pairsListed)), [lower, n]);
  const applied = (record === null || layer === null ? null : appliedTau(record, layer)) ?? 0;
  const tau = explored ?? applied;
  const above = useMemo(() => (lower === null ? 0 : countPairs(lower.values, n, tau).above), [lower, n, tau]);
  useKernelKeys({ pairs, layer, layers: titles.length, tau, setTau: setExplored, looked });

  const merges = recipe?.arms.some((arm) => arm.merges && arm.name === looked?.lower) ?? false;
  if (record === null || layer === null) return null;
  if (reopened && looked === null) return <PastKernels />;
  return (
    <div className="kernels">
      <LayerList titles={titles} looked={looked} />
      <section className="kernels-map" aria-label="Kernels of the layer">
        <header className="kernels-head">
          <h2>{titles[layer] ?? `layer ${layer}`}</h2>
          {n > 0 && (
            <span className="scope">
              {plural(n, 'kernel')}, {integer((n * (n - 1)) / 2)} pairs
            </span>
          )}
          <span className="end">
            <Segments label="Kernels as" options={views} value={view} onChange={setView} />
          </span>
        </header>
        {looked !== null && (
          <div className={`kernels-tools ${view === 'figures' ? 'kernels-tools-few' : ''}`}>
            <RunChoice looked={looked} />
            {view !== 'figures' && (
              <label className="xs q2">
                <Term name={kind === 'spectral' ? 'spectral' : 'cluster'}>Order</Term>{' '}
                <select
                  aria-label="Order of the kernels"
                  value={kind}
                  onChange={(event) => setKind(event.target.value as OrderKind)}
                  data-testid="order"
                  data-pending={order.pending}
                >
                  {orders.map(({ value, label }) => (
                    <option key={value} value={value}>
                      {label}
                    </option>
                  ))}
                </select>
              </label>
            )}
            {view === 'map' && merges && (
              <label className="xs q2">
                <input type="checkbox" checked={counted} onChange={(event) => setCounted(event.target.checked)} />
                lower half: merges counted
              </label>
            )}
            {view !== 'figures' && order.epoch !== null && order.epoch !== looked.epoch && (
              <button type="button" className="link xs" onClick={order.again}>
                order of epoch {order.epoch}; order by this one
              </button>
            )}
            {order.pending && <span className="xs q">ordering</span>}
          </div>
        )}
        {looked === null || (shown === null && view === 'map') ? (
          <p className="kernels-wait q">{waitText(running, pending)}</p>
        ) : view === 'figures' ? (
          <NumbersView looked={looked} layer={layer} />
        ) : view === 'pictures' ? (
          <Atlas looked={looked} layer={layer} order={order.order} shown={shown} />
        ) : (
          shown !== null && (
            <MapView
              shown={shown}
              looked={looked}
              order={order}
              tau={tau}
              applied={applied}
              above={above}
              counting={counted && merges}
              onExplore={setExplored}
            />
          )
        )}
        {looked !== null && view !== 'figures' && <EpochScrubber looked={looked} pending={pending} />}
      </section>
      <PairPanel shown={shown} looked={looked} pairs={pairs} tau={tau} />
    </div>
  );
}

function waitText(running: boolean, pending: boolean): string {
  if (pending) return 'Computing the similarities of this layer.';
  return running
    ? 'The similarities of this layer come at the end of the epoch.'
    : 'The kernels of this layer were not kept in this experiment.';
}
