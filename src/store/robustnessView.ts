/** What the page shows of robustness: the compared arms' table, and what must be known to read it. */
import { robustnessTable, type RobustnessTable } from '../report/robustness.ts';
import type { Task } from '../data/dataset.ts';
import type { Robustness } from '../experiment/robustness.ts';
import { armsOf } from '../recipe/arms.ts';
import type { Recipe } from '../recipe/recipe.ts';
import { comparedArms } from './arms.ts';

/** Severities were chosen for images of this side (MedMNIST-C). */
export const severitiesAtSide = 224;

/** Of the plain arm and a merging one: the named, else the first. */
export function comparedRobustness(
  robustness: Robustness,
  recipe: Recipe,
  arm: string | null,
  base: string | null = null,
): RobustnessTable {
  const { baseline, inmerge } = comparedArms(recipe);
  return robustnessTable(
    robustness,
    [baseline, arm ?? inmerge].flatMap((name) => name ?? []),
    base ?? undefined,
  );
}

/** The merging arms that were measured, in the recipe's order. */
export const measuredArms = ({ runs }: Robustness, recipe: Recipe): string[] =>
  armsOf(recipe).flatMap(({ name, merges }) => (merges && runs.some(({ run }) => run.arm === name) ? [name] : []));

/** What stands below the table of a task whose error needs a word more; null where it needs none. */
export const errorNote = (task: Task | null): string | null =>
  task === 'multi-label'
    ? 'Each label is a class of its own, taken as present where its score is above 0.5, as in MedMNIST’s accuracy; MedMNIST-C has a threshold for each label.'
    : null;

const titles: Readonly<Record<Robustness['corruptions'][number], string>> = {
  pixelate: 'Pixelation',
  jpeg_compression: 'JPEG',
  gaussian_noise: 'Gaussian noise',
  speckle_noise: 'Speckle noise',
  impulse_noise: 'Impulse noise',
  shot_noise: 'Shot noise',
  defocus_blur: 'Defocus blur',
  motion_blur: 'Motion blur',
  gaussian_blur: 'Gaussian blur',
  zoom_blur: 'Zoom blur',
  brightness_up: 'Brighter',
  brightness_down: 'Darker',
  contrast_up: 'More contrast',
  contrast_down: 'Less contrast',
  saturate: 'Saturation',
  gamma_corr_up: 'Gamma up',
  gamma_corr_down: 'Gamma down',
};

/** Null is the mean over all of them. */
export const corruptionTitle = (name: Robustness['corruptions'][number] | null): string =>
  name === null ? 'Mean of all' : titles[name];
