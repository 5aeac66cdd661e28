/**
 * Draws one stained blood cell in colours of May-Gruenwald-Giemsa: plasma, red cells around it, the cell, its nucleus and its
 * granules. What a kind of cell looks like is data (`CellKind`); every cell of it differs in size, place, stain and shape.
 */
import { Canvas, even, type Colour, type Ellipse } from './canvas.ts';
import type { Draws } from './draws.ts';

export type NucleusShape = 'round' | 'two lobes' | 'segments' | 'kidney' | 'none';

/** How many cells of a kind have the kind's other shape of nucleus. */
const otherChance = 0.14;

/** What sets a kind of cell apart; ranges are drawn from for every cell. */
export interface CellKind {
  /** Radius of the cell, pixels. */
  readonly radius: readonly [number, number];
  readonly cytoplasm: Colour;
  readonly nucleus: Colour;
  readonly shape: NucleusShape;
  /** What some cells of the kind have instead: a neutrophil's band, a lymphocyte's dent. */
  readonly otherShape: NucleusShape;
  /** Of the nucleus, as part of the cell's radius. */
  readonly nucleusSize: readonly [number, number];
  readonly granules: {
    readonly count: readonly [number, number];
    readonly size: number;
    readonly colour: Colour;
    readonly strength: number;
  };
  /** 0 a smooth outline; 0.15 a ragged one. */
  readonly ragged: number;
}

/** Paints cell after cell over the same canvas. */
export class CellPainter {
  private readonly canvas = new Canvas();

  /** Writes 28 x 28 x 3 bytes to `pixels` at `offset`. */
  paint(kind: CellKind, draws: Draws, pixels: Uint8Array, offset: number): void {
    this.plasma(draws);
    const neighbours = Math.floor(draws.between(2, 5.99));
    for (let index = 0; index < neighbours; index++) this.redCell(draws);
    this.cell(kind, draws);
    this.canvas.photograph(draws, pixels, offset);
  }

  private plasma(draws: Draws): void {
    const lilac = draws.between(0, 1) * draws.between(0, 1);
    const tint: Colour = [
      246 - 12 * lilac + draws.normal() * 3,
      226 - 16 * lilac + draws.normal() * 4,
      206 + 22 * lilac + draws.normal() * 4,
    ];
    const [slopeX, slopeY] = draws.direction();
    const slope = draws.between(0, 0.4);
    this.canvas.fill(tint, slope, slopeX, slopeY);
  }

  /** A neighbour at the rim: salmon, paler in the middle. */
  private redCell(draws: Draws): void {
    const [dx, dy] = draws.direction();
    const distance = draws.between(13.5, 18.5);
    const radius = draws.between(5, 6.6);
    const blob: Ellipse = {
      ...turned(draws),
      x: 13.5 + dx * distance,
      y: 13.5 + dy * distance,
      along: radius,
      across: radius * draws.between(0.85, 1),
    };
    const colour: Colour = [draws.between(206, 222), draws.between(166, 182), draws.between(154, 172)];
    const pallor = draws.between(0.3, 0.75);
    this.canvas.over(blob, 1, { rim: 0.8, rise: -0.8 * pallor, from: 0.25, to: 0.75 }, colour);
  }

  private cell(kind: CellKind, draws: Draws): void {
    const radius = draws.between(kind.radius[0], kind.radius[1]);
    const x = 13.5 + draws.normal() * 1;
    const y = 13.5 + draws.normal() * 1;
    const stain = draws.between(0.8, 1.14);
    const hue: Colour = [draws.normal() * 7, draws.normal() * 5, draws.normal() * 6];
    const body: Ellipse = {
      ...turned(draws),
      x,
      y,
      along: radius * draws.between(1, 1.12),
      across: radius * draws.between(0.88, 1),
    };
    const cytoplasm = stained(kind.cytoplasm, stain, hue);
    const parts: Ellipse[] = [body];
    const bumps = Math.floor(kind.ragged * 40);
    for (let index = 0; index < bumps; index++) {
      const [dx, dy] = draws.direction();
      const size = radius * draws.between(0.25, 0.5);
      parts.push({ x: x + dx * radius * 0.75, y: y + dy * radius * 0.75, along: size, across: size, dx: 1, dy: 0 });
    }
    this.canvas.overAll(parts, 1, { rim: 0.9, rise: -0.25, from: 0.3, to: 1 }, cytoplasm);
    const shape = draws.chance(otherChance) ? kind.otherShape : kind.shape;
    if (shape !== 'none') this.nucleus(kind, shape, draws, body, radius, stained(kind.nucleus, stain, hue));
    this.granules(kind, draws, body, stained(kind.granules.colour, stain, hue));
  }

