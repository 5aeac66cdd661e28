/** safetensors: what is read back is what was written, every fault has its name, and only what is asked for is read. */
import fc from 'fast-check';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { describe, expect, test } from 'vitest';
import { StudioError } from '../base/errors.ts';
import { goldenFile } from '../base/testing/golden.ts';
import { maxHeaderBytes, SafetensorsFile } from './safetensors.ts';
import { safetensorsPieces, type TensorToWrite } from './safetensorsWriter.ts';
import type { TensorValues } from './tensorValues.ts';

const utf8 = new TextEncoder();

/** A file from any header text or bytes, with `dataBytes` zeros behind it. */
function fileOf(header: string | Uint8Array, dataBytes = 0): Uint8Array<ArrayBuffer> {
  const text = typeof header === 'string' ? utf8.encode(header) : header;
  const bytes = new Uint8Array(8 + text.length + dataBytes);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(text.length), true);
  bytes.set(text, 8);
  return bytes;
}

const openBytes = (bytes: Uint8Array<ArrayBuffer>) => SafetensorsFile.open(new Blob([bytes]));
const openPieces = (pieces: Uint8Array<ArrayBuffer>[]) => SafetensorsFile.open(new Blob(pieces));

/** A blob of the same size that can be read through `slice` alone. */
function reading(blob: Blob, slice: (from: number, to: number) => Blob): Blob {
  return { size: blob.size, slice } as Blob;
}

async function thrown(work: Promise<unknown>): Promise<StudioError> {
  const error: unknown = await work.then(
    () => null,
    (caught: unknown) => caught,
  );
  if (error instanceof StudioError) return error;
  throw new Error(`A StudioError was expected, and there was ${String(error)}.`);
}

const entry = (dtype: string, shape: unknown, offsets: unknown) => JSON.stringify({ dtype, shape, data_offsets: offsets });

describe('reading', () => {
  test('eight bytes, then exactly the header, then one tensor at a time', async () => {
    const pieces = safetensorsPieces(
      new Map<string, TensorToWrite>([
        ['first', { shape: [3], values: Float32Array.of(1, 2, 3) }],
        ['second', { shape: [2, 2], values: Float32Array.of(4, 5, 6, 7) }],
      ]),
    );
    const blob = new Blob(pieces);
    const reads: number[][] = [];
    const spied = reading(blob, (from, to) => {
      reads.push([from, to]);
      return blob.slice(from, to);
    });
    const file = await SafetensorsFile.open(spied);
    const header = (pieces[0] as Uint8Array).length;
    expect(reads).toEqual([
      [0, 8],
      [8, header],
    ]);
    expect(await file.values('second')).toEqual(Float32Array.of(4, 5, 6, 7));
    expect(reads.slice(2)).toEqual([[header + 12, header + 28]]);
  });

  test('a file without tensors, and tensors without elements or dimensions', async () => {
    expect((await openBytes(fileOf('{}'))).tensors.size).toBe(0);
    const file = await openBytes(fileOf(`{"none":${entry('F32', [0, 5], [0, 0])},"one":${entry('F32', [], [0, 4])}}`, 4));
    expect(await file.floats('none')).toEqual(new Float32Array(0));
    expect(await file.floats('one')).toEqual(Float32Array.of(0));
  });

  test('tensors listed in any order, with spaces before and after the object’s members', async () => {
    const file = await openBytes(fileOf(`{ "b" : ${entry('U8', [2], [1, 3])} , "a":${entry('U8', [1], [0, 1])} }   \n`, 3));
    expect([...file.tensors.keys()]).toEqual(['a', 'b']);
  });

  test('names such as __proto__ and constructor are names like any other', async () => {
    const text = `{"__metadata__":{"__proto__":"kept"},"__proto__":${entry('U8', [1], [0, 1])},"constructor":${entry('U8', [1], [1, 2])}}`;
    const file = await openBytes(fileOf(text, 2));
    expect([...file.tensors.keys()]).toEqual(['__proto__', 'constructor']);
    expect(file.metadata.get('__proto__')).toBe('kept');
    expect(({} as Record<string, unknown>)['dtype']).toBeUndefined();
    expect(Object.getPrototypeOf(file.metadata)).toBe(Map.prototype);
  });
});

