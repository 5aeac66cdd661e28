/** Asks before an experiment is deleted, and says what that frees. */
import type { MouseEvent } from 'react';
import { freedBytes, pastTitle } from '../../store/libraryActions.ts';
import type { SavedExperiment } from '../../worker/protocol.ts';
import { bytes, percent } from '../numbers.ts';
import { Modal } from '../parts/Modal.tsx';
import { Name } from '../parts/Name.tsx';
import { useActions, useStudio } from '../studioContext.ts';

/** Through the dialog's own close, so that focus goes back where it was. */
const close = (event: MouseEvent<HTMLElement>): void => event.currentTarget.closest('dialog')?.close();

export default function DeleteDialog({ saved: asked, onClose }: { saved: SavedExperiment; onClose: () => void }) {
  // As it stands now: another experiment may have come to share its runs since the dialog was opened.
  const saved = useStudio((state) => state.past?.find(({ id }) => id === asked.id)) ?? asked;
  const { deletePast } = useActions();
  return (
    <Modal title="Delete the experiment?" onClose={onClose}>
      <div className="modal-body">
        <p>
          <Name text={pastTitle(saved)} longest={60} />: its curves, merges and results
          {saved.state === 'interrupted' && `, and the ${percent(saved.fraction, 0)} that it had reached`}. There is no way back.
        </p>
        <p className="q">
          Frees {bytes(freedBytes(saved))} in this browser{sharedText(saved)}. Files that you exported stay.
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

/** What goes beside its own files, as nothing else needs it. */
function sharedText({ copyBytes = 0, runBytes = 0 }: SavedExperiment): string {
  const copies = copyBytes > 0 ? [`${bytes(copyBytes)} of it copies of the files that it was made from`] : [];
  const runs = runBytes > 0 ? [`${bytes(runBytes)}${copyBytes > 0 ? '' : ' of it'} its finished runs`] : [];
  const parts = [...copies, ...runs];
  return parts.length === 0 ? '' : `, ${parts.join(' and ')}, which no other experiment has`;
}
