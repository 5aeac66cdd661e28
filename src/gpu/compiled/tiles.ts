/**
 * How the convolution kernels may share out their work, by name: blocks of workgroups for the tiled kernels, shares of one
 * invocation for the direct ones. A choice names one for each class of kernel and kind of shape. Which is fastest depends on
 * the adapter; every one fits the limits that all WebGPU devices have.
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
  /** Whether four invocations load for one another, which takes the device feature `subgroups`. */
  readonly subgroups: boolean;
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
  'direct-4x4': { pixels: 4, quads: 4, subgroups: false },
  'subgroup-5x4': { pixels: 5, quads: 4, subgroups: true },
} as const satisfies Record<string, Share>;

export type TileName = keyof typeof tiles | keyof typeof shares;

export const kernelClasses = ['forward', 'inputGradient', 'filterGradient'] as const;
export type KernelClass = (typeof kernelClasses)[number];

/**
 * Shapes that may want tiles of their own. Of the multiplications of VGG-19 at 64 px a tenth is `early`: at most 64 channels,
 * half of a block of 128 columns. `late` are maps of at most 8 x 8, 43 %: few pixels an image, of which large blocks leave a
 * graphics card idle. The other 47 % are in the `middle`.
 */
export const stages = ['early', 'middle', 'late'] as const;
export type Stage = (typeof stages)[number];

/** @param pixels of one image, and `channels`, of what the kernel stores */
export const stageOf = (pixels: number, channels: number): Stage => (pixels <= 64 ? 'late' : channels <= 64 ? 'early' : 'middle');

/** One name a class of kernels and stage. */
export type KernelChoice = Readonly<Record<KernelClass, Readonly<Record<Stage, TileName>>>>;

export const everyStage = (name: TileName): KernelChoice[KernelClass] => ({ early: name, middle: name, late: name });

export const allOf = (name: TileName): KernelChoice => ({
  forward: everyStage(name),
  inputGradient: everyStage(name),
  filterGradient: everyStage(name),
});

/** What is taken where nothing was measured: on graphics cards, and where one is emulated, with subgroups or without. */
export const defaultChoice = {
  hardware: allOf('64x64x16'),
  software: allOf('subgroup-5x4'),
  softwareWithoutSubgroups: allOf('direct-4x4'),
} as const;

/** The kernels of an emulated device with those features. */
export const softwareChoice = (features: { has(name: 'subgroups'): boolean }): KernelChoice =>
  features.has('subgroups') ? defaultChoice.software : defaultChoice.softwareWithoutSubgroups;

/** Whether some kernel of the choice takes the device feature `subgroups`. */
export const takesSubgroups = (choice: KernelChoice): boolean =>
  kernelClasses.some((kernels) =>
    stages.some((stage) => {
      const name = choice[kernels][stage];
      return name in shares && shares[name as keyof typeof shares].subgroups;
    }),
  );

/**
 * A choice as it is stored and told: the names of its classes with commas, or the one that all have; of a class the names of
 * its stages with slashes, or the one that all have. Texts of older builds, which had no stages, are read as they were meant.
 */
export function choiceText(choice: KernelChoice): string {
  const joined = (names: readonly string[], by: string) => (new Set(names).size === 1 ? (names[0] as string) : names.join(by));
  const ofClass = (kernels: KernelClass) =>
    joined(
      stages.map((stage) => choice[kernels][stage]),
      '/',
    );
  return joined(kernelClasses.map(ofClass), ',');
}

/** The reverse of `choiceText`; null where a name is none of this build's. */
export function choiceOf(text: string): KernelChoice | null {
  const [forward, inputGradient, filterGradient] = oneOrThree(text, ',').map(namesOf);
  if (!forward || !inputGradient || !filterGradient) return null;
  return { forward, inputGradient, filterGradient };
}

function namesOf(text: string): KernelChoice[KernelClass] | null {
  const names = oneOrThree(text, '/').map((name) => name.trim());
  const known = names.filter((name): name is TileName => Object.hasOwn(tiles, name) || Object.hasOwn(shares, name));
  const [early, middle, late] = known;
  return early === undefined || middle === undefined || late === undefined ? null : { early, middle, late };
}

/** None where there are neither one nor three. */
function oneOrThree(text: string, by: string): readonly string[] {
  const parts = text.split(by);
  if (parts.length === 1) return [text, text, text];
  return parts.length === 3 ? parts : [];
}

export function unknownTiles(text: string): StudioError {
  return new StudioError({
    code: 'tiles-unknown',
    message: `There are no tiles named “${shown(text, 80)}”.`,
    remedy: `One of default, ${[...Object.keys(tiles), ...Object.keys(shares)].join(', ')}; or three of these with commas: forward, input gradient, filter gradient; in place of each, three with slashes: early, middle, late layers.`,
  });
}

export function tilesWithoutSubgroups(text: string): StudioError {
  return new StudioError({
    code: 'tiles-without-subgroups',
    message: `The tiles “${shown(text, 80)}” exchange numbers within subgroups, which this GPU's WebGPU does not offer.`,
    remedy: 'Take other tiles, or default, which fit every GPU; a run that was begun with these goes on only where they run.',
  });
}
