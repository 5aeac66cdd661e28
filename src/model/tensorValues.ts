/**
 * Number formats of safetensors: their sizes, and bytes to typed arrays. Every float becomes float32. Typed arrays are
 * little-endian, as the format is, on every machine that runs a browser with WebGPU or WebAssembly.
 */

/** Bytes an element, in the order of the Rust library's `Dtype`, by which its writer sorts. Formats that are not read are absent. */
export const dtypeBytes = {
  BOOL: 1,
  U8: 1,
  I8: 1,
  I16: 2,
  U16: 2,
  F16: 2,
  BF16: 2,
  I32: 4,
  U32: 4,
  F32: 4,
  F64: 8,
  I64: 8,
  U64: 8,
} as const;

export type Dtype = keyof typeof dtypeBytes;

export const dtypes = Object.keys(dtypeBytes) as readonly Dtype[];

export const isDtype = (name: unknown): name is Dtype => dtypes.some((dtype) => dtype === name);

export const isFloat = (dtype: Dtype): boolean => dtype.endsWith('F16') || dtype === 'F32' || dtype === 'F64';

/** Values of one tensor, row-major: floats as float32, 64-bit integers as BigInt, BOOL as bytes. */
export type TensorValues =
  | Float32Array<ArrayBuffer>
  | Uint8Array<ArrayBuffer>
  | Int8Array<ArrayBuffer>
  | Uint16Array<ArrayBuffer>
  | Int16Array<ArrayBuffer>
  | Uint32Array<ArrayBuffer>
  | Int32Array<ArrayBuffer>
  | BigUint64Array<ArrayBuffer>
  | BigInt64Array<ArrayBuffer>;

/** `buffer` holds whole elements of `dtype`. F64 is rounded to float32; what is beyond its range becomes infinite. */
export function decodeTensor(buffer: ArrayBuffer, dtype: Dtype): TensorValues {
  switch (dtype) {
    case 'F32':
      return new Float32Array(buffer);
    case 'F64':
      return Float32Array.from(new Float64Array(buffer));
    case 'F16':
      return fromBits(new Uint16Array(buffer), halfBits);
    case 'BF16':
      return fromBits(new Uint16Array(buffer), (bits) => bits << 16);
    case 'BOOL':
    case 'U8':
      return new Uint8Array(buffer);
    case 'I8':
      return new Int8Array(buffer);
    case 'U16':
      return new Uint16Array(buffer);
    case 'I16':
      return new Int16Array(buffer);
    case 'U32':
      return new Uint32Array(buffer);
    case 'I32':
      return new Int32Array(buffer);
    case 'U64':
      return new BigUint64Array(buffer);
    case 'I64':
      return new BigInt64Array(buffer);
  }
}

/** The dtype that an array is written as. */
export function dtypeOf(values: TensorValues): Dtype {
  if (values instanceof Float32Array) return 'F32';
  if (values instanceof BigInt64Array) return 'I64';
  if (values instanceof BigUint64Array) return 'U64';
  const sign = values instanceof Int8Array || values instanceof Int16Array || values instanceof Int32Array ? 'I' : 'U';
  return `${sign}${(values.BYTES_PER_ELEMENT * 8) as 8 | 16 | 32}`;
}

function fromBits(halves: Uint16Array, bitsOf: (half: number) => number): Float32Array<ArrayBuffer> {
  const bits = new Int32Array(halves.length);
  for (let at = 0; at < halves.length; at++) bits[at] = bitsOf(halves[at] as number);
  return new Float32Array(bits.buffer);
}

/** float32 bits of a float16, exactly (IEEE 754: 5 bits of exponent, 10 of fraction); NaN keeps its payload. */
function halfBits(half: number): number {
  const sign = (half & 0x8000) << 16;
  const exponent = (half >>> 10) & 0x1f;
  const fraction = half & 0x3ff;
  if (exponent === 0x1f) return sign | 0x7f800000 | (fraction << 13);
  if (exponent !== 0) return sign | ((exponent + 112) << 23) | (fraction << 13);
  if (fraction === 0) return sign;
  // Subnormal: fraction x 2^-24. Its leading one becomes float32's implicit one.
  const shift = Math.clz32(fraction) - 21;
  return sign | ((113 - shift) << 23) | (((fraction << shift) & 0x3ff) << 13);
}
