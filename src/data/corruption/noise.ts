/** Noise as scikit-image and NumPy define it, with draws from Threefry: Gaussian, speckle, salt and pepper, photons. */
import type { Draws } from '../draws.ts';
import { downwards } from './rounding.ts';

/** Normal draws by Box and Muller, two at a time. */
class Normal {
  #kept: number | null = null;

  constructor(private readonly draws: Draws) {}

  next(): number {
    const kept = this.#kept;
    if (kept !== null) {
      this.#kept = null;
      return kept;
    }
    // In (0, 1], so that the logarithm is finite.
    const radius = Math.sqrt(-2 * Math.log((this.draws.word() + 1) * 2 ** -32));
    const angle = 2 * Math.PI * this.draws.word() * 2 ** -32;
    this.#kept = radius * Math.sin(angle);
    return radius * Math.cos(angle);
  }
}

/** x + N(0, deviation). */
export function gaussianNoise(rgb: Uint8Array, deviation: number, draws: Draws): void {
  const normal = new Normal(draws);
  for (let at = 0; at < rgb.length; at++) rgb[at] = downwards((rgb[at] as number) + 255 * deviation * normal.next());
}

/** x + x N(0, deviation). */
export function speckleNoise(rgb: Uint8Array, deviation: number, draws: Draws): void {
  const normal = new Normal(draws);
  for (let at = 0; at < rgb.length; at++) rgb[at] = downwards((rgb[at] as number) * (1 + deviation * normal.next()));
}

/** A share of the values becomes 0 or 255, each as likely. */
export function impulseNoise(rgb: Uint8Array, share: number, draws: Draws): void {
  for (let at = 0; at < rgb.length; at++) {
    const hit = draws.chance(share);
    const salt = draws.chance(0.5);
    if (hit) rgb[at] = salt ? 255 : 0;
  }
}

/** For each byte, the distribution of its photon counts, as running sums, and the bytes that counts become. */
export interface PoissonTables {
  readonly cumulative: readonly Float64Array[];
  readonly bytes: Uint8Array;
}

/** Poisson(x photons) / photons. A byte has 256 values, so that each count is looked up, not simulated. */
export function poissonTables(photons: number): PoissonTables {
  const cumulative = Array.from({ length: 256 }, (_, byte) => {
    const mean = (byte / 255) * photons;
    const last = Math.ceil(mean + 12 * Math.sqrt(mean) + 20);
    const sums = new Float64Array(last + 1);
    let probability = Math.exp(-mean);
    let sum = probability;
    for (let count = 0; count <= last; count++) {
      sums[count] = sum;
      probability *= mean / (count + 1);
      sum += probability;
    }
    return sums;
  });
  const most = Math.max(...cumulative.map((sums) => sums.length));
  return { cumulative, bytes: Uint8Array.from({ length: most }, (_, count) => downwards((255 * count) / photons)) };
}

export function shotNoise(rgb: Uint8Array, { cumulative, bytes }: PoissonTables, draws: Draws): void {
  for (let at = 0; at < rgb.length; at++) {
    const sums = cumulative[rgb[at] as number] as Float64Array;
    const drawn = (draws.word() + 0.5) * 2 ** -32;
    let low = 0;
    let high = sums.length - 1;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((sums[middle] as number) > drawn) high = middle;
      else low = middle + 1;
    }
    rgb[at] = bytes[low] as number;
  }
}
