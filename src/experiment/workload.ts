/**
 * How much of an experiment is done and how long the rest will take. Work is counted in forward passes: training an
 * image costs about three (forward, and two gradients), evaluating it one; the device's own pace gives the time.
 */
export const passesPerTrained = 3;

export class Workload {
  #done = 0;
  #timedWork = 0;
  #timedMs = 0;
  #lastAt: number | null = null;

  constructor(
    private readonly trainedImages: number,
    private readonly evaluatedImages: number,
    private readonly now: () => number,
  ) {}

  add(trained: number, evaluated: number): void {
    const work = trained * passesPerTrained + evaluated;
    const now = this.now();
    // The first stretch holds compilation and first allocations; it says nothing about the pace.
    if (this.#lastAt !== null) {
      this.#timedWork += work;
      this.#timedMs += now - this.#lastAt;
    }
    this.#lastAt = now;
    this.#done += work;
  }

  /** Work that need not be done: it counts as done, and says nothing about the pace. */
  skip(trained: number, evaluated: number): void {
    this.#done += trained * passesPerTrained + evaluated;
  }

  /** Forward passes a millisecond; null until enough has been timed to say. */
  get passesPerMs(): number | null {
    return this.#timedMs < 2000 ? null : this.#timedWork / this.#timedMs;
  }

  /** Forward passes done, for a checkpoint. */
  get done(): number {
    return this.#done;
  }

  resumeAt(done: number): void {
    this.#done = done;
  }

  /** 0 to 1. */
  get fraction(): number {
    const total = this.trainedImages * passesPerTrained + this.evaluatedImages;
    return total === 0 ? 1 : Math.min(1, this.#done / total);
  }

  /** Milliseconds for that many more images; null until something has been timed. */
  msFor(trained: number, evaluated: number): number | null {
    if (this.#timedWork === 0) return null;
    return ((trained * passesPerTrained + evaluated) * this.#timedMs) / this.#timedWork;
  }

  /** Milliseconds left of the whole. */
  get leftMs(): number | null {
    const total = this.trainedImages * passesPerTrained + this.evaluatedImages;
    return this.#timedWork === 0 ? null : (Math.max(0, total - this.#done) * this.#timedMs) / this.#timedWork;
  }
}
