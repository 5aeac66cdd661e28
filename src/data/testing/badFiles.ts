/**
 * Every input that intake must refuse, with the code it must give: the numbered rows of the table of bad inputs. Built in code,
 * without Node, so that the same list runs in Node and in every browser.
 */
import { joined } from '../../base/bytes.ts';
import {
  arrays,
  bytesOf,
  deflateStored,
  deflateZeros,
  npy,
  npz,
  partsOf,
  pixels,
  zip,
  type NpyParts,
  type Part,
  type ZipOptions,
} from './build.ts';

export interface BadFile {
  readonly row: number;
  readonly code: string;
  /** A noun phrase: what is wrong with it. */
  readonly name: string;
  readonly bytes: Uint8Array;
}

const text = (value: string): Uint8Array => new TextEncoder().encode(value);

export function badFiles(): BadFile[] {
  const files: BadFile[] = [];
  const add = (row: number, code: string, name: string, bytes: Uint8Array): void => {
    files.push({ row, code, name, bytes });
  };
  container(add);
  arraysWithin(add);
  meaning(add);
  return files;
}

type Add = (row: number, code: string, name: string, bytes: Uint8Array) => void;

/** The good parts, the first of them changed. */
function withFirst(change: Partial<Part>, options: ZipOptions = {}): Uint8Array {
  const [first, ...rest] = partsOf(arrays()) as [Part, ...Part[]];
  return zip([{ ...first, ...change }, ...rest], options);
}

/** The good parts and one more. */
const withExtra = (...extra: Part[]): Uint8Array => zip([...partsOf(arrays()), ...extra]);

