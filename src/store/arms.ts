/** Which two arms the page sets against one another, and what it calls them. */
import type { Recipe } from '../recipe/recipe.ts';

export interface ComparedArms {
  readonly baseline: string | null;
  readonly inmerge: string | null;
}

/** The first arm that does not merge, and the first that does; a recipe may lack either. */
export function comparedArms(recipe: Recipe): ComparedArms {
  return {
    baseline: recipe.arms.find((arm) => !arm.merges)?.name ?? null,
    inmerge: recipe.arms.find((arm) => arm.merges)?.name ?? null,
  };
}
