/**
 * Past and present experiments on this machine: one folder each in the browser's private file system, holding its
 * checkpoint in two slots and a small record for the list; and what they share: a copy of each file of data or start weights
 * that a resume would need, and the finished runs. A shared file goes with the last experiment that claims it.
 */
import { errorData, StudioError, type StudioErrorData } from '../base/errors.ts';
import type { Checkpoint } from '../experiment/checkpoint.ts';
import { runName, type RunKey } from '../experiment/events.ts';
import { readRun, RunStore, type ComputedBy, type StoredRun } from '../experiment/runStore.ts';
import { parseRecipe } from '../recipe/recipe.ts';
import { filesBelow, type NamedFile } from '../storage/backup.ts';
import { KeptTiles } from '../storage/keptTiles.ts';
import { load, Slots, type Folder } from '../storage/slots.ts';
import { claimOf, readClaim, sharedPaths, writeClaim, type Claim } from './claims.ts';
import { heldExperiments } from './experimentLock.ts';
import { Paces } from './pace.ts';
import type { SavedExperiment, StoredBytes } from './protocol.ts';

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

/** The finished runs of one experiment. */
export interface FinishedRuns {
  has(run: RunKey): Promise<boolean>;
  /** Null where it is not kept, or not whole. */
  read(run: RunKey): Promise<StoredRun | null>;
}

const recordName = 'record.json';

export class Library {
  readonly #root: Folder;
  readonly #experiments: Folder;
  readonly #datasets: Folder;
  readonly #startFiles: Folder;
  readonly #runs: Folder;
  readonly paces: Paces;

  constructor(root: Folder) {
    this.#root = root;
    this.#experiments = root.folder('experiments');
    this.#datasets = root.folder('datasets');
    this.#startFiles = root.folder('start-weights');
    this.#runs = root.folder('runs');
    this.paces = new Paces(root);
  }

