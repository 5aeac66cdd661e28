/** Writes a zip: members stored and undated, so that the same contents always give the same bytes. */
import { crc32, joined, viewOf } from '../base/bytes.ts';
import { StudioError } from '../base/errors.ts';

/** Beyond this a zip needs its 64-bit form, which is not written here. */
export const maxZipBytes = 0xffffffff;
/** 1 January 1980, the zero of a zip's calendar. */
const noDate = 0x0021_0000;

/** The file as pieces in order, from the pieces of each member. Names are plain ASCII; contents are not copied. @throws StudioError `zip-over-4-gib` */
export function zipPieces(members: ReadonlyMap<string, readonly Uint8Array<ArrayBuffer>[]>): Uint8Array<ArrayBuffer>[] {
  const pieces: Uint8Array<ArrayBuffer>[] = [];
  const directory: Uint8Array<ArrayBuffer>[] = [];
  let offset = 0;
  for (const [path, parts] of members) {
    const name = new TextEncoder().encode(path);
    const sizeBytes = parts.reduce((sum, part) => sum + part.length, 0);
    const crc = parts.reduce((sum, part) => crc32(part, sum), 0);
    const place = { crc, sizeBytes, nameBytes: name.length };
    const local = joined([record(0x04034b50, place, []), name]);
    // Comment length, disk, internal and external attributes, then where the member begins.
    directory.push(joined([record(0x02014b50, place, [0, 0, 0, 0, 0, offset & 0xffff, offset >>> 16]), name]));
    pieces.push(local, ...parts);
    offset += local.length + sizeBytes;
    if (offset > maxZipBytes) throw tooLarge(path);
  }
  return [...pieces, ...directory, endRecord(members.size, directory, offset)];
}

const tooLarge = (path: string): StudioError =>
  new StudioError({
    code: 'zip-over-4-gib',
    message: `With “${path}” the zip would hold more than 4 GiB, the most that is written here.`,
    remedy: 'Leave the weights out, or export the experiment in parts.',
  });

interface Member {
  readonly crc: number;
  readonly sizeBytes: number;
  readonly nameBytes: number;
}

/** What a local header and a directory entry have in common, and the entry's further 16-bit fields. */
function record(signature: number, { crc, sizeBytes, nameBytes }: Member, rest: readonly number[]): Uint8Array<ArrayBuffer> {
  const entry = rest.length > 0;
  const bytes = new Uint8Array((entry ? 32 : 30) + 2 * rest.length);
  const view = viewOf(bytes);
  view.setUint32(0, signature, true);
  let at = 4;
  // Version made by (directory only), version needed, flags, method "stored".
  for (const field of entry ? [20, 20, 0, 0] : [20, 0, 0]) {
    view.setUint16(at, field, true);
    at += 2;
  }
  for (const field of [noDate, crc, sizeBytes, sizeBytes]) {
    view.setUint32(at, field, true);
    at += 4;
  }
  for (const field of [nameBytes, 0, ...rest]) {
    view.setUint16(at, field, true);
    at += 2;
  }
  return bytes;
}

function endRecord(count: number, directory: readonly Uint8Array[], offset: number): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(22);
  const view = viewOf(bytes);
  view.setUint32(0, 0x06054b50, true);
  view.setUint16(8, count, true);
  view.setUint16(10, count, true);
  view.setUint32(
    12,
    directory.reduce((sum, entry) => sum + entry.length, 0),
    true,
  );
  view.setUint32(16, offset, true);
  return bytes;
}
