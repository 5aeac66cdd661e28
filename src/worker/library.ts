/**
 * Past and present experiments on this machine: one folder each in the browser's private file system, holding its
 * checkpoint in two slots and a small record for the list; and a copy of each file of data or start weights that a resume
 * would need.
 */
import { errorData, StudioError, type StudioErrorData } from '../base/errors.ts';
import type { Checkpoint } from '../experiment/checkpoint.ts';
import { RunStore, type ComputedBy } from '../experiment/runStore.ts';
import { startFilesOf } from '../recipe/bases.ts';
import { filesBelow, type NamedFile } from '../storage/backup.ts';
import { load, Slots, type Folder } from '../storage/slots.ts';
import { Paces } from './pace.ts';
import type { SavedExperiment } from './protocol.ts';

/** Where a dataset came from, so that it can be read again. */
export type Origin = { readonly kind: 'file'; readonly fileName: string } | { readonly kind: 'sample'; readonly seed: number };

/** What a folder's slots hold. */
export interface SavedState {
  /** Its `bytes` are those beside the slots. */
  readonly record: SavedExperiment;
  /** Which build and device computed it; another one would not give the same bits. */
  readonly build: string;
  readonly device: string;
  readonly origin: Origin;
  readonly checkpoint: Checkpoint;
}

const recordName = 'record.json';

export class Library {
  readonly #experiments: Folder;
  readonly #datasets: Folder;
  readonly #startFiles: Folder;
  readonly #runs: Folder;
  readonly paces: Paces;

  constructor(root: Folder) {
    this.#experiments = root.folder('experiments');
    this.#datasets = root.folder('datasets');
    this.#startFiles = root.folder('start-weights');
    this.#runs = root.folder('runs');
    this.paces = new Paces(root);
  }

