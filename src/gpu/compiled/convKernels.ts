/**
 * The convolution kernels of a choice of tiles, all of which give the same step but for rounding: `tiled` for graphics cards,
 * `direct` for emulated ones, where workgroup memory and barriers cost more than they save.
 */
import type { Contribution } from './activation.ts';
import type { ConvShape } from './convShape.ts';
import { convForward, convInputGradient, type ConvBuffers } from './directConv.ts';
import { convFilterGradient, gradientSlices } from './directFilterGradient.ts';
import type { Operation, Resource } from './operation.ts';
import { tiledForward, tiledInputGradient } from './tiledConv.ts';
import { tiledFilterGradient, tiledGradientSlices } from './tiledFilterGradient.ts';
import { shares, tiles, type KernelChoice, type Share, type Tile, type TileName } from './tiles.ts';

export interface ConvKernels {
  readonly forward: (
    shape: ConvShape,
    buffers: ConvBuffers & { x: Resource; y: Resource; bias: Resource | null },
    relu: boolean,
  ) => Operation;
  readonly inputGradient: (shape: ConvShape, buffers: ConvBuffers & { dy: Resource }, contribution: Contribution) => Operation;
  readonly filterGradient: (
    shape: ConvShape,
    buffers: { batch: Resource; chunk: number; x: Resource; dy: Resource; partials: Resource },
    slices: number,
  ) => Operation;
  /** Slices of the filter gradient, which are its order of sums. */
  readonly slices: (shape: ConvShape, images: number, chunks: number) => number;
}

export const tiledKernels = (tile: Tile): ConvKernels => ({
  forward: (...given) => tiledForward(...given, tile),
  inputGradient: (...given) => tiledInputGradient(...given, tile),
  filterGradient: (...given) => tiledFilterGradient(...given, tile),
  slices: tiledGradientSlices,
});

export const directKernels = (share: Share): ConvKernels => ({
  forward: (...given) => convForward(...given, share),
  inputGradient: (...given) => convInputGradient(...given, share),
  filterGradient: (...given) => convFilterGradient(...given, share),
  slices: gradientSlices,
});

const kernelsOf = (name: TileName): ConvKernels =>
  name in shares ? directKernels(shares[name as keyof typeof shares]) : tiledKernels(tiles[name as keyof typeof tiles]);

export function convKernels(choice: KernelChoice): ConvKernels {
  const { filterGradient, slices } = kernelsOf(choice.filterGradient);
  return {
    forward: kernelsOf(choice.forward).forward,
    inputGradient: kernelsOf(choice.inputGradient).inputGradient,
    filterGradient,
    slices,
  };
}
