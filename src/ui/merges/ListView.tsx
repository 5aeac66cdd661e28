/** Every accepted merge as it happened, by layer, and what each layer merged in all. */
import { useMemo } from 'react';
import { merging } from '../../store/merging.ts';
import { convolutionTitles, networkOf } from '../../store/networkView.ts';
import { isRunning } from '../../store/status.ts';
import { integer, percent, plural, similarity } from '../numbers.ts';
import { ColumnHeads } from '../parts/ColumnHeads.tsx';
import { Panel } from '../parts/Panel.tsx';
import { useActions, useFromRecord, useStudio } from '../studioContext.ts';
import { MergeList } from './MergeList.tsx';
import { NoMerges } from './NoMerges.tsx';
import { useListedRows } from './useMergeRows.ts';

export function ListView() {
  const record = useStudio((state) => state.record);
  const dataset = useStudio((state) => state.trainedOn?.dataset ?? null);
  const layer = useStudio((state) => (state.mergeLook.allLayers ? null : state.selection.layer));
  const rows = useListedRows();
  const running = useStudio((state) => isRunning(state.status));
  const { showMergesOf } = useActions();
  const counts = useFromRecord(merging);
  const titles = useMemo(
    () => (record === null ? [] : convolutionTitles(networkOf(record.started.recipe, dataset))),
    [record, dataset],
  );
  if (record === null || counts === null) return null;
  const count = rows?.length ?? record.log.length;
  const none = record.log.length === 0;
  return (
    <div className="merges">
      <Panel
        title="Merges"
        scope={
          <>
            {plural(count, 'merge')}
            {count < record.log.length && ` of ${integer(record.log.length)}`}; K<sub>i</sub> ← K<sub>j</sub>: i took a share of j
          </>
        }
        className="merges-list"
      >
        {none ? (
          <div className="panel-body">
            {counts.tried > 0 ? (
              <NoMerges />
            ) : (
              <p className="q">
                {running ? 'Merges come with the first epoch of InMerge.' : 'The experiment ended before InMerge began.'}
              </p>
            )}
          </div>
        ) : (
          <MergeList record={record} rows={rows} count={count} titles={titles} follow={running} />
        )}
      </Panel>
      <Panel title="By layer" scope="all seeds" className="merges-layers">
        <table className="table">
          <thead>
            <ColumnHeads
              columns={[
                { title: 'Layer' },
                { title: 'Tried', num: true },
                { title: 'Merged', num: true },
                { title: 'Share', num: true },
                { title: 'Highest', num: true },
              ]}
            />
          </thead>
          <tbody>
            {counts.layers.map((row) => (
              <tr key={row.layer} className={row.layer === layer ? 'chosen' : undefined}>
                <td>
                  <button
                    type="button"
                    className="pair-button"
                    aria-pressed={row.layer === layer}
                    onClick={() => showMergesOf(row.layer === layer ? null : row.layer)}
                  >
                    {titles[row.layer] ?? row.layer}
                  </button>
                </td>
                <td className="num">{integer(row.tried)}</td>
                <td className="num">{integer(row.merged)}</td>
                <td className="num">{row.tried === 0 ? '–' : percent(row.merged / row.tried, 2)}</td>
                <td className="num">{similarity(row.highest)}</td>
              </tr>
            ))}
          </tbody>
          <tfoot>
            <tr>
              <td>all</td>
              <td className="num">{integer(counts.tried)}</td>
              <td className="num">{integer(counts.merged)}</td>
              <td className="num">{counts.tried === 0 ? '–' : percent(counts.merged / counts.tried, 2)}</td>
              <td className="num">{similarity(counts.highest)}</td>
            </tr>
          </tfoot>
        </table>
      </Panel>
    </div>
  );
}