  private nucleus(kind: CellKind, shape: NucleusShape, draws: Draws, body: Ellipse, radius: number, colour: Colour): void {
    const size = radius * draws.between(kind.nucleusSize[0], kind.nucleusSize[1]);
    const [dx, dy] = draws.direction();
    const shift = radius * draws.between(0, 0.16);
    const x = body.x + dx * shift;
    const y = body.y + dy * shift;
    const axis = turned(draws);
    const lobes: Ellipse[] = [];
    const lobe = (alongAxis: number, acrossAxis: number, long: number, wide: number): void => {
      lobes.push({
        x: x + axis.dx * alongAxis * size - axis.dy * acrossAxis * size,
        y: y + axis.dy * alongAxis * size + axis.dx * acrossAxis * size,
        along: size * long,
        across: size * wide,
        ...axis,
      });
    };
    if (shape === 'round') lobe(0, 0, 1, draws.between(0.82, 1));
    else if (shape === 'two lobes') {
      const apart = draws.between(0.42, 0.7);
      lobe(-apart, 0, draws.between(0.5, 0.62), draws.between(0.6, 0.8));
      lobe(apart, 0, draws.between(0.5, 0.62), draws.between(0.6, 0.8));
      lobe(0, 0, apart, 0.22);
    } else if (shape === 'segments') {
      // Three to five beads along a bent thread.
      const count = 3 + Math.floor(draws.between(0, 2.99));
      const bend = draws.between(0.35, 0.9);
      for (let index = 0; index < count; index++) {
        const along = (2 * index) / (count - 1) - 1;
        const bead = draws.between(0.34, 0.46);
        lobe(along * 0.8, bend * (along * along - 0.5) + draws.normal() * 0.06, bead, bead * draws.between(0.8, 1.05));
        const before = (2 * (index - 0.5)) / (count - 1) - 1;
        if (index > 0) lobe(before * 0.8, bend * (before * before - 0.5), 0.17, 0.17);
      }
    } else {
      // A bent sausage: five overlapping discs along a parabola.
      const bend = draws.between(0.3, 0.8);
      const thick = draws.between(0.46, 0.62);
      for (let index = -2; index <= 2; index++) {
        const along = index / 2;
        lobe(along * 0.7, bend * (along * along - 0.4), thick, thick);
      }
    }
    const [lightX, lightY] = draws.direction();
    this.canvas.overAll(lobes, 0.8, { rim: 0.72, rise: 0.25, from: 0, to: 0.7 }, colour);
    // A little chromatin: paler and darker patches inside.
    for (let index = 0; index < 5; index++) {
      const host = lobes[Math.floor(draws.between(0, lobes.length - 0.001))] as Ellipse;
      const [px, py] = draws.direction();
      const reach = draws.between(0, 0.6);
      const patch: Ellipse = {
        x: host.x + px * host.along * reach + lightX * 0.2,
        y: host.y + py * host.across * reach + lightY * 0.2,
        along: draws.between(0.7, 1.6),
        across: draws.between(0.7, 1.4),
        ...turned(draws),
      };
      const shade = draws.between(-22, 26);
      this.canvas.over(patch, 0.8, even(0.5), [colour[0] + shade, colour[1] + shade, colour[2] + shade]);
    }
  }

  private granules(kind: CellKind, draws: Draws, body: Ellipse, colour: Colour): void {
    const { count, size, strength } = kind.granules;
    const number = Math.floor(draws.between(count[0], count[1] + 0.999));
    for (let index = 0; index < number; index++) {
      const [dx, dy] = draws.direction();
      const reach = Math.sqrt(draws.between(0, 0.85));
      const radius = size * draws.between(0.75, 1.25);
      const shade = draws.normal() * 10;
      const grain: Ellipse = {
        x: body.x + dx * body.along * reach,
        y: body.y + dy * body.across * reach,
        along: radius,
        across: radius,
        dx: 1,
        dy: 0,
      };
      this.canvas.over(grain, 0.7, even(strength), [colour[0] + shade, colour[1] + shade, colour[2] + shade]);
    }
  }
}

/** A random orientation for a blob. */
function turned(draws: Draws): { readonly dx: number; readonly dy: number } {
  const [dx, dy] = draws.direction();
  return { dx, dy };
}

/** A dye taken up more or less strongly: distance from white scaled, then shifted in hue. */
function stained(colour: Colour, strength: number, hue: Colour): Colour {
  const part = (index: 0 | 1 | 2): number => 245 - (245 - colour[index]) * strength + hue[index];
  return [part(0), part(1), part(2)];
}
