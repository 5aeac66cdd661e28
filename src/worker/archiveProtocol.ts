/**
 * What the page asks of past experiments beyond showing them, and of files of start weights, and the answers: one request a
 * command, one answer an event.
 */
import type { ExperimentEvent } from '../experiment/events.ts';
import type { Robustness } from '../experiment/robustness.ts';
import type { NetworkSettings, Recipe } from '../recipe/recipe.ts';
import type { SavedExperiment } from './protocol.ts';

export type ArchiveRequest =
  | { readonly what: 'describe'; readonly experiment: string }
  | { readonly what: 'rename'; readonly experiment: string; readonly name: string }
  /** Everything kept on this machine as one file; experiments that run are left out. */
  | { readonly what: 'back-up' }
  /** Takes a backup up again; what is here already stays as it is. */
  | { readonly what: 'restore'; readonly file: Blob }
  /** Start weights for a recipe that names them: a `.safetensors` file. Refused where it is none. */
  | { readonly what: 'give-weights'; readonly file: File }
  /** Whether the file of that digest was given, or is kept with an experiment. */
  | { readonly what: 'find-weights'; readonly sha256: string }
  /** What of a file a network would take. Refused with every array that is missing, left over or of another shape. */
  | {
      readonly what: 'fit-weights';
      readonly sha256: string;
      /** What the file is called in a refusal. */
      readonly name: string;
      readonly network: NetworkSettings;
      /** [height, width, channels] */
      readonly input: readonly [number, number, number];
      readonly classes: number;
    };

/** How a file fits a network. */
export interface WeightsFit {
  /** Arrays that are taken from the file. */
  readonly taken: number;
  /** Names of those that are drawn, since the file has other classes. */
  readonly drawn: readonly string[];
}

/** A file of start weights; name and digest stand so in a recipe. */
export interface StartFile {
  readonly name: string;
  readonly sha256: string;
  readonly bytes: number;
}

export type ResultEvent = Extract<ExperimentEvent, { at: 'result' }>;

/** Enough of a past experiment to compare it with another. */
export interface Described {
  readonly saved: SavedExperiment;
  readonly recipe: Recipe;
  readonly results: readonly ResultEvent[];
  readonly robustness: Robustness | null;
}

export type ArchiveAnswer =
  | ({ readonly what: 'describe' } & Described)
  | { readonly what: 'rename' }
  | { readonly what: 'back-up'; readonly file: Blob; readonly experiments: number }
  | { readonly what: 'restore'; readonly added: number; readonly present: number }
  | { readonly what: 'give-weights'; readonly file: StartFile }
  | { readonly what: 'find-weights'; readonly found: boolean }
  /** Null where the file is not at hand. */
  | { readonly what: 'fit-weights'; readonly fit: WeightsFit | null };
