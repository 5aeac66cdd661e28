/** The strip of numbers: both arms, their difference with its interval, and the seeds won so far. */
import type { ReactNode } from 'react';
import { headline } from '../../store/comparison.ts';
import type { Summary } from '../../report/statistics.ts';
import { percent, plural, points } from '../numbers.ts';
import { useFromRecord, useStudio } from '../studioContext.ts';
import { useComparedTitle } from '../useComparedTitle.ts';
import { isRunning, progressOf } from '../../store/status.ts';
import { ArmPicker } from './ArmPicker.tsx';
import { DifferenceAxis, longestName } from './DifferenceAxis.tsx';
import { certainty } from '../../report/certainty.ts';
import { trainingMeaning } from './trainingMeaning.ts';

export function Headline() {
  const record = useStudio((state) => state.record);
  const live = useFromRecord(headline);
  const merging = useComparedTitle();
  const runningSeed = useStudio((state) => {
    const run = progressOf(state.status)?.run;
    return run === undefined || (run.base ?? null) !== state.record?.base ? null : run.seed;
  });
  const running = useStudio((state) => isRunning(state.status));
  if (record === null || live === null) return null;
  const { difference } = live;
  // It stands in the list of arms beside; a whole setting has no room here again.
  const long = merging.length > longestName;
  const seeds = record.seeds;
  const complete = live.completeSeeds;
  const won = difference !== null && complete.length > 0 ? difference.differences : [];
  return (
    <section className="panel headline" aria-label="Validation accuracy so far">
      <ArmCell
        name="Baseline"
        series="baseline"
        summary={live.baseline}
        training={live.baselineTraining}
        epoch={live.baselineEpoch}
        waiting={running ? 'starts after the backbone' : 'did not begin'}
      />
      <ArmCell
        name={<ArmPicker />}
        series="inmerge"
        summary={live.inmerge}
        training={live.inmergeTraining}
        // The list of arms needs the room.
        epoch={record.arms.length > 2 && live.inmergeEpoch === live.baselineEpoch ? null : live.inmergeEpoch}
        waiting={running ? 'starts after the backbone' : 'did not begin'}
      />
      <div className="headline-difference">
        <div>
          <p className="headline-label">
            {long ? 'Difference to Baseline' : `Difference, ${merging} − Baseline`}
            <span className="wide-only q">validation</span>
          </p>
          <p className="big" data-testid="difference">
            {difference === null ? <span className="q">–</span> : `${points(difference.mean)} pp`}
            {difference !== null && difference.interval !== null && (
              <small>
                <span className="widest-only">95 % CI </span>[{points(difference.interval[0])}, {points(difference.interval[1])}]
              </small>
            )}
          </p>
          <p className="xs q">
            {difference !== null
              ? certainty(difference)
              : running
                ? 'Comes with the first epoch of both arms'
                : 'No epoch of both arms'}
          </p>
        </div>
        {difference !== null && <DifferenceAxis difference={difference} merging={merging} />}
      </div>
      <div>
        <p className="headline-label">Seeds won by {long ? 'the arm' : merging}</p>
        <p className="dots">
          {complete.length === 0 ? (
            <b className="q">–</b>
          ) : (
            <b>
              {won.filter((value) => value > 0).length} of {complete.length}
            </b>
          )}
          {seeds.slice(0, 10).map((seed) => {
            const index = complete.indexOf(seed);
            const value = won[index];
            const state =
              index < 0 || value === undefined
                ? seed === runningSeed
                  ? 'running'
                  : 'waiting'
                : value > 0
                  ? 'won'
                  : value < 0
                    ? 'lost'
                    : 'even';
            return <i key={seed} className={`dot-${state}`} title={`seed ${seed}: ${state}`} />;
          })}
        </p>
        <p className="xs q">
          {complete.length === seeds.length
            ? `${plural(seeds.length, 'seed')}, all complete`
            : complete.length > 0
              ? `${plural(complete.length, 'seed')} of ${seeds.length} complete`
              : running
                ? 'Counted once a seed is complete'
                : 'No seed is complete'}
        </p>
      </div>
    </section>
  );
}

interface ArmCellProps {
  readonly name: ReactNode;
  readonly series: 'baseline' | 'inmerge';
  readonly summary: Summary | null;
  readonly training: number | null;
  readonly epoch: number | null;
  readonly waiting: string;
}

/** What the number is, over how many seeds; below it of what, beside the training accuracy where that is known. */
function below({ n, std }: Summary, training: number | null): ReactNode {
  const beside = training === null ? [] : [`training ${percent(training)}`];
  return (
    <>
      {std === null ? 'validation, 1 seed' : `mean ± std, ${n} seeds`}
      <br />
      {(std === null ? beside : ['validation', ...beside]).join('; ')}
    </>
  );
}

function ArmCell({ name, series, summary, training, epoch, waiting }: ArmCellProps) {
  return (
    <div>
      <p className="headline-label">
        <i className={`key key-${series}`} aria-hidden="true" />
        {name}
        {epoch !== null && <span className="q">epoch {epoch}</span>}
      </p>
      <p className="big" data-testid={`live-${series}`}>
        {summary === null ? <span className="q">–</span> : percent(summary.mean)}
        {summary !== null && summary.std !== null && <small>± {(summary.std * 100).toFixed(1)}</small>}
      </p>
      <p className="xs q" title={training === null ? undefined : trainingMeaning}>
        {summary === null ? waiting : below(summary, training)}
      </p>
    </div>
  );
}
