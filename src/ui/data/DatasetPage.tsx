/** The dataset: images and counts by class, facts, every check, and the network that this recipe makes of it. */
import { integer, plural, duration } from '../numbers.ts';
import { usePage } from '../pageContext.ts';
import { Name } from '../parts/Name.tsx';
import { Panel } from '../parts/Panel.tsx';
import { useActions, useStudio } from '../studioContext.ts';
import { quick, sample } from '../../recipe/presets.ts';
import { PastExperiments } from '../library/PastExperiments.tsx';
import { Checks } from './Checks.tsx';
import { ClassRow } from './ClassRow.tsx';
import { Facts } from './Facts.tsx';
import { NetworkPanel } from './NetworkPanel.tsx';
import { isRunning } from '../../store/status.ts';

export function DatasetPage() {
  const dataset = useStudio((state) => state.dataset);
  const running = useStudio((state) => isRunning(state.status));
  const base = useStudio((state) => state.base);
  const { usePreset } = useActions();
  const { chooseFile } = usePage();
  if (dataset === null) return null;
  // The sample has a recipe of its own, and that is for the sample alone.
  const fitting = dataset.synthetic ? sample : quick;
  const misfit = (base.name === sample.name) !== dataset.synthetic;
  const { counts, classCounts, classNames } = dataset;
  const total = counts.train + counts.val + (counts.test ?? 0);
  const most = Math.max(1, ...classCounts.train, ...classCounts.val, ...(classCounts.test ?? []));
  return (
    <div
      className="pad data"
      data-testid="dataset"
      data-name={dataset.name}
      data-sha256={dataset.sha256}
      data-match={dataset.match ?? 'none'}
    >
      <div className="data-main">
        <Panel
          title={<Name text={dataset.fileName ?? dataset.title} longest={36} />}
          scope={`${plural(total, 'image')}, ${plural(classNames.length, 'class', 'classes')}, ${dataset.synthetic ? 'drawn' : 'read'} in ${duration(dataset.readMs)}`}
          end={
            running ? undefined : (
              <button type="button" className="btn btn-28" onClick={chooseFile}>
                Choose another file
              </button>
            )
          }
        >
          {misfit && !running && (
            <p className="hint">
              Your recipe was kept. The recipe <b>{fitting.name}</b> is sized for {dataset.synthetic ? 'this data' : 'files'}.{' '}
              <button type="button" className="link" onClick={() => usePreset(fitting.name)}>
                Use it
              </button>
            </p>
          )}
          <div className="class-head" aria-hidden="true">
            <span>Class</span>
            <span>
              First training images, {dataset.width} × {dataset.height} px
            </span>
            <span>Images per split, one scale</span>
          </div>
          <ul className="classes">
            {classNames.map((name, index) => (
              <ClassRow
                key={index}
                index={index}
                name={name}
                counts={[
                  classCounts.train[index] ?? 0,
                  classCounts.val[index] ?? 0,
                  classCounts.test === null ? null : (classCounts.test[index] ?? 0),
                ]}
                trainImages={counts.train}
                most={most}
                thumbnails={dataset.thumbnails.find((entry) => entry.classIndex === index) ?? null}
              />
            ))}
          </ul>
        </Panel>
        <NetworkPanel />
      </div>
      <div className="data-side">
        <Panel title="Facts">
          <Facts dataset={dataset} />
        </Panel>
        <Panel title="Checks" end={<span className="scope">{checkSummary(dataset.checks.map((check) => check.level))}</span>}>
          <Checks checks={dataset.checks} />
        </Panel>
        <PastExperiments />
      </div>
    </div>
  );
}

function checkSummary(levels: readonly string[]): string {
  const passed = levels.filter((level) => level === 'passed').length;
  const review = levels.filter((level) => level === 'review').length;
  return review === 0 ? `${integer(passed)} passed` : `${integer(passed)} passed, ${integer(review)} to review`;
}
