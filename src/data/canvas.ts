/**
 * A small picture in floats on which ellipses are laid with soft rims, and which is then seen through a microscope: lamp, focus,
 * noise, bytes. Only + - * / and square roots, which IEEE 754 rounds the same everywhere.
 */
import type { Draws } from './draws.ts';

/** Pixels a side. */
export const cellSide = 28;

export type Colour = readonly [number, number, number];

/** An ellipse: centre, half axes along and across the direction. */
export interface Ellipse {
  readonly x: number;
  readonly y: number;
  readonly along: number;
  readonly across: number;
  readonly dx: number;
  readonly dy: number;
}

/** Opacity: `rim`, and `rise` more at depths beyond `to`; depth is 0 at the rim of a blob and 1 at its centre. */
export interface Cover {
  readonly rim: number;
  readonly rise: number;
  readonly from: number;
  readonly to: number;
}

/** The same opacity all over. */
export function even(opacity: number): Cover {
  return { rim: opacity, rise: 0, from: 0, to: 1 };
}

export class Canvas {
  /** [side, side, 3], 0 to 255. */
  private readonly colours = new Float64Array(cellSide * cellSide * 3);
  private readonly inside = new Float64Array(cellSide * cellSide);
  private readonly depth = new Float64Array(cellSide * cellSide);

  /** Covers everything with `colour`, lighter by `slope` a pixel towards (slopeX, slopeY). */
  fill(colour: Colour, slope: number, slopeX: number, slopeY: number): void {
    for (let y = 0; y < cellSide; y++) {
      for (let x = 0; x < cellSide; x++) {
        const light = slope * ((x - 13.5) * slopeX + (y - 13.5) * slopeY);
        const at = (y * cellSide + x) * 3;
        for (let part = 0; part < 3; part++) this.colours[at + part] = (colour[part] as number) + light;
      }
    }
  }

  over(blob: Ellipse, soft: number, cover: Cover, colour: Colour): void {
    this.overAll([blob], soft, cover, colour);
  }

  /** Lays the union of blobs over the image, with a rim `soft` pixels wide. */
  overAll(blobs: readonly Ellipse[], soft: number, cover: Cover, colour: Colour): void {
    const { inside, depth } = this;
    let [left, right, top, bottom] = [cellSide, -1, cellSide, -1];
    for (const { x, y, along, across } of blobs) {
      const reach = Math.max(along, across) + soft;
      left = Math.min(left, Math.max(0, Math.floor(x - reach)));
      right = Math.max(right, Math.min(cellSide - 1, Math.ceil(x + reach)));
      top = Math.min(top, Math.max(0, Math.floor(y - reach)));
      bottom = Math.max(bottom, Math.min(cellSide - 1, Math.ceil(y + reach)));
    }
    for (let y = top; y <= bottom; y++) {
      for (let x = left; x <= right; x++) {
        inside[y * cellSide + x] = -soft;
        depth[y * cellSide + x] = 0;
      }
    }
    for (const blob of blobs) this.measure(blob, soft);
    const [red, green, blue] = colour;
    for (let y = top; y <= bottom; y++) {
      for (let x = left; x <= right; x++) {
        const at = y * cellSide + x;
        const edge = step(-soft / 2, soft / 2, inside[at] as number);
        if (edge === 0) continue;
        const opacity = edge * (cover.rim + cover.rise * step(cover.from, cover.to, depth[at] as number));
        const kept = 1 - opacity;
        this.colours[at * 3] = this.value(at * 3) * kept + red * opacity;
        this.colours[at * 3 + 1] = this.value(at * 3 + 1) * kept + green * opacity;
        this.colours[at * 3 + 2] = this.value(at * 3 + 2) * kept + blue * opacity;
      }
    }
  }

  /** Raises `inside` (pixels from the rim, nearly, positive inside) and `depth` (0 at the rim, 1 at the centre) to this blob's. */
  private measure(blob: Ellipse, soft: number): void {
    const { inside, depth } = this;
    const { x: centreX, y: centreY, along, across, dx, dy } = blob;
    const reach = Math.max(along, across) + soft;
    const narrow = Math.min(along, across);
    const [perLong, perWide] = [1 / along, 1 / across];
    const farthest = (1 + soft / narrow) * (1 + soft / narrow);
    const [bottom, right] = [
      Math.min(cellSide - 1, Math.ceil(centreY + reach)),
      Math.min(cellSide - 1, Math.ceil(centreX + reach)),
    ];
    for (let y = Math.max(0, Math.floor(centreY - reach)); y <= bottom; y++) {
      for (let x = Math.max(0, Math.floor(centreX - reach)); x <= right; x++) {
        const u = ((x - centreX) * dx + (y - centreY) * dy) * perLong;
        const v = ((y - centreY) * dx - (x - centreX) * dy) * perWide;
        const square = u * u + v * v;
        if (square > farthest) continue;
        const deep = 1 - Math.sqrt(square);
        const at = y * cellSide + x;
        if (deep * narrow > (inside[at] as number)) inside[at] = deep * narrow;
        if (deep > (depth[at] as number)) depth[at] = deep;
      }
    }
  }

  /** Brightness of the lamp, focus and sensor noise; then bytes. */
  photograph(draws: Draws, pixels: Uint8Array, offset: number): void {
    const lamp = draws.between(0.92, 1.05);
    const blur = draws.between(0, 0.45);
    const noise = draws.between(1.5, 5.5);
    const side = cellSide;
    for (let y = 0; y < side; y++) {
      for (let x = 0; x < side; x++) {
        const at = (y * side + x) * 3;
        const left = x > 0 ? at - 3 : at;
        const right = x < side - 1 ? at + 3 : at;
        const up = y > 0 ? at - side * 3 : at;
        const down = y < side - 1 ? at + side * 3 : at;
        // Four bytes: one for each colour, and one that all three share, as most sensor noise is in brightness.
        const bytes = draws.word();
        const shared = (bytes >>> 24) - 255;
        for (let part = 0; part < 3; part++) {
          const around = this.value(left + part) + this.value(right + part) + this.value(up + part) + this.value(down + part);
          const value = (1 - blur) * this.value(at + part) + (blur / 4) * around;
          // A sum of two uniform bytes has a deviation of 104.5.
          const grain = (((bytes >>> (part * 8)) & 255) + shared) / 104.5;
          pixels[offset + at + part] = Math.max(0, Math.min(255, Math.round(value * lamp + grain * noise)));
        }
      }
    }
  }

  private value(at: number): number {
    return this.colours[at] as number;
  }
}

/** 0 below `low`, 1 above `high`, smooth between (3t^2 - 2t^3). */
function step(low: number, high: number, value: number): number {
  const t = Math.max(0, Math.min(1, (value - low) / (high - low)));
  return t * t * (3 - 2 * t);
}
