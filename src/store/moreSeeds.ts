/**
 * The next step after an experiment that settles nothing: the same recipe with more seeds. Its runs are kept, so that only
 * the new seeds train.
 */
import { settles } from '../report/certainty.ts';
import { expanded } from '../recipe/arms.ts';
import type { Recipe } from '../recipe/recipe.ts';
import { results } from './comparison.ts';
import { blocker } from './readiness.ts';
import type { StudioState } from './state.ts';

/** What is offered one after the other: few seeds first, since many cost many times as much. */
const offers = [5, 10];

/**
 * The experiment's seeds and those to add, the lowest that are free; null where its difference is settled, where its recipe
 * is no longer the one in the form, or where training cannot start.
 */
export function moreSeeds(state: StudioState): number[] | null {
  const { ended, record, recipe } = state;
  if (record === null || ended?.how !== 'finished' || blocker(state) !== null) return null;
  const trained = record.wholeRecipe;
  const wanted = offers.find((count) => count > trained.seeds.length);
  if (wanted === undefined || !sameButName(trained, recipe)) return null;
  const difference = results(record)?.accuracy ?? null;
  if (difference === null || settles(difference)) return null;
  const seeds = [...trained.seeds];
  for (let seed = 0; seeds.length < wanted; seed++) if (!seeds.includes(seed)) seeds.push(seed);
  return seeds;
}

/**
 * True where the experiment that is shown is finished, its recipe still the one in the form, and its device, where that is
 * known, the one in use: Train would tell it again.
 */
export function isTrained({ device, ended, record, recipe, status, trainedOn }: StudioState): boolean {
  if (record === null || ended?.how !== 'finished' || status.at !== 'finished') return false;
  const on = trainedOn?.device?.device ?? null;
  return (on === null || on === device?.device) && sameButName(record.wholeRecipe, recipe);
}

/** An experiment's recipe has the arms of its sweep written out. */
const sameButName = (one: Recipe, other: Recipe): boolean =>
  JSON.stringify(expanded({ ...one, name: '' })) === JSON.stringify(expanded({ ...other, name: '' }));
