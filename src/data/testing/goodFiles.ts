/** Every unusual input that intake must accept: the other rows of the table of bad inputs. Without Node, as `badFiles.ts`. */
import { arrays, bytesOf, npy, npz, partsOf, pixels, zip, type NpyParts, type Part } from './build.ts';

export interface GoodFile {
  readonly row: number;
  readonly name: string;
  readonly bytes: Uint8Array;
}

export function goodFiles(): GoodFile[] {
  const files: GoodFile[] = [];
  const add = (row: number, name: string, bytes: Uint8Array): void => {
    files.push({ row, name, bytes });
  };
  const each = (change: Partial<Part>): Part[] => partsOf(arrays()).map((part) => ({ ...part, ...change }));
  const extra = (name: string, data: Uint8Array = npy({ shape: [1] })): Uint8Array => zip([...partsOf(arrays()), { name, data }]);
  const labels = (parts: NpyParts): Uint8Array => npz({ train_labels: parts });
  const images = (parts: NpyParts): Uint8Array => npz({ train_images: { shape: [9, 8, 8], data: pixels(576, 9), ...parts } });
  const header = (value: string, parts: NpyParts = {}): Uint8Array => images({ header: value, ...parts });
  add(22, 'a zip64 archive', zip(each({ zip64Entry: true }), { zip64End: true }));
  add(23, 'local headers in zip64, as NumPy writes them', zip(each({ zip64Local: true })));
  add(24, 'sizes after the data', zip(each({ descriptor: true })));
  add(29, 'a member called __proto__', extra('__proto__.npy'));
  add(29, 'a member called constructor', extra('constructor.npy'));
  add(30, 'a name that turns the text around', extra('\u202egnp.npy'));
  add(30, 'a name with markup', extra('<img onerror=alert(1)>.npy'));
  add(
    32,
    'folders and litter of file managers',
    zip([...partsOf(arrays()), ...['d/', '__MACOSX/._x.npy', '.DS_Store'].map((name) => ({ name, data: new Uint8Array(0) }))]),
  );
  add(33, 'an array outside the convention', extra('mean.npy'));
  add(33, 'a member that is no array', extra('readme.txt', new TextEncoder().encode('hello')));
  add(36, 'npy version 2.0', images({ version: [2, 0] }));
  add(36, 'npy version 3.0', images({ version: [3, 0] }));
  add(
    39,
    'a header without its newline',
    header("{'descr': '|u1', 'fortran_order': False, 'shape': (9, 8, 8), }", { bare: true }),
  );
  add(43, 'header keys in another order', header("{'shape': (9, 8, 8), 'descr': '|u1', 'fortran_order': False}"));
  add(43, "Python 2's long integers", header("{'descr': '|u1', 'fortran_order': False, 'shape': (9L, 8L, 8L), }"));
  add(43, 'double quotes', header('{"descr": "|u1", "fortran_order": False, "shape": (9, 8, 8)}'));
  for (const descr of ['|u1', '<u1', '=u1', 'u1', '>u1']) add(59, `the spelling ${descr}`, images({ descr }));
  add(50, 'Fortran order', images({ fortran: true, data: fortran(pixels(576, 9), 9, 64) }));
  const classes = [0, 1, 2, 0, 1, 2, 0, 1, 2];
  add(54, 'big-endian 16-bit labels', labels({ descr: '>u2', shape: [9], data: bytesOf(Uint16Array.from(classes), true) }));
  add(54, 'big-endian 32-bit labels', labels({ descr: '>i4', shape: [9], data: bytesOf(Int32Array.from(classes), true) }));
  add(55, '64-bit labels', labels({ descr: '<i8', shape: [9, 1], data: bytesOf(BigInt64Array.from(classes, BigInt)) }));
  add(55, '64-bit unsigned labels', labels({ descr: '<u8', shape: [9, 1], data: bytesOf(BigUint64Array.from(classes, BigInt)) }));
  add(73, 'float labels that are whole', labels({ descr: '<f8', shape: [9], data: bytesOf(Float64Array.from(classes)) }));
  add(66, 'labels of one dimension', labels({ shape: [9], data: Uint8Array.from(classes) }));
  const unit = Float64Array.from(pixels(576, 9), (value) => value / 255);
  add(54, 'big-endian float images', images({ descr: '>f4', data: bytesOf(Float32Array.from(unit), true) }));
  add(57, 'float64 images', images({ descr: '<f8', data: bytesOf(unit) }));
  add(77, 'float images in [0, 1]', images({ descr: '<f4', data: bytesOf(Float32Array.from(unit)) }));
  return files;
}

/** Column-major bytes of a row-major [rows, columns, ...] whose inner part is one 8 x 8 image. */
function fortran(bytes: Uint8Array, rows: number, columns: number): Uint8Array {
  const out = new Uint8Array(bytes.length);
  for (let row = 0; row < rows; row++) {
    for (let k = 0; k < columns; k++) out[row + rows * (Math.floor(k / 8) + 8 * (k % 8))] = bytes[row * columns + k] as number;
  }
  return out;
}
