/**
 * The header of a npy array (NumPy's `lib/_format_impl.py`, versions 1.0, 2.0 and 3.0), parsed by grammar and checked
 * against the member's size before any of its data is unpacked.
 */
import { shown, viewOf } from '../base/bytes.ts';
import { StudioError, type StudioErrorData } from '../base/errors.ts';
import { descrText, dtypeOf, type Dtype } from './dtype.ts';
import { limits } from './limits.ts';
import { numpyFix, problem } from './problems.ts';
import { literalText, NotLiteral, parseDict, type Literal } from './pythonLiteral.ts';

export interface NpyHeader {
  readonly dtype: Dtype;
  readonly fortranOrder: boolean;
  readonly shape: readonly number[];
  /** Product of the shape. */
  readonly items: number;
  /** Where the data begins. */
  readonly dataFrom: number;
}

/** Bytes from which any acceptable header can be parsed. */
export const npyHeadBytes = 12 + limits.npyHeaderBytes;

const remedy = 'Save the array again with NumPy.';

/**
 * Parses the header at the start of `head` (the first `npyHeadBytes` of the member, or all of a shorter one) of a member of
 * `sizeBytes`. Throws StudioError with `npy-magic`, `npy-version`, `npy-header-size`, `npy-truncated`, `npy-trailing`,
 * `npy-header`, `npy-shape`, `npy-object` or `dtype`. `fileName` stands in the fix lines.
 */
export function parseNpy(head: Uint8Array, memberName: string, sizeBytes: number, fileName: string): NpyHeader {
  const name = shown(memberName);
  const stop = (code: string, message: string, where: string, found: string, expected: string, help = remedy): StudioError =>
    new StudioError(problem(code, message, { where: `${name}, ${where}`, found: shown(found), expected }, { remedy: help }));

  const magic = [0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59];
  if (!magic.every((byte, index) => head[index] === byte)) {
    const found = [...head.subarray(0, 6)].map((byte) => byte.toString(16).padStart(2, '0')).join(' ');
    throw stop(
      'npy-magic',
      `“${name}” is not a NumPy array.`,
      'first bytes',
      found === '' ? 'nothing' : found,
      '93 4e 55 4d 50 59',
    );
  }
  const truncated = (found: string, expected: string): StudioError =>
    stop('npy-truncated', `“${name}” ends before its data does.`, 'length', found, expected);
  if (head.length < 10) throw truncated(`${head.length} bytes`, 'a header of at least 10');
  const version = `${head[6] as number}.${head[7] as number}`;
  if (version !== '1.0' && version !== '2.0' && version !== '3.0') {
    throw stop('npy-version', `“${name}” is of npy version ${version}.`, 'version', version, '1.0, 2.0 or 3.0');
  }
  const view = viewOf(head);
  const textFrom = version === '1.0' ? 10 : 12;
  if (head.length < textFrom) throw truncated(`${head.length} bytes`, `a header of at least ${textFrom}`);
  const headerBytes = version === '1.0' ? view.getUint16(8, true) : view.getUint32(8, true);
  if (headerBytes > limits.npyHeaderBytes) {
    const expected = `at most ${limits.npyHeaderBytes} bytes, as NumPy itself allows`;
    throw stop('npy-header-size', `The header of “${name}” is too long.`, 'header', `${headerBytes} bytes`, expected);
  }
  const dataFrom = textFrom + headerBytes;
  if (dataFrom > sizeBytes || dataFrom > head.length) {
    throw truncated(`${sizeBytes} bytes`, `a header of ${dataFrom} bytes and the data`);
  }

  const badHeader = (found: string, expected: string): StudioError =>
    stop('npy-header', `The header of “${name}” is not one that NumPy writes.`, 'header', found, expected);
  const text = headerText(head.subarray(textFrom, dataFrom), version === '3.0');
  if (text === null) throw badHeader('bytes that are no text', version === '3.0' ? 'UTF-8' : 'ASCII');
  let entries: Map<string, Literal>;
  try {
    entries = parseDict(text);
  } catch (cause) {
    if (!(cause instanceof NotLiteral)) throw cause;
    throw badHeader(cause.message, "{'descr': ..., 'fortran_order': ..., 'shape': ...}");
  }
  const keys = [...entries.keys()].toSorted().join(', ');
  const descr = entries.get('descr');
  const order = entries.get('fortran_order');
  const shape = entries.get('shape');
  if (entries.size !== 3 || descr === undefined || order === undefined || shape === undefined) {
    throw badHeader(`the keys ${keys}`, 'the keys descr, fortran_order, shape');
  }
  if (order.is !== 'bool') throw badHeader(`fortran_order: ${literalText(order)}`, 'fortran_order: True or False');
  const sizes = shapeOf(shape);
  if (typeof sizes === 'string') {
    throw stop('npy-shape', `“${name}” has a shape that no array can have.`, 'shape', literalText(shape), sizes);
  }
  const dtype = dtypeFrom(descr, name, fileName);
  if ('code' in dtype) throw new StudioError(dtype);

  const items = sizes.reduce((product, size) => product * size, 1);
  const dataBytes = BigInt(items) * BigInt(dtype.itemBytes);
  const held = BigInt(sizeBytes - dataFrom);
  const row = `${dataBytes} bytes of data: ${sizes.join(' x ') || '1'} items of ${dtype.itemBytes}`;
  if (held < dataBytes) throw truncated(`${held} bytes of data`, row);
  if (held > dataBytes) {
    throw stop('npy-trailing', `“${name}” holds more than its array.`, 'length', `${held} bytes of data`, row);
  }
  return { dtype, fortranOrder: order.value, shape: sizes, items, dataFrom };
}

