/**
 * From a split to network inputs: which images a batch holds and which are mirrored are pure functions of
 * (seed, phase, epoch), so that every arm of a seed sees the same batches and a resumed run the same as an uninterrupted one.
 */
import { fold, keyOf, permutation, purposes, threefry2x32, unit } from '../base/threefry.ts';
import { inputShape } from '../recipe/inputShape.ts';
import type { Recipe } from '../recipe/recipe.ts';
import type { Dataset, Split, SplitName, Task } from './dataset.ts';
import { Resizer } from './resize.ts';

/** Folded into the key, so that backbone and fine-tuning epochs draw anew. */
export const phaseNumbers = { backbone: 0, finetune: 1 } as const;
export type Phase = keyof typeof phaseNumbers;

const imagenetMean = [0.485, 0.456, 0.406] as const;
const imagenetStd = [0.229, 0.224, 0.225] as const;

/** A split as training sees it: limited, resized, repeated to RGB and normalised on the way out. */
export class BatchSource {
  readonly count: number;
  readonly height: number;
  readonly width: number;
  readonly channels: number;
  readonly #split: Split;
  readonly #dataset: Dataset;
  readonly #chosen: Uint32Array;
  readonly #resizer: Resizer | null;
  readonly #table: Float32Array;
  readonly #image: Uint8Array;

  /**
   * @param take Images kept of the split, the same ones whatever the seeds; null keeps all, in the file's order.
   * @param leftOut Positions of images that are never yielded, in order.
   */
  constructor(
    dataset: Dataset,
    name: SplitName,
    input: Recipe['input'],
    take: number | null,
    leftOut: Uint32Array = new Uint32Array(0),
  ) {
    const split = dataset.splits[name];
    if (split === null) throw new Error(`The dataset has no ${name} split.`);
    this.#split = split;
    this.#dataset = dataset;
    this.#chosen = chosenImages(split.count, name, take, leftOut);
    this.count = this.#chosen.length;
    const { side } = input;
    [this.height, this.width, this.channels] = inputShape(input, dataset);
    const native = side === null || (side === dataset.height && side === dataset.width);
    this.#resizer = native ? null : new Resizer(dataset.height, dataset.width, dataset.channels, side);
    this.#table = normalisation(input.normalise, this.channels);
    this.#image = new Uint8Array(this.height * this.width * dataset.channels);
  }

  /** Floats of one input image. */
  get imageLength(): number {
    return this.height * this.width * this.channels;
  }

  /** Channels of an image's bytes: 1 where grey is repeated to RGB only on the way out. */
  get storedChannels(): number {
    return this.#dataset.channels;
  }

  /** Bytes of one image as it is stored: [height, width, storedChannels]. */
  get storedLength(): number {
    return this.height * this.width * this.storedChannels;
  }

  /** [channels * 256]: the float32 that each byte of each channel becomes. */
  get table(): Float32Array {
    return this.#table;
  }

  /** Which images of the file's split this source yields, in its order. */
  images(): Uint32Array {
    return this.#chosen.slice();
  }

