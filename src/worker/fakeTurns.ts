/** In which order the scripted worker runs the epochs of an experiment. */
import type { RunKey } from '../experiment/events.ts';
import type { Recipe } from '../recipe/recipe.ts';

/** One epoch of one run. The arms take turns, epoch by epoch, as in the true experiment. */
export interface Turn {
  readonly run: RunKey;
  readonly epoch: number;
  readonly epochs: number;
}

export function turnsOf(recipe: Recipe): Turn[] {
  const epochs = (count: number) => Array.from({ length: count }, (_, k) => k + 1);
  return recipe.seeds.flatMap((seed) => {
    const backbone: RunKey = { seed, phase: 'backbone', arm: null };
    const arms = recipe.arms.map((arm): RunKey => ({ seed, phase: 'finetune', arm: arm.name }));
    return [
      ...epochs(recipe.backbone.epochs).map((epoch) => ({ run: backbone, epoch, epochs: recipe.backbone.epochs })),
      ...epochs(recipe.finetune.epochs).flatMap((epoch) => arms.map((run) => ({ run, epoch, epochs: recipe.finetune.epochs }))),
    ];
  });
}