/** Null for bytes outside the encoding. Versions 1 and 2 are latin1 by letter; all that NumPy writes in them is ASCII. */
function headerText(bytes: Uint8Array, utf8: boolean): string | null {
  if (!utf8 && bytes.some((byte) => byte > 126)) return null;
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return null;
  }
}

/** The sizes, or what was expected in their place. */
function shapeOf(shape: Literal): number[] | string {
  if (shape.is !== 'tuple') return 'a tuple of whole numbers';
  if (shape.items.length > limits.rank) return `at most ${limits.rank} dimensions`;
  let product = 1n;
  const sizes: number[] = [];
  for (const item of shape.items) {
    if (item.is !== 'int') return 'a tuple of whole numbers';
    if (item.value < 0n) return 'sizes of 0 or more';
    // Zero-length arrays too must have sizes that a number can hold.
    product *= item.value === 0n ? 1n : item.value;
    if (product > BigInt(Number.MAX_SAFE_INTEGER)) return 'fewer than 2^53 items';
    sizes.push(Number(item.value));
  }
  return sizes;
}

function dtypeFrom(descr: Literal, name: string, fileName: string): Dtype | StudioErrorData {
  const where = `${name}, dtype`;
  const array = name.replace(/\.npy$/, '');
  const asNumbers = (from: string): string => numpyFix(fileName, `d['${array}'] = ${from}.astype('uint8')`);
  const expected = 'uint8 for images, integers for labels';
  if (descr.is !== 'string') {
    if (descr.is === 'list' || descr.is === 'tuple') {
      const row = { where, found: `a structure: ${shown(literalText(descr))}`, expected };
      return problem('dtype', `“${name}” is a structured array.`, row, { remedy: 'Save each field as an array of its own.' });
    }
    const row = { where: `${name}, header`, found: `descr: ${literalText(descr)}`, expected: "a string such as '|u1'" };
    return problem('npy-header', `The header of “${name}” is not one that NumPy writes.`, row, { remedy });
  }
  const dtype = dtypeOf(descr.value);
  if (dtype !== null) return dtype;
  const found = shown(descrText(descr.value));
  if (/^[<>=|]?O/.test(descr.value)) {
    return problem(
      'npy-object',
      `“${name}” holds Python objects, and reading those would run code from the file.`,
      { where, found, expected },
      {
        remedy: 'Save it again as plain numbers, in Python and only if you trust the file.',
        fix: asNumbers(`np.array(d['${array}'].tolist())`).replace("')); ", "', allow_pickle=True)); "),
      },
    );
  }
  const help = { remedy: 'Save it again as plain numbers.', fix: asNumbers(`d['${array}']`) };
  return problem('dtype', `“${name}” holds ${found}, where numbers are needed.`, { where, found, expected }, help);
}
