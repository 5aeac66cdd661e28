/**
 * `experiment.inmerge`: what an experiment told while it ran, as one file, so that results made elsewhere (the command
 * line, another machine) open on the page as if they had been made there. No weights: those are safetensors beside it.
 */
import { decodeContainer, encodeContainer } from '../base/container.ts';
import { StudioError } from '../base/errors.ts';
import { parseRecipe, type Recipe } from '../recipe/recipe.ts';
import type { ExperimentEvent } from './events.ts';
import type { Robustness } from './robustness.ts';
import { upgradedHistory } from './history.ts';

export const resultsFileName = 'experiment.inmerge';

export interface ResultsFile {
  readonly format: 'inmerge-experiment';
  readonly recipe: Recipe;
  readonly history: readonly ExperimentEvent[];
  readonly record: {
    readonly name: string;
    readonly datasetTitle: string;
    /** Milliseconds since 1970. */
    readonly startedAt: number;
    readonly savedAt: number;
    readonly state: 'finished' | 'interrupted';
    readonly fraction: number;
    readonly seeds: number;
    readonly difference: number | null;
  };
  /** Where it was measured. */
  readonly robustness?: Robustness;
}

export const encodeResults = (results: ResultsFile): Promise<Uint8Array<ArrayBuffer>[]> => encodeContainer(results);

/** @throws StudioError `container-damaged`, `not-results`, or what `parseRecipe` says of its recipe. */
export async function readResults(file: Blob): Promise<ResultsFile> {
  const value = (await decodeContainer(file)) as Partial<ResultsFile> | null;
  if (value?.format !== 'inmerge-experiment' || !Array.isArray(value.history) || value.record === undefined) {
    throw new StudioError({
      code: 'not-results',
      message: 'The file is whole, but it does not hold the results of an experiment.',
      remedy: `Open the file named ${resultsFileName} in a folder of results.`,
    });
  }
  return { ...(value as ResultsFile), recipe: parseRecipe(value.recipe), history: upgradedHistory(value.history) };
}
