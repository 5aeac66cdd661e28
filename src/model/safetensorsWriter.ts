/**
 * Writes safetensors: the same tensors always give the same bytes, those that the Rust library's `serialize` gives.
 * Tensors go by size of element, largest first, then by name, so that each begins at a multiple of its element.
 */
import { StudioError } from '../base/errors.ts';
import { dtypeOf, dtypes, type Dtype, type TensorValues } from './tensorValues.ts';

export interface TensorToWrite {
  readonly shape: readonly number[];
  readonly values: TensorValues;
}

/**
 * The file as pieces in order, for `new Blob(pieces)`: the values are not copied.
 * @throws StudioError `safetensors-size` where values and shape differ in number, `safetensors-name` for the one name that
 *   the format keeps for itself
 */
export function safetensorsPieces(
  tensors: ReadonlyMap<string, TensorToWrite>,
  metadata: ReadonlyMap<string, string> = new Map(),
): Uint8Array<ArrayBuffer>[] {
  const utf8 = new TextEncoder();
  const ordered = [...tensors].map(([name, tensor]) => ({
    name,
    key: utf8.encode(name),
    dtype: dtypeOf(tensor.values),
    ...tensor,
  }));
  ordered.sort((a, b) => rank(b.dtype) - rank(a.dtype) || byBytes(a.key, b.key));

  const members: string[] = [];
  if (metadata.size > 0) {
    const pairs = [...metadata].map(([key, text]) => ({
      key: utf8.encode(key),
      member: `${JSON.stringify(key)}:${JSON.stringify(text)}`,
    }));
    const sorted = pairs.sort((a, b) => byBytes(a.key, b.key)).map(({ member }) => member);
    members.push(`"__metadata__":{${sorted.join(',')}}`);
  }
  let offset = 0;
  for (const { name, dtype, shape, values } of ordered) {
    check(name, shape, values);
    const end = offset + values.byteLength;
    members.push(
      `${JSON.stringify(name)}:{"dtype":"${dtype}","shape":${JSON.stringify(shape)},"data_offsets":[${offset},${end}]}`,
    );
    offset = end;
  }
  return [headerBytes(utf8.encode(`{${members.join(',')}}`)), ...ordered.map(({ values }) => bytesOf(values))];
}

/** Length as u64, then the text, padded with spaces to a multiple of eight. */
function headerBytes(text: Uint8Array): Uint8Array<ArrayBuffer> {
  const length = Math.ceil(text.length / 8) * 8;
  const bytes = new Uint8Array(8 + length).fill(0x20);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(length), true);
  bytes.set(text, 8);
  return bytes;
}

function check(name: string, shape: readonly number[], values: TensorValues): void {
  if (name === '__metadata__') {
    throw new StudioError({
      code: 'safetensors-name',
      message: 'No tensor may be named “__metadata__”: the format keeps that name.',
    });
  }
  const count = shape.reduce((product, side) => product * side, 1);
  if (count === values.length) return;
  throw new StudioError({
    code: 'safetensors-size',
    message: `Tensor “${name}” was given ${values.length} values; its shape [${shape.join(', ')}] has ${count}.`,
  });
}

const rank = (dtype: Dtype): number => dtypes.indexOf(dtype);

const bytesOf = (values: TensorValues) => new Uint8Array(values.buffer, values.byteOffset, values.byteLength);

/** As Rust compares strings. */
function byBytes(a: Uint8Array, b: Uint8Array): number {
  const shorter = Math.min(a.length, b.length);
  for (let at = 0; at < shorter; at++) {
    const difference = (a[at] as number) - (b[at] as number);
    if (difference !== 0) return difference;
  }
  return a.length - b.length;
}
