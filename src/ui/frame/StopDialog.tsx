/** Asks before a seed under way is lost, and says what stays. */
import { headline } from '../../store/comparison.ts';
import { isRunning, progressOf } from '../../store/status.ts';
import { plural } from '../numbers.ts';
import { Modal } from '../parts/Modal.tsx';
import { useActions, useGetState, useStudio } from '../studioContext.ts';

export function StopDialog({ onClose }: { onClose: () => void }) {
  const { stop } = useActions();
  const getState = useGetState();
  const running = useStudio((state) => isRunning(state.status));
  const { record, status } = getState();
  const seed = progressOf(status)?.run.seed ?? null;
  const complete = record === null ? 0 : headline(record).completeSeeds.length;
  return (
    <Modal title="Stop the experiment?" onClose={onClose}>
      <div className="modal-body">
        <p>
          {running
            ? `${seed === null ? 'The run under way' : `Seed ${seed}`} is not complete: it will have no result for one or both arms.`
            : 'The experiment has ended by itself in the meantime.'}
        </p>
        <p className="q">
          {complete === 0
            ? 'Curves and merges so far stay on the page.'
            : `${plural(complete, 'seed')} with both arms complete, and all curves and merges so far, stay.`}
        </p>
        <form method="dialog" className="modal-actions">
          <button className="btn">Keep training</button>
          <button className="btn btn-fill" onClick={stop} disabled={!running}>
            Stop the experiment
          </button>
        </form>
      </div>
    </Modal>
  );
}
