/** What is chosen (a pair, a kernel, a cluster), and the most similar pairs as a table: in text what the map shows. */
import { armTitle } from '../../recipe/arms.ts';
import type { LookedAt } from '../../store/lookedAt.ts';
import { pairOf } from '../../store/selection.ts';
import type { ShownSimilarity } from '../../store/shownSimilarity.ts';
import type { Pair } from '../../store/similarity.ts';
import { similarity } from '../numbers.ts';
import { ScrollBox } from '../parts/ScrollBox.tsx';
import { useActions, useStudio } from '../studioContext.ts';
import { Cluster, OneKernel } from './KernelFacts.tsx';
import { PairFigure } from './PairFigure.tsx';
import { ColumnHeads } from '../parts/ColumnHeads.tsx';

interface PairPanelProps {
  readonly shown: ShownSimilarity | null;
  readonly looked: LookedAt | null;
  readonly pairs: readonly Pair[];
  readonly tau: number;
}

export function PairPanel({ shown, looked, pairs, tau }: PairPanelProps) {
  const selection = useStudio((state) => state.selection);
  const { select } = useActions();
  if (shown === null || looked === null) return <section className="pairs" aria-label="Pairs" />;
  const { upper, lower } = shown;
  const n = lower.kernels;
  const selected = pairOf(selection);
  return (
    <section className="pairs" aria-label="Pairs">
      <ScrollBox className="pairs-scroll" label="What is chosen, and the most similar pairs">
        <Chosen shown={shown} looked={looked} tau={tau} />
        <header className="kernels-head">
          <h2>Most similar pairs</h2>
          <span className="scope end">{armTitle(lower.run.arm)}</span>
        </header>
        <table className="table" data-testid="top-pairs">
          <thead>
            <ColumnHeads
              columns={[
                { title: 'Pair' },
                { title: armTitle(lower.run.arm), num: true },
                { title: upper === lower ? '' : armTitle(upper.run.arm), num: true },
              ]}
            />
          </thead>
          <tbody>
            {pairs.map((pair) => {
              const chosen = pair.i === selected?.i && pair.j === selected.j;
              return (
                <tr
                  key={`${pair.i}-${pair.j}`}
                  className={chosen ? 'chosen' : undefined}
                  onClick={() => select({ kernels: [pair.i, pair.j] })}
                >
                  <td>
                    <button type="button" className="pair-button" aria-pressed={chosen}>
                      K<sub>{pair.i}</sub>, K<sub>{pair.j}</sub>
                    </button>
                  </td>
                  <td className={`num ${pair.similarity > tau ? 'b' : 'q'}`}>{similarity(pair.similarity)}</td>
                  <td className="num q2">{upper === lower ? '' : similarity(upper.values[pair.i * n + pair.j] ?? 0)}</td>
                </tr>
              );
            })}
          </tbody>
        </table>
      </ScrollBox>
    </section>
  );
}

function Chosen({ shown, looked, tau }: { shown: ShownSimilarity; looked: LookedAt; tau: number }) {
  const selection = useStudio((state) => state.selection);
  const n = shown.lower.kernels;
  const kernels = selection.kernels.filter((kernel) => kernel < n);
  const pair = pairOf({ ...selection, kernels });
  const layer = shown.lower.layer;
  if (pair !== null) return <PairFigure shown={shown} looked={looked} pair={pair} tau={tau} layer={layer} />;
  if (kernels.length === 1) return <OneKernel shown={shown} looked={looked} layer={layer} kernels={kernels} />;
  if (kernels.length > 2) return <Cluster shown={shown} kernels={kernels} />;
  return (
    <div className="pair-chosen pair-none">
      <h2>Pair</h2>
      <p className="sm q">
        Choose a pair in the map or in the table; J and K step through it. Drag along the diagonal, or click a branch of the tree,
        to choose a cluster.
      </p>
    </div>
  );
}
