/** Asks before a seed under way is lost, and says what stays. */
import type { MouseEvent } from 'react';
import { headline } from '../../store/comparison.ts';
import { isRunning, progressOf } from '../../store/status.ts';
import { plural } from '../numbers.ts';
import { Modal } from '../parts/Modal.tsx';
import { useActions, useGetState, useStudio } from '../studioContext.ts';

/** Through the dialog's own close, so that focus goes back where it was. */
const close = (event: MouseEvent<HTMLElement>): void => event.currentTarget.closest('dialog')?.close();

export function StopDialog({ onClose }: { onClose: () => void }) {
  const { stop } = useActions();
  const getState = useGetState();
  const running = useStudio((state) => isRunning(state.status));
  const saved = useStudio((state) => state.saved !== null);
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
          {saved && ' It can go on later, from where it was saved.'}
        </p>
        <div className="modal-actions">
          <button type="button" className="btn" onClick={close}>
            Keep training
          </button>
          <button
            type="button"
            className="btn btn-fill"
            disabled={!running}
            onClick={(event) => {
              stop();
              close(event);
            }}
          >
            Stop the experiment
          </button>
        </div>
      </div>
    </Modal>
  );
}
