/**
 * The header of a safetensors file: text to a checked list of tensors. Follows the format's own rules (README "Format" and
 * `tensor.rs` of huggingface/safetensors): no key twice, offsets without hole or overlap that cover the file, sizes that
 * match shapes. Names come from a stranger's file: they live in Maps and are shown escaped.
 */
import { shown } from '../base/bytes.ts';
import { StudioError, type ErrorDetail } from '../base/errors.ts';
import { repeatedKey } from './jsonKeys.ts';
import { dtypeBytes, dtypes, isDtype, type Dtype } from './tensorValues.ts';

export interface TensorEntry {
  readonly name: string;
  readonly dtype: Dtype;
  readonly shape: readonly number[];
  /** First byte, and the byte after the last, counted from the end of the header. */
  readonly begin: number;
  readonly end: number;
}

export interface SafetensorsHeader {
  readonly metadata: ReadonlyMap<string, string>;
  /** By name, in the order of their bytes. */
  readonly tensors: ReadonlyMap<string, TensorEntry>;
}

/**
 * @param dataBytes bytes of the file after the header
 * @throws StudioError `safetensors-header-start`, `-encoding`, `-json`, `-repeated-key`, `-metadata`, `-entry`, `-dtype`,
 *   `-shape`, `-offsets`, `-size`, `-hole`, `-overlap`, `-truncated`, `-trailing`
 */
export function parseHeader(bytes: Uint8Array, dataBytes: number): SafetensorsHeader {
  if (bytes[0] !== 0x7b) {
    const found = bytes.length === 0 ? 'nothing' : `the byte 0x${(bytes[0] as number).toString(16).padStart(2, '0')}`;
    throw refused('header-start', `The header begins with ${found} where “{” belongs.`, notSafetensors);
  }
  const metadata = new Map<string, string>();
  const entries: TensorEntry[] = [];
  for (const [name, value] of Object.entries(jsonObject(bytes))) {
    if (name === '__metadata__') for (const [key, text] of metadataOf(value)) metadata.set(key, text);
    else entries.push(entryOf(name, value));
  }
  entries.sort((a, b) => a.begin - b.begin || a.end - b.end);
  checkCover(entries, dataBytes);
  return { metadata, tensors: new Map(entries.map((entry) => [entry.name, entry])) };
}

const notSafetensors =
  'Choose a .safetensors file; PyTorch writes one with safetensors.torch.save_file(model.state_dict(), path).';
const writeAgain = 'Write the file again with the safetensors library, or download it again.';

export function refused(code: string, message: string, remedy = writeAgain, details: readonly ErrorDetail[] = []): StudioError {
  return new StudioError({ code: `safetensors-${code}`, message, remedy, details });
}

function jsonObject(bytes: Uint8Array): object {
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    throw refused('encoding', 'The header holds bytes that are not UTF-8, the encoding that the format asks for.');
  }
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    const reason = cause instanceof Error ? shown(cause.message, 120) : 'unreadable';
    throw refused('json', `The header is not the JSON object that the format asks for (${reason}).`);
  }
  const repeated = repeatedKey(text);
  if (repeated !== null) {
    throw refused('repeated-key', `The header has the key “${shown(repeated)}” twice in one object; each may stand once.`);
  }
  return value as object;
}

function metadataOf(value: unknown): [string, string][] {
  const pairs = isObject(value) ? Object.entries(value) : null;
  if (pairs !== null && pairs.every((pair): pair is [string, string] => typeof pair[1] === 'string')) return pairs;
  const bad = pairs?.find(([, text]) => typeof text !== 'string');
  const found = bad === undefined ? kindOf(value) : `${kindOf(bad[1])} under “${shown(bad[0])}”`;
  throw refused('metadata', `The header's __metadata__ holds ${found}; it may hold text by name and nothing else.`);
}

const entryKeys = 'data_offsets,dtype,shape';

function entryOf(name: string, value: unknown): TensorEntry {
  const label = `Tensor “${shown(name)}”`;
  const keys = isObject(value) ? Object.keys(value).sort().join() : null;
  if (keys !== entryKeys) {
    const found = keys === null ? kindOf(value) : `an object with ${keys === '' ? 'no keys' : shown(keys)}`;
    throw refused('entry', `${label} is described by ${found}; an object with dtype, shape and data_offsets was expected.`);
  }
  const { dtype, shape, data_offsets: offsets } = value as Record<'dtype' | 'shape' | 'data_offsets', unknown>;
  if (!isDtype(dtype)) {
    const found = typeof dtype === 'string' ? `“${shown(dtype)}”` : kindOf(dtype);
    throw refused(
      'dtype',
      `${label} has the dtype ${found}, which is not read here.`,
      `Convert it to one of ${dtypes.join(', ')}; F32 is what the studio trains with.`,
    );
  }
  if (!isCounts(shape))
    throw refused('shape', `${label} has the shape ${asJson(shape)}; a list of whole numbers from 0 up was expected.`);
  const size = sizeOf(shape, dtype);
  if (size === null) throw refused('shape', `${label} has the shape ${asJson(shape)}, more than 2^53 bytes of ${dtype}.`);
  if (!isCounts(offsets) || offsets.length !== 2 || (offsets[0] as number) > (offsets[1] as number)) {
    throw refused(
      'offsets',
      `${label} has the data_offsets ${asJson(offsets)}; two whole numbers, begin and end, were expected.`,
    );
  }
  const [begin, end] = offsets as [number, number];
  if (end - begin !== size) {
    throw refused('size', `${label} has ${end - begin} bytes in the file; its shape ${asJson(shape)} of ${dtype} needs ${size}.`);
  }
  return { name, dtype, shape, begin, end };
}

/** Bytes of a tensor, multiplied one side at a time as the Rust library does; null where that leaves exact integers. */
function sizeOf(shape: readonly number[], dtype: Dtype): number | null {
  let size = 1;
  for (const side of [...shape, dtypeBytes[dtype]]) {
    size *= side;
    if (!Number.isSafeInteger(size)) return null;
  }
  return size;
}

/** Entries sorted by their begin. */
function checkCover(entries: readonly TensorEntry[], dataBytes: number): void {
  let covered = 0;
  for (const { name, begin, end } of entries) {
    const label = `Tensor “${shown(name)}”`;
    if (begin < covered)
      throw refused('overlap', `${label} begins at byte ${begin}, inside the tensor before it, which ends at ${covered}.`);
    if (begin > covered)
      throw refused('hole', `${label} begins at byte ${begin}; it should begin at ${covered}, where the tensor before it ends.`);
    covered = end;
  }
  if (covered > dataBytes) {
    throw refused(
      'truncated',
      `The file has ${dataBytes} bytes of tensors; its header describes ${covered}.`,
      'It looks cut short: download or copy it again.',
    );
  }
  if (covered < dataBytes) {
    throw refused('trailing', `The file has ${dataBytes} bytes of tensors; its header describes only ${covered}.`);
  }
}

const isObject = (value: unknown): value is object => typeof value === 'object' && value !== null && !Array.isArray(value);

const isCounts = (value: unknown): value is number[] =>
  Array.isArray(value) && value.every((side) => Number.isSafeInteger(side) && side >= 0);

function kindOf(value: unknown): string {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'a list';
  return (
    { object: 'an object', string: 'text', number: 'a number', boolean: 'true or false' }[typeof value as string] ?? 'nothing'
  );
}

const asJson = (value: unknown): string => (value === undefined ? 'nothing' : shown(JSON.stringify(value), 60));
