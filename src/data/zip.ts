/**
 * The directory of a zip file, read and checked in full before a byte is inflated. Only the central directory is
 * believed; a local header must merely be where the directory says and bear the same name (PKWARE APPNOTE 6.3.10).
 * Archives that two readers could read differently are refused: prefixes, tails, gaps, overlaps, two names for one thing.
 */
import { safeUint64, shown, sizeText, viewOf } from '../base/bytes.ts';
import type { ErrorDetail } from '../base/errors.ts';
import { limits } from './limits.ts';
import { Problems, problem } from './problems.ts';
import type { Source } from './source.ts';
import { findDirectory, prefixed, signatures, type DirectoryPlace } from './zipEnd.ts';

/** One file inside the zip; offsets from the start of the zip. */
export interface ZipMember {
  readonly name: string;
  readonly method: 'stored' | 'deflated';
  readonly crc32: number;
  readonly compressedBytes: number;
  readonly sizeBytes: number;
  /** Where the compressed bytes begin. */
  readonly dataFrom: number;
}

export interface ZipContents {
  /** In the order of their bytes in the file. */
  readonly members: readonly ZipMember[];
  /** Folders and the litter that file managers add; they hold no array. */
  readonly ignored: readonly string[];
}

interface Entry {
  name: string;
  flags: number;
  method: number;
  crc32: number;
  compressedBytes: number;
  sizeBytes: number;
  headerFrom: number;
  rawName: Uint8Array;
}

/**
 * Reads the directory and every local header. Throws StudioError or IntakeRefused with the codes `zip-*`, `name-*`,
 * `duplicate-name`, `not-npz`, `npy-not-npz`, `file-empty`, `file-gone`, `cancelled`.
 */
export async function readZip(source: Source, maxMembers?: number): Promise<ZipContents> {
  const place = await findDirectory(source, maxMembers);
  const bytes = await source.read(place.from, place.from + place.sizeBytes);
  const problems = new Problems();
  const entries = entriesOf(bytes, place, problems);
  problems.throwIfAny();
  checkNames(entries, problems);
  for (const entry of entries) checkEntry(entry, problems);
  problems.throwIfAny();

  const located: { member: ZipMember; headerFrom: number }[] = [];
  for (const entry of entries) {
    const dataFrom = await locate(source, entry, place.from, problems);
    if (dataFrom === null) continue;
    const { name, crc32, compressedBytes, sizeBytes, headerFrom } = entry;
    const method = entry.method === 0 ? 'stored' : 'deflated';
    located.push({ member: { name, method, crc32, compressedBytes, sizeBytes, dataFrom }, headerFrom });
  }
  problems.throwIfAny();
  located.sort((a, b) => a.headerFrom - b.headerFrom);
  checkLayout(located, place, problems);
  problems.throwIfAny();

  const members = located.map(({ member }) => member);
  const litter = (member: ZipMember): boolean => /(^|\/)(__MACOSX\/|\.DS_Store$|Thumbs\.db$)|\/$/.test(member.name);
  return { members: members.filter((member) => !litter(member)), ignored: members.filter(litter).map(({ name }) => name) };
}

function entriesOf(bytes: Uint8Array, place: DirectoryPlace, problems: Problems): Entry[] {
  const view = viewOf(bytes);
  const entries: Entry[] = [];
  const broken = (found: string, expected: string): Entry[] => {
    problems.add(
      problem(
        'zip-directory',
        'The zip’s list of contents does not agree with itself.',
        { where: 'zip directory', found, expected },
        { remedy: 'Save the file again with numpy.savez_compressed, or download it again.' },
      ),
    );
    return entries;
  };
  let at = 0;
  while (at < bytes.length) {
    if (at + 46 > bytes.length || view.getUint32(at, true) !== signatures.entry) {
      return broken(
        `no entry at byte ${at} of the directory, after ${entries.length} entries`,
        `${place.count} entries end to end`,
      );
    }
    const nameBytes = view.getUint16(at + 28, true);
    const extraBytes = view.getUint16(at + 30, true);
    const end = at + 46 + nameBytes + extraBytes + view.getUint16(at + 32, true);
    if (end > bytes.length)
      return broken(`entry ${entries.length + 1} reaches beyond the directory`, `${place.count} entries end to end`);
    const rawName = bytes.subarray(at + 46, at + 46 + nameBytes);
    const entry: Entry = {
      name: '',
      flags: view.getUint16(at + 8, true),
      method: view.getUint16(at + 10, true),
      crc32: view.getUint32(at + 16, true),
      compressedBytes: view.getUint32(at + 20, true),
      sizeBytes: view.getUint32(at + 24, true),
      headerFrom: view.getUint32(at + 42, true),
      rawName,
    };
    const disk = view.getUint16(at + 34, true);
    const extra = bytes.subarray(at + 46 + nameBytes, at + 46 + nameBytes + extraBytes);
    const wide = widen(entry, disk, extra);
    if (wide !== null) return broken(`entry ${entries.length + 1}: ${wide}`, 'sizes and offset below 2^53');
    entries.push(entry);
    at = end;
  }
  if (entries.length !== place.count) return broken(`${entries.length} entries`, `${place.count}, as the end record says`);
  return entries;
}

