/**
 * Writes npy arrays and zips byte by byte, right or wrong in any one place, for tests in Node and in a browser alike: no Node
 * modules, no compressor. Deflate streams come as stored blocks, or as runs of one byte in fixed Huffman codes (for bombs).
 */
import { crc32, joined } from '../../base/bytes.ts';
import type { NamedBlob } from '../source.ts';

/** 1 January 1980, midnight. */
const dosTime = 0x00210000;

const ascii = (text: string): Uint8Array => new TextEncoder().encode(text);

/** Little-endian fields, as Python's `struct.pack('<' + format, ...)`: H two bytes, I four, Q eight. */
function pack(format: string, ...values: readonly number[]): Uint8Array<ArrayBuffer> {
  const sizes = { H: 2, I: 4, Q: 8 } as const;
  const bytes: number[] = [];
  values.forEach((value, index) => {
    let left = value;
    for (let byte = 0; byte < sizes[format[index] as keyof typeof sizes]; byte++, left = Math.floor(left / 256))
      bytes.push(((left % 256) + 256) % 256);
  });
  return Uint8Array.from(bytes);
}

export interface NpyParts {
  readonly descr?: string;
  readonly shape?: readonly number[];
  readonly data?: Uint8Array;
  readonly fortran?: boolean;
  readonly version?: readonly [number, number];
  /** The whole header text in place of the usual one; padded with spaces and a newline unless `bare`. */
  readonly header?: string | Uint8Array;
  readonly bare?: boolean;
  readonly magic?: Uint8Array;
  /** What the header's length field says, in place of the truth. */
  readonly headerBytes?: number;
}

/** A npy array; `|u1` of zeros unless told otherwise. */
export function npy(parts: NpyParts): Uint8Array<ArrayBuffer> {
  const { descr = '|u1', shape = [0], fortran = false, version = [1, 0], magic = Uint8Array.of(0x93, ...ascii('NUMPY')) } = parts;
  const shapeText = `(${shape.join(', ')}${shape.length === 1 ? ',' : ''})`;
  const given = parts.header ?? `{'descr': '${descr}', 'fortran_order': ${fortran ? 'True' : 'False'}, 'shape': ${shapeText}, }`;
  let header = typeof given === 'string' ? ascii(given) : given;
  const before = version[0] === 1 ? 10 : 12;
  if (parts.bare !== true) {
    const padding = (64 - ((before + header.length + 1) % 64)) % 64;
    header = joined([header, new Uint8Array(padding).fill(32), Uint8Array.of(10)]);
  }
  const length = parts.headerBytes ?? header.length;
  const lengthField = pack(version[0] === 1 ? 'H' : 'I', length);
  const data = parts.data ?? new Uint8Array(shape.reduce((product, size) => product * size, 1));
  return joined([magic, Uint8Array.from(version), lengthField, header, data]);
}

export interface Part {
  readonly name: string | Uint8Array;
  /** The inflated bytes. */
  readonly data: Uint8Array;
  readonly deflated?: boolean;
  /** The bytes that stand in the zip, in place of what follows from `data`. */
  readonly raw?: Uint8Array;
  readonly method?: number;
  readonly flags?: number;
  readonly crc?: number;
  readonly sizeBytes?: number;
  readonly compressedBytes?: number;
  readonly localName?: string;
  /** Offset that the directory names. */
  readonly headerFrom?: number;
  readonly disk?: number;
  /** As NumPy writes: full sizes in the local header and the true ones in a zip64 field. */
  readonly zip64Local?: boolean;
  /** Sizes and offset in the directory's zip64 field. */
  readonly zip64Entry?: boolean;
  /** Sizes after the data, as for a stream that cannot seek back. */
  readonly descriptor?: boolean;
}

export interface ZipOptions {
  readonly count?: number;
  readonly directoryBytes?: number;
  readonly directoryFrom?: number;
  readonly disk?: number;
  readonly comment?: Uint8Array;
  readonly zip64End?: boolean;
  /** Zeros that lie behind the first part's bytes and count in every offset, and are not written: see `sparse`. */
  readonly holeBytes?: number;
}

