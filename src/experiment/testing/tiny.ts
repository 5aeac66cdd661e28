/** A dataset and a recipe so small that a whole experiment takes a fraction of a second. */
import { fold, keyOf, threefry2x32 } from '../../base/threefry.ts';
import type { Dataset, Split } from '../../data/dataset.ts';
import { quick } from '../../recipe/presets.ts';
import type { Recipe } from '../../recipe/recipe.ts';

const side = 8;

/** Two classes that differ by which half is bright, above or below (a mirror image keeps its class): learnable in a few steps. */
function split(count: number, salt: number): Split {
  const images = new Uint8Array(count * side * side);
  const labels = Uint16Array.from({ length: count }, (_, at) => at % 2);
  const key = fold(keyOf(salt), 1);
  for (let at = 0; at < images.length; at++) {
    const image = Math.floor(at / (side * side));
    const row = Math.floor(at / side) % side;
    const bright = row < side / 2 === (labels[image] === 0);
    images[at] = (bright ? 120 : 60) + ((threefry2x32(key, [0, at])[0] >>> 0) % 100);
  }
  return { count, images, labels };
}

export const halves: Dataset = {
  name: 'halves',
  title: 'Halves',
  task: 'binary-class',
  classNames: ['above', 'below'],
  height: side,
  width: side,
  channels: 1,
  splits: { train: split(50, 1), val: split(20, 2), test: split(20, 3) },
  sha256: 'a'.repeat(64),
  synthetic: true,
};

export const tinyRecipe: Recipe = {
  ...quick,
  network: { ...quick.network, widthMultiplier: 0.25 },
  optimiser: { ...quick.optimiser, batchSize: 16 },
  backbone: { epochs: 2, learningRate: 0.05, schedule: { kind: 'constant' } },
  finetune: { epochs: 2, learningRate: 0.01, schedule: { kind: 'constant' } },
  merging: { ...quick.merging, firstLayer: 2, tau: -1, p: 0.5 },
};
