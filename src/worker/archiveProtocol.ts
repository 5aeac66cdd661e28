/** What the page asks of past experiments beyond showing them, and the answers: one request a command, one answer an event. */
import type { ExperimentEvent } from '../experiment/events.ts';
import type { Robustness } from '../experiment/robustness.ts';
import type { Recipe } from '../recipe/recipe.ts';
import type { SavedExperiment } from './protocol.ts';

export type ArchiveRequest =
  | { readonly what: 'describe'; readonly experiment: string }
  | { readonly what: 'rename'; readonly experiment: string; readonly name: string }
  /** Everything kept on this machine as one file; experiments that run are left out. */
  | { readonly what: 'back-up' }
  /** Takes a backup up again; what is here already stays as it is. */
  | { readonly what: 'restore'; readonly file: Blob };

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
  | { readonly what: 'restore'; readonly added: number; readonly present: number };
