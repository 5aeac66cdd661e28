/**
 * The browser's private file system as a `Folder`. Writes go through `createWritable`, whose changes appear only on
 * `close`: a tab killed in the middle leaves the old file whole.
 */
import type { Folder } from './slots.ts';

/** Null where this browser or mode gives no private file system. */
export async function opfsRoot(): Promise<Folder | null> {
  if (typeof navigator === 'undefined' || navigator.storage?.getDirectory === undefined) return null;
  try {
    await navigator.storage.getDirectory();
    return new OpfsFolder([]);
  } catch {
    return null;
  }
}

/** Holds a path, not a handle: a handle outlives the folder it points to when the browser clears the site's data. */
class OpfsFolder implements Folder {
  constructor(private readonly path: readonly string[]) {}

  folder(name: string): Folder {
    return new OpfsFolder([...this.path, name]);
  }

  async read(name: string): Promise<Blob | null> {
    const folder = await this.#open(false);
    try {
      const handle = await folder?.getFileHandle(name);
      return (await handle?.getFile()) ?? null;
    } catch (thrown) {
      if (isAbsent(thrown)) return null;
      throw thrown;
    }
  }

  async write(name: string, pieces: readonly Uint8Array<ArrayBuffer>[]): Promise<void> {
    const folder = (await this.#open(true)) as FileSystemDirectoryHandle;
    const handle = await folder.getFileHandle(name, { create: true });
    const stream = await handle.createWritable();
    try {
      for (const piece of pieces) await stream.write(piece);
      await stream.close();
    } catch (thrown) {
      await stream.abort().catch(() => undefined);
      throw thrown;
    }
  }

  async list(): Promise<string[]> {
    const folder = await this.#open(false);
    if (folder === null) return [];
    const names: string[] = [];
    for await (const name of folder.keys()) names.push(name);
    return names.sort();
  }

  async remove(name: string): Promise<void> {
    const folder = await this.#open(false);
    await folder?.removeEntry(name, { recursive: true }).catch((thrown: unknown) => {
      if (!isAbsent(thrown)) throw thrown;
    });
  }

  async #open(create: boolean): Promise<FileSystemDirectoryHandle | null> {
    let folder = await navigator.storage.getDirectory();
    for (const name of this.path) {
      try {
        folder = await folder.getDirectoryHandle(name, { create });
      } catch (thrown) {
        if (isAbsent(thrown)) return null;
        throw thrown;
      }
    }
    return folder;
  }
}

const isAbsent = (thrown: unknown): boolean => thrown instanceof DOMException && thrown.name === 'NotFoundError';
