/**
 * How the convolution kernels may share out their work, by name: blocks of workgroups for the tiled kernels, shares of one
 * invocation for the direct ones. A choice names one for each class of kernel. Which is fastest depends on the adapter;
 * every one fits the limits that all WebGPU devices have.
 *
 * All tiles add in the same order: neither a kernel's sums nor the slices of the filter gradient depend on them. Two things
 * may still tell two tiles' bits apart: what a driver's compiler makes of the same order, and, of a batch in chunks, where
 * the second chunk's slots of batch norm's sums begin, which is where the first one's blocks of rows end. Direct kernels add
 * in another order. So a run is defined by its tiles.
 */

import { shown } from '../../base/bytes.ts';
import { StudioError } from '../../base/errors.ts';

/** How a tiled kernel cuts its matrix product. */
export interface Tile {
  /** The block of a workgroup: rows and columns of the product, and its step along the inner dimension. */
  readonly rows: number;
  readonly columns: number;
  readonly depth: number;
  /** The rows and columns of one invocation. */
  readonly rowsEach: number;
  readonly columnsEach: number;
}

export const invocations = ({ columns, columnsEach, rows, rowsEach }: Tile): number =>
  (rows / rowsEach) * (columns / columnsEach);

/** What one invocation of a direct kernel sums at once: pixels by fours of channels. */
export interface Share {
  readonly pixels: number;
  readonly quads: number;
}

const tile = (rows: number, columns: number, depth: number, rowsEach = 8, columnsEach = 8): Tile => ({
  rows,
  columns,
  depth,
  rowsEach,
  columnsEach,
});

/** Rows x columns x step, and, where it is not 8 x 8, the part of one invocation. */
export const tiles = {
  '64x64x16': tile(64, 64, 16),
  '64x64x16-4x4': tile(64, 64, 16, 4, 4),
  '32x64x16-4x8': tile(32, 64, 16, 4, 8),
  '128x64x8': tile(128, 64, 8),
  '128x64x16': tile(128, 64, 16),
  '128x128x8': tile(128, 128, 8),
} as const satisfies Record<string, Tile>;

/**
 * Pixels x fours of channels. On lavapipe 8 x 4 takes a tenth to two fifths off the input gradient, but SwiftShader compiles
 * each such kernel for a quarter of a minute: only whoever names it gets it.
 */
export const shares = {
  'direct-4x4': { pixels: 4, quads: 4 },
  'direct-8x4': { pixels: 8, quads: 4 },
} as const satisfies Record<string, Share>;

export type TileName = keyof typeof tiles | keyof typeof shares;

export const kernelClasses = ['forward', 'inputGradient', 'filterGradient'] as const;
export type KernelClass = (typeof kernelClasses)[number];

/** One name a class of kernels. */
export type KernelChoice = Readonly<Record<KernelClass, TileName>>;

export const allOf = (name: TileName): KernelChoice => ({ forward: name, inputGradient: name, filterGradient: name });

/** What is taken where nothing was measured: on graphics cards, and where one is emulated. */
export const defaultChoice = { hardware: allOf('64x64x16'), software: allOf('direct-4x4') } as const;

/** A choice as it is stored and told: its three names with commas, or the one that all have. */
export function choiceText(choice: KernelChoice): string {
  const names = kernelClasses.map((kernels) => choice[kernels]);
  return new Set(names).size === 1 ? choice.forward : names.join(',');
}

/** The reverse of `choiceText`; null where a name is none of this build's. */
export function choiceOf(text: string): KernelChoice | null {
  const names = text.split(',').map((name) => name.trim());
  const known = names.filter((name): name is TileName => Object.hasOwn(tiles, name) || Object.hasOwn(shares, name));
  const [forward, inputGradient, filterGradient] = known;
  if (forward === undefined || known.length !== names.length) return null;
  if (known.length === 1) return allOf(forward);
  return known.length === 3 && inputGradient !== undefined && filterGradient !== undefined
    ? { forward, inputGradient, filterGradient }
    : null;
}

export function unknownTiles(text: string): StudioError {
  return new StudioError({
    code: 'tiles-unknown',
    message: `There are no tiles named “${shown(text, 80)}”.`,
    remedy: `One of default, ${[...Object.keys(tiles), ...Object.keys(shares)].join(', ')}; or three of these with commas: forward, input gradient, filter gradient.`,
  });
}
