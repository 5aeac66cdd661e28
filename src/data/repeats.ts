/**
 * Images that stand in two splits, pixel for pixel: found by a fingerprint of each image, confirmed byte by byte. No
 * thresholds: an image saved again with another quality is another image.
 */
import type { Dataset, Split } from './dataset.ts';

/** An image of a split and the training image that equals it, both as positions in their split. */
export interface Twin {
  readonly image: number;
  readonly training: number;
}

export const imageStride = ({ height, width, channels }: Dataset): number => height * width * channels;

/** A 53-bit fingerprint of each image (equal images have equal ones), and how many images hold one value only. */
export class Fingerprints {
  readonly prints: Float64Array;
  blank = 0;
  readonly #units: Uint8Array | Uint32Array;
  readonly #step: number;
  readonly #aligned: boolean;

  constructor(split: Split, stride: number) {
    this.prints = new Float64Array(split.count);
    // Whole 32-bit words where images begin on them: four bytes a step.
    this.#aligned = stride % 4 === 0 && split.images.byteOffset % 4 === 0;
    this.#units = this.#aligned
      ? new Uint32Array(split.images.buffer, split.images.byteOffset, split.images.length >>> 2)
      : split.images;
    this.#step = this.#aligned ? stride / 4 : stride;
  }

  take(index: number): void {
    const units = this.#units;
    const from = index * this.#step;
    const unit = units[from] as number;
    let differing = 0;
    let one = 0x811c9dc5;
    let two = 0x9747b28c;
    for (let at = from; at < from + this.#step; at++) {
      const word = units[at] as number;
      differing |= word ^ unit;
      one = Math.imul(one ^ word, 0x01000193);
      one ^= one >>> 15;
      two = (Math.imul(two, 0x85ebca6b) + word) | 0;
    }
    const uniform = !this.#aligned || unit === ((unit & 0xff) * 0x01010101) >>> 0;
    if (differing === 0 && uniform) this.blank++;
    this.prints[index] = (one >>> 0) * 2 ** 21 + ((two ^ (two >>> 16)) & 0x1fffff);
  }
}

/** Images of `split` that are also training images, each with the first such training image. */
export function twinsOf(train: Split, trainPrints: Float64Array, split: Split, prints: Float64Array, stride: number): Twin[] {
  const wanted = new Set(prints);
  const first = new Map<number, number>();
  trainPrints.forEach((print, index) => {
    if (wanted.has(print) && !first.has(print)) first.set(print, index);
  });
  const twins: Twin[] = [];
  prints.forEach((print, image) => {
    const training = first.get(print);
    if (training !== undefined && equalImages(train, training, split, image, stride)) twins.push({ image, training });
  });
  return twins;
}

/** Positions of the training images that stand in validation or test too, every copy of them, in order. */
export function repeatedTrainingImages(dataset: Dataset): Uint32Array {
  const stride = imageStride(dataset);
  const { train, val, test } = dataset.splits;
  const printed = (split: Split): Float64Array => {
    const fingerprints = new Fingerprints(split, stride);
    for (let index = 0; index < split.count; index++) fingerprints.take(index);
    return fingerprints.prints;
  };
  const trainPrints = printed(train);
  const repeated = new Set<number>();
  for (const split of [val, test]) {
    if (split === null) continue;
    // Seen from the training images, so that a second copy of one is found as well.
    for (const { image } of twinsOf(split, printed(split), train, trainPrints, stride)) repeated.add(image);
  }
  return Uint32Array.from(repeated).sort();
}

function equalImages(a: Split, i: number, b: Split, j: number, stride: number): boolean {
  for (let at = 0; at < stride; at++) if (a.images[i * stride + at] !== b.images[j * stride + at]) return false;
  return true;
}
