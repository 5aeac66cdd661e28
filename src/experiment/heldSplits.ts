/**
 * The splits of an experiment on the device that trains: put there before the first step, once for all its runs, and told
 * where there is no room for them. Results do not depend on it.
 */
import { StudioError, type StudioErrorData } from '../base/errors.ts';
import type { BatchSource } from '../data/batches.ts';
import type { Hold, Trainer } from '../train/trainer.ts';

export class HeldSplits {
  readonly #sources: readonly BatchSource[];
  #holds: Hold[] = [];
  #told = false;

  /** @param sources the most important first */
  constructor(sources: readonly BatchSource[]) {
    this.#sources = sources;
  }

  /** Nothing where they are held already. @param tell told the first refusal */
  async hold(trainer: Trainer, tell: ((error: StudioErrorData) => void) | undefined): Promise<void> {
    if (this.#holds.length > 0) return;
    for (const source of this.#sources) {
      const hold = await trainer.hold(source);
      this.#holds.push(hold);
      if (hold.refusal === null || this.#told) continue;
      this.#told = true;
      tell?.(notHeld(hold.refusal).toData());
    }
  }

  release(): void {
    for (const hold of this.#holds) hold.release();
    this.#holds = [];
  }
}

const notHeld = (why: string): StudioError =>
  new StudioError({
    code: 'images-not-held',
    message: `Images are uploaded batch by batch: ${why}.`,
    remedy: 'The results are the same, but steps are slower. Fewer images or a smaller side would fit.',
  });