function container(add: Add): void {
  const good = npz();
  const endAt = good.length - 22;
  add(1, 'file-empty', 'an empty file', new Uint8Array(0));
  add(2, 'not-npz', 'a text file', text('train_images, train_labels\n1, 2\n'));
  add(2, 'not-npz', 'a PNG image', joined([Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 13, 10, 26, 10), pixels(300, 1)]));
  add(2, 'not-npz', 'an HTML page', text('<!DOCTYPE html><html><body>Please log in</body></html>'));
  add(3, 'npy-not-npz', 'a single .npy', npy({ shape: [2, 8, 8] }));
  add(4, 'zip-truncated', 'a zip cut off before its end', good.slice(0, -30));
  add(4, 'zip-truncated', 'a zip cut off inside its end record', good.slice(0, -1));
  add(5, 'zip-range', 'a zip with its middle missing', joined([good.slice(0, 200), good.slice(400)]));
  const [firstPart, ...others] = partsOf(arrays()) as [Part, ...Part[]];
  add(
    5,
    'zip-range',
    'a member that reaches beyond the directory',
    zip([...others, { ...firstPart, compressedBytes: 5000, sizeBytes: 5000 }]),
  );
  add(6, 'zip-trailing', 'bytes after the end of the zip', joined([good, text('junk')]));
  add(7, 'zip-prefix', 'bytes before the zip', joined([text('#!/bin/sh\n'), good]));
  add(8, 'zip-ambiguous', 'two end records, one after the other', joined([good, good.slice(endAt)]));
  add(8, 'zip-ambiguous', 'an end record in the comment of another', zip(partsOf(arrays()), { comment: good.slice(endAt) }));
  add(9, 'zip-directory', 'an end record that counts more members', zip(partsOf(arrays()), { count: 7 }));
  add(9, 'zip-directory', 'an end record that counts fewer members', zip(partsOf(arrays()), { count: 5 }));
  const many = Array.from({ length: 65 }, (_, index): Part => ({ name: `extra${index}.npy`, data: npy({ shape: [1] }) }));
  add(10, 'zip-too-many', '65 members', zip(many));
  add(10, 'zip-too-many', 'a directory of more than 1 MiB', zip(partsOf(arrays()), { directoryBytes: 2 ** 20 + 1 }));
  add(11, 'zip-overlap', 'two members that share bytes', overlapping());
  const claimed = 3 * 2 ** 30;
  add(
    12,
    'too-large',
    'a bomb that declares its size',
    withFirst({ raw: new Uint8Array(Math.ceil(claimed / 1000)), sizeBytes: claimed }),
  );
  const labelBomb = partsOf(arrays()).map((part): Part => {
    return part.name === 'val_labels.npy' ? { ...part, raw: new Uint8Array(2 ** 17), sizeBytes: 100 * 2 ** 20 } : part;
  });
  add(12, 'too-large', 'labels that declare 100 MiB', zip(labelBomb));
  add(
    13,
    'zip-size-lie',
    'a bomb that inflates past its declared size',
    withFirst({ raw: bombAfterHeader(deflateZeros(40_000)), sizeBytes: 704 }),
  );
  add(14, 'zip-size-lie', 'a member that declares 3 GiB and holds 1 kB', withFirst({ sizeBytes: claimed }));
  add(14, 'zip-size-lie', 'a member that holds fewer bytes than it declares', withFirst(shortMember()));
  add(15, 'zip-crc', 'a wrong CRC-32', withFirst({ crc: 0x12345678 }));
  add(
    15,
    'zip-crc',
    'a wrong CRC-32 of a stored member',
    zip(partsOf(arrays(), false).map((part, index) => (index === 0 ? { ...part, crc: 1 } : part))),
  );
  const whole = deflateStored((partsOf(arrays())[0] as Part).data);
  add(16, 'zip-inflate', 'a deflate stream that breaks off', withFirst({ raw: whole.slice(0, -9) }));
  add(
    17,
    'zip-inflate',
    'a deflate block of a type that does not exist',
    withFirst({ raw: joined([Uint8Array.of(7), whole.slice(1)]) }),
  );
  add(18, 'zip-inflate', 'a byte after the end of the deflate stream', withFirst({ raw: joined([whole, Uint8Array.of(0)]) }));
  add(18, 'zip-inflate', 'a second deflate stream after the first', withFirst({ raw: joined([whole, whole]) }));
  add(
    18,
    'zip-inflate',
    'a gzip trailer planted after the deflate stream',
    withFirst({ raw: joined([whole, plantedTrailer()]) }),
  );
  for (const [method, name] of [
    [9, 'deflate64'],
    [12, 'bzip2'],
    [14, 'LZMA'],
    [93, 'Zstandard'],
  ] as const) {
    add(19, 'zip-method', `compression by ${name}`, withFirst({ method }));
  }
  add(20, 'zip-encrypted', 'an encrypted member', withFirst({ flags: 1 }));
  add(20, 'zip-encrypted', 'an AES-encrypted member', withFirst({ method: 99, flags: 1 }));
  add(21, 'zip-multidisk', 'one part of a split zip', zip(partsOf(arrays()), { disk: 1 }));
  add(25, 'zip-ambiguous', 'a member with two names', withFirst({ localName: 'other_image.npy' }));
  add(26, 'duplicate-name', 'the same array twice', withExtra(firstPart));
  add(27, 'duplicate-name', 'an array with and without .npy', withExtra({ ...firstPart, name: 'train_images' }));
  for (const name of ['../../x.npy', '/x.npy', 'C:\\x.npy', 'a\\x.npy', 'C:x.npy']) {
    add(28, 'name-unsafe', `the name ${name}`, withExtra({ name, data: npy({}) }));
  }
  add(30, 'name-unsafe', 'a name with NUL', withExtra({ name: 'a\0b.npy', data: npy({}) }));
  add(30, 'name-unsafe', 'a name of 300 bytes', withExtra({ name: `${'a'.repeat(296)}.npy`, data: npy({}) }));
  add(
    31,
    'name-encoding',
    'a name that is not UTF-8',
    withExtra({ name: Uint8Array.of(0xff, 0xfe, 0x2e), data: npy({}), flags: 0x800 }),
  );
  const gap = joined([good.slice(0, endAt), new Uint8Array(7), good.slice(endAt)]);
  add(9, 'zip-directory', 'bytes between the directory and the end record', gap);
}

