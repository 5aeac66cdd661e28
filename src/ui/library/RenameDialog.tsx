/** Another name for a past experiment. */
import { useState } from 'react';
import type { SavedExperiment } from '../../worker/protocol.ts';
import { Modal } from '../parts/Modal.tsx';

interface RenameDialogProps {
  readonly saved: SavedExperiment;
  readonly onName: (name: string) => void;
  readonly onClose: () => void;
}

export default function RenameDialog({ saved, onName, onClose }: RenameDialogProps) {
  const [name, setName] = useState(saved.name);
  const kept = name.trim();
  return (
    <Modal title="Rename the experiment" onClose={onClose}>
      <form
        className="modal-body"
        onSubmit={(event) => {
          event.preventDefault();
          if (kept === '') return;
          if (kept !== saved.name) onName(kept);
          event.currentTarget.closest('dialog')?.close();
        }}
      >
        <label htmlFor="past-name">Name</label>
        <input
          id="past-name"
          type="text"
          maxLength={100}
          value={name}
          onChange={(event) => setName(event.target.value)}
          onFocus={(event) => event.target.select()}
        />
        <div className="modal-actions">
          <button type="submit" className="btn btn-fill" disabled={kept === ''}>
            Rename
          </button>
        </div>
      </form>
    </Modal>
  );
}
