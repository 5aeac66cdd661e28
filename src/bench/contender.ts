/** Who is measured: something that trains the workload's network, one step at a time. */
import type { Workload } from './workload.ts';

export interface Contender {
  readonly name: ContenderName;
  /** In words: which program, which version, which settings. */
  readonly what: string;
  /** How its kernels are cut (`gpu/compiled/tiles.ts`); absent where they are not. */
  readonly tiles?: string;
  /** Sets what is global (tfjs's backend and flags); called before each turn. */
  enter(): Promise<void>;
  /** Enqueues step number `index`, counted from 0 on through all turns. */
  step(index: number): void;
  /** At most so many steps may go by between two calls of `finish` or `settle`. */
  readonly stepsAtOnce: number;
  /** Losses of all steps since the last call, in order, once the device has done them. */
  finish(): Promise<readonly number[]>;
  /** The same without the losses: waits until the device has done all steps, and reads as little as it can. */
  settle(): Promise<void>;
  /** Enqueues merging of all convolutions without a step; null where it does not merge. */
  readonly merge: ((index: number) => void) | null;
  /** All that the page ever looks at after an epoch, once over; null where nothing can be looked at. */
  readonly look: (() => Promise<void>) | null;
  dispose(): Promise<void>;
}

export const contenderNames = ['compiled', 'tape', 'wasm', 'stock', 'jax', 'torch', 'torch-cuda', 'torch-cuda-tf32'] as const;
export type ContenderName = (typeof contenderNames)[number];

/** Resolves to the reason, in words, where this contender is not to be had here. */
export type OpenContender = (workload: Workload) => Promise<Contender | string>;