/** The first member's data as the second member too, by pointing both entries at one local header's bytes. */
function overlapping(): Uint8Array {
  const inner = npy({ shape: [4, 8, 8] });
  const nested = zip([{ name: 'val_images.npy', data: inner }]).slice(0, 30 + 14 + inner.length);
  const outer = joined([npy({ shape: [4, 8, 8] }), nested]);
  const first: Part = { name: 'train_images.npy', data: outer };
  const second: Part = {
    name: 'val_images.npy',
    data: inner,
    raw: new Uint8Array(0),
    compressedBytes: inner.length,
    headerFrom: 30 + 16 + outer.length - nested.length,
  };
  return zip([first, second]);
}

/** A good header of 128 bytes as a stored block, then zeros without end. */
function bombAfterHeader(zeros: Uint8Array): Uint8Array {
  const header = (partsOf(arrays())[0] as Part).data.slice(0, 128);
  return joined([Uint8Array.of(0, 128, 0, 127, 255), header, zeros]);
}

/** A member 100 bytes short of its declared size, where the npy header too expects the declared size. */
function shortMember(): Partial<Part> {
  const { data } = partsOf(arrays())[0] as Part;
  return { data: data.slice(0, -100), sizeBytes: data.length };
}

/** What would end a gzip stream of the member, if the random bytes before it were empty. */
function plantedTrailer(): Uint8Array {
  const { data } = partsOf(arrays())[0] as Part;
  const trailer = new DataView(new ArrayBuffer(8));
  trailer.setUint32(4, data.length + 8, true);
  return new Uint8Array(trailer.buffer);
}

