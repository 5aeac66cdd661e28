/**
 * Many files as one, to take elsewhere or to bring back. Layout: magic, header length (u32, little-endian), JSON header with
 * path, length and SHA-256 of each file, the header's own SHA-256, then the files. Files are read in pieces, never all at
 * once. Either all of a backup is whole, or none of it is taken.
 */
import { createSHA256 } from 'hash-wasm';
import { StudioError } from '../base/errors.ts';
import type { Folder } from './slots.ts';

const magic = 'INMERGEB';
const version = 1;
const digestBytes = 32;
const maxHeaderBytes = 16 * 2 ** 20;
const pieceBytes = 4 * 2 ** 20;

export interface NamedFile {
  /** Folders and name, e.g. `['datasets', 'ab12...']`. */
  readonly path: readonly string[];
  readonly file: Blob;
}

interface Header {
  readonly version: number;
  readonly files: readonly { readonly path: readonly string[]; readonly bytes: number; readonly sha256: string }[];
}

export async function makeBackup(files: readonly NamedFile[]): Promise<Blob> {
  const entries: Header['files'][number][] = [];
  for (const { path, file } of files) entries.push({ path, bytes: file.size, sha256: await sha256Of(file) });
  const json = new TextEncoder().encode(JSON.stringify({ version, files: entries } satisfies Header));
  const prelude = new Uint8Array(magic.length + 4);
  prelude.set(new TextEncoder().encode(magic));
  new DataView(prelude.buffer).setUint32(magic.length, json.length, true);
  const digest = await createSHA256();
  const headerDigest = new Uint8Array(digest.update(json).digest('binary'));
  return new Blob([prelude, json, headerDigest, ...files.map(({ file }) => file)]);
}

/** @throws StudioError `backup-damaged` where anything is missing, altered or left over; `backup-version` */
export async function readBackup(backup: Blob): Promise<NamedFile[]> {
  const prelude = new Uint8Array(await backup.slice(0, magic.length + 4).arrayBuffer());
  if (prelude.length < magic.length + 4 || new TextDecoder().decode(prelude.subarray(0, magic.length)) !== magic)
    throw damaged('another beginning', 'a backup of InMerge Studio');
  const headerBytes = new DataView(prelude.buffer).getUint32(magic.length, true);
  const filesFrom = prelude.length + headerBytes + digestBytes;
  if (headerBytes > maxHeaderBytes || filesFrom > backup.size)
    throw damaged(`${backup.size} bytes`, `a header of ${headerBytes} bytes and more`);
  const json = new Uint8Array(await backup.slice(prelude.length, prelude.length + headerBytes).arrayBuffer());
  const stored = new Uint8Array(await backup.slice(prelude.length + headerBytes, filesFrom).arrayBuffer());
  const digest = (await createSHA256()).update(json).digest('binary');
  if (digest.some((byte, at) => byte !== stored[at])) throw damaged('an altered list of files', 'the digest beside it');
  const header = JSON.parse(new TextDecoder().decode(json)) as Header;
  if (header.version !== version) {
    throw new StudioError({
      code: 'backup-version',
      message: `The backup has format version ${header.version}; this build reads version ${version}.`,
      remedy: 'Open it with the build that wrote it.',
    });
  }
  let from = filesFrom;
  const files: NamedFile[] = [];
  for (const { path, bytes, sha256 } of header.files) {
    const file = backup.slice(from, from + bytes);
    from += bytes;
    if (file.size !== bytes || (await sha256Of(file)) !== sha256) throw damaged(`other bytes in ${path.join('/')}`, sha256);
    files.push({ path, file });
  }
  if (from !== backup.size) throw damaged(`${backup.size} bytes`, `${from} bytes`);
  return files;
}

/** All files below a folder, with their paths from there. What cannot be read as a file is a folder. */
export async function filesBelow(folder: Folder, path: readonly string[] = []): Promise<NamedFile[]> {
  const files: NamedFile[] = [];
  for (const name of await folder.list()) {
    const here = [...path, name];
    const file = await folder.read(name).catch(() => null);
    if (file !== null) files.push({ path: here, file });
    else files.push(...(await filesBelow(folder.folder(name), here)));
  }
  return files;
}

async function sha256Of(file: Blob): Promise<string> {
  const digest = await createSHA256();
  for (let at = 0; at < file.size; at += pieceBytes)
    digest.update(new Uint8Array(await file.slice(at, at + pieceBytes).arrayBuffer()));
  return digest.digest('hex');
}

function damaged(found: string, expected: string): StudioError {
  return new StudioError({
    code: 'backup-damaged',
    message: 'The backup is not whole, so nothing of it was taken.',
    remedy: 'Copy the file again from where it was made, or use another backup.',
    details: [{ where: 'backup', found, expected }],
  });
}
