/** The next step where an experiment was interrupted: one button takes it up where it was saved last. */
import { interruptedOf } from '../../store/libraryActions.ts';
import type { SavedExperiment } from '../../worker/protocol.ts';
import { moment, percent } from '../numbers.ts';
import { Icon } from '../parts/Icon.tsx';
import { Name } from '../parts/Name.tsx';
import { useActions, useStudio } from '../studioContext.ts';

/** The experiment that the page offers to go on with; null where there is none, or where it is already under way. */
export function useInterrupted(): SavedExperiment | null {
  return useStudio((state) => interruptedOf(state.past));
}

export function ResumeCard() {
  const saved = useInterrupted();
  const busy = useStudio((state) => state.asked !== null || state.status.at === 'preparing');
  const { resumePast } = useActions();
  if (saved === null) return null;
  return (
    <section className="panel resume" data-testid="resume" aria-label="Interrupted experiment">
      <div>
        <p className="resume-title">
          Your experiment on <Name text={saved.datasetTitle} longest={36} /> was interrupted at {percent(saved.fraction, 0)}
        </p>
        <p className="sm q">
          Recipe <Name text={saved.name} longest={28} />, saved {moment(saved.savedAt)}. It ends in the same numbers as without a
          break.
        </p>
      </div>
      <button type="button" className="btn btn-fill" disabled={busy} onClick={() => resumePast(saved)}>
        <Icon name="play" />
        Resume
      </button>
    </section>
  );
}
