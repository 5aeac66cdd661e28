/**
 * The two sets of convolution kernels, which give the same step but for the order of sums: `tiled` for graphics cards,
 * `direct` for emulated ones, where workgroup memory and barriers cost more than they save.
 */
import { convForward, convInputGradient } from './directConv.ts';
import { convFilterGradient, gradientSlices } from './directFilterGradient.ts';
import { tiledForward, tiledInputGradient } from './tiledConv.ts';
import { tiledFilterGradient, tiledGradientSlices } from './tiledFilterGradient.ts';

export interface ConvKernels {
  readonly forward: typeof convForward;
  readonly inputGradient: typeof convInputGradient;
  readonly filterGradient: typeof convFilterGradient;
  readonly slices: typeof gradientSlices;
}

export type KernelSet = 'direct' | 'tiled';

export const convKernels: Readonly<Record<KernelSet, ConvKernels>> = {
  direct: {
    forward: convForward,
    inputGradient: convInputGradient,
    filterGradient: convFilterGradient,
    slices: gradientSlices,
  },
  tiled: {
    forward: tiledForward,
    inputGradient: tiledInputGradient,
    filterGradient: tiledFilterGradient,
    slices: tiledGradientSlices,
  },
};
