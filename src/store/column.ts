/** A typed array that grows: series and logs of any length without a JavaScript object per value. */

export type Numbers = Float32Array | Uint32Array | Uint16Array | Uint8Array;

export class Column<T extends Numbers> {
  #data: T;
  #length = 0;
  readonly #make: (length: number) => T;

  constructor(make: (length: number) => T, capacity = 1024) {
    this.#make = make;
    this.#data = make(capacity);
  }

  get length(): number {
    return this.#length;
  }

  /** Value at `index`; NaN outside. */
  at(index: number): number {
    return index < this.#length ? (this.#data[index] ?? Number.NaN) : Number.NaN;
  }

  append(values: ArrayLike<number>): void {
    this.#reserve(this.#length + values.length);
    this.#data.set(values, this.#length);
    this.#length += values.length;
  }

  push(value: number): void {
    this.#reserve(this.#length + 1);
    this.#data[this.#length++] = value;
  }

  /** Writes `values` from `start` on; a gap before them reads as `filler`. */
  write(start: number, values: ArrayLike<number>, filler: number): void {
    const end = start + values.length;
    this.#reserve(end);
    if (start > this.#length) this.#data.fill(filler, this.#length, start);
    this.#data.set(values, start);
    this.#length = Math.max(this.#length, end);
  }

  /** The values so far, as a view that the next append may outdate. */
  view(): T {
    return this.#data.subarray(0, this.#length) as T;
  }

  #reserve(length: number): void {
    if (length <= this.#data.length) return;
    const grown = this.#make(Math.max(length, this.#data.length * 2));
    grown.set(this.#data.subarray(0, this.#length));
    this.#data = grown;
  }
}
