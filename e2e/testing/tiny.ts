/** A recipe that a software GPU finishes in a minute. */
import { quick } from '../../src/recipe/presets.ts';
import type { Recipe } from '../../src/recipe/recipe.ts';

/** A quarter of VGG-8 on a few images; tau 0, since a small fresh network may have no pair above 0.3. */
export const tiny: Recipe = {
  ...quick,
  name: 'tiny',
  dataset: { ...quick.dataset, take: { train: 24, val: 12, test: 12 } },
  network: { ...quick.network, widthMultiplier: 0.25 },
  optimiser: { ...quick.optimiser, batchSize: 8 },
  backbone: { epochs: 1, learningRate: 0.05, schedule: { kind: 'constant' } },
  finetune: { epochs: 2, learningRate: 0.005, schedule: { kind: 'constant' } },
  merging: { ...quick.merging, firstLayer: 2, tau: 0 },
};
