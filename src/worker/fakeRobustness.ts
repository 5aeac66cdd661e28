/** Robustness of the scripted worker: made-up errors that grow with severity, a little less so where kernels were merged. */
import type { CorruptionName } from '../data/corruption/corruption.ts';
import type { Robustness } from '../experiment/robustness.ts';
import type { Recipe } from '../recipe/recipe.ts';
import { draw } from './fakeData.ts';
import type { WorkerEvent } from './protocol.ts';

const kinds: readonly (readonly [name: CorruptionName, rise: number])[] = [
  ['pixelate', 0.09],
  ['jpeg_compression', 0.05],
  ['defocus_blur', 0.3],
  ['motion_blur', 0.24],
  ['brightness_up', 0.06],
  ['brightness_down', 0.11],
  ['contrast_up', 0.03],
  ['contrast_down', 0.08],
  ['saturate', 0.02],
];

export function fakeRobustness(recipe: Recipe): Robustness {
  const runs = recipe.seeds.flatMap((seed) =>
    recipe.arms.map((arm, k) => {
      const clean = 0.045 + 0.01 * draw(seed, 60 + k);
      return {
        run: { seed, phase: 'finetune' as const, arm: arm.name },
        clean,
        errors: kinds.map(([, rise], kind) =>
          [1, 2, 3, 4, 5].map(
            (severity) =>
              clean + ((rise * severity) / 3) * (arm.merges ? 0.94 : 1) + 0.02 * draw(seed, 100 + kind * 10 + severity + k),
          ),
        ),
      };
    }),
  );
  return {
    format: 'inmerge-robustness',
    version: 1,
    source: 'bloodmnist',
    corruptions: kinds.map(([name]) => name),
    images: 3421,
    height: 28,
    width: 28,
    runs,
  };
}

/** Measures in steps; returns the way to cancel. */
export function measureFake(recipe: Recipe, tickMs: number, say: (event: WorkerEvent) => void): () => void {
  let step = 0;
  const steps = kinds.length * 5;
  const next = () => {
    if (step === steps) return say({ say: 'robustness', robustness: fakeRobustness(recipe) });
    const [corruption] = kinds[Math.floor(step / 5)] as (typeof kinds)[number];
    say({ say: 'robustness-progress', corruption, severity: (step % 5) + 1, fraction: step / steps });
    step++;
    timer = setTimeout(next, tickMs);
  };
  let timer = setTimeout(next, tickMs);
  return () => {
    clearTimeout(timer);
    say({ say: 'robustness', robustness: null });
  };
}
