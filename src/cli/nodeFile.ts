/** A file on disk as the engine takes files: a Blob with a name, read where it is asked for and never as a whole. */
import { openAsBlob } from 'node:fs';
import { readFile, stat } from 'node:fs/promises';
import { basename } from 'node:path';
import { StudioError } from '../base/errors.ts';
import type { NamedBlob } from '../data/source.ts';

/** What the operating system said, in words. */
export function reasonOf(thrown: unknown): string {
  const code = (thrown as { code?: unknown } | null)?.code;
  const words: Record<string, string> = {
    ENOENT: 'there is none',
    EACCES: 'no permission',
    EPERM: 'no permission',
    EROFS: 'the disk is read-only',
    ENOSPC: 'the disk is full',
    EDQUOT: 'the quota is used up',
    ENOTDIR: 'a part of the path is a file',
    EISDIR: 'it is a folder',
    EEXIST: 'something else has that name',
  };
  if (typeof code === 'string') return words[code] ?? code;
  return thrown instanceof Error ? thrown.message : String(thrown);
}

/** @throws StudioError `file-missing`, `file-unreadable` */
async function checkFile(path: string, what: string): Promise<void> {
  let found;
  try {
    found = await stat(path);
  } catch (cause) {
    throw new StudioError(
      { code: 'file-missing', message: `No ${what} at “${path}”: ${reasonOf(cause)}.`, remedy: 'Check the path.' },
      { cause },
    );
  }
  if (found.isDirectory()) {
    throw new StudioError({
      code: 'file-unreadable',
      message: `“${path}” is a folder; a file with a ${what} was expected.`,
      remedy: 'Name the file in it.',
    });
  }
}

function unreadable(path: string, cause: unknown): StudioError {
  return new StudioError(
    { code: 'file-unreadable', message: `“${path}” could not be read: ${reasonOf(cause)}.`, remedy: 'Check its permissions.' },
    { cause },
  );
}

/** @throws StudioError `file-missing`, `file-unreadable` */
export async function openNamed(path: string, what: string): Promise<NamedBlob> {
  await checkFile(path, what);
  try {
    return Object.defineProperty(await openAsBlob(path), 'name', { value: basename(path) }) as NamedBlob;
  } catch (cause) {
    throw unreadable(path, cause);
  }
}

/** @throws StudioError `file-missing`, `file-unreadable` */
export async function readText(path: string, what: string): Promise<string> {
  await checkFile(path, what);
  try {
    return await readFile(path, 'utf8');
  } catch (cause) {
    throw unreadable(path, cause);
  }
}
