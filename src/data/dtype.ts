/**
 * Number formats of npy arrays: which are read, and how their bytes become numbers. Little- and big-endian, 1 to 8 bytes
 * an item; what NumPy can store beyond that (text, dates, complex, structures, objects) is named and refused elsewhere.
 */
import { viewOf } from '../base/bytes.ts';

export interface Dtype {
  /** NumPy's letters: boolean, signed, unsigned, float. */
  readonly kind: 'b' | 'i' | 'u' | 'f';
  readonly itemBytes: 1 | 2 | 4 | 8;
  readonly bigEndian: boolean;
  /** As `numpy.dtype.name` says it: `uint8`, `float64`. */
  readonly name: string;
}

const kindNames = { b: 'bool', i: 'int', u: 'uint', f: 'float' } as const;
const sizes = { b: [1], i: [1, 2, 4, 8], u: [1, 2, 4, 8], f: [2, 4, 8] } as const;

/** A descriptor such as `|u1`, `<f4` or `>i8`; null where it is none of the numbers above. */
export function dtypeOf(descr: string): Dtype | null {
  const found = /^([<>=|]?)([biuf])([1248])$/.exec(descr);
  if (found === null) return descr === '?' || descr === '|?' ? { kind: 'b', itemBytes: 1, bigEndian: false, name: 'bool' } : null;
  const kind = found[2] as Dtype['kind'];
  const itemBytes = Number(found[3]) as Dtype['itemBytes'];
  if (!(sizes[kind] as readonly number[]).includes(itemBytes)) return null;
  const name = kind === 'b' ? 'bool' : `${kindNames[kind]}${itemBytes * 8}`;
  return { kind, itemBytes, bigEndian: found[1] === '>' && itemBytes > 1, name };
}

/** What a refused descriptor stands for, in words. */
export function descrText(descr: string): string {
  const found = /^[<>=|]?([A-Za-z])(\d*)/.exec(descr);
  const names = new Map([
    ['U', 'text'],
    ['S', 'bytes'],
    ['a', 'bytes'],
    ['M', 'dates'],
    ['m', 'time spans'],
    ['c', 'complex numbers'],
    ['V', 'raw bytes (bfloat16 and the like)'],
    ['O', 'Python objects'],
  ]);
  const name = names.get(found?.[1] ?? '');
  return name === undefined ? descr : `${descr}: ${name}`;
}

/** Reads item `index` of little- or big-endian bytes. */
export type ReadItem = (index: number) => number;

/**
 * A reader of the items in `bytes`. 64-bit integers beyond 2^53 come out rounded, and so still beyond 2^53: the caller
 * refuses them by range.
 */
export function itemsIn(bytes: Uint8Array, dtype: Dtype): ReadItem {
  const view = viewOf(bytes);
  const little = !dtype.bigEndian;
  switch (`${dtype.kind}${dtype.itemBytes}`) {
    case 'b1':
      return (index) => (view.getUint8(index) === 0 ? 0 : 1);
    case 'u1':
      return (index) => view.getUint8(index);
    case 'i1':
      return (index) => view.getInt8(index);
    case 'u2':
      return (index) => view.getUint16(index * 2, little);
    case 'i2':
      return (index) => view.getInt16(index * 2, little);
    case 'u4':
      return (index) => view.getUint32(index * 4, little);
    case 'i4':
      return (index) => view.getInt32(index * 4, little);
    case 'u8':
      return (index) => Number(view.getBigUint64(index * 8, little));
    case 'i8':
      return (index) => Number(view.getBigInt64(index * 8, little));
    case 'f2':
      return (index) => halfToNumber(view.getUint16(index * 2, little));
    case 'f4':
      return (index) => view.getFloat32(index * 4, little);
    default:
      return (index) => view.getFloat64(index * 8, little);
  }
}

/** IEEE 754 binary16, exactly. */
export function halfToNumber(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >>> 10) & 31;
  const fraction = bits & 1023;
  if (exponent === 0) return sign * fraction * 2 ** -24;
  if (exponent === 31) return fraction === 0 ? sign * Infinity : NaN;
  return sign * (1024 + fraction) * 2 ** (exponent - 25);
}
