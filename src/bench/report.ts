/** The bench's result as JSON: what was measured, on what, and how each contender did. */
import type { ContenderName } from './contender.ts';
import type { KernelTime } from './kernelClock.ts';
import type { Counts } from './ledger.ts';
import type { Probes } from './probes.ts';

export interface BenchReport {
  readonly format: 'inmerge-bench-1';
  readonly date: string;
  readonly build: string;
  /** The commit, where it is known. */
  readonly commit: string | null;
  readonly adapter: string;
  readonly software: boolean;
  readonly host: string;
  /** Null where there is no GPU. */
  readonly probes: Probes | null;
  readonly cases: readonly CaseReport[];
}

export interface CaseReport {
  readonly case: string;
  readonly network: string;
  readonly gflopPerStep: number;
  /** The least that a step has to move. */
  readonly megabytesPerStep: number;
  /** Steps over which losses are compared. */
  readonly steps: number;
  /** Whose losses the others are held to. */
  readonly reference: ContenderName;
  readonly contenders: readonly ContenderReport[];
  /** Who was asked for and could not take part, and why. */
  readonly absent: readonly { readonly name: ContenderName; readonly why: string }[];
}

export interface ContenderReport {
  readonly name: ContenderName;
  readonly what: string;
  /** As in `Contender`. */
  readonly tiles?: string;
  /** Median milliseconds of a step. */
  readonly ms: number;
  /** What the median is of: milliseconds of a step, each a mean over `stepsPerSample`. */
  readonly samples: readonly number[];
  readonly stepsPerSample: number;
  readonly imagesPerSecond: number;
  readonly gflops: number;
  /** Of the probes; null where there are none. */
  readonly percentOfFma: number | null;
  readonly percentOfCopy: number | null;
  readonly losses: readonly number[];
  /** Largest relative difference of a loss from the reference's. */
  readonly lossDifference: number;
  /** False: its losses are others, so its time says nothing. */
  readonly agrees: boolean;
  /** Of one step, once warm; null off the GPU. */
  readonly counts: Counts | null;
  /** Most bytes of GPU buffers at once, weights included; null off the GPU. */
  readonly peakBytes: number | null;
  /** Of one step; null where the device has no timestamps or the contender is off it. */
  readonly kernels: readonly KernelTime[] | null;
  /** Merging every convolution once; null where it does not merge. */
  readonly merge: { readonly ms: number; readonly percentOfStep: number } | null;
  /** All that is looked at after an epoch; null where nothing can be. */
  readonly look: { readonly ms: number; readonly percentOfEpoch: number } | null;
}

/** Training images of BloodMNIST, the epoch that looking is set against. */
export const epochImages = 11_959;

/** Losses may differ by this much, relative to their size, where that is above 1. */
export const lossTolerance = 1e-3;

export function lossDifference(losses: readonly number[], reference: readonly number[]): number {
  if (losses.length !== reference.length) return Number.POSITIVE_INFINITY;
  return losses.reduce((most, loss, step) => {
    const truth = reference[step] as number;
    const difference = Math.abs(loss - truth) / Math.max(1, Math.abs(truth));
    // NaN is larger than anything that is allowed.
    return difference <= most ? most : Number.isNaN(difference) ? Number.POSITIVE_INFINITY : difference;
  }, 0);
}

export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  const upper = sorted[middle] ?? Number.NaN;
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? Number.NaN) + upper) / 2;
}

export const adapterName = ({ architecture, description, device, vendor }: GPUAdapterInfo): string =>
  [vendor, architecture, device, description].filter((part) => part !== '').join(', ') || 'unnamed adapter';
