/** Which two arms the page sets against one another, of all that an experiment has. */
import type { Recipe } from '../recipe/recipe.ts';
import { expanded } from '../recipe/arms.ts';
import type { ExperimentRecord } from './record.ts';

export interface ComparedArms {
  readonly baseline: string | null;
  readonly inmerge: string | null;
}

/** The first arm that does not merge, and the merging one that was chosen, or else the first; a recipe may lack either. */
export function comparedArms(recipe: Recipe, chosen: string | null = null): ComparedArms {
  return comparedOf(expanded(recipe).arms, chosen);
}

function comparedOf(arms: readonly { readonly name: string; readonly merges: boolean }[], chosen: string | null): ComparedArms {
  const merging = arms.filter((arm) => arm.merges);
  return {
    baseline: arms.find((arm) => !arm.merges)?.name ?? null,
    inmerge: merging.find(({ name }) => name === chosen)?.name ?? merging[0]?.name ?? null,
  };
}

export const comparedIn = (record: ExperimentRecord): ComparedArms => comparedOf(record.arms, record.compared);
