/** One merge of the list; a merge never changes, so a row is drawn once while it is in view. */
import { memo } from 'react';
import type { ExperimentRecord } from '../../store/record.ts';
import { integer, similarity } from '../numbers.ts';
import { useActions } from '../studioContext.ts';

interface MergeRowProps {
  readonly record: ExperimentRecord;
  /** Row of the log, and place in the list. */
  readonly row: number;
  readonly index: number;
  readonly titles: readonly string[];
  /** Says the seed, where there are several. */
  readonly seeds: boolean;
}

export const MergeRow = memo(function MergeRow({ record, row: at, index, titles, seeds }: MergeRowProps) {
  const { select } = useActions();
  const row = record.log.row(at, null);
  if (row === null) return null;
  return (
    <div className={`merge-row ${seeds ? 'with-seed' : ''}`} role="row" aria-rowindex={index + 2}>
      {seeds && (
        <span role="cell" className="num">
          {row.seed}
        </span>
      )}
      <span role="cell" className="num">
        {integer(row.step)}
      </span>
      <span role="cell" className="num q2">
        {row.epoch}
      </span>
      <span role="cell">{titles[row.layer] ?? row.layer}</span>
      <span role="cell">
        <button
          type="button"
          className="pair-button"
          title="Select this pair"
          onClick={() => select({ seed: row.seed, layer: row.layer, kernels: [row.i, row.j] })}
        >
          K<sub>{row.i}</sub> ← K<sub>{row.j}</sub>
        </button>
      </span>
      <span role="cell" className="num">
        {similarity(row.similarity)}
      </span>
      <span role="presentation" className="merge-mark">
        <i style={{ left: `${Math.max(0, Math.min(1, row.similarity)) * 100}%` }} />
      </span>
    </div>
  );
});