describe('number formats', () => {
  const one = async (dtype: string, bytes: ArrayBufferView<ArrayBuffer>, count: number) => {
    const file = fileOf(`{"t":${entry(dtype, [count], [0, bytes.byteLength])}}`, bytes.byteLength);
    file.set(new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength), file.length - bytes.byteLength);
    return (await openBytes(file)).values('t');
  };

  test('F16 gives the float32 of the same value for all 65,536 bit patterns', async () => {
    const all = Uint16Array.from({ length: 65536 }, (_, bits) => bits);
    const values = await one('F16', all, all.length);
    for (const bits of all) {
      const exponent = (bits >> 10) & 31;
      const fraction = bits & 1023;
      const sign = bits >> 15 === 0 ? 1 : -1;
      const special = fraction === 0 ? Number.POSITIVE_INFINITY : Number.NaN;
      const size =
        exponent === 31 ? special : exponent === 0 ? fraction * 2 ** -24 : (1 + fraction / 1024) * 2 ** (exponent - 15);
      if (!Object.is(values[bits], sign * size)) expect(`${bits.toString(16)}: ${values[bits]}`).toBe(sign * size);
    }
  });

  test('BF16 is the upper half of a float32', async () => {
    const values = await one('BF16', Uint16Array.of(0x3f80, 0xc000, 0x0001, 0x7f80, 0x8000), 5);
    expect([...values]).toEqual([1, -2, 2 ** -133, Number.POSITIVE_INFINITY, -0]);
  });

  test('F64 is rounded to float32', async () => {
    expect(await one('F64', Float64Array.of(0.1, -1e-60, 2 ** 100), 3)).toEqual(Float32Array.of(0.1, -0, 2 ** 100));
  });

  test.each([
    ['F32', Float32Array.of(1.5, Number.NaN, -0)],
    ['U8', Uint8Array.of(0, 255)],
    ['BOOL', Uint8Array.of(0, 1)],
    ['I8', Int8Array.of(-128, 127)],
    ['U16', Uint16Array.of(65535, 1)],
    ['I16', Int16Array.of(-32768, 1)],
    ['U32', Uint32Array.of(4294967295, 1)],
    ['I32', Int32Array.of(-2147483648, 1)],
    ['U64', BigUint64Array.of(18446744073709551615n)],
    ['I64', BigInt64Array.of(-9223372036854775808n, 1n)],
  ] satisfies [string, TensorValues][])('%s comes as it is', async (dtype, values) => {
    expect(await one(dtype, values, values.length)).toEqual(values);
  });
});

const offsetsCase = (offsets: unknown, data = 4) => fileOf(`{"t":${entry('U8', [4], offsets)}}`, data);

