/**
 * The splits of an experiment on the device that trains: put there before the first step, once for all its runs, and told
 * where there is no room for them, or none for a step beside them. Results do not depend on it.
 */
import { StudioError, type StudioErrorData } from '../base/errors.ts';
import type { BatchSource } from '../data/batches.ts';
import { outOfMemory } from '../gpu/webgpu.ts';
import type { Hold, Trainer } from '../train/trainer.ts';

export class HeldSplits {
  readonly #sources: readonly BatchSource[];
  #holds: Hold[] = [];
  #told = false;
  /** They gave way to a step. */
  #letGo = false;

  /** @param sources the most important first */
  constructor(sources: readonly BatchSource[]) {
    this.#sources = sources;
  }

  /**
   * Holds the splits, where they are not held already, and makes room for the trainer's steps; where there is none beside
   * the images, they are let go.
   * @param tell told the first refusal
   * @throws StudioError `gpu-out-of-memory` where there is no room for a step alone
   */
  async ready(trainer: Trainer, batchSize: number, tell: ((error: StudioErrorData) => void) | undefined): Promise<void> {
    if (!this.#letGo) await this.#hold(trainer, tell);
    if (await trainer.reserve(batchSize)) return;
    if (this.#giveWay(tell) && (await trainer.reserve(batchSize))) return;
    throw outOfMemory();
  }

  /** What `make` makes; where it says that the device has no memory for it, the images are let go and it makes it again. */
  async givingWay<T>(make: () => Promise<T>, tell: ((error: StudioErrorData) => void) | undefined): Promise<T> {
    try {
      return await make();
    } catch (thrown) {
      const noMemory = thrown instanceof StudioError && thrown.code === outOfMemory().code;
      if (!noMemory || !this.#giveWay(tell)) throw thrown;
      return make();
    }
  }

  release(): void {
    for (const hold of this.#holds) hold.release();
    this.#holds = [];
  }

  /** Frees the splits for good; false where none was held, so that nothing was gained. */
  #giveWay(tell: ((error: StudioErrorData) => void) | undefined): boolean {
    if (!this.#holds.some(({ bytes }) => bytes > 0)) return false;
    this.release();
    this.#letGo = true;
    this.#tell(tell, 'beside them the GPU has no memory left for training');
    return true;
  }

  async #hold(trainer: Trainer, tell: ((error: StudioErrorData) => void) | undefined): Promise<void> {
    if (this.#holds.length > 0) return;
    for (const source of this.#sources) {
      const hold = await trainer.hold(source);
      this.#holds.push(hold);
      if (hold.refusal !== null) this.#tell(tell, hold.refusal);
    }
  }

  #tell(tell: ((error: StudioErrorData) => void) | undefined, why: string): void {
    if (!this.#told) tell?.(notHeld(why).toData());
    this.#told = true;
  }
}

const notHeld = (why: string): StudioError =>
  new StudioError({
    code: 'images-not-held',
    message: `Images are uploaded batch by batch: ${why}.`,
    remedy: 'The results are the same, but steps are slower. Fewer images or a smaller side would fit.',
  });
