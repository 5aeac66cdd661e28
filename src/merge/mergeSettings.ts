/**
 * What a merge is told: the paper's three numbers and which layers. Plain data, shared by the GPU and the CPU merger.
 */
import { StudioError } from '../base/errors.ts';

/** One convolution that merges. Its weights are HWIO: element r of kernel i is `weights[r * kernels + i]`. */
export interface MergeLayer {
  /** 0-based index of the convolution in the network; part of the key of its draws. */
  readonly layer: number;
  /** Output channels, n. */
  readonly kernels: number;
  /** Weights of one kernel, d = kh * kw * cin. */
  readonly rows: number;
  /** This layer's own tau; that of the settings where absent. */
  readonly tau?: number;
}

/** `similar`: merge above tau (the paper's method). `dissimilar`: merge below it (the ablation of figure 2b). */
export type MergeCondition = 'similar' | 'dissimilar';

export interface MergeSettings {
  /** Share of itself that a merged kernel keeps, 0 to 1. */
  readonly alpha: number;
  /** Probability that a kernel draws a partner in a step, 0 to 1. */
  readonly p: number;
  /** Cosine similarity that a pair must exceed, -1 to 1; compared strictly, in float32. */
  readonly tau: number;
  /** `similar` where absent. */
  readonly condition?: MergeCondition;
}

/** A partner that was not drawn: the coin did not fall, or there is no other kernel. */
export const notTried = 0xffffffff;

/** Kernels of a layer that one workgroup of 256 threads can blend with sixteen registers each. */
export const maxKernels = 4096;

/**
 * Coins are 24-bit integers; a merge is tried where coin < p * 2^24 as real numbers. Scaling by a power of two is exact,
 * so the same test on integers is coin < ceil(p * 2^24).
 */
export function coinThreshold(p: number): number {
  return Math.ceil(p * 2 ** 24);
}

/** @throws StudioError `merge-settings-invalid` */
export function checkMerge(layers: readonly MergeLayer[], settings: MergeSettings): void {
  const details = [
    range('alpha', settings.alpha, 0, 1),
    range('p', settings.p, 0, 1),
    range('tau', settings.tau, -1, 1),
    ...layers.flatMap(({ layer, kernels, rows, tau }) => [
      whole(`layer ${layer}: index`, layer, 0, 0xffff),
      whole(`layer ${layer}: kernels`, kernels, 1, maxKernels),
      range(`layer ${layer}: tau`, tau ?? 0, -1, 1),
      whole(`layer ${layer}: weights of a kernel`, rows, 1, 2 ** 31),
    ]),
  ].filter((detail) => detail !== null);
  if (details.length === 0) return;
  throw new StudioError({
    code: 'merge-settings-invalid',
    message: `Merging cannot work with ${details.map(({ where, found }) => `${where} = ${found}`).join(', ')}.`,
    remedy: 'Change the merge settings, or let merging begin at a later layer.',
    details,
  });
}

function range(where: string, value: number, min: number, max: number) {
  return value >= min && value <= max ? null : { where, found: String(value), expected: `${min} to ${max}` };
}

function whole(where: string, value: number, min: number, max: number) {
  return Number.isInteger(value) ? range(where, value, min, max) : { where, found: String(value), expected: 'a whole number' };
}
