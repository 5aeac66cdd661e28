/** What the page shows of robustness: the compared arms' table, and what must be known to read it. */
import { robustnessTable, type RobustnessTable } from '../report/robustness.ts';
import type { Robustness } from '../experiment/robustness.ts';
import type { Recipe } from '../recipe/recipe.ts';
import { comparedArms } from './arms.ts';

/** Severities were chosen for images of this side (MedMNIST-C). */
export const severitiesAtSide = 224;

/** Of the two arms that the page sets against one another. */
export function comparedRobustness(robustness: Robustness, recipe: Recipe): RobustnessTable {
  const { baseline, inmerge } = comparedArms(recipe);
  return robustnessTable(
    robustness,
    [baseline, inmerge].flatMap((arm) => arm ?? []),
  );
}

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