const faults: readonly [string, string, Uint8Array<ArrayBuffer>][] = [
  ['an empty file', 'safetensors-truncated', new Uint8Array(0)],
  ['seven bytes', 'safetensors-truncated', new Uint8Array(7)],
  ['a header longer than the file', 'safetensors-truncated', fileOf('{}   ').subarray(0, 12) as Uint8Array<ArrayBuffer>],
  ['a header over 10 MB', 'safetensors-header-size', fileOf(`{${' '.repeat(maxHeaderBytes)}}`)],
  ['a length beyond 2^53', 'safetensors-header-size', new Uint8Array(16).fill(255)],
  ['a web page', 'safetensors-header-size', new Uint8Array(utf8.encode('<!DOCTYPE html><title>404</title>'))],
  ['a zip of torch.save', 'safetensors-is-pickle', Uint8Array.of(0x50, 0x4b, 3, 4, 0, 0, 8, 8, 0, 0)],
  ['a pickle', 'safetensors-is-pickle', Uint8Array.of(0x80, 2, 0x8a, 0x0a, 0x6c, 0xfc, 0x9c, 0x46, 0xf9)],
  ['a header of no bytes', 'safetensors-header-start', fileOf('')],
  ['a header that begins with a space', 'safetensors-header-start', fileOf(' {}')],
  ['a header that begins with a byte order mark', 'safetensors-header-start', fileOf('\u{feff}{}')],
  ['a header that is not UTF-8', 'safetensors-encoding', fileOf(Uint8Array.of(0x7b, 0x22, 0xff, 0x22, 0x7d))],
  ['a header that is not JSON', 'safetensors-json', fileOf('{"a":}')],
  ['text after the JSON', 'safetensors-json', fileOf('{}{}')],
  [
    'a tensor named twice',
    'safetensors-repeated-key',
    fileOf(`{"t":${entry('U8', [1], [0, 1])},"t":${entry('U8', [1], [1, 2])}}`, 2),
  ],
  [
    'a tensor named twice, once escaped',
    'safetensors-repeated-key',
    fileOf(`{"t":${entry('U8', [0], [0, 0])},"\\u0074":${entry('U8', [0], [0, 0])}}`),
  ],
  [
    'a field named twice',
    'safetensors-repeated-key',
    fileOf('{"t":{"dtype":"U8","dtype":"U8","shape":[0],"data_offsets":[0,0]}}'),
  ],
  ['metadata that is a list', 'safetensors-metadata', fileOf('{"__metadata__":["a"]}')],
  ['metadata that holds a number', 'safetensors-metadata', fileOf('{"__metadata__":{"a":1}}')],
  ['a tensor that is null', 'safetensors-entry', fileOf('{"t":null}')],
  ['a tensor without shape', 'safetensors-entry', fileOf('{"t":{"dtype":"U8","data_offsets":[0,0]}}')],
  ['a tensor with a field too many', 'safetensors-entry', fileOf('{"t":{"dtype":"U8","shape":[0],"data_offsets":[0,0],"x":1}}')],
  ['F8_E4M3', 'safetensors-dtype', fileOf(`{"t":${entry('F8_E4M3', [1], [0, 1])}}`, 1)],
  ['a dtype that is a number', 'safetensors-dtype', fileOf('{"t":{"dtype":4,"shape":[0],"data_offsets":[0,0]}}')],
  ['a dtype named __proto__', 'safetensors-dtype', fileOf(`{"t":${entry('__proto__', [1], [0, 1])}}`, 1)],
  ['a shape that is a number', 'safetensors-shape', fileOf(`{"t":${entry('U8', 4, [0, 4])}}`, 4)],
  ['a negative side', 'safetensors-shape', fileOf(`{"t":${entry('U8', [-4], [0, 4])}}`, 4)],
  ['a fractional side', 'safetensors-shape', fileOf(`{"t":${entry('U8', [1.5], [0, 4])}}`, 4)],
  ['a shape whose product overflows', 'safetensors-shape', fileOf(`{"t":${entry('U8', [2 ** 40, 2 ** 40, 0], [0, 0])}}`)],
  ['one offset', 'safetensors-offsets', offsetsCase([0])],
  ['a negative offset', 'safetensors-offsets', offsetsCase([-4, 0])],
  ['a fractional offset', 'safetensors-offsets', offsetsCase([0.5, 4.5])],
  [
    'an offset beyond 2^53',
    'safetensors-offsets',
    fileOf('{"t":{"dtype":"U8","shape":[4],"data_offsets":[0,9007199254740993]}}', 4),
  ],
  ['offsets that end before they begin', 'safetensors-offsets', offsetsCase([4, 0])],
  ['a shape that needs more bytes', 'safetensors-size', fileOf(`{"t":${entry('F32', [2], [0, 4])}}`, 4)],
  ['a hole before the first tensor', 'safetensors-hole', offsetsCase([1, 5], 5)],
  ['a hole between tensors', 'safetensors-hole', fileOf(`{"a":${entry('U8', [1], [0, 1])},"b":${entry('U8', [1], [2, 3])}}`, 3)],
  ['overlapping tensors', 'safetensors-overlap', fileOf(`{"a":${entry('U8', [2], [0, 2])},"b":${entry('U8', [2], [1, 3])}}`, 3)],
  ['a file one byte short', 'safetensors-truncated', offsetsCase([0, 4], 3)],
  ['a file one byte long', 'safetensors-trailing', offsetsCase([0, 4], 5)],
];

