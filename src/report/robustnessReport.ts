/** The robustness of an experiment's arms as a table of its report: balanced error per corruption, and its rise over clean. */
import { fixed, intervalText, signed, spreadText } from './numberText.ts';
import { robustnessTable, type RobustnessRow } from './robustness.ts';
import type { Study } from './study.ts';
import { percent, text, type Cell, type Column, type Table } from './table.ts';

/** Null where robustness was not measured. */
export function robustnessReportTable(study: Study): Table | null {
  const { robustness } = study.results;
  const { baseline } = study;
  if (robustness === undefined || baseline === null) return null;
  const others = study.arms.filter((arm) => arm.name !== baseline.name);
  const tables = others.map((arm) => ({ arm, table: robustnessTable(robustness, [baseline.name, arm.name]) }));
  const first = tables[0]?.table;
  if (first === undefined) return null;
  const numeric = (name: string): Column => ({ name, numeric: true });
  const row = (at: number, label: string): Cell[] => [
    text(label),
    errorCell(first.rows[at], 0),
    ...tables.flatMap(({ table }) => {
      const found = table.rows[at];
      const difference = found?.error ?? null;
      return [
        errorCell(found, 1),
        percent(difference?.mean ?? null, (mean) => signed(mean, 2)),
        difference === null || difference.interval === null ? text('–') : text(intervalText(difference.interval, 100, 2)),
      ];
    }),
  ];
  const clean = (at: number, table: typeof first): Cell => {
    const error = table.clean[at]?.error;
    return percent(error?.mean ?? null, () => (error === undefined ? '–' : spreadText(error, 100, 2)));
  };
  return {
    id: 'robustness',
    title: 'Balanced error on corrupted test images',
    notes: [
      `Corruptions and severities are MedMNIST-C’s (${robustness.source}), chosen for 224 px; these images have ${robustness.width} px a side, so that the errors compare the arms and not with published ones.`,
      'Each figure is the mean over five severities, mean ± standard deviation over seeds; differences are to the baseline, seed by seed, with the 95 % interval of Student’s t.',
      `${fixed(robustness.images, 0)} test images.`,
    ],
    columns: [
      { name: 'Corruption', numeric: false },
      numeric(`${baseline.title}, %`),
      ...others.flatMap((arm) => [
        numeric(`${arm.title}, %`),
        numeric(`${arm.title} − ${baseline.title}, pp`),
        numeric('95 % CI, pp'),
      ]),
    ],
    rows: [
      [text('none'), clean(0, first), ...tables.flatMap(({ table }) => [clean(1, table), text('–'), text('–')])],
      ...robustness.corruptions.map((name, at) => row(at, name.replaceAll('_', ' '))),
    ],
    foot: [row(robustness.corruptions.length, 'mean of all')],
  };
}

function errorCell(row: RobustnessRow | undefined, arm: number): Cell {
  const error = row?.arms[arm]?.error;
  return percent(error?.mean ?? null, () => (error === undefined ? '–' : spreadText(error, 100, 2)));
}