/** A zip of these parts, in order. */
export function zip(parts: readonly Part[], options: ZipOptions = {}): Uint8Array<ArrayBuffer> {
  const pieces: Uint8Array[] = [];
  const entries: Uint8Array[] = [];
  let at = 0;
  const put = (piece: Uint8Array): void => {
    pieces.push(piece);
    at += piece.length;
  };
  for (const part of parts) {
    const name = typeof part.name === 'string' ? ascii(part.name) : part.name;
    const localName = part.localName === undefined ? name : ascii(part.localName);
    const raw = part.raw ?? (part.deflated === true ? deflateStored(part.data) : part.data);
    const method = part.method ?? (part.deflated === true ? 8 : 0);
    const flags = (part.flags ?? 0) | (part.descriptor === true ? 8 : 0);
    const crc = part.crc ?? crc32(part.data);
    const sizeBytes = part.sizeBytes ?? part.data.length;
    const compressedBytes = part.compressedBytes ?? raw.length;
    const headerFrom = part.headerFrom ?? at;
    const wideLocal = part.zip64Local === true ? pack('HHQQ', 1, 16, sizeBytes, compressedBytes) : new Uint8Array(0);
    const full = 0xffffffff;
    const local =
      part.descriptor === true ? [0, 0, 0] : part.zip64Local === true ? [crc, full, full] : [crc, compressedBytes, sizeBytes];
    put(pack('IHHHIIIIHH', 0x04034b50, 20, flags, method, dosTime, ...local, localName.length, wideLocal.length));
    put(localName);
    put(wideLocal);
    put(raw);
    if (entries.length === 0) at += options.holeBytes ?? 0;
    if (part.descriptor === true) put(pack('IIII', 0x08074b50, crc, compressedBytes, sizeBytes));
    const wide = part.zip64Entry === true || sizeBytes >= full;
    const extra = wide ? pack('HHQQQ', 1, 24, sizeBytes, compressedBytes, headerFrom) : new Uint8Array(0);
    const [entryCompressed, entrySize, entryFrom] = wide ? [full, full, full] : [compressedBytes, sizeBytes, headerFrom];
    entries.push(
      pack('IHHHHI', 0x02014b50, 20, 20, flags, method, dosTime),
      pack('IIIHHHHHII', crc, entryCompressed, entrySize, name.length, extra.length, 0, part.disk ?? 0, 0, 0, entryFrom),
      name,
      extra,
    );
  }
  const directoryFrom = options.directoryFrom ?? at;
  const directory = joined(entries);
  const directoryBytes = options.directoryBytes ?? directory.length;
  const count = options.count ?? parts.length;
  put(directory);
  if (options.zip64End === true) {
    const from = at;
    put(pack('IQHHIIQQQQ', 0x06064b50, 44, 45, 45, 0, 0, count, count, directoryBytes, directoryFrom));
    put(pack('IIQI', 0x07064b50, 0, from, 1));
  }
  const comment = options.comment ?? new Uint8Array(0);
  const disk = options.disk ?? 0;
  const [shortCount, shortBytes, shortFrom] =
    options.zip64End === true ? [0xffff, 0xffffffff, 0xffffffff] : [count, directoryBytes, directoryFrom];
  put(pack('IHHHHIIH', 0x06054b50, disk, disk, shortCount, shortCount, shortBytes, shortFrom, comment.length));
  put(comment);
  return joined(pieces);
}

/** A deflate stream of stored blocks. */
export function deflateStored(data: Uint8Array): Uint8Array<ArrayBuffer> {
  const pieces: Uint8Array[] = [];
  for (let at = 0; at === 0 || at < data.length; at += 0xffff) {
    const block = data.subarray(at, at + 0xffff);
    const last = at + 0xffff >= data.length ? 1 : 0;
    pieces.push(Uint8Array.of(last), pack('HH', block.length, ~block.length & 0xffff), block);
  }
  return joined(pieces);
}

