/** Zoom blur: the mean of the picture and of its middle enlarged by a row of factors, each by scipy.ndimage.zoom of order 1. */
import { downwards, writeBytes } from './rounding.ts';

/** One axis: for each output position, the lower of two inputs and the share of the upper. */
interface Line {
  readonly from: Int32Array;
  readonly share: Float64Array;
}

export class ZoomBlur {
  readonly #zooms: readonly { readonly rows: Line; readonly columns: Line }[];
  readonly #sum: Float64Array;

  /** Factors 1, 1 + step, ... up to `largest`, counted as numpy.arange counts. */
  constructor(
    private readonly height: number,
    private readonly width: number,
    largest: number,
    step: number,
  ) {
    const factors = Array.from({ length: Math.ceil((largest - 1) / step) }, (_, i) => 1 + i * (1 + step - 1));
    this.#zooms = factors.map((factor) => ({ rows: line(height, factor), columns: line(width, factor) }));
    this.#sum = new Float64Array(height * width * 3);
  }

  apply(rgb: Uint8Array): void {
    const { height, width } = this;
    const sum = this.#sum;
    sum.set(rgb);
    for (const { rows, columns } of this.#zooms) {
      let to = 0;
      for (let y = 0; y < height; y++) {
        const upper = (rows.from[y] as number) * width;
        const down = rows.share[y] as number;
        const lower = down === 0 ? upper : upper + width;
        for (let x = 0; x < width; x++) {
          const left = columns.from[x] as number;
          const across = columns.share[x] as number;
          const right = across === 0 ? left : left + 1;
          for (let c = 0; c < 3; c++) {
            const at = (row: number, column: number) => rgb[(row + column) * 3 + c] as number;
            const above = at(upper, left) * (1 - across) + at(upper, right) * across;
            const below = at(lower, left) * (1 - across) + at(lower, right) * across;
            sum[to] = (sum[to++] as number) + above * (1 - down) + below * down;
          }
        }
      }
    }
    const count = this.#zooms.length + 1;
    for (let at = 0; at < sum.length; at++) sum[at] = (sum[at] as number) / count;
    writeBytes(sum, downwards, rgb);
  }
}

/** The middle of an axis cut out, enlarged, and the middle of that cut out again. */
function line(size: number, factor: number): Line {
  const cut = Math.ceil(size / factor);
  const start = Math.floor((size - cut) / 2);
  const enlarged = pythonRound(cut * factor);
  const trim = Math.floor((enlarged - size) / 2);
  const scale = enlarged > 1 ? (cut - 1) / (enlarged - 1) : 1;
  const from = new Int32Array(size);
  const share = new Float64Array(size);
  for (let at = 0; at < size; at++) {
    const place = Math.min(cut - 1, (at + trim) * scale);
    const lower = Math.min(Math.floor(place), Math.max(0, cut - 2));
    from[at] = start + lower;
    share[at] = place - lower;
  }
  return { from, share };
}

/** Halves to the even neighbour. */
function pythonRound(value: number): number {
  const floor = Math.floor(value);
  const rest = value - floor;
  if (rest !== 0.5) return Math.round(value);
  return floor % 2 === 0 ? floor : floor + 1;
}