/** Takes 64-bit sizes and offset from the zip64 field where the short ones are full; says what is missing, or null. */
function widen(entry: Entry, disk: number, extra: Uint8Array): string | null {
  const full = 0xffffffff;
  const wide = [entry.sizeBytes === full, entry.compressedBytes === full, entry.headerFrom === full] as const;
  const view = viewOf(extra);
  const values: (number | null)[] = [];
  for (let at = 0; at + 4 <= extra.length;) {
    const length = view.getUint16(at + 2, true);
    if (view.getUint16(at, true) === 1) {
      const end = Math.min(at + 4 + length, extra.length);
      for (let field = at + 4; field + 8 <= end; field += 8) values.push(safeUint64(view, field));
      break;
    }
    at += 4 + length;
  }
  let next = 0;
  const take = (): number | null => values[next++] ?? null;
  for (const [index, field] of (['sizeBytes', 'compressedBytes', 'headerFrom'] as const).entries()) {
    if (wide[index] !== true) continue;
    const value = take();
    if (value === null) return `its 64-bit ${field === 'headerFrom' ? 'offset' : 'size'} is missing or too large`;
    entry[field] = value;
  }
  return disk !== 0 && disk !== 0xffff ? `it lies on disk ${disk}` : null;
}

function checkNames(entries: Entry[], problems: Problems): void {
  const seen = new Map<string, string>();
  for (const [index, entry] of entries.entries()) {
    const where = `member ${index + 1}`;
    try {
      entry.name = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(entry.rawName);
    } catch {
      const found = shown(new TextDecoder('latin1').decode(entry.rawName));
      problems.add(problem('name-encoding', 'A member’s name is not UTF-8.', { where, found, expected: 'UTF-8' }, renameHelp));
      continue;
    }
    const unsafe = unsafeName(entry);
    if (unsafe !== null) {
      const row = { where, found: shown(entry.name), expected: unsafe };
      problems.add(problem('name-unsafe', `A member’s name cannot be accepted: ${unsafe}.`, row, renameHelp));
    }
    const array = entry.name.replace(/\.npy$/, '');
    const earlier = seen.get(array);
    if (earlier !== undefined) {
      const row = { where, found: `${shown(earlier)} and ${shown(entry.name)}`, expected: 'one member for each array' };
      const remedy = 'Readers would disagree on which one counts. Save the file again with numpy.savez_compressed.';
      problems.add(problem('duplicate-name', `The array “${shown(array)}” stands in the zip twice.`, row, { remedy }));
    }
    seen.set(array, entry.name);
  }
}

const renameHelp = { remedy: 'Save the file again with numpy.savez_compressed and plain names such as train_images.' };

/** What a name should have been, or null where it is acceptable. */
function unsafeName(entry: Entry): string | null {
  const { name, rawName } = entry;
  if (rawName.length === 0) return 'a name that is not empty';
  if (rawName.length > limits.nameBytes) return `at most ${limits.nameBytes} bytes, not ${rawName.length}`;
  if (name.includes('\0')) return 'a name without NUL';
  if (name.includes('\\')) return 'a name without backslash';
  if (name.startsWith('/') || /^[A-Za-z]:/.test(name)) return 'a name that is not an absolute path';
  if (name.split('/').includes('..')) return 'a name that stays inside the archive';
  return null;
}

const methodNames = new Map([
  [1, 'shrink'],
  [6, 'implode'],
  [9, 'deflate64'],
  [12, 'bzip2'],
  [14, 'LZMA'],
  [20, 'Zstandard (old number)'],
  [93, 'Zstandard'],
  [95, 'XZ'],
  [98, 'PPMd'],
]);