function arraysWithin(add: Add): void {
  const labels = (parts: NpyParts): Uint8Array => npz({ train_labels: parts });
  const images = (parts: NpyParts): Uint8Array => npz({ train_images: { shape: [9, 8, 8], data: pixels(576, 9), ...parts } });
  const header = (value: string | Uint8Array): Uint8Array => images({ header: value });
  const shape = (value: string): Uint8Array => header(`{'descr': '|u1', 'fortran_order': False, 'shape': ${value}, }`);
  const typed = (descr: string, bytes: number): Uint8Array => images({ descr, data: new Uint8Array(576 * bytes) });
  add(34, 'npy-magic', 'a member that is no npy', images({ magic: text('NUMPY!') }));
  add(35, 'npy-version', 'npy version 4.0', images({ version: [4, 0] }));
  add(35, 'npy-version', 'npy version 0.9', images({ version: [0, 9] }));
  add(37, 'npy-truncated', 'a header longer than its member', npz({ train_labels: { shape: [9, 1], headerBytes: 9000 } }));
  add(
    38,
    'npy-header-size',
    'a header of 20,000 bytes',
    header(`{'descr': '|u1', 'fortran_order': False, 'shape': (9, 8, 8), }${' '.repeat(20_000)}`),
  );
  add(39, 'npy-header', 'a header with bytes that are no text', header(Uint8Array.of(0x7b, 0xff, 0xfe, 0x7d)));
  add(
    39,
    'npy-header',
    'a version 3 header that is not UTF-8',
    images({ header: Uint8Array.of(0x7b, 0xff, 0x7d), version: [3, 0] }),
  );
  add(40, 'npy-header', 'a header with a call', header("{'descr': exit(), 'fortran_order': False, 'shape': (9, 8, 8), }"));
  add(40, 'npy-header', 'a header with a name', header("{'descr': np.uint8, 'fortran_order': False, 'shape': (9, 8, 8), }"));
  add(40, 'npy-header', 'a header with an f-string', header("{'descr': f'|u1', 'fortran_order': False, 'shape': (9, 8, 8), }"));
  add(40, 'npy-header', 'a header with arithmetic', shape('(9, 8, 4+4)'));
  add(
    40,
    'npy-header',
    'a header with more text behind it',
    header("{'descr': '|u1', 'fortran_order': False, 'shape': (9, 8, 8), } or 1"),
  );
  add(41, 'npy-header', 'a header without a shape', header("{'descr': '|u1', 'fortran_order': False}"));
  add(
    41,
    'npy-header',
    'a header with one key too many',
    header("{'descr': '|u1', 'fortran_order': False, 'shape': (9, 8, 8), 'x': 1}"),
  );
  add(
    42,
    'npy-header',
    'a header with a key twice',
    header("{'descr': '|u1', 'fortran_order': False, 'shape': (9, 8, 8), 'shape': (9, 8, 8)}"),
  );
  for (const value of ['[9, 8, 8]', '(9, -8, 8)', '(9, 8.0, 8)', '(True,)', '576', 'None', '(1, 1, 1, 1, 1, 1, 1, 9, 64)']) {
    add(44, 'npy-shape', `the shape ${value}`, shape(value));
  }
  add(45, 'npy-shape', 'a shape of 2^80 items', shape('(1099511627776, 1099511627776)'));
  add(45, 'npy-shape', 'a shape whose product wraps around to 0 in 64 bits', shape('(4294967296, 4294967296, 8)'));
  add(46, 'npy-truncated', 'a shape of 10^12 items in a small file', shape('(1000000000000,)'));
  add(47, 'npy-truncated', 'data one byte short', images({ data: pixels(575, 9) }));
  add(48, 'npy-trailing', 'data one byte long', images({ data: pixels(577, 9) }));
  add(49, 'npy-header', 'fortran_order: 1', header("{'descr': '|u1', 'fortran_order': 1, 'shape': (9, 8, 8), }"));
  add(51, 'rank', '0-dimensional images', npz({ train_images: { shape: [], data: new Uint8Array(1) } }));
  add(51, 'rank', '2-dimensional images', npz({ train_images: { shape: [9, 64], data: new Uint8Array(576) } }));
  add(52, 'npy-object', 'Python objects', images({ descr: '|O', data: text('\u0080\u0004pickle') }));
  add(
    53,
    'dtype',
    'a structured array',
    header("{'descr': [('r', '|u1'), ('g', '|u1')], 'fortran_order': False, 'shape': (9, 8, 4), }"),
  );
  add(53, 'dtype', 'dates', typed('<M8[ns]', 8));
  add(53, 'dtype', 'text', typed('<U2', 8));
  add(53, 'dtype', 'complex numbers', typed('<c8', 8));
  add(53, 'dtype', 'numbers of 16 bytes', typed('<f16', 16));
  add(54, 'dtype', '16-bit images', typed('>u2', 2));
  add(54, 'dtype', '64-bit integer images', typed('<i8', 8));
  add(60, 'dtype', 'bfloat16 as raw bytes', typed('|V2', 2));
  const huge = BigInt64Array.from([0n, 1n, 2n, 0n, 1n, 2n, 0n, 1n, 2n ** 53n + 1n]);
  add(55, 'label-range', 'a 64-bit label above 2^53', labels({ descr: '<i8', shape: [9], data: bytesOf(huge) }));
}