  /** Runs that are over, of every experiment, as this build and device compute them. */
  runs(by: ComputedBy): RunStore {
    return new RunStore(this.#runs, by);
  }

  /** Newest first. */
  async list(): Promise<SavedExperiment[]> {
    const held = new Set((await navigator.locks.query()).held?.map((lock) => lock.name));
    const list: SavedExperiment[] = [];
    for (const id of await this.#experiments.list()) {
      const file = await this.#experiments.folder(id).read(recordName);
      if (file === null) continue;
      try {
        const record = JSON.parse(await file.text()) as SavedExperiment;
        const files = await filesBelow(this.folderOf(id));
        const bytes = files.reduce((sum, { file: each }) => sum + each.size, 0);
        const state = record.state === 'interrupted' && held.has(lockName(id)) ? 'running' : record.state;
        list.push({ ...record, bytes, state });
      } catch {
        // A record that is not whole belongs to a save that never counted.
      }
    }
    const datasets = new Map<string, number>();
    for (const { path, file } of await filesBelow(this.#datasets)) datasets.set(path.join('/'), file.size);
    const users = (sha256: string) => list.filter((each) => each.datasetSha256 === sha256).length;
    return list
      .map((each) => ({
        ...each,
        datasetBytes:
          each.datasetSha256 !== undefined && users(each.datasetSha256) === 1 ? (datasets.get(each.datasetSha256) ?? 0) : 0,
      }))
      .sort((a, b) => b.startedAt - a.startedAt);
  }

  /** @throws StudioError `experiment-lost` where neither slot is whole. */
  async read(id: string): Promise<SavedState> {
    const loaded = await load(this.#experiments.folder(id));
    if (loaded === null) {
      throw new StudioError({
        code: 'experiment-lost',
        message: 'The saved experiment is no longer whole on this machine: neither of its two saves can be read.',
        remedy: 'Delete it from the list, and run its recipe again.',
      });
    }
    return loaded.value as SavedState;
  }

  /** Where an experiment's files stand; what is put there goes when it is deleted. */
  folderOf(id: string): Folder {
    return this.#experiments.folder(id);
  }

  /** A writer for one experiment; the record follows the slot, so that the list never shows what is not there. */
  writer(id: string): (state: SavedState) => Promise<number> {
    const folder = this.#experiments.folder(id);
    const slots = new Slots(folder);
    return async (state) => {
      const bytes = await slots.save(state);
      await folder.write(recordName, [
        new TextEncoder().encode(JSON.stringify({ ...state.record, bytes: bytes + state.record.bytes })),
      ]);
      return bytes;
    };
  }

  /** Where the kernels of its epochs are kept. */
  kernels(id: string): Folder {
    return this.#experiments.folder(id).folder('kernels');
  }

  async delete(id: string): Promise<void> {
    await this.#experiments.remove(id);
    await this.#forgetUnused();
  }

  /** Keeps a copy of a dataset's file, once. */
  keepDataset(sha256: string, file: Blob): Promise<void> {
    return keepOnce(this.#datasets, sha256, file);
  }

  /** Keeps a copy of a file of start weights, once. */
  keepStartFile(sha256: string, file: Blob): Promise<void> {
    return keepOnce(this.#startFiles, sha256, file);
  }

  /** Every file of these experiments and of the data and start weights kept for them, with paths from the root. */
  async filesOf(ids: readonly string[]): Promise<NamedFile[]> {
    const needed = new Set<string>();
    const files: NamedFile[] = [];
    for (const id of ids) {
      files.push(...(await filesBelow(this.folderOf(id), ['experiments', id])));
      const saved = await this.read(id).catch(() => null);
      if (saved !== null) for (const sha256 of filesNeeded(saved)) needed.add(sha256);
    }
    const kept = [
      ...(await filesBelow(this.#datasets, ['datasets'])),
      ...(await filesBelow(this.#startFiles, ['start-weights'])),
    ];
    return [...files, ...kept.filter(({ path }) => needed.has(path[1] ?? ''))];
  }

  dataset(sha256: string): Promise<Blob | null> {
    return this.#datasets.read(sha256);
  }

  startFile(sha256: string): Promise<Blob | null> {
    return this.#startFiles.read(sha256);
  }

  /** Datasets, start weights and runs that no experiment of the list has. */
  async #forgetUnused(): Promise<void> {
    const needed = new Set<string>();
    const runs = new Set<string>();
    for (const { id } of await this.list()) {
      const saved = await this.read(id).catch(() => null);
      if (saved === null) continue;
      const { build, device, checkpoint } = saved;
      for (const sha256 of filesNeeded(saved)) needed.add(sha256);
      for (const name of await this.runs({ build, device }).namesOf(checkpoint.recipe, checkpoint.datasetSha256)) runs.add(name);
    }
    for (const folder of [this.#datasets, this.#startFiles])
      for (const name of await folder.list()) if (!needed.has(name)) await folder.remove(name);
    // One that is under way may not have been saved yet, and its runs are not to go.
    const { held } = await navigator.locks.query();
    if (held?.some((lock) => lock.name?.startsWith(lockName(''))) === true) return;
    for (const name of await this.#runs.list()) if (!runs.has(name)) await this.#runs.remove(name);
  }
}

async function keepOnce(folder: Folder, sha256: string, file: Blob): Promise<void> {
  if ((await folder.list()).includes(sha256)) return;
  await folder.write(sha256, [new Uint8Array(await file.arrayBuffer())]);
}

/** Digests of the files without which it could not go on. */
const filesNeeded = ({ checkpoint: { datasetSha256, recipe } }: SavedState): string[] => [datasetSha256, ...startFilesOf(recipe)];

/** Held while an experiment trains: another tab sees it, and a dead worker lets go of it. */
export const lockName = (id: string): string => `experiment:${id}`;

export const runningElsewhere = (): StudioError =>
  new StudioError({
    code: 'running-elsewhere',
    message: 'This experiment is running, in this tab or in another one.',
    remedy: 'Stop it there first, or wait until it has ended.',
  });

/** Storage errors in words; anything else as it is. */
export function storageError(thrown: unknown): StudioErrorData {
  const name = thrown instanceof DOMException ? thrown.name : '';
  if (name === 'QuotaExceededError' || name === 'AbortError' || name === 'InvalidStateError') {
    return {
      code: 'storage-full',
      message: 'The browser’s storage for this page is full, so the experiment is not being saved.',
      remedy: 'Training goes on. Delete past experiments to make room; the next save tries again.',
    };
  }
  return { ...errorData(thrown), code: 'not-saving' };
}
