/** Counts of merges: by layer and epoch with the share of tries, and kernel by kernel as a matrix and as a table. */
import { useCallback, useMemo, useState } from 'react';
import { armTitle } from '../../recipe/arms.ts';
import { topTakings } from '../../store/mergeFilter.ts';
import { pairOf } from '../../store/selection.ts';
import { chainOrder } from '../../store/similarity.ts';
import { integer, plural } from '../numbers.ts';
import { Panel } from '../parts/Panel.tsx';
import { ScrollBox } from '../parts/ScrollBox.tsx';
import { Segments } from '../parts/Segments.tsx';
import { useActions, useStudio } from '../studioContext.ts';
import '../styles/merges.css';
import { CountMatrix } from './CountMatrix.tsx';
import { LayerBars } from './LayerBars.tsx';
import { useShownMap } from './useMergeRows.ts';
import { ColumnHeads } from '../parts/ColumnHeads.tsx';

const orders = [
  { value: 'together', label: 'Together' },
  { value: 'index', label: 'Index' },
  { value: 'most', label: 'Most first' },
] as const;
type Order = (typeof orders)[number]['value'];

const pairsListed = 100;

export function CountsView() {
  const map = useShownMap();
  const [order, setOrder] = useState<Order>('together');
  const selection = useStudio((state) => state.selection);
  const { select } = useActions();
  const pair = pairOf(selection);
  const counts = map?.counts ?? null;
  const n = map?.kernels ?? 0;
  const permutation = useMemo(() => orderOf(counts, n, order), [counts, n, order]);
  const top = useMemo(() => (counts === null ? [] : topTakings(counts, n, pairsListed)), [counts, n]);
  const layer = map?.layer ?? null;
  const choose = useCallback(
    (i: number, j: number) => {
      if (layer !== null) select({ layer, kernels: [i, j] });
    },
    [layer, select],
  );
  return (
    <div className="merge-counts" data-testid="merge-counts">
      <LayerBars />
      {map === null ? (
        <section className="panel panel-body q">Merges come with the first epoch of InMerge.</section>
      ) : (
        <>
          <Panel
            title={map.title}
            scope={`${plural(map.rows.length, 'merge')}, ${armTitle(map.arm)}, seed ${map.seed}`}
            end={<Segments label="Order of the kernels" options={orders} value={order} onChange={setOrder} />}
            className="merge-matrix"
          >
            <CountMatrix counts={map.counts} kernels={n} order={permutation} pair={pair} onChoose={choose} />
          </Panel>
          <Panel title="Most frequent" scope={plural(top.length, 'pair')} className="merge-top">
            <ScrollBox className="step-scroll" label="Most frequent pairs">
              <table className="table" data-testid="top-takings">
                <thead>
                  <ColumnHeads
                    columns={[{ title: 'Kernel ← partner' }, { title: 'Merges', num: true }, { title: 'Back', num: true }]}
                  />
                </thead>
                <tbody>
                  {top.map(({ i, j, times }) => {
                    const chosen = pair !== null && pair.i === i && pair.j === j;
                    return (
                      <tr key={`${i} ${j}`} className={chosen ? 'chosen' : undefined}>
                        <td>
                          <button type="button" className="pair-button" aria-pressed={chosen} onClick={() => choose(i, j)}>
                            K<sub>{i}</sub> ← K<sub>{j}</sub>
                          </button>
                        </td>
                        <td className="num">{integer(times)}</td>
                        <td className="num q">{integer(map.counts[j * n + i] ?? 0)}</td>
                      </tr>
                    );
                  })}
                </tbody>
              </table>
            </ScrollBox>
          </Panel>
        </>
      )}
    </div>
  );
}

function orderOf(counts: Uint32Array | null, n: number, order: Order): Uint16Array {
  const byIndex = Uint16Array.from({ length: n }, (_, k) => k);
  if (counts === null || order === 'index') return byIndex;
  if (order === 'most') {
    const merges = new Float64Array(n);
    counts.forEach((times, at) => {
      const [i, j] = [Math.floor(at / n), at % n];
      merges[i] = (merges[i] ?? 0) + times;
      merges[j] = (merges[j] ?? 0) + times;
    });
    return byIndex.sort((a, b) => (merges[b] ?? 0) - (merges[a] ?? 0) || a - b);
  }
  const exchanged = Float32Array.from(counts, (times, at) => times + (counts[(at % n) * n + Math.floor(at / n)] ?? 0));
  return chainOrder(exchanged, n);
}
