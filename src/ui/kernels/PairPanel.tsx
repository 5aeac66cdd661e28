/** The most similar pairs as a table, which says in text what the map shows, and the chosen pair in figures. */
import { useCallback } from 'react';
import { armTitle } from '../../recipe/arms.ts';
import type { PairIndex } from '../../store/selection.ts';
import type { ExperimentRecord } from '../../store/record.ts';
import type { ShownSimilarity } from '../../store/shownSimilarity.ts';
import type { Pair } from '../../store/similarity.ts';
import { plural, similarity } from '../numbers.ts';
import { useFromRecord, useStudio } from '../studioContext.ts';

interface PairPanelProps {
  readonly shown: ShownSimilarity | null;
  readonly pairs: readonly Pair[];
  readonly selected: PairIndex | null;
  readonly onSelect: (pair: PairIndex) => void;
  readonly tau: number;
  readonly layer: number;
}

export function PairPanel({ shown, pairs, selected, onSelect, tau, layer }: PairPanelProps) {
  if (shown === null) return <section className="pairs" aria-label="Pairs" />;
  const { upper, lower } = shown;
  const n = lower.kernels;
  return (
    <section className="pairs" aria-label="Pairs">
      <ChosenPair shown={shown} selected={selected} tau={tau} layer={layer} />
      <header className="kernels-head">
        <h2>Most similar pairs</h2>
        <span className="scope end">{armTitle(lower.run.arm)}</span>
      </header>
      <div className="pairs-scroll">
        <table className="table" data-testid="top-pairs">
          <thead>
            <tr>
              <th scope="col">Pair</th>
              <th scope="col" className="num">
                {armTitle(lower.run.arm)}
              </th>
              <th scope="col" className="num">
                {upper === lower ? '' : armTitle(upper.run.arm)}
              </th>
            </tr>
          </thead>
          <tbody>
            {pairs.map((pair) => {
              const chosen = pair.i === selected?.i && pair.j === selected.j;
              return (
                <tr key={`${pair.i}-${pair.j}`} className={chosen ? 'chosen' : undefined} onClick={() => onSelect(pair)}>
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
      </div>
    </section>
  );
}

function ChosenPair({
  shown,
  selected,
  tau,
  layer,
}: {
  shown: ShownSimilarity;
  selected: PairIndex | null;
  tau: number;
  layer: number;
}) {
  const record = useStudio((state) => state.record);
  const ofPair = useCallback(
    (kept: ExperimentRecord) => (selected === null ? null : kept.log.ofPair(layer, selected.i, selected.j)),
    [layer, selected],
  );
  const merged = useFromRecord(ofPair);
  const { upper, lower } = shown;
  const n = lower.kernels;
  if (selected === null || record === null || merged === null) {
    return (
      <div className="pair-chosen">
        <h2>Pair</h2>
        <p className="sm q">Choose a pair in the map or in the table; J and K step through it.</p>
      </div>
    );
  }
  const { alpha } = record.started.recipe.merging;
  const at = selected.i * n + selected.j;
  const own = lower.values[at] ?? 0;
  return (
    <div className="pair-chosen">
      <h2>
        Pair K<sub>{selected.i}</sub>, K<sub>{selected.j}</sub>
      </h2>
      <p className="formula">
        K<sub>{selected.i}</sub> ← {alpha.toFixed(2)} K<sub>{selected.i}</sub> + {(1 - alpha).toFixed(2)} K<sub>{selected.j}</sub>
      </p>
      <dl className="facts">
        <dt>{armTitle(lower.run.arm)}</dt>
        <dd>
          <b>{similarity(own)}</b> {own > tau ? 'above' : 'not above'} τ {similarity(tau)}
        </dd>
        {upper !== lower && (
          <>
            <dt>{armTitle(upper.run.arm)}</dt>
            <dd>{similarity(upper.values[at] ?? 0)}</dd>
          </>
        )}
        <dt>Merged</dt>
        <dd>
          {merged.times === 0
            ? 'not yet'
            : `${plural(merged.times, 'time')}${merged.last === null ? '' : `, last at step ${merged.last.step}`}`}
        </dd>
      </dl>
    </div>
  );
}
