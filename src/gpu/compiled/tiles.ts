/**
 * How the convolution kernels may share out their work, by name: blocks of workgroups for the tiled kernels, shares of one
 * invocation for the direct ones. A choice names one for each class of kernel. Which is fastest depends on the adapter;
 * every one fits the limits that all WebGPU devices have, and gives the same sums.
 */

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

/** Pixels x fours of channels. */
export const shares = {
  'direct-4x4': { pixels: 4, quads: 4 },
  'direct-2x4': { pixels: 2, quads: 4 },
  'direct-4x2': { pixels: 4, quads: 2 },
} as const satisfies Record<string, Share>;

export type TileName = keyof typeof tiles | keyof typeof shares;

/** One name a class of kernels. */
export interface KernelChoice {
  readonly forward: TileName;
  readonly inputGradient: TileName;
  readonly filterGradient: TileName;
}

const all = (name: TileName): KernelChoice => ({ forward: name, inputGradient: name, filterGradient: name });

/** What is taken where nothing was measured: on graphics cards, and where one is emulated. */
export const defaultChoice = { hardware: all('64x64x16'), software: all('direct-4x4') } as const;