  /** Runs that are over, of every experiment, as this build and device compute them with these tiles. */
  runs(by: ComputedBy): RunStore {
    return new RunStore(this.#runs, by);
  }

  /** What was measured of the adapters here, with that build's kernels. */
  tiles(build: string): KeptTiles {
    return new KeptTiles(this.#root, build);
  }

  /** Runs of one experiment that are over, whichever build and device it was made with. */
  finishedRuns(id: string): FinishedRuns {
    const nameOf = async (run: RunKey) => (await this.#claimOf(id))?.runs[runName(run)];
    return {
      has: async (run) => {
        const name = await nameOf(run);
        return name !== undefined && (await this.#runs.read(name)) !== null;
      },
      read: async (run) => {
        const name = await nameOf(run);
        return name === undefined ? null : readRun(this.#runs, name, run);
      },
    };
  }

  /** Newest first, each with what deleting it would free; and what all of them take. */
  async list(): Promise<{ list: SavedExperiment[]; stored: StoredBytes }> {
    const held = await heldExperiments();
    const claimants = new Map<string, number>();
    const listed: { readonly record: SavedExperiment; readonly claim: Claim | null }[] = [];
    for (const id of await this.#experiments.list()) {
      const record = await this.#record(id);
      if (record === null && !held.has(id)) continue;
      const claim = await this.#claimOf(id);
      if (record !== null) listed.push({ record, claim });
      for (const path of sharedPaths(claim)) claimants.set(path, (claimants.get(path) ?? 0) + 1);
    }
    const sizes = new Map<string, number>();
    for (const { path, file } of await filesBelow(this.#root)) sizes.set(path.join('/'), file.size);
    const sum = (paths: Iterable<string>) => [...paths].reduce((total, path) => total + (sizes.get(path) ?? 0), 0);
    const list = listed.map(({ record, claim }): SavedExperiment => {
      const own = [...sizes.keys()].filter((path) => path.startsWith(`experiments/${record.id}/`));
      const alone = sharedPaths(claim).filter((path) => claimants.get(path) === 1);
      const runBytes = sum(alone.filter((path) => path.startsWith('runs/')));
      const state = record.state === 'interrupted' && held.has(record.id) ? 'running' : record.state;
      return { ...record, state, bytes: sum(own), copyBytes: sum(alone) - runBytes, runBytes };
    });
    const shared = [...claimants].filter(([, users]) => users > 1).map(([path]) => path);
    return {
      list: list.sort((a, b) => b.startedAt - a.startedAt),
      stored: { bytes: sum(sizes.keys()), sharedBytes: sum(shared) },
    };
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

  /** With all that no other experiment claims. */
  async delete(id: string): Promise<void> {
    await this.alone(async () => {
      await this.#experiments.remove(id);
      await this.#forgetUnclaimed();
    });
  }

  /** While `work` runs, no tab claims, restores or deletes anything else. */
  async alone<T>(work: () => Promise<T>): Promise<T> {
    return navigator.locks.request('library', work);
  }

  /** Before an experiment computes, and under its lock: from now on, what it claims stays; `keepFiles` brings it. */
  async claim(id: string, claim: Claim, keepFiles: () => Promise<void>): Promise<void> {
    await this.alone(async () => {
      await writeClaim(this.folderOf(id), claim);
      await keepFiles();
    });
  }

  /** Keeps a copy of a dataset's file, once. */
  keepDataset(sha256: string, file: Blob): Promise<void> {
    return keepOnce(this.#datasets, sha256, file);
  }

  /** Keeps a copy of a file of start weights, once. */
  keepStartFile(sha256: string, file: Blob): Promise<void> {
    return keepOnce(this.#startFiles, sha256, file);
  }

  /** Keeps a finished run that was made elsewhere; one that is here stays. */
  keepRun(name: string, file: Blob): Promise<void> {
    return keepOnce(this.#runs, name, file);
  }

  /** Every file of these experiments and of what they share, with paths from the root. */
  async filesOf(ids: readonly string[]): Promise<NamedFile[]> {
    const claimed = new Set<string>();
    const files: NamedFile[] = [];
    for (const id of ids) {
      for (const path of sharedPaths(await this.#claimOf(id))) claimed.add(path);
      files.push(...(await filesBelow(this.folderOf(id), ['experiments', id])));
    }
    return [...files, ...(await filesBelow(this.#root)).filter(({ path }) => claimed.has(path.join('/')))];
  }

  dataset(sha256: string): Promise<Blob | null> {
    return this.#datasets.read(sha256);
  }

  startFile(sha256: string): Promise<Blob | null> {
    return this.#startFiles.read(sha256);
  }

  /** Null where a record is not whole: it belongs to a save that never counted. */
  async #record(id: string): Promise<SavedExperiment | null> {
    const file = await this.folderOf(id).read(recordName);
    try {
      return file === null ? null : (JSON.parse(await file.text()) as SavedExperiment);
    } catch {
      return null;
    }
  }

  /** What an older build saved is read in full, once. Null where that cannot be read any more. */
  async #claimOf(id: string): Promise<Claim | null> {
    const written = await readClaim(this.folderOf(id));
    if (written !== null) return written;
    try {
      const { build, device, checkpoint } = await this.read(id);
      const claim = await claimOf(
        parseRecipe(checkpoint.recipe),
        checkpoint.datasetSha256,
        this.runs({ build, device, tiles: checkpoint.tiles ?? null }),
      );
      await writeClaim(this.folderOf(id), claim).catch(() => undefined);
      return claim;
    } catch {
      const datasetSha256 = (await this.#record(id))?.datasetSha256;
      return datasetSha256 === undefined ? null : { datasetSha256, startFiles: [], runs: {} };
    }
  }

  /** Shared files that no experiment claims, and what is left of experiments that ended before their first save. */
  async #forgetUnclaimed(): Promise<void> {
    const held = await heldExperiments();
    const claimed = new Set<string>();
    for (const id of await this.#experiments.list()) {
      if (!held.has(id) && (await this.folderOf(id).read(recordName)) === null) {
        await this.#experiments.remove(id);
        continue;
      }
      const claim = await this.#claimOf(id);
      // A tab of an older build trains, and has yet to save: nobody knows what it stands on.
      if (claim === null && held.has(id)) return;
      for (const path of sharedPaths(claim)) claimed.add(path);
    }
    for (const [room, folder] of [
      ['datasets', this.#datasets],
      ['start-weights', this.#startFiles],
      ['runs', this.#runs],
    ] as const)
      for (const name of await folder.list()) if (!claimed.has(`${room}/${name}`)) await folder.remove(name);
  }
}

async function keepOnce(folder: Folder, name: string, file: Blob): Promise<void> {
  if ((await folder.list()).includes(name)) return;
  await folder.write(name, [new Uint8Array(await file.arrayBuffer())]);
}

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
