/** What an experiment is made of, and what it hands out of every run. */
import type { StudioErrorData } from '../base/errors.ts';
import type { Dataset } from '../data/dataset.ts';
import type { Weights } from '../model/initialWeights.ts';
import type { Network } from '../model/network.ts';
import type { Recipe } from '../recipe/recipe.ts';
import type { TapeTrainerOptions } from '../train/tapeTrainer.ts';
import type { Trainer } from '../train/trainer.ts';
import type { RunKey } from './events.ts';
import type { EpochWeights } from './inspection.ts';
import type { RunStore } from './runStore.ts';
import type { StartFiles } from './startFiles.ts';

export interface ExperimentOptions {
  readonly recipe: Recipe;
  readonly dataset: Dataset;
  readonly createTrainer: (options: TapeTrainerOptions) => Promise<Trainer>;
  /** Largest tensor the device can bind, bytes; null where it has no such limit. */
  readonly maxBindingBytes: number | null;
  /** True where the trainer cuts a batch that is too large to bind. */
  readonly splitsBatches?: boolean;
  /** Told once where the device has no room for the images. */
  readonly onNotHeld?: (error: StudioErrorData) => void;
  /** How the trainer's kernels are cut, where it runs on WebGPU: told and saved with the experiment. */
  readonly tiles?: string | null;
  /** Whether the trainer can store maps as float16. */
  readonly storesFloat16?: boolean;
  /** Told each run's selected weights and test scores, before its `result` event; for those who keep them. */
  readonly onResult?: (result: RunResult) => Promise<void>;
  /** Told the weights after each epoch, for those who keep pictures of them. */
  readonly onWeights?: (kept: EpochWeights) => Promise<void>;
  /** Runs that are over: they are told instead of trained, and those trained here go there. */
  readonly runs?: RunStore | null;
  /** Those that the recipe starts from; none where absent. */
  readonly startFiles?: StartFiles;
  /** Six where absent. */
  readonly armsAtOnce?: number;
}

/** What is left of a run when it is over. */
export interface RunResult {
  readonly run: RunKey;
  readonly network: Network;
  /** Weights of the selected epoch, in the studio's layout. */
  readonly weights: Weights;
  /** Probabilities [images, classes] on the test split, in its order; null where there is none. */
  readonly testScores: Float64Array | null;
}
