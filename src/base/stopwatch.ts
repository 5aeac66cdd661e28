/** Time that something has been running, pauses left out. Monotonic: a clock change cannot turn it back. */
export class Stopwatch {
  #elapsed = 0;
  #since: number | null = null;

  start(): void {
    this.#since ??= performance.now();
  }

  stop(): void {
    if (this.#since !== null) this.#elapsed += performance.now() - this.#since;
    this.#since = null;
  }

  /** Counts on from a saved time. */
  resumeAt(elapsedMs: number): void {
    this.#elapsed = elapsedMs;
  }

  get elapsedMs(): number {
    return this.#elapsed + (this.#since === null ? 0 : performance.now() - this.#since);
  }
}
