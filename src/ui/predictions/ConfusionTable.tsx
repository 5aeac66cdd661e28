/** One confusion table: counts as buttons, one stop for the keyboard, arrows within. Darker is a larger share of its row. */
import { memo, useState, type CSSProperties, type KeyboardEvent } from 'react';
import { isRight } from '../../report/confusion.ts';
import type { TestSplit } from '../../report/classMetrics.ts';
import type { ChosenCell } from '../../store/predictions.ts';
import { integer } from '../numbers.ts';
import { Name, shortName } from '../parts/Name.tsx';

interface ConfusionTableProps {
  readonly of: ChosenCell['of'];
  readonly title: string;
  /** `both`: counts are differences, in the colour of the arm that has more. */
  readonly tone: 'baseline' | 'inmerge' | 'both';
  readonly split: TestSplit;
  readonly rows: readonly string[];
  readonly columns: readonly string[];
  readonly counts: Int32Array;
  /** Side of a cell in pixels. */
  readonly side: number;
  /** Whether the rows' names stand at the left. */
  readonly names: boolean;
  readonly cell: ChosenCell | null;
  readonly onCell: (cell: ChosenCell | null) => void;
}

/** Most of a colour that is laid under a number, percent: text stays readable on it. */
const strongest = 44;

const moves: Readonly<Record<string, readonly [number, number]>> = {
  ArrowUp: [-1, 0],
  ArrowDown: [1, 0],
  ArrowLeft: [0, -1],
  ArrowRight: [0, 1],
};

export const ConfusionTable = memo(function ConfusionTable(props: ConfusionTableProps) {
  const { of, title, tone, split, rows, columns, counts, side, names, cell, onCell } = props;
  const [stop, setStop] = useState({ row: 0, column: 0 });
  const numbers = side >= 18;
  const multi = split.task === 'multi-label';
  const peak = counts.reduce((most, count) => Math.max(most, Math.abs(count)), 1);

  const onKeyDown = (event: KeyboardEvent<HTMLButtonElement>) => {
    const move = moves[event.key];
    if (move === undefined) return;
    event.preventDefault();
    const row = Math.max(0, Math.min(rows.length - 1, stop.row + move[0]));
    const column = Math.max(0, Math.min(columns.length - 1, stop.column + move[1]));
    setStop({ row, column });
    event.currentTarget.closest('table')?.querySelector<HTMLElement>(`[data-cell="${row} ${column}"]`)?.focus();
  };

  return (
    <table className="confusion" data-of={of} style={{ '--side': `${side}px` } as CSSProperties}>
      <caption className={tone === 'both' ? 'q2' : `label-${tone}`}>{title}</caption>
      <thead>
        <tr>
          {names && <td>&nbsp;</td>}
          {columns.map((name, k) => (
            <th key={name} scope="col" title={name}>
              <span className="vh">{multi ? 'label' : 'taken for'} </span>
              {multi ? (numbers ? ['found', 'missed', 'false', 'clear'][k] : k) : k}
              <span className="vh"> {shortName(name, 30)}</span>
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {rows.map((name, row) => {
          const own = counts.subarray(row * columns.length, (row + 1) * columns.length);
          const total = own.reduce((sum, count) => sum + Math.abs(count), 0);
          return (
            <tr key={row}>
              {names && (
                <th scope="row">
                  <span className="q">{row}</span> <Name text={name} longest={13} />
                </th>
              )}
              {columns.map((columnName, column) => {
                const count = own[column] as number;
                const share = tone === 'both' ? Math.abs(count) / peak : count / Math.max(1, total);
                const colour = tone === 'both' ? (count > 0 ? 'inmerge' : 'baseline') : tone;
                const chosen = cell?.row === row && cell.column === column;
                const said = multi ? `${name}: ${columnName}` : `${name} taken for ${columnName}`;
                return (
                  <td key={column} className={isRight(split, { row, column }) ? 'right' : undefined}>
                    <button
                      type="button"
                      data-cell={`${row} ${column}`}
                      tabIndex={stop.row === row && stop.column === column ? 0 : -1}
                      aria-pressed={chosen}
                      aria-label={`${title}: ${integer(count)}, ${said}`}
                      title={`${integer(count)}: ${said}`}
                      style={{
                        background: `color-mix(in srgb, var(--${colour}) ${Math.round(strongest * Math.sqrt(share))}%, var(--surface))`,
                      }}
                      onKeyDown={onKeyDown}
                      onFocus={() => setStop({ row, column })}
                      onClick={() => onCell(chosen ? null : { of, row, column })}
                    >
                      {numbers && count !== 0 && `${tone === 'both' && count > 0 ? '+' : ''}${shortCount(count, side)}`}
                    </button>
                  </td>
                );
              })}
            </tr>
          );
        })}
      </tbody>
    </table>
  );
});

/** Four digits need room. */
const shortCount = (count: number, side: number): string =>
  side < 30 && Math.abs(count) >= 1000 ? integer(count / 1000) + 'k' : integer(count);
