/** The head of a table: one row of column titles, those of figures at the right. Columns that are `null` are not there. */
export interface Column {
  readonly title: string;
  /** A column of figures. */
  readonly num?: boolean;
  /** In the colour of an arm. */
  readonly series?: 'baseline' | 'inmerge';
  /** The title is only heard; the column draws. */
  readonly drawn?: string;
}

export function ColumnHeads({ columns }: { columns: readonly (Column | null)[] }) {
  return (
    <tr>
      {columns.map((column, k) =>
        column === null ? null : (
          <th
            key={k}
            scope="col"
            className={
              [column.num && 'num', column.series && `label-${column.series}`, column.drawn].filter(Boolean).join(' ') ||
              undefined
            }
          >
            {column.drawn === undefined ? column.title : <span className="vh">{column.title}</span>}
          </th>
        ),
      )}
    </tr>
  );
}
