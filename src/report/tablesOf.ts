/**
 * All tables of a report. Where the recipe has several bases, the paper's two tables have a row for every arm of every base,
 * as its Table 1 has one for every network; the others are of one base each. A difference is always within one base.
 */
import { robustnessReportTable } from './robustnessReport.ts';
import type { BaseStudy, Study } from './study.ts';
import { text, type Table } from './table.ts';
import { classTable, mcNemarTable, seedTable, table1, table2 } from './tables.ts';

export function tablesOf(study: Study): Table[] {
  const several = study.bases.length > 1;
  const ofEach = [classTable, seedTable, mcNemarTable, robustnessReportTable].flatMap((make) =>
    study.bases.flatMap((base) => {
      const table = make(base.study);
      return table === null ? [] : [several ? named(table, base) : table];
    }),
  );
  return [headTable(study), areaTable(study), ...ofEach].flatMap((table) => table ?? []);
}

/** Table 2 of the paper, over all bases. */
export const headTable = (study: Study): Table | null =>
  overBases(study, table2, ['Every difference is between arms of one network from the same start weights.']);

/** Table 1 of the paper: of one base a column for every arm; of several a row, and the classes beside one another. */
export const areaTable = (study: Study): Table | null =>
  study.bases.length === 1 ? table1(study) : overBases(study, (each) => turned(table1(each)));

/** The rows of every base under one another, with a column that says whose they are. */
function overBases(study: Study, make: (study: Study) => Table | null, more: readonly string[] = []): Table | null {
  const { bases } = study;
  if (bases.length === 1) return make(study);
  const tables = bases.flatMap(({ study: each, title }) => {
    const table = make(each);
    return table === null ? [] : [{ table, title }];
  });
  const first = tables[0]?.table;
  if (first === undefined) return null;
  return {
    ...first,
    notes: [
      ...first.notes.filter((note) => tables.every(({ table }) => table.notes.includes(note))),
      ...more,
      ...tables.flatMap(({ table, title }) =>
        table.notes
          .filter((note) => !tables.every((other) => other.table.notes.includes(note)))
          .map((note) => `${title}: ${note}`),
      ),
    ],
    columns: [{ name: headOf(study), numeric: false }, ...first.columns],
    rows: tables.flatMap(({ table, title }) => table.rows.map((row) => [text(title), ...row])),
    foot: tables.flatMap(({ table, title }) => table.foot.map((row) => [text(title), ...row])),
  };
}

/** What the bases differ by. */
function headOf({ bases }: Study): string {
  const several = (part: (base: BaseStudy) => unknown) => new Set(bases.map((base) => JSON.stringify(part(base)))).size > 1;
  const parts = [
    ...(several(({ base }) => base.network) ? ['Network'] : []),
    ...(several(({ base }) => base.start) ? ['start weights'] : []),
  ];
  const joined = parts.join(', ');
  return joined.charAt(0).toUpperCase() + joined.slice(1);
}

/** A table of classes by arms as one of arms by classes; what summed up becomes the last column. */
function turned(table: Table | null): Table | null {
  if (table === null) return null;
  const [, ...arms] = table.columns;
  const lines = [...table.rows, ...table.foot];
  return {
    ...table,
    columns: [{ name: 'Arm', numeric: false }, ...lines.map((row) => ({ name: row[0]?.text ?? '', numeric: true }))],
    rows: arms.map((arm, at) => [text(arm.name), ...lines.map((row) => row[at + 1] ?? text('–'))]),
    foot: [],
  };
}

const named = (table: Table, { base, title }: BaseStudy): Table => ({
  ...table,
  id: base.name === null ? table.id : `${table.id}-${base.name}`,
  title: `${table.title}, ${title}`,
});