/** A deflate stream of `1 + 258 * runs` bytes of 0 in fixed Huffman codes: 13 bits for every 258 bytes. */
export function deflateZeros(runs: number): Uint8Array<ArrayBuffer> {
  const out = new Uint8Array(Math.ceil((3 + 8 + 13 * runs + 7) / 8));
  let bit = 0;
  const put = (bits: string): void => {
    for (const digit of bits) {
      if (digit === '1') out[bit >>> 3] = (out[bit >>> 3] as number) | (1 << (bit & 7));
      bit++;
    }
  };
  put('1');
  put('10');
  put('00110000');
  // Length 258 is code 285, without extra bits; distance 1 is code 0.
  for (let run = 0; run < runs; run++) put('1100010100000');
  put('0000000');
  return out;
}

/** Arrays of a small good dataset, by name: 8 x 8 grey, three classes; any may be replaced, or left out by null. */
export function arrays(changes: Readonly<Record<string, NpyParts | Uint8Array | null>> = {}): Map<string, Uint8Array> {
  const all = new Map<string, Uint8Array>();
  for (const [split, count] of [
    ['train', 9],
    ['val', 3],
    ['test', 6],
  ] as const) {
    all.set(`${split}_images`, npy({ shape: [count, 8, 8], data: pixels(count * 64, count) }));
    all.set(`${split}_labels`, npy({ shape: [count, 1], data: Uint8Array.from({ length: count }, (_, index) => index % 3) }));
  }
  for (const [name, change] of Object.entries(changes)) {
    if (change === null) all.delete(name);
    else all.set(name, change instanceof Uint8Array ? change : npy(change));
  }
  return all;
}

/** Bytes that are neither constant nor a ramp. */
export function pixels(count: number, seed: number): Uint8Array<ArrayBuffer> {
  let state = seed * 2654435761;
  return Uint8Array.from({ length: count }, () => {
    state = (Math.imul(state, 1664525) + 1013904223) | 0;
    return state >>> 24;
  });
}

/** The members of a npz. */
export function partsOf(all: ReadonlyMap<string, Uint8Array>, deflated = true): Part[] {
  return [...all].map(([name, data]) => ({ name: `${name}.npy`, data, deflated }));
}

/** A npz of the small dataset with `changes`. */
export function npz(
  changes: Readonly<Record<string, NpyParts | Uint8Array | null>> = {},
  deflated = true,
): Uint8Array<ArrayBuffer> {
  return zip(partsOf(arrays(changes), deflated));
}

/** The file as the browser would hand it over. */
export function fileOf(bytes: Uint8Array, name = 'small.npz'): File {
  return new File([new Uint8Array(bytes)], name);
}

/** A file with a hole of zeros at `from`, larger than any memory. */
export function sparse(bytes: Uint8Array, from: number, holeBytes: number, name = 'sparse.npz'): NamedBlob {
  const byteAt = (at: number): number => (at < from ? bytes[at] : at < from + holeBytes ? 0 : bytes[at - holeBytes]) as number;
  const slice = (begin: number, end: number): Blob =>
    new Blob([Uint8Array.from({ length: end - begin }, (_, index) => byteAt(begin + index))]);
  return { name, size: bytes.length + holeBytes, slice } as unknown as NamedBlob;
}

/** Numbers as the bytes of a typed array. */
export function bytesOf(
  values: Float32Array | Float64Array | BigInt64Array | BigUint64Array | Int32Array | Uint16Array,
  bigEndian = false,
): Uint8Array {
  const bytes = new Uint8Array(values.buffer.slice(0));
  if (bigEndian)
    for (let at = 0; at < bytes.length; at += values.BYTES_PER_ELEMENT)
      bytes.subarray(at, at + values.BYTES_PER_ELEMENT).reverse();
  return bytes;
}
