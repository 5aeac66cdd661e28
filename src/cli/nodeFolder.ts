/**
 * A folder on disk behind the interface of `storage/slots.ts`. A file is written under a temporary name, flushed to the
 * disk and renamed: whatever kills the process, a name holds the old bytes or the new ones, never half of either.
 */
import { constants, openAsBlob } from 'node:fs';
import { access, mkdir, open, readdir, rename, rm, stat } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { StudioError } from '../base/errors.ts';
import type { Folder } from '../storage/slots.ts';
import { reasonOf } from './nodeFile.ts';

/** Unfinished writes: hidden, and swept away by the next run. Two processes that write one name do not write into one file. */
const temporary = (name: string): string => `.${name}.${process.pid}.part`;
const isTemporary = (name: string): boolean => /^\..*\.part$/.test(name);

export class NodeFolder implements Folder {
  readonly path: string;

  constructor(path: string) {
    this.path = resolve(path);
  }

  async read(name: string): Promise<Blob | null> {
    const path = join(this.path, name);
    const found = await stat(path).catch(() => null);
    return found === null || !found.isFile() ? null : openAsBlob(path);
  }

  /** @throws StudioError `write-refused` with the system's reason */
  async write(name: string, pieces: readonly Uint8Array<ArrayBuffer>[]): Promise<void> {
    const path = join(this.path, name);
    const part = join(this.path, temporary(name));
    try {
      await makeFolder(this.path);
      const file = await open(part, 'w');
      try {
        for (const piece of pieces) await file.writeFile(piece);
        await file.sync();
      } finally {
        await file.close();
      }
      await rename(part, path);
    } catch (cause) {
      await rm(part, { force: true }).catch(() => {});
      throw writeRefused(path, cause);
    }
    await flushFolder(this.path);
  }

  writeText(name: string, text: string): Promise<void> {
    return this.write(name, [new TextEncoder().encode(text)]);
  }

  /** Names of the files and folders in it, sorted; none where it does not exist. */
  async list(): Promise<string[]> {
    const names = await readdir(this.path).catch(() => []);
    return names.filter((name) => !isTemporary(name)).toSorted();
  }

  folder(name: string): NodeFolder {
    return new NodeFolder(join(this.path, name));
  }

  async remove(name: string): Promise<void> {
    await rm(join(this.path, name), { recursive: true, force: true });
  }

  async exists(): Promise<boolean> {
    return (await stat(this.path).catch(() => null))?.isDirectory() === true;
  }

  async make(): Promise<void> {
    try {
      await makeFolder(this.path);
    } catch (cause) {
      throw unwritable(this.path, reasonOf(cause), cause);
    }
  }

  /** Removes what a killed process left half-written. */
  async sweep(): Promise<void> {
    const names = await readdir(this.path).catch(() => []);
    for (const name of names.filter(isTemporary)) await this.remove(name);
  }

  /**
   * Whether files can be written here, found out without writing any.
   * @param option what named the folder
   * @throws StudioError `out-unwritable`, `runs-unwritable`
   */
  async checkWritable(option: '--out' | '--runs' = '--out'): Promise<void> {
    for (let path = this.path; ; path = dirname(path)) {
      const found = await stat(path).catch((error: { code?: string }) => error);
      if (!('isDirectory' in found)) {
        if (found.code === 'ENOENT' && dirname(path) !== path) continue;
        if (found.code === 'ENOTDIR') continue;
        throw unwritable(this.path, reasonOf(found), found, option);
      }
      if (!found.isDirectory()) throw unwritable(this.path, `“${path}” is a file`, null, option);
      try {
        await access(path, constants.W_OK | constants.X_OK);
        return;
      } catch (cause) {
        throw unwritable(this.path, reasonOf(cause), cause, option);
      }
    }
  }
}

/** Node's own recursive mkdir never comes back where a file system refuses a folder with ENOENT, as /proc does. */
async function makeFolder(path: string): Promise<void> {
  const found = await stat(path).catch(() => null);
  if (found?.isDirectory() === true) return;
  if (dirname(path) !== path) await makeFolder(dirname(path));
  await mkdir(path).catch(async (error: { code?: string }) => {
    // Made by another command in between.
    if (error.code !== 'EEXIST' || !(await stat(path)).isDirectory()) throw error;
  });
}

export const writeRefused = (path: string, cause: unknown): StudioError =>
  new StudioError(
    {
      code: 'write-refused',
      message: `“${path}” could not be written: ${reasonOf(cause)}.`,
      remedy: 'Make room or give permission there, or choose another folder with --out.',
    },
    { cause },
  );

function unwritable(path: string, reason: string, cause: unknown, option: '--out' | '--runs' = '--out'): StudioError {
  return new StudioError(
    {
      code: option === '--out' ? 'out-unwritable' : 'runs-unwritable',
      message: `${option === '--out' ? 'Results' : 'Finished runs'} cannot be written to “${path}”: ${reason}.`,
      remedy: `Choose another folder with ${option}.`,
    },
    { cause },
  );
}

/** A rename is durable once its folder is; Windows has no such flush and needs none. */
async function flushFolder(path: string): Promise<void> {
  const folder = await open(path, 'r').catch(() => null);
  await folder?.sync().catch(() => {});
  await folder?.close();
}
