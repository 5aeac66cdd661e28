/**
 * Writes arrays as an npz that `numpy.load` reads: a zip of npy files (version 1.0), stored and undated, so that the same
 * arrays always give the same bytes.
 */
import { crc32, joined, viewOf } from '../base/bytes.ts';

const descrs = [
  [Uint8Array, '|u1'],
  [Int8Array, '|i1'],
  [Uint16Array, '<u2'],
  [Int16Array, '<i2'],
  [Uint32Array, '<u4'],
  [Int32Array, '<i4'],
  [Float32Array, '<f4'],
  [Float64Array, '<f8'],
] as const;

export type NpzValues = InstanceType<(typeof descrs)[number][0]>;

export interface NpzArray {
  /** Row-major. */
  readonly shape: readonly number[];
  readonly values: NpzValues;
}

/** Beyond this a zip needs its 64-bit form, which is not written here. */
const maxBytes = 0xffffffff;
/** 1 January 1980, the zero of a zip's calendar. */
const noDate = 0x0021_0000;

/** The file as pieces in order. Names are plain ASCII without `.npy`; values are not copied. */
export function npzPieces(arrays: ReadonlyMap<string, NpzArray>): Uint8Array<ArrayBuffer>[] {
  const pieces: Uint8Array<ArrayBuffer>[] = [];
  const directory: Uint8Array<ArrayBuffer>[] = [];
  let offset = 0;
  for (const [key, array] of arrays) {
    const name = new TextEncoder().encode(`${key}.npy`);
    const head = npyHead(key, array);
    const { buffer, byteOffset, byteLength } = array.values;
    const data = new Uint8Array(buffer as ArrayBuffer, byteOffset, byteLength);
    const sizeBytes = head.length + data.length;
    const crc = crc32(data, crc32(head));
    const local = joined([record(0x04034b50, { crc, sizeBytes, nameBytes: name.length }, []), name]);
    const place = { crc, sizeBytes, nameBytes: name.length };
    // Comment length, disk, internal and external attributes, then where the member begins.
    directory.push(joined([record(0x02014b50, place, [0, 0, 0, 0, 0, offset & 0xffff, offset >>> 16]), name]));
    pieces.push(local, head, data);
    offset += local.length + sizeBytes;
    if (offset > maxBytes) throw new Error(`“${key}” takes the npz over 4 GiB, more than is written here.`);
  }
  return [...pieces, ...directory, endRecord(arrays.size, directory, offset)];
}

/** Magic, version, length and the header, padded to a multiple of 64 as NumPy pads it. */
function npyHead(key: string, { shape, values }: NpzArray): Uint8Array<ArrayBuffer> {
  const count = shape.reduce((product, side) => product * side, 1);
  if (count !== values.length) throw new Error(`“${key}” has ${values.length} values; its shape has ${count}.`);
  const descr = descrs.find(([Type]) => values instanceof Type)?.[1] ?? '';
  const sizes = shape.length === 1 ? `${shape[0]},` : shape.join(', ');
  const text = `{'descr': '${descr}', 'fortran_order': False, 'shape': (${sizes}), }`;
  const length = Math.ceil((10 + text.length + 1) / 64) * 64;
  const head = new Uint8Array(length).fill(0x20);
  head.set([0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59, 1, 0, (length - 10) & 0xff, (length - 10) >>> 8]);
  head.set(new TextEncoder().encode(text), 10);
  head[length - 1] = 0x0a;
  return head;
}

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
