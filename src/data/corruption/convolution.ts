/**
 * Blurs as sums of shifted copies: the taps of defocus (OpenCV's filter2D over a smoothed disk), motion (ImageMagick's
 * one-sided Gaussian along a line) and Gaussian blur (torchvision's), and the sum itself.
 */

/** A weight, and from where it reads relative to the pixel. */
export interface Tap {
  readonly down: number;
  readonly across: number;
  readonly weight: number;
}

/** What lies beyond the border: the picture mirrored (without repeating the border), or its last pixel again. */
export type Beyond = 'mirror' | 'edge';

/** Sums shifted copies of pictures of one size, [height, width, 3]. */
export class Convolver {
  readonly #sum: Float64Array;

  constructor(
    private readonly height: number,
    private readonly width: number,
  ) {
    this.#sum = new Float64Array(height * width * 3);
  }

  /** Valid until the next call. */
  sum(source: Uint8Array | Float64Array, taps: readonly Tap[], beyond: Beyond): Float64Array {
    const { height, width } = this;
    const sum = this.#sum.fill(0);
    for (const { down, across, weight } of taps) {
      const columns = Int32Array.from({ length: width }, (_, x) => 3 * inside(x + across, width, beyond));
      for (let y = 0; y < height; y++) {
        const from = inside(y + down, height, beyond) * width * 3;
        let to = y * width * 3;
        for (let x = 0; x < width; x++) {
          const at = from + (columns[x] as number);
          sum[to] = (sum[to++] as number) + weight * (source[at] as number);
          sum[to] = (sum[to++] as number) + weight * (source[at + 1] as number);
          sum[to] = (sum[to++] as number) + weight * (source[at + 2] as number);
        }
      }
    }
    return sum;
  }
}

/** A position that may lie beyond the border, as one within; small pictures are mirrored as often as needed. */
function inside(at: number, size: number, beyond: Beyond): number {
  if (beyond === 'edge') return Math.min(size - 1, Math.max(0, at));
  if (size === 1) return 0;
  const period = 2 * (size - 1);
  const folded = ((at % period) + period) % period;
  return folded < size ? folded : period - folded;
}

/** A disk of `radius` pixels, its edge smoothed by a 3 x 3 Gaussian of deviation `alias` (5 x 5 for a radius above 8). */
export function defocusTaps(radius: number, alias: number): Tap[] {
  const reach = radius <= 8 ? 8 : Math.ceil(radius);
  const side = 2 * reach + 1;
  const disk = new Float64Array(side * side);
  for (let y = -reach; y <= reach; y++)
    for (let x = -reach; x <= reach; x++) disk[(y + reach) * side + x + reach] = x * x + y * y <= radius * radius ? 1 : 0;
  const total = disk.reduce((sum, value) => sum + value, 0);
  const half = radius <= 8 ? 1 : 2;
  const smooth = gaussian(2 * half + 1, alias);
  const taps: Tap[] = [];
  for (let y = 0; y < side; y++) {
    for (let x = 0; x < side; x++) {
      let weight = 0;
      for (let i = -half; i <= half; i++) {
        for (let j = -half; j <= half; j++) {
          const value = disk[inside(y + i, side, 'mirror') * side + inside(x + j, side, 'mirror')] as number;
          weight += ((smooth[i + half] as number) * (smooth[j + half] as number) * value) / total;
        }
      }
      if (weight !== 0) taps.push({ down: y - reach, across: x - reach, weight });
    }
  }
  return taps;
}

/** `angle` in degrees, 0 to the right, growing downwards. */
export function motionTaps(radius: number, sigma: number, angle: number): Tap[] {
  const width = 2 * Math.ceil(radius) + 1;
  const weights = Array.from({ length: width }, (_, i) => Math.exp(-(i * i) / (2 * sigma * sigma)));
  const total = weights.reduce((sum, value) => sum + value, 0);
  const radians = (angle * Math.PI) / 180;
  return weights.map((weight, i) => ({
    down: Math.ceil(i * Math.sin(radians) - 0.5),
    across: Math.ceil(i * Math.cos(radians) - 0.5),
    weight: weight / total,
  }));
}

/** Both passes of a Gaussian blur with `size` taps each, the deviation that torchvision gives that size. */
export function gaussianTaps(size: number): readonly [Tap[], Tap[]] {
  const weights = [...gaussian(size, 0.3 * ((size - 1) * 0.5 - 1) + 0.8)];
  const half = (size - 1) / 2;
  return [
    weights.map((weight, i) => ({ down: 0, across: i - half, weight })),
    weights.map((weight, i) => ({ down: i - half, across: 0, weight })),
  ];
}

function gaussian(size: number, sigma: number): Float64Array {
  const half = (size - 1) / 2;
  const weights = Float64Array.from({ length: size }, (_, i) => Math.exp(-((i - half) ** 2) / (2 * sigma * sigma)));
  const total = weights.reduce((sum, value) => sum + value, 0);
  return weights.map((value) => value / total);
}
