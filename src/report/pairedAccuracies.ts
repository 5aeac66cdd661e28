/** The figure that a list of experiments shows: test accuracies of the two compared arms, seed by seed, and their mean difference. */
import type { ExperimentEvent, RunKey } from '../experiment/events.ts';
import { armsOf } from '../recipe/arms.ts';
import type { Recipe } from '../recipe/recipe.ts';

/** Test accuracies of the first arm that does not merge and the first that does, those of the sweep among them, on the recipe's own base, of each seed that has both. */
export function pairedAccuracies(history: readonly ExperimentEvent[], recipe: Recipe): { before: number; after: number }[] {
  const arms = armsOf(recipe);
  const merging = arms.find((arm) => arm.merges)?.name;
  const plain = arms.find((arm) => !arm.merges)?.name;
  const accuracyOf = (seed: number, arm: string | undefined): number | null => {
    const isAsked = ({ arm: own, base, seed: of }: RunKey) => of === seed && own === arm && base === undefined;
    const result = history.find((event) => event.at === 'result' && isAsked(event.run));
    return result?.at === 'result' ? (result.test?.accuracy ?? null) : null;
  };
  return recipe.seeds.flatMap((seed) => {
    const [after, before] = [accuracyOf(seed, merging), accuracyOf(seed, plain)];
    return after === null || before === null ? [] : [{ before, after }];
  });
}

/** Mean over seeds of the merging arm's test accuracy minus the other's; null before both are known. */
export function meanDifference(history: readonly ExperimentEvent[], recipe: Recipe): number | null {
  const pairs = pairedAccuracies(history, recipe);
  return pairs.length === 0 ? null : pairs.reduce((sum, { before, after }) => sum + (after - before), 0) / pairs.length;
}