describe('faults', () => {
  test.each(faults)('%s: %s', async (_, code, bytes) => {
    const error = await thrown(openBytes(bytes));
    expect(error.code).toBe(code);
    expect(error.message).toMatch(/[a-z].*\.$/s);
    expect(error.remedy).toMatch(/\S/);
    expect(`${error.message} ${error.remedy}`).not.toMatch(/invalid|failed|oops|undefined|NaN/i);
  });

  test('names from the file are shown escaped', async () => {
    const error = await thrown(openBytes(fileOf(`{"\u{202e}exe":${entry('F9', [1], [0, 1])}}`, 1)));
    expect(error.message).toContain('\\u{202e}exe');
    expect(error.message).not.toContain('\u{202e}');
  });

  test('a tensor that is not there: safetensors-no-tensor', async () => {
    const file = await openBytes(fileOf('{}'));
    expect((await thrown(file.values('weight'))).code).toBe('safetensors-no-tensor');
    expect((await thrown(file.values('__proto__'))).code).toBe('safetensors-no-tensor');
  });

  test('integers where floats are asked for: safetensors-not-float', async () => {
    const file = await openBytes(offsetsCase([0, 4]));
    expect((await thrown(file.floats('t'))).code).toBe('safetensors-not-float');
  });

  test('an F64 beyond float32 where floats are asked for: safetensors-overflow; infinities pass', async () => {
    const doubles = Float64Array.of(Number.NEGATIVE_INFINITY, Number.NaN, 1e300);
    const text = `{"t":${entry('F64', [3], [0, 24])},"u":${entry('F64', [2], [24, 40])}}`;
    const bytes = fileOf(text, 40);
    bytes.set(new Uint8Array(doubles.buffer), bytes.length - 40);
    bytes.set(new Uint8Array(doubles.buffer, 0, 16), bytes.length - 16);
    const file = await openBytes(bytes);
    const error = await thrown(file.floats('t'));
    expect(error.code).toBe('safetensors-overflow');
    expect(error.message).toContain('position 2');
    expect([...(await file.floats('u'))]).toEqual([Number.NEGATIVE_INFINITY, Number.NaN]);
  });

  test('a file that changed under the reader: file-gone', async () => {
    const bytes = fileOf(`{"t":${entry('U8', [4], [0, 4])}}`, 4);
    let gone = false;
    const blob = new Blob([bytes]);
    const vanishing = reading(blob, (from, to) => {
      if (!gone) return blob.slice(from, to);
      return Object.assign(new Blob(), { arrayBuffer: () => Promise.reject(new DOMException('', 'NotReadableError')) });
    });
    const file = await SafetensorsFile.open(vanishing);
    gone = true;
    expect((await thrown(file.values('t'))).code).toBe('file-gone');
  });
});

/** Any typed array that the writer takes, of that many elements. */
const valuesOf = (count: number): fc.Arbitrary<TensorValues> => {
  const length = { minLength: count, maxLength: count };
  const bytes = (size: number) =>
    fc.uint8Array({ minLength: count * size, maxLength: count * size }).map((all) => all.slice().buffer as ArrayBuffer);
  return fc.oneof(
    fc.float32Array(length).map((all) => Float32Array.from(all)),
    bytes(1).map((buffer) => new Uint8Array(buffer)),
    bytes(1).map((buffer) => new Int8Array(buffer)),
    bytes(2).map((buffer) => new Uint16Array(buffer)),
    bytes(2).map((buffer) => new Int16Array(buffer)),
    bytes(4).map((buffer) => new Uint32Array(buffer)),
    bytes(4).map((buffer) => new Int32Array(buffer)),
    bytes(8).map((buffer) => new BigUint64Array(buffer)),
    bytes(8).map((buffer) => new BigInt64Array(buffer)),
  );
};

const tensor: fc.Arbitrary<TensorToWrite> = fc
  .array(fc.nat({ max: 3 }), { maxLength: 4 })
  .chain((shape) => valuesOf(shape.reduce((product, side) => product * side, 1)).map((values) => ({ shape, values })));

const anyName = fc.string({ unit: 'binary', maxLength: 12 }).filter((name) => name !== '__metadata__');
const anyText = fc.string({ unit: 'binary', maxLength: 12 });
const someTensors = fc.array(fc.tuple(anyName, tensor), { maxLength: 6 }).map((pairs) => new Map(pairs));
const someMetadata = fc.array(fc.tuple(anyText, anyText), { maxLength: 4 }).map((pairs) => new Map(pairs));

