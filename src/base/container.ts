/**
 * One file for any plain data with typed arrays inside: checkpoints and saved experiments. Layout, little-endian:
 * magic, version, header length, JSON header, the arrays, SHA-256 of all before it. A file is whole or it is refused.
 */
import { createSHA256 } from 'hash-wasm';
import { StudioError } from './errors.ts';

const magic = 'INMERGE\n';
const version = 1;
const preludeBytes = 16;
const digestBytes = 32;
const maxHeaderBytes = 64 * 2 ** 20;

const arrayTypes = {
  f4: Float32Array,
  f8: Float64Array,
  u1: Uint8Array,
  u2: Uint16Array,
  u4: Uint32Array,
  i4: Int32Array,
} as const;
type ArrayType = keyof typeof arrayTypes;
type NumericArray = InstanceType<(typeof arrayTypes)[ArrayType]>;

interface Header {
  readonly value: unknown;
  readonly arrays: readonly { readonly type: ArrayType; readonly length: number }[];
}

/** What JSON cannot hold is marked so in the header: `{"$": "array", "at": 3}`, `{"$": "map", "entries": [...]}`. */
const mark = '$';

/** The bytes of `value`, in pieces, its digest last. Arrays are not copied. */
export async function encodeContainer(value: unknown): Promise<Uint8Array<ArrayBuffer>[]> {
  const arrays: NumericArray[] = [];
  const header: Header = {
    value: detach(value, arrays),
    arrays: arrays.map((array) => ({ type: typeOf(array), length: array.length })),
  };
  const json = new TextEncoder().encode(JSON.stringify(header));
  // Arrays begin at a multiple of 8, so that they can be viewed in place.
  const padded = new Uint8Array(Math.ceil(json.length / 8) * 8).fill(0x20);
  padded.set(json);
  const prelude = new Uint8Array(preludeBytes);
  prelude.set(new TextEncoder().encode(magic));
  new DataView(prelude.buffer).setUint32(8, version, true);
  new DataView(prelude.buffer).setUint32(12, padded.length, true);

  const pieces = [prelude, padded, ...arrays.flatMap(bytesOf)];
  const digest = await createSHA256();
  for (const piece of pieces) digest.update(piece);
  return [...pieces, new Uint8Array(digest.digest('binary'))];
}

/**
 * @throws StudioError `container-damaged` where anything is cut off, altered or of another kind, `container-version`
 * where a newer build wrote it.
 */
export async function decodeContainer(file: Blob): Promise<unknown> {
  const bytes = new Uint8Array(await file.arrayBuffer());
  if (bytes.length < preludeBytes + digestBytes) throw damaged(`${bytes.length} bytes`, 'a whole file');
  if (new TextDecoder().decode(bytes.subarray(0, 8)) !== magic) throw damaged('another beginning', 'a file of InMerge Studio');
  const view = new DataView(bytes.buffer);
  if (view.getUint32(8, true) !== version) {
    throw new StudioError({
      code: 'container-version',
      message: `The file has format version ${view.getUint32(8, true)}; this build reads version ${version}.`,
      remedy: 'Open it with the build that wrote it.',
    });
  }
  const body = bytes.subarray(0, bytes.length - digestBytes);
  const digest = await createSHA256();
  const found = digest.update(body).digest('binary');
  const stored = bytes.subarray(bytes.length - digestBytes);
  if (found.some((byte, at) => byte !== stored[at])) throw damaged('other bytes than were written', 'the digest at its end');

  const headerBytes = view.getUint32(12, true);
  if (headerBytes > maxHeaderBytes || preludeBytes + headerBytes > body.length)
    throw damaged(`a header of ${headerBytes} bytes`, 'one that fits the file');
  const header = JSON.parse(new TextDecoder().decode(bytes.subarray(preludeBytes, preludeBytes + headerBytes))) as Header;
  let offset = preludeBytes + headerBytes;
  const arrays = header.arrays.map(({ type, length }) => {
    const Type = arrayTypes[type];
    const array = new Type(bytes.buffer, offset, length);
    offset += aligned(array.byteLength);
    return array;
  });
  if (offset !== body.length) throw damaged(`${body.length} bytes`, `${offset} bytes`);
  return attach(header.value, arrays);
}

function damaged(found: string, expected: string): StudioError {
  return new StudioError({
    code: 'container-damaged',
    message: `The saved file is not whole: found ${found}, expected ${expected}.`,
    details: [{ where: 'saved file', found, expected }],
  });
}

const aligned = (length: number): number => Math.ceil(length / 8) * 8;

function bytesOf(array: NumericArray): Uint8Array<ArrayBuffer>[] {
  const bytes = new Uint8Array(array.buffer as ArrayBuffer, array.byteOffset, array.byteLength);
  const padding = aligned(bytes.length) - bytes.length;
  return padding === 0 ? [bytes] : [bytes, new Uint8Array(padding)];
}

function typeOf(array: NumericArray): ArrayType {
  const found = (Object.keys(arrayTypes) as ArrayType[]).find((type) => array instanceof arrayTypes[type]);
  if (found === undefined) throw new Error(`Arrays of ${array.constructor.name} cannot be saved.`);
  return found;
}

function detach(value: unknown, arrays: NumericArray[]): unknown {
  if (ArrayBuffer.isView(value)) return { [mark]: 'array', at: arrays.push(value as NumericArray) - 1 };
  if (value instanceof Map) return { [mark]: 'map', entries: [...value].map(([key, inner]) => [key, detach(inner, arrays)]) };
  if (Array.isArray(value)) return value.map((inner) => detach(inner, arrays));
  if (value !== null && typeof value === 'object') {
    return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, detach(inner, arrays)]));
  }
  return value;
}

function attach(value: unknown, arrays: readonly NumericArray[]): unknown {
  if (Array.isArray(value)) return value.map((inner) => attach(inner, arrays));
  if (value === null || typeof value !== 'object') return value;
  const object = value as Record<string, unknown>;
  if (object[mark] === 'array') return arrays[object['at'] as number];
  if (object[mark] === 'map')
    return new Map((object['entries'] as [unknown, unknown][]).map(([key, inner]) => [key, attach(inner, arrays)]));
  return Object.fromEntries(Object.entries(object).map(([key, inner]) => [key, attach(inner, arrays)]));
}