  /** Labels of the images this source yields, in its order: [count], or [count, classes] for multi-label. */
  labels(): Uint16Array {
    const columns = this.#dataset.task === 'multi-label' ? this.#dataset.classNames.length : 1;
    const labels = new Uint16Array(this.count * columns);
    this.#chosen.forEach((image, at) => {
      labels.set(this.#split.labels.subarray(image * columns, (image + 1) * columns), at * columns);
    });
    return labels;
  }

  /** Writes the bytes of image `at` into `bytes` at `offset`, resized, as they are looked up in `table`. */
  writeBytes(at: number, bytes: Uint8Array, offset: number): void {
    const { source, start } = this.#stored(at);
    bytes.set(source.subarray(start, start + this.storedLength), offset);
  }

  /** Writes image `at` of this source into `inputs` at `offset`, mirrored if asked, and returns nothing else. */
  write(at: number, mirrored: boolean, inputs: Float32Array, offset: number): void {
    const { source, start } = this.#stored(at);
    const stored = this.#dataset.channels;
    const { width, height, channels } = this;
    const table = this.#table;
    let to = offset;
    for (let y = 0; y < height; y++) {
      for (let x = 0; x < width; x++) {
        const pixel = start + (y * width + (mirrored ? width - 1 - x : x)) * stored;
        for (let c = 0; c < channels; c++)
          inputs[to++] = table[c * 256 + (source[pixel + (stored === 1 ? 0 : c)] as number)] as number;
      }
    }
  }

  /** An image's bytes, resized where it has to be: valid until the next call. */
  #stored(at: number): { readonly source: Uint8Array; readonly start: number } {
    const image = this.#chosen[at] as number;
    const { channels, height, width } = this.#dataset;
    const start = image * height * width * channels;
    if (this.#resizer === null) return { source: this.#split.images, start };
    this.#resizer.resize(this.#split.images, start, this.#image);
    return { source: this.#image, start: 0 };
  }

  /** Writes the target row of image `at`: one-hot, or its labels. */
  writeTarget(at: number, targets: Float32Array, offset: number): void {
    const image = this.#chosen[at] as number;
    writeTarget(this.#split.labels, image, this.#dataset.classNames.length, this.#dataset.task, targets, offset);
  }
}

function writeTarget(
  labels: Uint16Array,
  image: number,
  classes: number,
  task: Task,
  targets: Float32Array,
  offset: number,
): void {
  if (task === 'multi-label') {
    for (let k = 0; k < classes; k++) targets[offset + k] = labels[image * classes + k] as number;
    return;
  }
  targets.fill(0, offset, offset + classes);
  targets[offset + (labels[image] as number)] = 1;
}

/** The images of a split that a limit keeps, as a split of their own. */
export function takenSplit(dataset: Dataset, name: SplitName, take: number | null): Split {
  const split = dataset.splits[name];
  if (split === null) throw new Error(`The dataset has no ${name} split.`);
  if (take === null || take >= split.count) return split;
  const chosen = chosenImages(split.count, name, take, new Uint32Array(0));
  const pixels = dataset.height * dataset.width * dataset.channels;
  const columns = split.labels.length / split.count;
  const images = new Uint8Array(chosen.length * pixels);
  const labels = new Uint16Array(chosen.length * columns);
  chosen.forEach((image, at) => {
    images.set(split.images.subarray(image * pixels, (image + 1) * pixels), at * pixels);
    labels.set(split.labels.subarray(image * columns, (image + 1) * columns), at * columns);
  });
  return { count: chosen.length, images, labels };
}

/** A limited split keeps a drawn sample, in the file's order; the draw depends on the split's name and size alone. */
function chosenImages(count: number, name: SplitName, take: number | null, leftOut: Uint32Array): Uint32Array {
  const absent = new Set(leftOut);
  const present = Uint32Array.from({ length: count }, (_, at) => at).filter((at) => !absent.has(at));
  if (take === null || take >= present.length) return present;
  const key = fold(fold(keyOf(0), purposes.take), ['train', 'val', 'test'].indexOf(name));
  const drawn = permutation(key, present.length).slice(0, take).sort();
  return drawn.map((at) => present[at] as number);
}

/** [channels * 256]: the float32 a byte becomes, each operation rounded to float32 as NumPy and PyTorch do. */
function normalisation(kind: Recipe['input']['normalise'], channels: number): Float32Array {
  const table = new Float32Array(channels * 256);
  for (let c = 0; c < channels; c++) {
    // Grey images under ImageNet's statistics take those of the first channel.
    const mean = imagenetMean[c] ?? imagenetMean[0];
    const std = imagenetStd[c] ?? imagenetStd[0];
    for (let byte = 0; byte < 256; byte++) {
      const scaled = Math.fround(byte / 255);
      table[c * 256 + byte] =
        kind === 'half'
          ? Math.fround(Math.fround(scaled * 2) - 1)
          : Math.fround(Math.fround(scaled - Math.fround(mean)) / Math.fround(std));
    }
  }
  return table;
}

/** Which images an epoch takes, in which order, and which of them mirrored. Nobody changes one that was made. */
export interface EpochOrder {
  /** Places in the source. */
  readonly images: Uint32Array;
  /** 1 or 0 by image, not by position; null where none is mirrored. */
  readonly flips: Uint8Array | null;
}

/** The order of `count` training images in an epoch (0-based) of a phase. */
export function epochOrder(seed: number, phase: Phase, epoch: number, count: number): Uint32Array {
  return permutation(streamKey(seed, purposes.shuffle, phase, epoch), count);
}

/** Whether each image is mirrored in that epoch: 1 or 0 by image, not by position. */
export function epochFlips(seed: number, phase: Phase, epoch: number, count: number): Uint8Array {
  const key = streamKey(seed, purposes.flip, phase, epoch);
  return Uint8Array.from({ length: count }, (_, image) => (unit(threefry2x32(key, [0, image])[0]) < 0.5 ? 1 : 0));
}

function streamKey(seed: number, purpose: number, phase: Phase, epoch: number) {
  return fold(fold(fold(keyOf(seed), purpose), phaseNumbers[phase]), epoch);
}