describe('writing', () => {
  test('what is read back is what was written, names and metadata of any text included', async () => {
    await fc.assert(
      fc.asyncProperty(someTensors, someMetadata, async (tensors, metadata) => {
        const file = await openPieces(safetensorsPieces(tensors, metadata));
        expect(new Map(file.metadata)).toEqual(metadata);
        expect(new Set(file.tensors.keys())).toEqual(new Set(tensors.keys()));
        for (const [name, { shape, values }] of tensors) {
          expect(file.tensors.get(name)?.shape).toEqual(shape);
          expect(await file.values(name)).toEqual(values);
        }
      }),
      { numRuns: 200 },
    );
  });

  test('the same tensors in another order give the same bytes, each tensor begins at a multiple of its element', async () => {
    await fc.assert(
      fc.asyncProperty(someTensors, someMetadata, async (tensors, metadata) => {
        const bytes = async (all: typeof tensors, about: typeof metadata) =>
          new Uint8Array(await new Blob(safetensorsPieces(all, about)).arrayBuffer());
        const written = await bytes(tensors, metadata);
        expect(await bytes(new Map([...tensors].toReversed()), new Map([...metadata].toReversed()))).toEqual(written);
        const file = await openBytes(written);
        const dataStart = 8 + Number(new DataView(written.buffer).getBigUint64(0, true));
        expect(dataStart % 8).toBe(0);
        for (const { begin, name } of file.tensors.values())
          expect(begin % (tensors.get(name)?.values.BYTES_PER_ELEMENT ?? 1)).toBe(0);
      }),
    );
  });

  test('a flipped byte is refused or read as numbers of the same size, never another kind of throw', async () => {
    const pieces = safetensorsPieces(
      new Map<string, TensorToWrite>([
        ['weight', { shape: [2, 3], values: Float32Array.of(1, 2, 3, 4, 5, 6) }],
        ['count', { shape: [], values: BigInt64Array.of(7n) }],
      ]),
      new Map([['format', 'pt']]),
    );
    const whole = new Uint8Array(await new Blob(pieces).arrayBuffer());
    await fc.assert(
      fc.asyncProperty(fc.nat({ max: whole.length - 1 }), fc.integer({ min: 1, max: 255 }), async (at, flip) => {
        const bytes = whole.slice();
        bytes[at] = (bytes[at] as number) ^ flip;
        try {
          const file = await openBytes(bytes);
          for (const [name, { begin, end }] of file.tensors) {
            expect(end - begin).toBeLessThanOrEqual(32);
            await file.values(name);
          }
        } catch (error) {
          expect(error).toBeInstanceOf(StudioError);
        }
      }),
      { numRuns: 1000 },
    );
  });

  test('the bytes are those of the Rust library: by size of element, then by name, header padded with spaces', () => {
    const [header] = safetensorsPieces(
      new Map<string, TensorToWrite>([
        ['b', { shape: [1], values: Float32Array.of(1) }],
        ['a', { shape: [2], values: Float32Array.of(1, 2) }],
        ['n', { shape: [], values: BigInt64Array.of(1n) }],
      ]),
      new Map([['format', 'pt']]),
    );
    const text =
      '{"__metadata__":{"format":"pt"},"n":{"dtype":"I64","shape":[],"data_offsets":[0,8]},"a":{"dtype":"F32","shape":[2],"data_offsets":[8,16]},"b":{"dtype":"F32","shape":[1],"data_offsets":[16,20]}}';
    const padded = text.padEnd(Math.ceil(text.length / 8) * 8);
    expect(new TextDecoder().decode((header as Uint8Array).subarray(8))).toBe(padded);
    expect(new DataView((header as Uint8Array<ArrayBuffer>).buffer).getBigUint64(0, true)).toBe(BigInt(padded.length));
  });

  test('a tensor whose values are not as many as its shape says: safetensors-size; the kept name: safetensors-name', () => {
    const write = (name: string, shape: number[]) => () =>
      safetensorsPieces(new Map([[name, { shape, values: new Float32Array(3) }]]));
    expect(write('t', [2])).toThrow(expect.objectContaining({ code: 'safetensors-size' }));
    expect(write('__metadata__', [3])).toThrow(expect.objectContaining({ code: 'safetensors-name' }));
  });
});

const folder = dirname(goldenFile('any'));
const goldens = existsSync(folder) ? readdirSync(folder).filter((name) => name.endsWith('.safetensors')) : [];

describe.skipIf(goldens.length === 0)('files of PyTorch’s numbers (skipped where ../shared/reference/golden is missing)', () => {
  test.each(goldens)('%s: every tensor, byte for byte, also after writing it anew', async (name) => {
    const bytes = readFileSync(goldenFile(name));
    const headerLength = Number(bytes.readBigUInt64LE(0));
    const header = JSON.parse(bytes.toString('utf8', 8, 8 + headerLength)) as Record<
      string,
      { data_offsets: [number, number]; shape: number[] }
    >;
    const file = await SafetensorsFile.open(new Blob([bytes]));
    const names = Object.keys(header).filter((key) => key !== '__metadata__');
    expect([...file.tensors.keys()]).toEqual(names);
    const tensors = new Map<string, TensorToWrite>();
    for (const key of names) tensors.set(key, { shape: file.tensors.get(key)?.shape ?? [], values: await file.values(key) });
    const again = await openPieces(safetensorsPieces(tensors, file.metadata));
    for (const key of names) {
      const [begin, end] = (header[key] as { data_offsets: [number, number] }).data_offsets;
      const original = bytes.subarray(8 + headerLength + begin, 8 + headerLength + end);
      for (const values of [tensors.get(key)?.values, await again.values(key)]) {
        const found = Buffer.from((values as TensorValues).buffer);
        if (!found.equals(original)) expect(`${key} differs`).toBe('equal');
      }
      expect(again.tensors.get(key)?.shape).toEqual(header[key]?.shape);
    }
    expect(again.metadata).toEqual(file.metadata);
  });
});
