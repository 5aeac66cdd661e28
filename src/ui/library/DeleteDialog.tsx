/** Asks before an experiment is deleted, and says what that frees. */
import type { MouseEvent } from 'react';
import { pastTitle } from '../../store/libraryActions.ts';
import type { SavedExperiment } from '../../worker/protocol.ts';
import { bytes, percent } from '../numbers.ts';
import { Modal } from '../parts/Modal.tsx';
import { Name } from '../parts/Name.tsx';
import { useActions } from '../studioContext.ts';

/** Through the dialog's own close, so that focus goes back where it was. */
const close = (event: MouseEvent<HTMLElement>): void => event.currentTarget.closest('dialog')?.close();

export default function DeleteDialog({ saved, onClose }: { saved: SavedExperiment; onClose: () => void }) {
  const { deletePast } = useActions();
  return (
    <Modal title="Delete the experiment?" onClose={onClose}>
      <div className="modal-body">
        <p>
          <Name text={pastTitle(saved)} longest={60} />: its curves, merges and results
          {saved.state === 'interrupted' && `, and the ${percent(saved.fraction, 0)} that it had reached`}. There is no way back.
        </p>
        <p className="q">
          Frees {bytes(saved.bytes + (saved.datasetBytes ?? 0))} in this browser
          {(saved.datasetBytes ?? 0) > 0
            ? `, ${bytes(saved.datasetBytes ?? 0)} of it the copy of the dataset’s file, which no other experiment needs`
            : ''}
          . Files that you exported stay.
        </p>
        <div className="modal-actions">
          <button type="button" className="btn" onClick={close}>
            Keep it
          </button>
          <button
            type="button"
            className="btn btn-fill"
            onClick={(event) => {
              deletePast(saved);
              close(event);
            }}
          >
            Delete the experiment
          </button>
        </div>
      </div>
    </Modal>
  );
}
