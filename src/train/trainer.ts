/**
 * What a trainer promises, whichever way it computes. A trainer holds one network's weights, momentum and BatchNorm
 * statistics; a step is enqueued without waiting, and what it produced (losses, merges) is read later, on demand. It takes
 * images by their places in a split, which it may hold on its device, or as floats: the same bits either way.
 */
import type { BatchSource, EpochOrder } from '../data/batches.ts';
import type { MergeLog } from '../merge/mergeLog.ts';
import type { Network } from '../model/network.ts';
import type { Weights } from '../model/initialWeights.ts';

/** Images as numbers, for those who have no split. */
export interface Batch {
  readonly size: number;
  /** [size, height, width, channels] as the network takes it, normalised. */
  readonly inputs: Float32Array;
  /** [size, classes]: one-hot rows, or 0/1 per label. */
  readonly targets: Float32Array;
}

/** Images of a split: those at `first` and after in an epoch's order. */
export interface ImageBatch {
  readonly source: BatchSource;
  readonly order: EpochOrder;
  readonly first: number;
  readonly size: number;
}

/** A split made ready to be taken by index; whoever asked for it releases it, before or after the trainer goes. */
export interface Hold {
  /** Bytes on the device; 0 where the processor makes each batch. */
  readonly bytes: number;
  /** Why a device that could hold these images does not, as a sentence; then each batch is uploaded. Else null. */
  readonly refusal: string | null;
  release(): void;
}

/** One merge before a step: which draws to use. Null where the run does not merge. */
export interface MergeStep {
  readonly purpose: number;
  readonly step: number;
}

export interface OptimiserSettings {
  readonly momentum: number;
  readonly weightDecay: number;
}

/** Everything that a later step depends on, and the kept copy: `weight/NAME`, `momentum/NAME`, `kept/NAME`. */
export interface TrainerState {
  readonly arrays: ReadonlyMap<string, Float32Array>;
  /** Steps since `load`. */
  readonly steps: number;
}

/** What steps gave while they were trained on: in training mode, mirrored as the epoch has it, before each step's update. */
export interface StepLosses {
  /** Mean loss of each step, in order. */
  readonly losses: Float32Array;
  /**
   * Right answers over all of these steps, exact: images whose highest logit is their label's (the first of equal ones), or
   * in multi-label training cells (image, label) on the right side of a probability of one half.
   */
  readonly correct: number;
}

export interface Trainer {
  readonly network: Network;
  /** Sets all weights and statistics; momentum becomes zero. */
  load(weights: Weights): Promise<void>;
  weights(): Promise<Weights>;
  /** For a checkpoint; call when no loss or merge is waiting to be taken. */
  state(): Promise<TrainerState>;
  /** The exact reverse of `state`: the next step gives the same bits as if there had been no interruption. */
  restore(state: TrainerState): void;
  /**
   * Puts a split where steps and evaluations are fastest: on the device, once for all its trainers. Without it they give
   * the same bits, slower.
   */
  hold(source: BatchSource): Promise<Hold>;
  /**
   * Makes the memory that steps of `size` images and evaluations take, if it is not there; without it the first of them does.
   * @returns false where the device has no room: then nothing of it is left
   */
  reserve(size: number): Promise<boolean>;
  /**
   * Merges (if asked), then one SGD step. Enqueued only; throws StudioError where it cannot be. At most `lossWindow`
   * steps may go by between two calls of `takeLosses`.
   */
  step(batch: Batch | ImageBatch, learningRate: number, merge: MergeStep | null): void;
  readonly lossWindow: number;
  /** Losses and right answers of the steps since the last call, in one read; waits until the device has done them. */
  takeLosses(): Promise<StepLosses>;
  /** Everything merged or tried since the last call; null where this trainer does not merge. */
  takeMerges(): Promise<MergeLog | null>;
  /** Merges alone, without a step (validation in the published code's manner). */
  mergeOnly(merge: MergeStep): void;
  /** Logits [size, classes] in evaluation mode. */
  logits(inputs: Float32Array, size: number): Promise<Float32Array>;
  /** The same of `count` images of a split, `first` and after. The device has its work when this returns its promise. */
  imageLogits(source: BatchSource, first: number, count: number): Promise<Float32Array>;
  /** Cosine similarities [n, n] of the kernels of one convolution. */
  similarity(convolution: number): Promise<Float32Array>;
  /** Keeps the present weights and statistics on the device, replacing an earlier kept copy. */
  keep(): void;
  /** Goes back to the kept copy. */
  restoreKept(): void;
  dispose(): void;
}
