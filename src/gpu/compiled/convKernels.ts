/**
 * The convolution kernels of a choice of tiles, all of which give the same step but for rounding: `tiled` for graphics cards,
 * `direct` for emulated ones, where workgroup memory and barriers cost more than they save.
 */
import type { Contribution, Load } from './activation.ts';
import type { ForwardBuffers, InputGradientBuffers } from './convOperation.ts';
import type { ConvShape } from './convShape.ts';
import { convForward, convInputGradient } from './directConv.ts';
import { convFilterGradient, gradientSlices } from './directFilterGradient.ts';
import type { Operation, Resource } from './operation.ts';
import type { Tally } from './tally.ts';
import { tiledForward, tiledInputGradient, tiledSlots } from './tiledConv.ts';
import { tiledFilterGradient, tiledGradientSlices } from './tiledFilterGradient.ts';
import { shares, stageOf, tiles, type KernelChoice, type KernelClass, type Share, type Tile, type TileName } from './tiles.ts';

/**
 * Loads and tallies ride along in the tiled kernels only: a direct one loads each number for every tap and block of channels,
 * and would do again each time what a load does.
 */
export interface ConvKernels {
  /** @param tally of y, where `forwardSlots` says so */
  readonly forward: (shape: ConvShape, buffers: ForwardBuffers, relu: boolean, tally: Tally | null) => Operation;
  /** @param tally of the gradient, where `inputGradientSlots` says so */
  readonly inputGradient: (
    shape: ConvShape,
    buffers: InputGradientBuffers,
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
  /** Slots of one chunk that the kernel tallies of what it stores; null where that takes a dispatch of its own. */
  readonly forwardSlots: (shape: ConvShape, images: number) => number | null;
  readonly inputGradientSlots: (shape: ConvShape, images: number) => number | null;
  /** Whether that kernel's loads may do more than load. */
  readonly fuses: (kernels: KernelClass, shape: ConvShape) => boolean;
}

const outPixels = ({ outHeight, outWidth }: ConvShape) => outHeight * outWidth;
const inPixels = ({ inHeight, inWidth }: ConvShape) => inHeight * inWidth;

export const tiledKernels = (tile: Tile): ConvKernels => ({
  forward: (...given) => tiledForward(...given, tile),
  inputGradient: (...given) => tiledInputGradient(...given, tile),
  filterGradient: (...given) => tiledFilterGradient(...given, tile),
  slices: tiledGradientSlices,
  forwardSlots: (shape, images) => tiledSlots(outPixels(shape), images, tile),
  inputGradientSlots: (shape, images) => tiledSlots(inPixels(shape), images, tile),
  fuses: () => true,
});

export const directKernels = (share: Share): ConvKernels => ({
  forward: (shape, buffers, relu) => convForward(shape, buffers, relu, share),
  inputGradient: (shape, buffers, contribution) => convInputGradient(shape, buffers, contribution, share),
  filterGradient: (...given) => convFilterGradient(...given, share),
  slices: gradientSlices,
  forwardSlots: () => null,
  inputGradientSlots: () => null,
  fuses: () => false,
});

const kernelsOf = (name: TileName): ConvKernels =>
  name in shares ? directKernels(shares[name as keyof typeof shares]) : tiledKernels(tiles[name as keyof typeof tiles]);

/** The kind of shape that a convolution is to that class of its kernels. */
export const stageFor = (kernels: KernelClass, shape: ConvShape) =>
  kernels === 'inputGradient' ? stageOf(inPixels(shape), shape.inChannels) : stageOf(outPixels(shape), shape.outChannels);

export function convKernels(choice: KernelChoice): ConvKernels {
  const of = (kernels: KernelClass, shape: ConvShape) => kernelsOf(choice[kernels][stageFor(kernels, shape)]);
  return {
    forward: (shape, ...given) => of('forward', shape).forward(shape, ...given),
    forwardSlots: (shape, images) => of('forward', shape).forwardSlots(shape, images),
    inputGradient: (shape, ...given) => of('inputGradient', shape).inputGradient(shape, ...given),
    inputGradientSlots: (shape, images) => of('inputGradient', shape).inputGradientSlots(shape, images),
    filterGradient: (shape, ...given) => of('filterGradient', shape).filterGradient(shape, ...given),
    slices: (shape, ...given) => of('filterGradient', shape).slices(shape, ...given),
    fuses: (kernels, shape) => of(kernels, shape).fuses(kernels, shape),
  };
}
