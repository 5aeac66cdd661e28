/** Where an experiment may rest, and what it takes to go on from there. */
import type { Weights } from '../model/initialWeights.ts';
import type { Recipe } from '../recipe/recipe.ts';
import type { RunState } from '../train/loop.ts';
import type { TrainerState } from '../train/trainer.ts';
import type { ExperimentEvent, RunKey } from './events.ts';
import type { BackboneKernels } from './inspection.ts';

/** Between events: a place where the caller may pause, stop, or let messages through; where `safe`, also save. */
export interface Rest {
  readonly at: 'rest';
  readonly safe: boolean;
}

/** Everything that resuming needs beside the dataset: the runs under way, and what was told so far. */
export interface Checkpoint {
  readonly recipe: Recipe;
  readonly datasetSha256: string;
  /** As in `ExperimentOptions`: whoever goes on takes the same ones. Absent in saves of older builds. */
  readonly tiles?: string | null;
  readonly seedIndex: number;
  /** Which of the seed's bases is under way; absent where the recipe has one. */
  readonly baseIndex?: number;
  readonly stage: 'backbone' | 'arms';
  readonly runs: readonly { readonly key: RunKey; readonly run: RunState; readonly trainer: TrainerState }[];
  /** Where later rounds of this backbone's arms start; null where there are none. */
  readonly armsFrom: Weights | null;
  /** The kernels that the arms started from; absent in saves of older builds, and null before there are any. */
  readonly start?: BackboneKernels | null;
  readonly history: readonly ExperimentEvent[];
  /** Forward passes done and milliseconds spent, for the time left. */
  readonly workDone: number;
  /** Work done, 0 to 1. */
  readonly fraction: number;
  readonly elapsedMs: number;
}
