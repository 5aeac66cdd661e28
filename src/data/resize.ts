/**
 * Bilinear resizing of 8-bit images, half-pixel centres, widened when shrinking (a triangle filter, as Pillow's
 * `BILINEAR` resize): only + - * /, so the same bytes everywhere.
 */

/** For each output position, the first input position it reads and the weights from there on. */
interface Taps {
  readonly first: Uint32Array;
  readonly weights: readonly Float64Array[];
}

export class Resizer {
  readonly #rows: Taps;
  readonly #columns: Taps;
  readonly #between: Float64Array;

  constructor(
    private readonly height: number,
    private readonly width: number,
    private readonly channels: number,
    private readonly toHeight: number,
    private readonly toWidth = toHeight,
  ) {
    this.#rows = taps(height, toHeight);
    this.#columns = taps(width, toWidth);
    this.#between = new Float64Array(height * toWidth * channels);
  }

  /** One image [height, width, channels] at `offset` of `source` into `target` [toHeight, toWidth, channels], rounded to bytes. */
  resize(source: Uint8Array, offset: number, target: Uint8Array): void {
    const { height, width, channels, toHeight, toWidth } = this;
    const between = this.#between;
    for (let y = 0; y < height; y++) {
      for (let x = 0; x < toWidth; x++) {
        const weights = this.#columns.weights[x] as Float64Array;
        const first = offset + (y * width + (this.#columns.first[x] as number)) * channels;
        for (let c = 0; c < channels; c++) {
          let sum = 0;
          for (let k = 0; k < weights.length; k++) sum += (weights[k] as number) * (source[first + k * channels + c] as number);
          between[(y * toWidth + x) * channels + c] = sum;
        }
      }
    }
    const row = toWidth * channels;
    for (let y = 0; y < toHeight; y++) {
      const weights = this.#rows.weights[y] as Float64Array;
      const first = (this.#rows.first[y] as number) * row;
      for (let at = 0; at < row; at++) {
        let sum = 0;
        for (let k = 0; k < weights.length; k++) sum += (weights[k] as number) * (between[first + k * row + at] as number);
        target[y * row + at] = Math.floor(sum + 0.5);
      }
    }
  }
}

function taps(length: number, side: number): Taps {
  const scale = length / side;
  const reach = Math.max(1, scale);
  const first = new Uint32Array(side);
  const weights = Array.from({ length: side }, (_, at) => {
    const centre = (at + 0.5) * scale;
    const begin = Math.max(0, Math.floor(centre - reach + 0.5));
    const end = Math.min(length, Math.floor(centre + reach + 0.5));
    first[at] = begin;
    const raw = Float64Array.from({ length: end - begin }, (_unused, k) =>
      Math.max(0, 1 - Math.abs((begin + k + 0.5 - centre) / reach)),
    );
    const total = raw.reduce((sum, weight) => sum + weight, 0);
    return raw.map((weight) => weight / total);
  });
  return { first, weights };
}
