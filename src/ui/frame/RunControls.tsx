/** Pause, resume and stop while an experiment runs; and the way to single steps, where it rests. */
import { usePage } from '../pageContext.ts';
import { Icon } from '../parts/Icon.tsx';
import { useActions, useStudio } from '../studioContext.ts';
import { isRunning } from '../../store/status.ts';
import { mayStep } from '../../store/stepping.ts';

export function RunControls() {
  const status = useStudio((state) => state.status);
  const { pause, resume, showMerges } = useActions();
  const ready = useStudio(mayStep);
  const { setDialog } = usePage();
  const step = (
    <button
      type="button"
      className="btn btn-28 step-entry"
      title="One step at a time, on a copy"
      disabled={!ready}
      onClick={() => showMerges('steps')}
    >
      Step
    </button>
  );
  if (!isRunning(status)) return ready ? <div className="run-controls">{step}</div> : null;
  const asked = status.at === 'training' || status.at === 'paused' ? status.asked : null;
  return (
    <div className="run-controls">
      {status.at === 'paused' ? (
        <button
          type="button"
          className="btn btn-icon"
          aria-label="Resume"
          title="Resume (Space)"
          disabled={asked !== null}
          onClick={resume}
        >
          <Icon name="play" />
        </button>
      ) : (
        <button
          type="button"
          className="btn btn-icon"
          aria-label="Pause"
          title="Pause (Space)"
          disabled={status.at !== 'training' || asked !== null}
          onClick={pause}
        >
          <Icon name="pause" />
        </button>
      )}
      <button
        type="button"
        className="btn btn-icon"
        aria-label="Stop"
        title="Stop"
        disabled={asked === 'stop'}
        onClick={() => setDialog('stop')}
      >
        <Icon name="stop" />
      </button>
      {status.at === 'paused' && step}
    </div>
  );
}
