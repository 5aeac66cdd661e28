/** Where a table would have too many cells: the confusions that happen most, as a list. */
import type { Confusion } from '../../report/confusion.ts';
import type { ChosenCell } from '../../store/predictions.ts';
import { integer } from '../numbers.ts';
import { Name } from '../parts/Name.tsx';

const most = 40;

interface CommonConfusionsProps {
  readonly of: ChosenCell['of'];
  readonly title: string;
  readonly table: {
    readonly rows: Confusion['rows'];
    readonly columns: Confusion['columns'];
    readonly counts: Int32Array;
  };
  readonly cell: ChosenCell | null;
  readonly onCell: (cell: ChosenCell | null) => void;
}

export function CommonConfusions({ of, title, table, cell, onCell }: CommonConfusionsProps) {
  const { rows, columns, counts } = table;
  const cells = [...counts]
    .map((count, at) => ({ count, row: Math.floor(at / columns.length), column: at % columns.length }))
    .filter(({ count, row, column }) => count !== 0 && row !== column)
    .sort((a, b) => Math.abs(b.count) - Math.abs(a.count))
    .slice(0, most);
  return (
    <div className="common-confusions">
      <p className="sm q">
        {rows.length} classes are too many for a table: the {cells.length} largest confusions, {title}.
      </p>
      <ul>
        {cells.map(({ count, row, column }) => {
          const chosen = cell?.of === of && cell.row === row && cell.column === column;
          return (
            <li key={`${row} ${column}`}>
              <button type="button" aria-pressed={chosen} onClick={() => onCell(chosen ? null : { of, row, column })}>
                <b className="num">{integer(count)}</b>
                <span>
                  <Name text={rows[row] ?? ''} longest={28} /> taken for <Name text={columns[column] ?? ''} longest={28} />
                </span>
              </button>
            </li>
          );
        })}
      </ul>
    </div>
  );
}
