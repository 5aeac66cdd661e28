/**
 * What saving as JPEG does to an image, without the file: libjpeg's colour transform, halved chroma, 8 x 8 cosine
 * transform, quantisation at a quality, and the way back with its smooth upsampling. The entropy code is left out: it
 * loses nothing.
 */

/** Annex K of ITU-T T.81, row by row. */
const luminance = [
  16, 11, 10, 16, 24, 40, 51, 61, 12, 12, 14, 19, 26, 58, 60, 55, 14, 13, 16, 24, 40, 57, 69, 56, 14, 17, 22, 29, 51, 87, 80, 62,
  18, 22, 37, 56, 68, 109, 103, 77, 24, 35, 55, 64, 81, 104, 113, 92, 49, 64, 78, 87, 103, 121, 120, 101, 72, 92, 95, 98, 112,
  100, 103, 99,
];
const chrominance = [
  17, 18, 24, 47, 99, 99, 99, 99, 18, 21, 26, 66, 99, 99, 99, 99, 24, 26, 56, 99, 99, 99, 99, 99, 47, 66, 99, 99, 99, 99, 99, 99,
  99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99,
];

/** [64] divisors of each kind of plane. */
export interface Quantisation {
  readonly luma: readonly number[];
  readonly chroma: readonly number[];
}

/** libjpeg's tables for a quality from 1 to 100. */
export function quantisation(quality: number): Quantisation {
  const percent = quality < 50 ? Math.floor(5000 / quality) : 200 - 2 * quality;
  const scaled = (base: number) => Math.min(255, Math.max(1, Math.floor((base * percent + 50) / 100)));
  return { luma: luminance.map(scaled), chroma: chrominance.map(scaled) };
}

/** A plane of samples, padded to whole blocks. */
interface Plane {
  readonly stride: number;
  readonly samples: Float64Array;
}

const clamp = (value: number): number => Math.min(255, Math.max(0, value));

/** Saves and opens an image [height, width, 3] in place. */
export function jpegOf(rgb: Uint8Array, height: number, width: number, tables: Quantisation): void {
  const rows = Math.ceil(height / 16) * 16;
  const columns = Math.ceil(width / 16) * 16;
  const planes = [0, 1, 2].map((): Plane => ({ stride: columns, samples: new Float64Array(rows * columns) }));
  const [y, cb, cr] = planes as [Plane, Plane, Plane];
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) {
      const from = (Math.min(row, height - 1) * width + Math.min(column, width - 1)) * 3;
      const [r, g, b] = [rgb[from] as number, rgb[from + 1] as number, rgb[from + 2] as number];
      const to = row * columns + column;
      y.samples[to] = (19595 * r + 38470 * g + 7471 * b + 32768) >> 16;
      cb.samples[to] = (-11059 * r - 21709 * g + 32768 * b + (128 << 16) + 32767) >> 16;
      cr.samples[to] = (32768 * r - 27439 * g - 5329 * b + (128 << 16) + 32767) >> 16;
    }
  }
  const chromaRows = Math.ceil(height / 2);
  const chromaColumns = Math.ceil(width / 2);
  const [blue, red] = [halved(cb, rows, chromaRows), halved(cr, rows, chromaRows)];
  throughBlocks(y, rows, tables.luma);
  throughBlocks(blue, rows / 2, tables.chroma);
  throughBlocks(red, rows / 2, tables.chroma);
  const [wideBlue, wideRed] = [doubled(blue, chromaRows, chromaColumns), doubled(red, chromaRows, chromaColumns)];
  for (let row = 0; row < height; row++) {
    for (let column = 0; column < width; column++) {
      const light = y.samples[row * columns + column] as number;
      const u = (wideBlue[row * chromaColumns * 2 + column] as number) - 128;
      const v = (wideRed[row * chromaColumns * 2 + column] as number) - 128;
      const to = (row * width + column) * 3;
      rgb[to] = clamp(light + ((91881 * v + 32768) >> 16));
      rgb[to + 1] = clamp(light + ((-22554 * u - 46802 * v + 32768) >> 16));
      rgb[to + 2] = clamp(light + ((116130 * u + 32768) >> 16));
    }
  }
}

