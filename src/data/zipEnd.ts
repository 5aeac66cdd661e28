/**
 * The end of a zip: finds the one end record that reaches the end of the file, follows it to the zip64 record where
 * there is one, and says where the directory lies. Whatever is not a zip is named for what it is.
 */
import { safeUint64, shown, viewOf } from '../base/bytes.ts';
import { StudioError } from '../base/errors.ts';
import { fileKind } from './fileKind.ts';
import { limits } from './limits.ts';
import { problem } from './problems.ts';
import type { Source } from './source.ts';

export const signatures = {
  local: 0x04034b50,
  entry: 0x02014b50,
  end: 0x06054b50,
  end64: 0x06064b50,
  locator64: 0x07064b50,
} as const;

const endBytes = 22;
const locatorBytes = 20;
const end64Bytes = 56;

export interface DirectoryPlace {
  /** Offset of the directory from the start of the file. */
  readonly from: number;
  readonly sizeBytes: number;
  readonly count: number;
}

/** Throws `file-empty`, `not-npz`, `npy-not-npz` or one of `zip-*`. */
export async function findDirectory(source: Source, maxMembers: number = limits.members): Promise<DirectoryPlace> {
  if (source.sizeBytes === 0) throw empty(source.name);
  const tailFrom = Math.max(0, source.sizeBytes - 0xffff - endBytes - locatorBytes - end64Bytes);
  const tail = await source.read(tailFrom, source.sizeBytes);
  const view = viewOf(tail);
  const all = endsIn(view);
  const reaching = all.filter((at) => at + endBytes + view.getUint16(at + 20, true) === tail.length);
  if (reaching.length > 1) throw ambiguous(`${reaching.length} end records`);
  const [end] = reaching;
  if (end === undefined) throw await notWhole(source, tailFrom, view, all);

  const disk = view.getUint16(end + 4, true);
  const directoryDisk = view.getUint16(end + 6, true);
  let record = {
    from: view.getUint32(end + 16, true),
    sizeBytes: view.getUint32(end + 12, true),
    count: view.getUint16(end + 10, true),
  };
  let countHere = view.getUint16(end + 8, true);
  let recordAt = tailFrom + end;
  const locator = end - locatorBytes;
  const isWide = locator >= 0 && view.getUint32(locator, true) === signatures.locator64;
  if (isWide) {
    const wide = await readEnd64(source, view, locator, tailFrom);
    if (wide.disks > 1) throw multidisk(`${wide.disks} disks`);
    // The short record must agree wherever it is not full, or two readers would see two archives.
    const agrees = (short: number, full: number, long: number): boolean => short === full || short === long;
    if (
      !agrees(record.from, 0xffffffff, wide.from) ||
      !agrees(record.sizeBytes, 0xffffffff, wide.sizeBytes) ||
      !agrees(record.count, 0xffff, wide.count)
    ) {
      throw ambiguous('a 64-bit end record that contradicts the 32-bit one');
    }
    record = wide;
    countHere = wide.countHere;
    recordAt = wide.at;
  }
  if ((disk !== 0 && !(isWide && disk === 0xffff)) || (directoryDisk !== 0 && !(isWide && directoryDisk === 0xffff))) {
    throw multidisk(`disk ${Math.max(disk, directoryDisk)}`);
  }
  if (countHere !== record.count)
    throw directory(`${countHere} entries on this disk and ${record.count} in all`, 'equal numbers');
  if (record.count > maxMembers) throw tooMany(`${record.count} members`, `at most ${maxMembers}`);
  if (record.sizeBytes > limits.directoryBytes) {
    throw tooMany(`a directory of ${record.sizeBytes} bytes`, `at most ${limits.directoryBytes} bytes`);
  }
  await checkGap(source, record, recordAt, tailFrom, view);
  return record;
}

function endsIn(view: DataView): number[] {
  const found: number[] = [];
  for (let at = 0; at + endBytes <= view.byteLength; at++) {
    if (view.getUint8(at) === 0x50 && view.getUint32(at, true) === signatures.end) found.push(at);
  }
  return found;
}

async function readEnd64(source: Source, tail: DataView, locator: number, tailFrom: number) {
  const at = safeUint64(tail, locator + 8);
  const disks = tail.getUint32(locator + 16, true);
  if (at === null || at + end64Bytes > tailFrom + locator) throw range(`a 64-bit end record at byte ${at ?? 'beyond 2^53'}`);
  const view = viewOf(await source.read(at, at + end64Bytes));
  if (view.getUint32(0, true) !== signatures.end64) throw range(`no 64-bit end record at byte ${at}`);
  if (view.getUint32(16, true) !== 0 || view.getUint32(20, true) !== 0) throw multidisk('a disk number above 0');
  const fields = [24, 32, 40, 48].map((field) => safeUint64(view, field));
  const [countHere, count, sizeBytes, from] = fields;
  const safe = (value: number | null | undefined): number => {
    if (value === null || value === undefined) throw range('numbers above 2^53');
    return value;
  };
  const length = safeUint64(view, 4);
  if (length === null || at + 12 + length !== tailFrom + locator) throw ambiguous('bytes between the end records');
  return { at, disks, countHere: safe(countHere), count: safe(count), sizeBytes: safe(sizeBytes), from: safe(from) };
}