function checkEntry(entry: Entry, problems: Problems): void {
  const where = shown(entry.name);
  const add = (code: string, message: string, row: Omit<ErrorDetail, 'where'>, remedy: string): void =>
    problems.add(problem(code, message, { where, ...row }, { remedy }));
  const again = 'Save the file again with numpy.savez_compressed.';
  if ((entry.flags & 0x2041) !== 0 || entry.method === 99) {
    const row = { found: entry.method === 99 ? 'AES encryption' : 'an encryption flag', expected: 'no encryption' };
    return add('zip-encrypted', `“${where}” is encrypted.`, row, `Decrypt the archive first. ${again}`);
  }
  if (entry.method !== 0 && entry.method !== 8) {
    const found = `${methodNames.get(entry.method) ?? 'unknown'} (method ${entry.method})`;
    const row = { found, expected: 'stored (0) or deflated (8)' };
    return add('zip-method', `“${where}” is compressed with ${found}, which NumPy does not write.`, row, again);
  }
  const stored = entry.method === 0;
  // 64 bytes of slack for the first and last block's headers; no deflate stream gets past it.
  const most = stored ? entry.compressedBytes : limits.deflateRatio * (entry.compressedBytes + 64);
  if (entry.sizeBytes > most || (stored && entry.sizeBytes !== entry.compressedBytes)) {
    const row = {
      found: `${entry.sizeBytes} bytes declared`,
      expected: `at most ${most} from ${entry.compressedBytes} in the file`,
    };
    add('zip-size-lie', `“${where}” declares a size that its bytes in the file cannot give.`, row, again);
  } else if (entry.sizeBytes > limits.memberBytes) {
    const row = { found: sizeText(entry.sizeBytes), expected: `at most ${sizeText(limits.memberBytes)}` };
    add('too-large', `“${where}” is too large to read here.`, row, 'Use fewer or smaller images.');
  }
}

/** Where the member's data begins, after checking its local header; null (and a problem) where that is wrong. */
async function locate(source: Source, entry: Entry, directoryFrom: number, problems: Problems): Promise<number | null> {
  const where = shown(entry.name);
  const headerEnd = entry.headerFrom + 30 + entry.rawName.length;
  const outside = (found: string): null => {
    const row = { where, found, expected: `inside the first ${directoryFrom} bytes` };
    const remedy = 'Part of the file is missing. Download or copy it again.';
    problems.add(problem('zip-range', `“${where}” does not lie where the zip’s directory says.`, row, { remedy }));
    return null;
  };
  if (headerEnd > directoryFrom) return outside(`a member at byte ${entry.headerFrom}`);
  const header = await source.read(entry.headerFrom, headerEnd);
  const view = viewOf(header);
  if (view.getUint32(0, true) !== signatures.local) return outside(`no member at byte ${entry.headerFrom}`);
  const localName = header.subarray(30, 30 + view.getUint16(26, true));
  const same = localName.length === entry.rawName.length && localName.every((byte, index) => byte === entry.rawName[index]);
  const method = view.getUint16(8, true);
  if (!same || view.getUint16(26, true) !== entry.rawName.length || method !== entry.method) {
    const localText = shown(new TextDecoder().decode(localName));
    const found = same ? `method ${method} before the data, ${entry.method} in the directory` : `“${localText}” before the data`;
    const row = { where, found, expected: same ? 'one method' : `“${where}”, as the directory says` };
    const remedy = 'Readers would disagree on what this is. Save the file again with numpy.savez_compressed.';
    problems.add(problem('zip-ambiguous', `The zip describes “${where}” in two ways.`, row, { remedy }));
    return null;
  }
  const dataFrom = headerEnd + view.getUint16(28, true);
  const dataEnd = dataFrom + entry.compressedBytes;
  return dataEnd > directoryFrom ? outside(`data up to byte ${dataEnd}`) : dataFrom;
}

function checkLayout(located: { member: ZipMember; headerFrom: number }[], place: DirectoryPlace, problems: Problems): void {
  const [first] = located;
  if ((first?.headerFrom ?? place.from) > 0) throw prefixed(first?.headerFrom ?? place.from);
  for (const [index, { member, headerFrom }] of located.entries()) {
    const before = located[index - 1]?.member;
    if (before === undefined) continue;
    const beforeEnd = before.dataFrom + before.compressedBytes;
    if (headerFrom >= beforeEnd) continue;
    const where = `${shown(before.name)} and ${shown(member.name)}`;
    const row = { where, found: `one ends at byte ${beforeEnd}, the next begins at ${headerFrom}`, expected: 'no shared bytes' };
    const remedy = 'Such archives are made to unpack without end. Nothing of it was unpacked.';
    problems.add(problem('zip-overlap', 'Two members of the zip share the same bytes.', row, { remedy }));
  }
}