function meaning(add: Add): void {
  const labels = (
    values: number[],
    shape: number[] = [9, 1],
    descr = '|u1',
    data: Uint8Array = Uint8Array.from(values),
  ): Uint8Array => npz({ train_labels: { descr, shape, data } });
  const floats = (values: Float32Array): Uint8Array =>
    npz({ train_images: { descr: '<f4', shape: [9, 8, 8], data: bytesOf(values) } });
  const all = (shape: readonly number[]): Uint8Array => {
    const items = shape.reduce((product, size) => product * size, 1);
    const of = (count: number): NpyParts => ({ shape: [count, ...shape], data: pixels(count * items, count) });
    return npz({ train_images: of(9), val_images: of(3), test_images: of(6) });
  };
  add(61, 'split-incomplete', 'images without labels', npz({ train_labels: null }));
  add(61, 'split-incomplete', 'labels without images', npz({ test_images: null }));
  add(62, 'split-missing', 'no validation split', npz({ val_images: null, val_labels: null }));
  add(62, 'split-missing', 'no training split', npz({ train_images: null, train_labels: null }));
  add(62, 'split-missing', 'none of the arrays', zip([{ name: 'x_train.npy', data: npy({ shape: [3, 8, 8] }) }]));
  add(62, 'split-missing', 'a zip without members', zip([]));
  add(64, 'split-empty', 'an empty split', npz({ val_images: { shape: [0, 8, 8] }, val_labels: { shape: [0, 1] } }));
  add(
    65,
    'count-mismatch',
    'more images than labels',
    npz({ train_labels: { shape: [8, 1], data: Uint8Array.of(0, 1, 2, 0, 1, 2, 0, 1) } }),
  );
  const hot = (count: number): NpyParts => ({
    shape: [count, 3],
    data: Uint8Array.from({ length: count * 3 }, (_, index) => (index % 3 === Math.floor(index / 3) % 3 ? 1 : 0)),
  });
  add(68, 'labels-onehot', 'one-hot labels', npz({ train_labels: hot(9), val_labels: hot(3), test_labels: hot(6) }));
  add(69, 'label-range', 'a negative label', labels([0, 1, 2, 255, 1, 2, 0, 1, 2], [9, 1], '|i1'));
  add(69, 'label-range', 'a label of 1000', labels([], [9], '<u2', bytesOf(Uint16Array.of(0, 1, 2, 1000, 1, 2, 0, 1, 2))));
  const twos: NpyParts = { shape: [9, 2], data: Uint8Array.from({ length: 18 }, (_, index) => index % 3) };
  const bits = (count: number): NpyParts => ({
    shape: [count, 2],
    data: Uint8Array.from({ length: count * 2 }, (_, index) => (index >> 1) & 1),
  });
  add(
    67,
    'label-range',
    'a 2 among the 0s and 1s of a multi-label set',
    npz({ train_labels: twos, val_labels: bits(3), test_labels: bits(6) }),
  );
  add(72, 'label-single', 'one class only', labels([1, 1, 1, 1, 1, 1, 1, 1, 1]));
  const half = Float32Array.of(0, 1, 2, 0, 1.5, 2, 0, 1, 2);
  add(73, 'label-float', 'a label of 1.5', labels([], [9], '<f4', bytesOf(half)));
  add(73, 'label-float', 'a label of NaN', labels([], [9], '<f4', bytesOf(Float32Array.of(0, 1, 2, 0, NaN, 2, 0, 1, 2))));
  for (const channels of [2, 4, 5]) add(74, 'channels', `images of ${channels} channels`, all([8, 8, channels]));
  add(74, 'layout-nchw', 'channels before the pixels', all([3, 8, 8]));
  add(74, 'layout-nchw', 'one channel before the pixels', all([1, 9, 8]));
  add(75, 'split-shape', 'splits of different image sizes', npz({ val_images: { shape: [3, 9, 8] } }));
  add(75, 'split-shape', 'splits of different channels', npz({ test_images: { shape: [6, 8, 8, 3] } }));
  add(75, 'split-shape', 'splits of different label columns', npz({ val_labels: bits(3) }));
  const good = Float32Array.from({ length: 576 }, (_, index) => index / 576);
  add(76, 'not-finite', 'a NaN among the pixels', floats(good.with(100, NaN)));
  add(76, 'not-finite', 'an infinite pixel', floats(good.with(575, -Infinity)));
  add(77, 'image-range', 'float images from 0 to 255', floats(good.map((value) => Math.round(value * 255))));
  add(77, 'image-range', 'float images from -1 to 1', floats(good.map((value) => value * 2 - 1)));
  const f8 = Float64Array.from(good).with(3, 1e300);
  add(
    57,
    'image-range',
    'a float64 pixel beyond float32',
    npz({ train_images: { descr: '<f8', shape: [9, 8, 8], data: bytesOf(f8) } }),
  );
  add(78, 'image-size', 'images of 1 x 1', all([1, 1]));
  add(78, 'image-size', 'images of 4 x 4', all([4, 4]));
  add(78, 'image-size', 'images of 4096 x 8', all([4096, 8]));
  add(78, 'volume-unsupported', 'volumes', all([9, 9, 9]));
  add(78, 'volume-unsupported', 'volumes of colour', all([8, 8, 8, 3]));
}
