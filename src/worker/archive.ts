/**
 * Answers what the page asks of past experiments beyond showing them: describing, renaming, backing up, restoring; and takes
 * files of start weights.
 */
import { errorData, StudioError } from '../base/errors.ts';
import { makeBackup, readBackup, type NamedFile } from '../storage/backup.ts';
import type { Folder } from '../storage/slots.ts';
import type { ArchiveAnswer, ArchiveRequest } from './archiveProtocol.ts';
import { refuseHeld } from './experimentLock.ts';
import { storageError, type Library, type SavedState } from './library.ts';
import type { Past } from './past.ts';
import type { WorkerEvent } from './protocol.ts';
import { keptRobustness } from './robustnessMeter.ts';
import type { StartFiles } from './startFiles.ts';

export interface ArchiveOptions {
  readonly say: (event: WorkerEvent) => void;
  readonly past: Past;
  readonly startFiles: StartFiles;
}

export class Archive {
  readonly #options: ArchiveOptions;
  #queue: Promise<void> = Promise.resolve();

  constructor(options: ArchiveOptions) {
    this.#options = options;
  }

  ask(id: number, request: ArchiveRequest): void {
    this.#queue = this.#queue.then(async () => {
      const { say, past, startFiles } = this.#options;
      try {
        const answer =
          (await ofStartFiles(request, startFiles)) ??
          (await ofExperiments(request as AboutExperiments, await past.mustLibrary()));
        say({ say: 'archived', id, answer });
        if (answer.what === 'rename' || answer.what === 'restore') await past.tellList();
      } catch (thrown) {
        const full = storageError(thrown);
        say({ say: 'archive-refused', id, error: full.code === 'storage-full' ? roomMissing : errorData(thrown) });
      }
    });
  }
}

type AboutExperiments = Exclude<ArchiveRequest, { what: 'give-weights' | 'find-weights' | 'fit-weights' }>;

/** Without storage too: a file that was just given is at hand. Null for a request of another kind. */
async function ofStartFiles(request: ArchiveRequest, files: StartFiles): Promise<ArchiveAnswer | null> {
  if (request.what === 'give-weights') return { what: 'give-weights', file: await files.give(request.file) };
  if (request.what === 'find-weights') return { what: 'find-weights', found: (await files.find(request.sha256)) !== null };
  if (request.what === 'fit-weights') return { what: 'fit-weights', fit: await files.fit(request) };
  return null;
}

async function ofExperiments(request: AboutExperiments, library: Library): Promise<ArchiveAnswer> {
  switch (request.what) {
    case 'describe': {
      const { record, checkpoint } = await library.read(request.experiment);
      return {
        what: 'describe',
        saved: record,
        recipe: checkpoint.recipe,
        results: checkpoint.history.flatMap((event) => (event.at === 'result' ? [event] : [])),
        robustness: await keptRobustness(library.folderOf(request.experiment)),
      };
    }
    case 'rename':
      await refuseHeld(request.experiment);
      await library.writer(request.experiment)(renamed(await library.read(request.experiment), request.name));
      return { what: 'rename' };
    case 'back-up': {
      const list = (await library.list()).list.filter(({ state }) => state !== 'running');
      return {
        what: 'back-up',
        file: await makeBackup(await library.filesOf(list.map(({ id }) => id))),
        experiments: list.length,
      };
    }
    case 'restore': {
      const files = await readBackup(request.file);
      return { what: 'restore', ...(await library.alone(() => restore(files, library))) };
    }
  }
}

/** The name stands in the record, in the recipe, and where the experiment told how it began. */
function renamed(state: SavedState, name: string): SavedState {
  const { checkpoint, record } = state;
  const recipe = { ...checkpoint.recipe, name };
  return {
    ...state,
    record: { ...record, name },
    checkpoint: {
      ...checkpoint,
      recipe,
      history: checkpoint.history.map((event) =>
        event.at === 'started' ? { ...event, recipe: { ...event.recipe, name } } : event,
      ),
    },
  };
}

/** Experiments that are here already stay; of the others, the record is written last: half of one is never listed. */
async function restore(files: readonly NamedFile[], library: Library): Promise<{ added: number; present: number }> {
  const here = new Set((await library.list()).list.map(({ id }) => id));
  const wanted = new Set<string>();
  for (const { path } of files) {
    checkPath(path);
    if (path[0] === 'experiments') wanted.add(path[1] as string);
  }
  const added = [...wanted].filter((id) => !here.has(id));
  const isRecord = ({ path }: NamedFile) => path.length === 3 && path[2] === 'record.json';
  const order = [...files].sort((a, b) => Number(isRecord(a)) - Number(isRecord(b)));
  for (const { path, file } of order) {
    const [room, id = ''] = path;
    if (room === 'datasets') await library.keepDataset(id, file);
    else if (room === 'start-weights') await library.keepStartFile(id, file);
    else if (room === 'runs') await library.keepRun(id, file);
    else if (!here.has(id)) await writeAt(library.folderOf(id), path.slice(2), file);
  }
  return { added: added.length, present: wanted.size - added.length };
}

async function writeAt(folder: Folder, path: readonly string[], file: Blob): Promise<void> {
  let place = folder;
  for (const name of path.slice(0, -1)) place = place.folder(name);
  await place.write(path.at(-1) as string, [new Uint8Array(await file.arrayBuffer())]);
}

/** A backup may come from anywhere: only places that this build writes to are written to. */
function checkPath(path: readonly string[]): void {
  const safe = path.every((name) => /^[\w.+-]{1,200}$/.test(name) && !/^\.+$/.test(name));
  const shared = ['datasets', 'start-weights', 'runs'].includes(path[0] ?? '') && path.length === 2;
  const known = (path[0] === 'experiments' && path.length >= 3) || shared;
  if (safe && known && path.length <= 6) return;
  throw new StudioError({
    code: 'backup-damaged',
    message: 'The backup names a place that is none of the studio’s, so nothing of it was taken.',
    details: [{ where: 'backup', found: path.join('/').slice(0, 80), expected: 'experiments, datasets, start-weights or runs' }],
  });
}

const roomMissing = {
  code: 'storage-full',
  message: 'The browser’s storage for this page has no room for this.',
  remedy: 'Delete past experiments to make room, then try again.',
};
