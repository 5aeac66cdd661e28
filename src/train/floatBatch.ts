/**
 * Batches made on the processor: images of a split normalised and mirrored into floats. What a device that holds the split
 * gathers by itself (`gpu/compiled/gather.ts`) has the same bits.
 */
import type { BatchSource } from '../data/batches.ts';
import type { Batch, Hold, ImageBatch } from './trainer.ts';

/** Arrays for one batch after the other: each is gone with the next. */
export class FloatBatch {
  readonly #classes: number;
  #batch: Batch | null = null;

  constructor(classes: number) {
    this.#classes = classes;
  }

  of(batch: Batch | ImageBatch): Batch {
    if ('inputs' in batch) return batch;
    const { first, order, size, source } = batch;
    const length = source.imageLength;
    const { inputs, targets } = this.#arrays(size, length);
    for (let at = 0; at < size; at++) {
      const image = order.images[first + at] as number;
      source.write(image, order.flips?.[image] === 1, inputs, at * length);
      source.writeTarget(image, targets, at * this.#classes);
    }
    return { size, inputs, targets };
  }

  #arrays(size: number, length: number): Batch {
    if (this.#batch?.size !== size || this.#batch.inputs.length !== size * length)
      this.#batch = { size, inputs: new Float32Array(size * length), targets: new Float32Array(size * this.#classes) };
    return this.#batch;
  }
}

/** `count` images of a split, `first` and after, as they are. */
export function floatImages(source: BatchSource, first: number, count: number): Float32Array {
  const inputs = new Float32Array(count * source.imageLength);
  for (let at = 0; at < count; at++) source.write(first + at, false, inputs, at * source.imageLength);
  return inputs;
}

/** Of trainers whose processor makes the batches. */
export const heldByNobody: Hold = { bytes: 0, refusal: null, release: () => {} };
