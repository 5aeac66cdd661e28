/**
 * Numbers for drawing a picture, one after another, each a pure function of (key, image, position): the pictures do not depend
 * on the order in which they are drawn. No sine or logarithm, so the numbers are the same bits in every engine.
 */
import { threefry2x32, unit, type Key } from '../base/threefry.ts';

/** A stream of draws for one image: threefry2x32(key, (image, 0, 1, 2, ...)). */
export class Draws {
  private readonly key: Key;
  private readonly image: number;
  private next = 0;
  private kept: number | null = null;

  constructor(key: Key, image: number) {
    this.key = key;
    this.image = image;
  }

  word(): number {
    const { kept } = this;
    if (kept !== null) {
      this.kept = null;
      return kept;
    }
    const [now, later] = threefry2x32(this.key, [this.image, this.next++]);
    this.kept = later;
    return now;
  }

  /** Uniform in [low, high). */
  between(low: number, high: number): number {
    return low + (high - low) * unit(this.word());
  }

  /** About normal: mean 0, deviation 1, within 3.5 (a sum of four uniforms). */
  normal(): number {
    return (this.between(-1, 1) + this.between(-1, 1) + this.between(-1, 1) + this.between(-1, 1)) * 0.8660254;
  }

  chance(probability: number): boolean {
    return unit(this.word()) < probability;
  }

  /** A unit vector in a uniform direction, by rejection from the square. */
  direction(): readonly [number, number] {
    for (;;) {
      const x = this.between(-1, 1);
      const y = this.between(-1, 1);
      const square = x * x + y * y;
      if (square > 0.01 && square < 1) {
        const length = Math.sqrt(square);
        return [x / length, y / length];
      }
    }
  }
}
