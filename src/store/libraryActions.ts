/** What the page does with past experiments: list, open, resume, delete, and open results that were made elsewhere. */
import type { StoreApi } from 'zustand/vanilla';
import type { SavedExperiment, StudioWorker } from '../worker/protocol.ts';
import type { StudioState } from './state.ts';
import { isRunning } from './status.ts';

/** A past experiment as the page names it: what it ran on, then its recipe. */
export const pastTitle = ({ datasetTitle, name }: SavedExperiment): string =>
  datasetTitle.toLowerCase() === name.toLowerCase() ? datasetTitle : `${datasetTitle}, ${name}`;

/** What deleting it frees: its own files, and those that it alone needs. */
export const freedBytes = ({ bytes, copyBytes = 0, runBytes = 0 }: SavedExperiment): number => bytes + copyBytes + runBytes;

/** The one to go on with: the latest that was interrupted and is not running in another tab. */
export const interruptedOf = (past: readonly SavedExperiment[] | null): SavedExperiment | null =>
  past?.find((saved) => saved.state === 'interrupted') ?? null;

/** The experiment that was just stopped here, where it was saved and can go on; null before the list has it. */
export function stoppedOf({ past, record, status }: StudioState): SavedExperiment | null {
  if (status.at !== 'stopped' || record === null) return null;
  const { dataset, name } = record.wholeRecipe;
  const ours = (past ?? []).filter(
    (saved) => saved.state === 'interrupted' && saved.name === name && saved.datasetSha256 === dataset.sha256,
  );
  return ours.toSorted((one, other) => other.savedAt - one.savedAt)[0] ?? null;
}

export function makeLibraryActions(store: StoreApi<StudioState>, worker: StudioWorker) {
  const get = store.getState;
  const set = store.setState;
  /** Something computes that must not lose what it stands on. */
  const busy = () => isRunning(get().status) || get().measuring !== null;

  return {
    /** Asks for the list again: other tabs train and delete, too. */
    listPast() {
      worker.send({ do: 'list-experiments' });
    },

    openPast(saved: SavedExperiment) {
      if (busy()) return;
      set({ asked: { what: 'open', id: saved.id, name: pastTitle(saved) }, notice: null });
      worker.send({ do: 'open-experiment', id: saved.id });
    },

    resumePast(saved: SavedExperiment) {
      if (busy() || saved.state !== 'interrupted') return;
      set({
        asked: { what: 'resume', id: saved.id, name: pastTitle(saved) },
        status: { at: 'preparing', stage: 'Opening the experiment' },
        notice: null,
      });
      worker.send({ do: 'resume-experiment', id: saved.id });
    },

    deletePast(saved: SavedExperiment) {
      if (get().measuring !== null) return;
      set({ asked: { what: 'delete', id: saved.id, name: pastTitle(saved) }, notice: null });
      worker.send({ do: 'delete-experiment', id: saved.id });
    },

    /** @param weights files that lay beside it in a folder */
    openResults(file: File, weights: readonly File[] = []) {
      if (busy()) {
        set({
          notice: {
            level: 'info',
            title: `${file.name} was not opened: an experiment is running. Stop it first, then open the file again.`,
          },
        });
        return;
      }
      set({ asked: { what: 'open', id: null, name: file.name }, notice: null });
      worker.send({ do: 'open-results', file, weights });
    },
  };
}