/** Means of 2 x 2 samples, rounded down and up in turns; below `filled`, its last row again. */
function halved({ stride, samples }: Plane, rows: number, filled: number): Plane {
  const half = stride / 2;
  const result = new Float64Array((rows / 2) * half);
  for (let row = 0; row < rows / 2; row++) {
    for (let column = 0; column < half; column++) {
      const at = 2 * Math.min(row, filled - 1) * stride + 2 * column;
      const sum =
        (samples[at] as number) +
        (samples[at + 1] as number) +
        (samples[at + stride] as number) +
        (samples[at + stride + 1] as number);
      result[row * half + column] = (sum + 1 + (column & 1)) >> 2;
    }
  }
  return { stride: half, samples: result };
}

/** [8, 8] orthonormal cosines, row by frequency. */
const cosines = Float64Array.from(
  { length: 64 },
  (_, at) => (at < 8 ? Math.sqrt(1 / 8) : 0.5) * Math.cos(((2 * (at & 7) + 1) * (at >> 3) * Math.PI) / 16),
);

/** Transforms, quantises and transforms back every block of a plane in place. */
function throughBlocks({ stride, samples }: Plane, rows: number, divisors: readonly number[]): void {
  const block = new Float64Array(64);
  const between = new Float64Array(64);
  for (let top = 0; top < rows; top += 8) {
    for (let left = 0; left < stride; left += 8) {
      for (let at = 0; at < 64; at++) block[at] = (samples[(top + (at >> 3)) * stride + left + (at & 7)] as number) - 128;
      transform(block, between, false);
      for (let at = 0; at < 64; at++) {
        const [value, divisor] = [block[at] as number, divisors[at] as number];
        // Halves away from 0.
        block[at] = Math.sign(value) * Math.floor(Math.abs(value) / divisor + 0.5) * divisor;
      }
      transform(block, between, true);
      for (let at = 0; at < 64; at++)
        samples[(top + (at >> 3)) * stride + left + (at & 7)] = clamp(Math.floor((block[at] as number) + 128.5));
    }
  }
}

/** The two-dimensional cosine transform of [8, 8] in place, or its inverse. */
function transform(block: Float64Array, between: Float64Array, inverse: boolean): void {
  const [byFrequency, byPlace] = inverse ? [1, 8] : [8, 1];
  for (const [from, to] of [
    [block, between],
    [between, block],
  ] as const) {
    // Each pass transforms the rows and writes them as columns.
    for (let row = 0; row < 8; row++) {
      for (let k = 0; k < 8; k++) {
        let sum = 0;
        for (let n = 0; n < 8; n++) sum += (cosines[k * byFrequency + n * byPlace] as number) * (from[row * 8 + n] as number);
        to[k * 8 + row] = sum;
      }
    }
  }
}

/** libjpeg's "fancy" upsampling: each new sample is three parts nearer, one part farther neighbour, in both directions. */
function doubled({ stride, samples }: Plane, rows: number, columns: number): Uint8Array {
  const wide = columns * 2;
  const result = new Uint8Array(rows * 2 * wide);
  const sums = new Int32Array(columns);
  for (let row = 0; row < rows * 2; row++) {
    const near = row >> 1;
    const far = Math.min(rows - 1, Math.max(0, row % 2 === 0 ? near - 1 : near + 1));
    for (let column = 0; column < columns; column++)
      sums[column] = 3 * (samples[near * stride + column] as number) + (samples[far * stride + column] as number);
    for (let column = 0; column < columns; column++) {
      const here = sums[column] as number;
      const before = sums[Math.max(0, column - 1)] as number;
      const after = sums[Math.min(columns - 1, column + 1)] as number;
      result[row * wide + 2 * column] = (3 * here + before + 8) >> 4;
      result[row * wide + 2 * column + 1] = (3 * here + after + 7) >> 4;
    }
  }
  return result;
}
