/**
 * The convolution kernels of a choice of tiles, all of which give the same step but for rounding: `tiled` for graphics cards,
 * `direct` for emulated ones, where workgroup memory and barriers cost more than they save.
 */
import type { Contribution, Load } from './activation.ts';
import type { ConvShape } from './convShape.ts';
import { convForward, convInputGradient, type ConvBuffers } from './directConv.ts';
import { convFilterGradient, gradientSlices } from './directFilterGradient.ts';
import type { Operation, Resource } from './operation.ts';
import type { Tally } from './tally.ts';
import { tiledForward, tiledInputGradient, tiledSlots } from './tiledConv.ts';
import { tiledFilterGradient, tiledGradientSlices } from './tiledFilterGradient.ts';
import { shares, tiles, type KernelChoice, type Share, type Tile, type TileName } from './tiles.ts';

/**
 * Loads and tallies ride along in the tiled kernels only: a direct one loads each number for every tap and block of channels,
 * and would do again each time what a load does.
 */
export interface ConvKernels {
  /** @param tally of y, where `forwardSlots` says so */
  readonly forward: (
    shape: ConvShape,
    buffers: ConvBuffers & { x: Load; y: Resource; bias: Resource | null },
    relu: boolean,
    tally: Tally | null,
  ) => Operation;
  /** @param tally of the gradient, where `inputGradientSlots` says so */
  readonly inputGradient: (
    shape: ConvShape,
    buffers: ConvBuffers & { dy: Load },
    contribution: Contribution,
    tally: Tally | null,
  ) => Operation;
  readonly filterGradient: (
    shape: ConvShape,
    buffers: { batch: Resource; chunk: number; x: Load; dy: Load; partials: Resource },
    slices: number,
  ) => Operation;
  /** Slices of the filter gradient, which are its order of sums. */
  readonly slices: (shape: ConvShape, images: number, chunks: number) => number;
  /** Slots of one chunk that the kernel tallies of a map of so many pixels; null where that takes a dispatch of its own. */
  readonly forwardSlots: (pixels: number, images: number) => number | null;
  readonly inputGradientSlots: (pixels: number, images: number) => number | null;
  /** Whether a kernel's loads may do more than load. */
  readonly fuses: Readonly<Record<keyof KernelChoice, boolean>>;
}

const everywhere = (fuses: boolean) => ({ forward: fuses, inputGradient: fuses, filterGradient: fuses });

export const tiledKernels = (tile: Tile): ConvKernels => ({
  forward: (...given) => tiledForward(...given, tile),
  inputGradient: (...given) => tiledInputGradient(...given, tile),
  filterGradient: (...given) => tiledFilterGradient(...given, tile),
  slices: tiledGradientSlices,
  forwardSlots: (pixels, images) => tiledSlots(pixels, images, tile),
  inputGradientSlots: (pixels, images) => tiledSlots(pixels, images, tile),
  fuses: everywhere(true),
});

export const directKernels = (share: Share): ConvKernels => ({
  forward: (shape, buffers, relu) => convForward(shape, buffers, relu, share),
  inputGradient: (shape, buffers, contribution) => convInputGradient(shape, buffers, contribution, share),
  filterGradient: (...given) => convFilterGradient(...given, share),
  slices: gradientSlices,
  forwardSlots: () => null,
  inputGradientSlots: () => null,
  fuses: everywhere(false),
});

const kernelsOf = (name: TileName): ConvKernels =>
  name in shares ? directKernels(shares[name as keyof typeof shares]) : tiledKernels(tiles[name as keyof typeof tiles]);

export function convKernels(choice: KernelChoice): ConvKernels {
  const [forward, inputGradient, filterGradient] = [
    kernelsOf(choice.forward),
    kernelsOf(choice.inputGradient),
    kernelsOf(choice.filterGradient),
  ];
  return {
    forward: forward.forward,
    forwardSlots: forward.forwardSlots,
    inputGradient: inputGradient.inputGradient,
    inputGradientSlots: inputGradient.inputGradientSlots,
    filterGradient: filterGradient.filterGradient,
    slices: filterGradient.slices,
    fuses: {
      forward: forward.fuses.forward,
      inputGradient: inputGradient.fuses.inputGradient,
      filterGradient: filterGradient.fuses.filterGradient,
    },
  };
}
