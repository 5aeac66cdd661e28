/** Keeps long arithmetic from blocking the thread: `await breath.take()` inside a loop pauses when its stretch is over. */
import { turn } from '../base/breathe.ts';
import { pace } from './limits.ts';

export class Breath {
  private readonly check: () => void;
  private began = performance.now();

  /** `check` runs at each pause and may throw, on cancellation say. */
  constructor(check: () => void = () => undefined) {
    this.check = check;
  }

  /** True when a pause is due: `if (breath.due()) await breath.take()` costs one clock reading. */
  due(): boolean {
    return performance.now() - this.began > pace.stretchMs;
  }

  async take(): Promise<void> {
    await turn();
    this.check();
    this.began = performance.now();
  }
}
