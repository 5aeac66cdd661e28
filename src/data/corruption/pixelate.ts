/** Pixelation: shrunk and grown again by Pillow's BOX filter, in its fixed-point arithmetic, so that the bytes are its own. */

const precision = 2 ** 22;

interface Taps {
  readonly first: number;
  readonly weights: readonly number[];
}

export class Pixelate {
  readonly #small: { readonly height: number; readonly width: number };
  readonly #down: { readonly rows: readonly Taps[]; readonly columns: readonly Taps[] };
  readonly #up: { readonly rows: readonly Taps[]; readonly columns: readonly Taps[] };

  constructor(
    height: number,
    private readonly width: number,
    share: number,
  ) {
    const small = { height: Math.max(1, Math.trunc(height * share)), width: Math.max(1, Math.trunc(width * share)) };
    this.#small = small;
    this.#down = { rows: boxTaps(height, small.height), columns: boxTaps(width, small.width) };
    this.#up = { rows: boxTaps(small.height, height), columns: boxTaps(small.width, width) };
  }

  apply(rgb: Uint8Array): void {
    const small = resized(rgb, this.width, this.#down.rows, this.#down.columns);
    rgb.set(resized(small, this.#small.width, this.#up.rows, this.#up.columns));
  }
}

/** Pillow's coefficients of one axis: for each output position, where it reads and with which whole-number weights. */
function boxTaps(from: number, to: number): Taps[] {
  const scale = from / to;
  const wide = Math.max(scale, 1);
  const support = 0.5 * wide;
  return Array.from({ length: to }, (_, at) => {
    const centre = (at + 0.5) * scale;
    const first = Math.max(0, Math.trunc(centre - support + 0.5));
    const last = Math.min(from, Math.trunc(centre + support + 0.5));
    const raw = Array.from({ length: last - first }, (__, k) => {
      const x = (k + first - centre + 0.5) / wide;
      return x > -0.5 && x <= 0.5 ? 1 : 0;
    });
    const total = raw.reduce<number>((sum, value) => sum + value, 0);
    return { first, weights: raw.map((value) => Math.trunc((value / total) * precision + 0.5)) };
  });
}

/** Columns first, rounded to bytes, then rows, as Pillow does. */
function resized(rgb: Uint8Array, width: number, rows: readonly Taps[], columns: readonly Taps[]): Uint8Array {
  const height = rgb.length / 3 / width;
  const narrow = new Uint8Array(height * columns.length * 3);
  const result = new Uint8Array(rows.length * columns.length * 3);
  for (let y = 0; y < height; y++)
    columns.forEach((taps, x) => summed(rgb, (y * width + taps.first) * 3, 3, taps, narrow, (y * columns.length + x) * 3));
  rows.forEach((taps, y) => {
    for (let x = 0; x < columns.length; x++)
      summed(narrow, (taps.first * columns.length + x) * 3, columns.length * 3, taps, result, (y * columns.length + x) * 3);
  });
  return result;
}

function summed(from: Uint8Array, start: number, stride: number, { weights }: Taps, to: Uint8Array, at: number): void {
  for (let c = 0; c < 3; c++) {
    let sum = precision / 2;
    for (let k = 0; k < weights.length; k++) sum += (weights[k] as number) * (from[start + k * stride + c] as number);
    to[at + c] = Math.min(255, Math.max(0, Math.floor(sum / precision)));
  }
}
