/** The next step: Train, or while an experiment runs its progress with the time left, and pause and resume. */
import { useEffect } from 'react';
import { armTitle, armsOf } from '../../recipe/arms.ts';
import { basesOf } from '../../recipe/bases.ts';
import { stoppedOf } from '../../store/libraryActions.ts';
import { isTrained } from '../../store/moreSeeds.ts';
import { blocker } from '../../store/readiness.ts';
import { isRunning, progressOf } from '../../store/status.ts';
import { estimate, percent, plural, timeLeft } from '../numbers.ts';
import { Icon } from '../parts/Icon.tsx';
import { useActions, useStudio } from '../studioContext.ts';
import { useForecast } from '../useForecast.ts';
import { ProgressLine } from './ProgressLine.tsx';
import { useKeptFocus } from './useKeptFocus.ts';

export function TrainFoot() {
  const status = useStudio((state) => state.status);
  const blocked = useStudio((state) => blocker(state)?.text ?? null);
  const otherData = useStudio((state) => blocker(state)?.code === 'other-dataset');
  const planned = useStudio((state) => state.recipe.seeds.length);
  const arms = useStudio((state) => armsOf(state.recipe).length);
  const bases = useStudio((state) => basesOf(state.recipe).length);
  const forecast = useStudio((state) => state.forecast);
  useForecast();
  const trained = useStudio(isTrained);
  const stopped = useStudio(stoppedOf);
  const asked = useStudio((state) => state.asked !== null || state.measuring !== null);
  const tab = useStudio((state) => state.tab);
  const { start, pause, resume, resumePast, showTab, useWithThisDataset } = useActions();
  const [root, keepFocus] = useKeptFocus<HTMLDivElement>(
    `${status.at} ${tab} ${'asked' in status ? status.asked : ''} ${blocked}`,
  );
  const pressing = (act: () => void) => () => {
    keepFocus();
    act();
  };
  const drawing = status.at === 'reading' && status.fileName === 'sample';
  // The button that asked for the sample goes with its page.
  useEffect(() => {
    if (drawing) keepFocus();
  }, [drawing, keepFocus]);
  if (isRunning(status)) {
    const progress = progressOf(status);
    return (
      <div className="rail-foot" ref={root}>
        <div data-testid="progress">
          {progress === null ? (
            <p className="progress-text progress-stage">{status.at === 'preparing' ? status.stage : 'Starting'}</p>
          ) : (
            <>
              <ProgressLine
                label={`${armTitle(progress.run.arm)} · epoch ${progress.epoch} of ${progress.epochs}`}
                fraction={progress.step / progress.stepsPerEpoch}
                end={timeLeft(progress.epochLeftMs)}
              />
              <ProgressLine
                label={`Experiment · ${percent(progress.fraction, 0)}`}
                fraction={progress.fraction}
                end={timeLeft(progress.experimentLeftMs)}
              />
            </>
          )}
        </div>
        {status.at === 'paused' ? (
          <button type="button" className="btn btn-fill" disabled={status.asked !== null} onClick={pressing(resume)}>
            <Icon name="play" />
            Resume training
          </button>
        ) : (
          <button
            type="button"
            className="btn"
            disabled={status.at !== 'training' || status.asked !== null}
            onClick={pressing(pause)}
          >
            <Icon name="pause" />
            Pause training
          </button>
        )}
      </div>
    );
  }
  const willTake =
    forecast === null
      ? ''
      : forecast.newRuns === 0
        ? 'Trained before: told again at once, as another entry without kernels. '
        : `${sentence(estimate(forecast.ms))}${forecast.measured ? '' : ', at a guess'}. `;
  return (
    <div className="rail-foot" ref={root}>
      {otherData && (
        <div className="other-data" data-testid="other-dataset">
          <p>{blocked}</p>
          <button type="button" className="btn btn-28" onClick={useWithThisDataset}>
            Use it with this dataset
          </button>
        </div>
      )}
      {stopped !== null && (
        <button type="button" className="btn btn-fill" disabled={asked} onClick={pressing(() => resumePast(stopped))}>
          <Icon name="play" />
          Resume where it stopped
        </button>
      )}
      {trained && tab !== 'results' && (
        <button type="button" className="btn btn-fill" onClick={pressing(() => showTab('results'))}>
          See the results
        </button>
      )}
      <button
        type="button"
        className={blocked === null && !trained && stopped === null ? 'btn btn-fill' : 'btn'}
        disabled={blocked !== null}
        aria-describedby="train-note"
        onClick={pressing(start)}
      >
        Train
      </button>
      <p id="train-note" className="rail-foot-note">
        {otherData
          ? 'Training waits for your choice'
          : (blocked ??
            (trained
              ? 'Trained as it is: change a setting to train another. Train tells these runs again, as an entry without kernels.'
              : `${willTake}${plural(planned, 'seed')}${planned > 1 ? ', each' : ':'} ${bases === 1 ? 'a backbone' : plural(bases, 'backbone')}, then ${arms === 2 ? 'both arms' : plural(arms, 'arm')} from ${bases === 1 ? 'it' : 'each'}`))}
      </p>
    </div>
  );
}

const sentence = (text: string): string => `${text.charAt(0).toUpperCase()}${text.slice(1)}`;
