/** What reports hold beyond the headline: every arm, every class, McNemar's test, and the figures of a sweep. */
import { useMemo } from 'react';
import { ablationFigures } from '../../report/ablation.ts';
import type { Figure } from '../../report/figure.ts';
import { fontFace } from '../../report/font.ts';
import { Study } from '../../report/study.ts';
import { figureHeight, figureSvg, figureWidth } from '../../report/svg.ts';
import { asRead, type Cell, type Table } from '../../report/table.ts';
import { classTable, mcNemarTable, seedTable } from '../../report/tables.ts';
import { areaTable, headTable } from '../../report/tablesOf.ts';
import type { ExperimentRecord } from '../../store/record.ts';
import { ColumnHeads } from '../parts/ColumnHeads.tsx';
import { Panel } from '../parts/Panel.tsx';
import { useFromRecord } from '../studioContext.ts';

interface Found {
  readonly tables: readonly Table[];
  readonly figures: readonly Figure[];
}

function foundIn(record: ExperimentRecord): Found {
  const recipe = record.wholeRecipe;
  const facts = { name: recipe.name, datasetTitle: '', startedAt: 0, savedAt: 0, fraction: 0, seeds: 0, difference: null };
  const study = new Study({
    format: 'inmerge-experiment',
    recipe,
    history: record.told,
    record: { ...facts, state: 'interrupted' },
  });
  // What is of one base is of the one that is shown; the paper's two tables are of all.
  const shown = study.bases.find(({ base }) => base.name === record.base)?.study ?? study;
  // The headline's panels show two arms; where there are more, every one stands here.
  const all = study.arms.length > 2 || study.bases.length > 1 ? [headTable(study), seedTable(shown)] : [];
  return {
    tables: [...all, areaTable(study), classTable(shown), mcNemarTable(shown)].flatMap((table) => table ?? []),
    figures: ablationFigures(shown),
  };
}

export default function ReportTables() {
  const found = useFromRecord(foundIn);
  return (
    <>
      {found?.figures.map((figure) => (
        <Panel key={figure.id} title={figure.title} scope={figure.caption}>
          <FigureImage figure={figure} />
        </Panel>
      ))}
      {found?.tables.map((table) => (
        <Panel key={table.id} title={table.title}>
          <TableView table={table} />
        </Panel>
      ))}
    </>
  );
}

/** As it is exported, on white in both themes. */
function FigureImage({ figure }: { figure: Figure }) {
  const url = useMemo(() => `data:image/svg+xml;charset=utf-8,${encodeURIComponent(figureSvg(figure, fontFace))}`, [figure]);
  const alt = `${figure.title}: ${figure.series.map((each) => `${each.name} at ${each.points.map((point) => `${point.x}: ${(point.mean * figure.scale).toFixed(2)}`).join(', ')}`).join('; ')}`;
  return <img className="figure-image" src={url} alt={alt} width={figureWidth} height={figureHeight} />;
}

function TableView({ table }: { table: Table }) {
  const { columns, foot, id, notes, rows, title } = asRead(table);
  const row = (cells: readonly Cell[], at: number) => (
    <tr key={at}>
      {cells.map((cell, k) =>
        k === 0 ? (
          <th key={k} scope="row">
            {cell.text}
          </th>
        ) : (
          <td key={k} className={columns[k]?.numeric === true ? 'num' : undefined}>
            {cell.text}
          </td>
        ),
      )}
    </tr>
  );
  return (
    <>
      {/* oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- a scrolling region must be reachable by key */}
      <div className="table-scroll" role="region" aria-label={title} tabIndex={0}>
        <table className="table" data-table={id}>
          <thead>
            <ColumnHeads columns={columns.map(({ name, numeric }) => ({ title: name, num: numeric }))} />
          </thead>
          <tbody>{rows.map(row)}</tbody>
          {foot.length > 0 && <tfoot>{foot.map(row)}</tfoot>}
        </table>
      </div>
      <p className="table-notes xs q">{notes.join(' ')}</p>
    </>
  );
}
