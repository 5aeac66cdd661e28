/** What a page was told of an experiment, as the results that reports and bundles are made of. */
import { History } from '../experiment/history.ts';
import type { ExperimentEvent } from '../experiment/events.ts';
import type { ResultsFile } from '../experiment/resultsFile.ts';
import type { Robustness } from '../experiment/robustness.ts';
import type { Recipe } from '../recipe/recipe.ts';
import { meanDifference } from './pairedAccuracies.ts';

export interface RecordedFacts {
  readonly recipe: Recipe;
  readonly datasetTitle: string;
  readonly startedAt: number;
  readonly savedAt: number;
  readonly finished: boolean;
  readonly fraction: number;
  /** Null where it was not measured. */
  readonly robustness: Robustness | null;
}

/** @param told in the order it came; losses of a run are joined, and what was only about its moment is left out */
export function recordedResults(told: readonly ExperimentEvent[], facts: RecordedFacts): ResultsFile {
  const { datasetTitle, finished, fraction, recipe, robustness, savedAt, startedAt } = facts;
  const all = new History();
  for (const event of told) all.add(event);
  const history = all.events();
  const record = {
    name: recipe.name,
    datasetTitle,
    startedAt,
    savedAt,
    state: finished ? 'finished' : 'interrupted',
    fraction: finished ? 1 : fraction,
    seeds: recipe.seeds.length,
    difference: meanDifference(history, recipe),
  } as const;
  return { format: 'inmerge-experiment', recipe, history, record, ...(robustness === null ? {} : { robustness }) };
}
