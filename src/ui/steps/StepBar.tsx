/** Which run is copied, the two steps, the way back to the start; and in words where the copy stands. */
import { armTitle } from '../../recipe/arms.ts';
import type { StepCopy } from '../../experiment/stepReports.ts';
import { integer, plural } from '../numbers.ts';
import { Segments } from '../parts/Segments.tsx';
import { useActions, useStudio } from '../studioContext.ts';

interface StepBarProps {
  readonly arms: readonly (string | null)[];
  readonly arm: string | null;
  readonly onArm: (arm: string | null) => void;
  readonly ready: boolean;
}

export function StepBar({ arms, arm, onArm, ready }: StepBarProps) {
  const stepping = useStudio((state) => state.stepping);
  const paused = useStudio((state) => state.status.at === 'paused');
  const { takeStep, resetCopy, closeCopy } = useActions();
  const copy = stepping?.copy ?? null;
  const error = stepping?.error ?? null;
  const busy = stepping !== null && stepping.asked !== null;
  const options = arms.map((name) => ({ value: name ?? '', label: armTitle(name) }));
  const choose = (name: string) => {
    closeCopy();
    onArm(name === '' ? null : name);
  };
  return (
    <section className="panel step-bar" aria-label="Steps">
      <div className="step-buttons">
        {options.length > 1 && <Segments label="Run that is copied" options={options} value={arm ?? ''} onChange={choose} />}
        <button
          type="button"
          className="btn"
          disabled={!ready}
          aria-disabled={busy}
          title="Merge step (M)"
          onClick={() => takeStep('merge', arm)}
        >
          Merge step
        </button>
        <button
          type="button"
          className="btn"
          disabled={!ready}
          aria-disabled={busy}
          title="Gradient step (G)"
          onClick={() => takeStep('gradient', arm)}
        >
          Gradient step
        </button>
        <button
          type="button"
          className="btn btn-bare"
          disabled={copy === null || copy.mergeSteps + copy.gradientSteps === 0}
          onClick={resetCopy}
        >
          Back to the start
        </button>
      </div>
      <p className="step-where" role="status" data-testid="step-where">
        {error !== null ? (
          <span className="step-error">
            {error.message} {error.remedy}
          </span>
        ) : busy ? (
          'Computing on the copy'
        ) : copy === null ? (
          <>A copy is taken with the first step. {paused && 'The paused run is not changed.'}</>
        ) : (
          <Where copy={copy} paused={paused} />
        )}
      </p>
    </section>
  );
}

function Where({ copy, paused }: { copy: StepCopy; paused: boolean }) {
  const { run, epoch, step, mergeSteps, gradientSteps } = copy;
  return (
    <>
      Copy of <b>{armTitle(run.arm)}</b>, seed {run.seed}, after step {integer(step)}
      {paused ? `, in epoch ${integer(epoch + 1)}` : `, with the weights of epoch ${integer(epoch)}`}:{' '}
      {plural(mergeSteps, 'merge step')}, {plural(gradientSteps, 'gradient step')} since.{' '}
      {copy.merges ? '' : 'This run does not merge; its copy may. '}
      The run itself is not changed.
    </>
  );
}
