/**
 * Writes arrays as an npz that `numpy.load` reads: a zip of npy files (version 1.0), so that the same arrays always give
 * the same bytes.
 */
import { zipPieces } from './zipWriter.ts';

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

/** The file as pieces in order. Names are plain ASCII without `.npy`; values are not copied. */
export function npzPieces(arrays: ReadonlyMap<string, NpzArray>): Uint8Array<ArrayBuffer>[] {
  return zipPieces(
    new Map(
      [...arrays].map(([key, array]) => {
        const { buffer, byteOffset, byteLength } = array.values;
        return [`${key}.npy`, [npyHead(key, array), new Uint8Array(buffer as ArrayBuffer, byteOffset, byteLength)]];
      }),
    ),
  );
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
