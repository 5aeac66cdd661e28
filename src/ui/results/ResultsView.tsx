/** Results: what to report, how sure it is, seed by seed, and what it was made with. */
import { lazy, Suspense } from 'react';
import { fields } from '../../recipe/fields.ts';
import { results } from '../../store/comparison.ts';
import { merging } from '../../store/merging.ts';
import type { ExperimentRecord } from '../../store/record.ts';
import { isRunning } from '../../store/status.ts';
import { NoMerges } from '../merges/NoMerges.tsx';
import { plural } from '../numbers.ts';
import { Panel } from '../parts/Panel.tsx';
import { useFromRecord, useStudio } from '../studioContext.ts';
import { CopyTable } from './CopyTable.tsx';
import { ExportButton } from './ExportButton.tsx';
import { DenseMerging } from './DenseMerging.tsx';
import { Details } from './Details.tsx';
import { SeedTable } from './SeedTable.tsx';
import { SummaryTable, type BaseResults } from './SummaryTable.tsx';
import { Verdict } from './Verdict.tsx';

const ReportTables = lazy(() => import('./ReportTables.tsx'));
const RobustnessPanel = lazy(() => import('../robustness/RobustnessPanel.tsx'));

/** On every base that has some, each arm against the arm without merging of the same base. */
const resultsOfAll = (record: ExperimentRecord): BaseResults[] =>
  record.bases.flatMap((each) => {
    const found = results(each);
    return found === null ? [] : [{ base: each.base, title: each.title, results: found }];
  });

export function ResultsView() {
  const record = useStudio((state) => state.record);
  const running = useStudio((state) => isRunning(state.status));
  const ended = useStudio((state) => state.ended);
  const found = useFromRecord(results);
  const groups = useFromRecord(resultsOfAll) ?? [];
  const merges = useFromRecord(merging);
  if (record === null) return null;
  const any = groups[0]?.results;
  const { selectBy } = record.started.recipe;
  const selection = fields.selectBy.options.find((option) => option.value === selectBy)?.label ?? selectBy;
  return (
    <div className="pad results" data-testid="results" data-complete={!running && ended?.how === 'finished'}>
      <div className="results-main">
        {found === null && (
          <section className="panel results-wait">
            <p className="b">
              {running ? 'Results come when an arm is complete' : 'The experiment ended before an arm was complete'}
              {record.title !== '' && `, on ${record.title}`}
            </p>
            <p className="q2">
              {running
                ? 'Each run is tested once, at the epoch that its validation selects.'
                : 'Curves and merges so far stand on the other tabs.'}
            </p>
          </section>
        )}
        {found !== null && <Verdict results={found} running={running} selection={selection} />}
        {found !== null && merges !== null && merges.merged === 0 && merges.tried > 0 && (
          <section className="panel panel-note">
            <NoMerges />
          </section>
        )}
        {found !== null && <DenseMerging results={found} tau={record.started.recipe.merging.tau} />}
        {any !== undefined && (
          <Panel
            title={any.split === 'test' ? 'Test results' : 'Validation results'}
            scope={
              any.split === 'test'
                ? `${any.seeds.length > 1 ? `mean ± std of ${any.seeds.length} seeds, ` : ''}each run tested once, at its selected epoch: ${selection}`
                : 'the dataset has no test split: these are the numbers the epoch was selected by'
            }
            end={
              <>
                <CopyTable />
                <ExportButton />
              </>
            }
          >
            <SummaryTable groups={groups} />
          </Panel>
        )}
        {found !== null && (
          <>
            {record.seeds.length > 1 && (
              <Panel title="By seed" scope={`${plural(found.seeds.length, 'seed')} of ${record.seeds.length} complete`}>
                <SeedTable results={found} />
              </Panel>
            )}
            <Suspense fallback={null}>
              <ReportTables />
              {found.split === 'test' && <RobustnessPanel />}
            </Suspense>
          </>
        )}
      </div>
      <div className="results-side">
        <Details />
        <Panel title="How to read this">
          <div className="panel-body reading-notes">
            <p>
              <b>Difference</b> is taken seed by seed, then averaged: what both arms share, the backbone and the batches, cancels
              out.
            </p>
            <p>
              <b>Interval</b> is the 95 % interval of Student’s t over the seeds. It would cover the true mean difference in 95 of
              100 repeats of the whole procedure, and says nothing about other datasets.
            </p>
            <p>
              <b>pp</b> are percentage points: from 95.8 % to 96.5 % is +0.7 pp.
            </p>
          </div>
        </Panel>
      </div>
    </div>
  );
}
