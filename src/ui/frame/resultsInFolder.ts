/** Files of results in a dropped folder: the folder of a run, or one above it. */

export const resultsName = 'experiment.inmerge';

/** The part of `FileSystemEntry` that is read here. */
export interface Entry {
  readonly name: string;
  readonly isDirectory: boolean;
}
export interface FolderEntry extends Entry {
  createReader(): { readEntries(done: (entries: Entry[]) => void, refused: (error: unknown) => void): void };
}
export interface FileEntry extends Entry {
  file(done: (file: File) => void, refused: (error: unknown) => void): void;
}

/** A run's folder holds its file at the top; a folder of many runs, one level below. */
const deepest = 2;
/** A home folder dropped by mistake is not read to its end. */
const mostEntries = 5000;

/** A file of results, and the weights of its runs in the folder beside it. */
export interface FoundResults {
  readonly file: File;
  readonly weights: readonly File[];
}

/** Results in `folder`, the nearest first. Subfolders of one that has such a file are searched for weights alone. */
export async function resultsIn(folder: Entry): Promise<FoundResults[]> {
  let left = mostEntries;
  let level: Entry[] = [folder];
  const found: FoundResults[] = [];
  for (let depth = 0; depth <= deepest && level.length > 0; depth++) {
    const next: Entry[] = [];
    for (const each of level) {
      const entries = await entriesOf(each, left);
      left -= entries.length;
      const results = entries.find((entry) => !entry.isDirectory && entry.name === resultsName);
      if (results !== undefined) found.push({ file: await fileOf(results), weights: await weightsAmong(entries) });
      else next.push(...entries.filter((entry) => entry.isDirectory));
      if (left <= 0) return found;
    }
    level = next;
  }
  return found;
}

async function weightsAmong(entries: readonly Entry[]): Promise<File[]> {
  const folder = entries.find((entry) => entry.isDirectory && entry.name === 'weights');
  const files = folder === undefined ? [] : await entriesOf(folder, mostEntries);
  return Promise.all(files.filter((entry) => !entry.isDirectory && entry.name.endsWith('.safetensors')).map(fileOf));
}

/** A reader gives some entries at a time, and none when it is through. */
async function entriesOf(folder: Entry, most: number): Promise<Entry[]> {
  const reader = (folder as FolderEntry).createReader();
  const all: Entry[] = [];
  while (all.length < most) {
    const some = await new Promise<Entry[]>((resolve, reject) => reader.readEntries(resolve, reject));
    if (some.length === 0) break;
    all.push(...some);
  }
  return all;
}

const fileOf = (entry: Entry): Promise<File> => new Promise((resolve, reject) => (entry as FileEntry).file(resolve, reject));