/** The directory must end where the end record begins: anything else is a prefix, a cut, or room for a second reading. */
async function checkGap(
  source: Source,
  record: DirectoryPlace,
  recordAt: number,
  tailFrom: number,
  tail: DataView,
): Promise<void> {
  const end = record.from + record.sizeBytes;
  if (end === recordAt) return;
  if (end > recordAt) throw range(`a directory up to byte ${end} in a file whose end record is at ${recordAt}`);
  const gap = recordAt - end;
  const holdsEnd = endsIn(tail).some((at) => tailFrom + at >= end && tailFrom + at < recordAt);
  if (holdsEnd) throw ambiguous('a second end record before the last');
  const shifted = recordAt - record.sizeBytes;
  const at = await source.read(shifted, Math.min(shifted + 4, source.sizeBytes));
  if (record.count > 0 && viewOf(at).getUint32(0, true) === signatures.entry) throw prefixed(gap);
  throw directory(`${gap} bytes between the directory and the end record`, 'none');
}

async function notWhole(source: Source, tailFrom: number, tail: DataView, ends: readonly number[]): Promise<StudioError> {
  const head =
    tailFrom === 0 ? new Uint8Array(tail.buffer, tail.byteOffset, Math.min(512, tail.byteLength)) : await source.read(0, 512);
  const trailing = ends.findLast((at) => tailFrom + at === tail.getUint32(at + 16, true) + tail.getUint32(at + 12, true));
  if (trailing !== undefined) {
    const extra = tail.byteLength - trailing - endBytes - tail.getUint16(trailing + 20, true);
    if (extra > 0) {
      return new StudioError(
        problem(
          'zip-trailing',
          `${extra} bytes follow the end of the zip.`,
          { where: 'end of file', found: `${extra} bytes after the end record`, expected: 'nothing after it' },
          { remedy: 'Download the file again, or save it again with numpy.savez_compressed.' },
        ),
      );
    }
  }
  const kind = fileKind(head);
  const where = shown(source.name);
  if (kind === 'zip') {
    return new StudioError(
      problem(
        'zip-truncated',
        'The file begins as a zip, and its end is missing.',
        { where, found: `${source.sizeBytes} bytes without an end record`, expected: 'an end record in the last 64 KiB' },
        { remedy: 'The download may not be complete. Compare the file’s size with the source and download it again.' },
      ),
    );
  }
  if (kind === 'npy') {
    return new StudioError(
      problem(
        'npy-not-npz',
        'This is a single NumPy array (.npy); a dataset needs images and labels of each split in one .npz.',
        { where, found: 'one .npy array', expected: 'an .npz with train_images, train_labels, val_images, val_labels' },
        { remedy: 'Save all arrays into one file with NumPy.', fix: savezLine },
      ),
    );
  }
  return new StudioError(
    problem(
      'not-npz',
      `This is not an .npz file: it looks like ${kind}.`,
      { where, found: kind, expected: 'a NumPy archive (.npz), which is a zip' },
      { remedy: 'Drop a MedMNIST .npz, or save your arrays as one with NumPy.', fix: savezLine },
    ),
  );
}

const savezLine =
  "import numpy as np; np.savez_compressed('dataset.npz', train_images=train_images, train_labels=train_labels, val_images=val_images, val_labels=val_labels, test_images=test_images, test_labels=test_labels)";

function empty(name: string): StudioError {
  const row = { where: shown(name), found: '0 bytes', expected: 'an .npz file' };
  return new StudioError(problem('file-empty', 'The file is empty.', row, { remedy: 'Download or save it again.' }));
}

const again = { remedy: 'Save the file again with numpy.savez_compressed, or download it again.' };

function ambiguous(found: string): StudioError {
  const row = { where: 'end of zip', found, expected: 'one end record, right after the directory' };
  return new StudioError(problem('zip-ambiguous', 'The zip can be read in more than one way.', row, again));
}

function directory(found: string, expected: string): StudioError {
  const row = { where: 'end of zip', found, expected };
  return new StudioError(problem('zip-directory', 'The zip’s list of contents does not agree with itself.', row, again));
}

function multidisk(found: string): StudioError {
  const row = { where: 'end of zip', found, expected: 'one disk' };
  return new StudioError(problem('zip-multidisk', 'This is one part of a zip split over several files.', row, again));
}

function tooMany(found: string, expected: string): StudioError {
  const row = { where: 'zip directory', found, expected };
  const remedy = 'Keep only the arrays of the dataset in the file.';
  return new StudioError(problem('zip-too-many', 'The zip holds more than a dataset needs.', row, { remedy }));
}

function range(found: string): StudioError {
  const row = { where: 'end of zip', found, expected: 'offsets inside the file' };
  const remedy = 'Part of the file is missing. Download or copy it again.';
  return new StudioError(problem('zip-range', 'The zip’s end points outside the file.', row, { remedy }));
}

/** The refusal of a zip with something before it, a self-extracting program for one. */
export function prefixed(bytes: number): StudioError {
  return new StudioError(
    problem(
      'zip-prefix',
      `There are ${bytes} bytes before the zip begins.`,
      { where: 'start of file', found: `${bytes} foreign bytes`, expected: 'a zip from the first byte' },
      { remedy: 'Download the file again, or save it again with numpy.savez_compressed.' },
    ),
  );
}
