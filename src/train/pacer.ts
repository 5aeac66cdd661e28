/**
 * When to read back what the device has computed: about four times a second, however fast a step is, and never later
 * than the device's log allows. Reading waits for the device, which also keeps the loop from running far ahead of it.
 * Only when things are shown depends on this, never what is computed.
 */
const wantedMs = 250;

export class Pacer {
  #between = 1;
  #since = 0;
  #last: number;

  constructor(
    private readonly window: number,
    private readonly now: () => number,
  ) {
    this.#last = now();
  }

  /** Call after each step; true when it is time to read. */
  stepDone(): boolean {
    this.#since++;
    return this.#since >= this.#between;
  }

  /** Call after reading; returns how many steps went by in how many milliseconds. */
  readDone(): { steps: number; ms: number } {
    const now = this.now();
    const passed = { steps: this.#since, ms: now - this.#last };
    const msPerStep = passed.ms / Math.max(1, passed.steps);
    this.#between = Math.min(this.window, Math.max(1, Math.round(wantedMs / Math.max(0.01, msPerStep))));
    this.#since = 0;
    this.#last = now;
    return passed;
  }
}
