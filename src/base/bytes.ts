/**
 * Bytes: little-endian reads, CRC-32 (the zip and gzip polynomial, 0xEDB88320) and showing untrusted text safely.
 * Pure functions; nothing here reads a file or keeps state.
 */

/** Eight tables of 256 words: CRC-32 eight bytes at a time ("slicing-by-8", Kounavis and Berry, 2005). */
const tables: readonly Uint32Array[] = (() => {
  const first = new Uint32Array(256);
  for (let byte = 0; byte < 256; byte++) {
    let word = byte;
    for (let bit = 0; bit < 8; bit++) word = word & 1 ? (word >>> 1) ^ 0xedb88320 : word >>> 1;
    first[byte] = word;
  }
  const all = [first];
  for (let slice = 1; slice < 8; slice++) {
    const before = all[slice - 1] as Uint32Array;
    all.push(before.map((word) => (word >>> 8) ^ (first[word & 0xff] as number)));
  }
  return all;
})();
const [t0, t1, t2, t3, t4, t5, t6, t7] = tables as [
  Uint32Array,
  Uint32Array,
  Uint32Array,
  Uint32Array,
  Uint32Array,
  Uint32Array,
  Uint32Array,
  Uint32Array,
];

/** CRC-32 of `bytes`, continued from `start` (the CRC of what came before; 0 at the beginning). Unsigned 32-bit. */
export function crc32(bytes: Uint8Array, start = 0): number {
  let crc = ~start;
  let at = 0;
  const whole = bytes.length - (bytes.length % 8);
  while (at < whole) {
    const low =
      crc ^
      ((bytes[at] as number) |
        ((bytes[at + 1] as number) << 8) |
        ((bytes[at + 2] as number) << 16) |
        ((bytes[at + 3] as number) << 24));
    crc =
      (t7[low & 0xff] as number) ^
      (t6[(low >>> 8) & 0xff] as number) ^
      (t5[(low >>> 16) & 0xff] as number) ^
      (t4[low >>> 24] as number) ^
      (t3[bytes[at + 4] as number] as number) ^
      (t2[bytes[at + 5] as number] as number) ^
      (t1[bytes[at + 6] as number] as number) ^
      (t0[bytes[at + 7] as number] as number);
    at += 8;
  }
  for (; at < bytes.length; at++) crc = (crc >>> 8) ^ (t0[(crc ^ (bytes[at] as number)) & 0xff] as number);
  return ~crc >>> 0;
}

/** The product of a 32x32 matrix over GF(2) (one word a column) and a vector. */
function times(matrix: readonly number[], vector: number): number {
  let sum = 0;
  for (let bit = 0; vector !== 0; bit++, vector >>>= 1) if (vector & 1) sum ^= matrix[bit] as number;
  return sum >>> 0;
}

/**
 * CRC-32 of A followed by B from the CRC of each and the length of B in bytes (up to 2^53): appending a zero byte is a
 * linear map over GF(2), applied `secondBytes` times by squaring.
 */
export function crc32Joined(first: number, second: number, secondBytes: number): number {
  // One zero bit: shift right, and the polynomial where the lowest bit was set.
  let power: number[] = [0xedb88320, ...Array.from({ length: 31 }, (_, bit) => 2 ** bit)];
  const squared = (matrix: readonly number[]): number[] => matrix.map((column) => times(matrix, column));
  power = squared(squared(squared(power)));
  let moved = first;
  for (let left = secondBytes; left > 0; left = Math.floor(left / 2)) {
    if (left % 2 === 1) moved = times(power, moved);
    power = squared(power);
  }
  return (moved ^ second) >>> 0;
}

/** A little-endian view of exactly these bytes. */
export function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

/** A little-endian unsigned 64-bit field; null above 2^53 - 1, where a number would no longer be exact. */
export function safeUint64(view: DataView, at: number): number | null {
  const value = view.getBigUint64(at, true);
  return value > BigInt(Number.MAX_SAFE_INTEGER) ? null : Number(value);
}

/** Pieces end to end in one array. */
export function joined(pieces: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const whole = new Uint8Array(pieces.reduce((sum, piece) => sum + piece.length, 0));
  let at = 0;
  for (const piece of pieces) {
    whole.set(piece, at);
    at += piece.length;
  }
  return whole;
}

const unprintable = /[\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{Cn}\p{Zl}\p{Zp}]/gu;

/**
 * Text that came from a file, fit to stand in a sentence: control, bidirectional and unassigned characters written as
 * `\u{202e}`, and the middle left out above `limit` characters.
 */
export function shown(text: string, limit = 80): string {
  const plain = text.replace(unprintable, (found) => `\\u{${(found.codePointAt(0) as number).toString(16)}}`);
  if (plain.length <= limit) return plain;
  const half = Math.floor((limit - 1) / 2);
  return `${plain.slice(0, half)}…${plain.slice(-half)}`;
}

/** `12.3 MB`, in powers of ten as file managers show them. */
export function sizeText(bytes: number): string {
  if (bytes < 1000) return bytes === 1 ? '1 byte' : `${bytes} bytes`;
  const units = ['kB', 'MB', 'GB', 'TB', 'PB'];
  let value = bytes / 1000;
  let unit = 0;
  while (value >= 999.95 && unit < units.length - 1) {
    value /= 1000;
    unit++;
  }
  return `${value.toFixed(1)} ${units[unit] as string}`;
}

/** `1,600`: thousands separated by commas, in every locale. */
export function countText(count: number): string {
  return String(count).replace(/\B(?=(\d{3})+(?!\d))/g, ',');
}
