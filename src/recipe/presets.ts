/**
 * Ready recipes. `quick` and the paper's two follow the paper (arXiv 2502.20516) and its published code; `sample` is
 * sized for the synthetic sample on a laptop without a GPU.
 */
import type { Recipe } from './recipe.ts';

const anyDataset = { name: '', sha256: null, take: { train: null, val: null, test: null }, leaveOutRepeated: false };
const bothArms = [
  { name: 'baseline', merges: false },
  { name: 'inmerge', merges: true },
];

export const quick: Recipe = {
  format: 'inmerge-recipe',
  version: 3,
  name: 'quick',
  dataset: anyDataset,
  input: { side: null, channels: 'native', normalise: 'half', horizontalFlip: true },
  network: { name: 'vgg8', batchNorm: true, widthMultiplier: 1, head: 'linear' },
  start: { from: 'random', distribution: 'pytorch' },
  optimiser: { batchSize: 128, momentum: 0.9, weightDecay: 1e-4, maps: 'float32' },
  backbone: { epochs: 8, learningRate: 0.05, schedule: { kind: 'multistep', milestones: [4, 6], gamma: 0.1 } },
  finetune: { epochs: 4, learningRate: 0.005, schedule: { kind: 'constant' } },
  merging: { firstLayer: 4, alpha: 0.8, p: 0.3, tau: 0.3, condition: 'similar', mergeDuringValidation: false },
  arms: bothArms,
  sweep: {},
  selectBy: 'accuracy',
  seeds: [0],
};

/** The sample's own: small enough for a minute on WASM with two cores, with a threshold at which merges happen. */
export const sample: Recipe = {
  ...quick,
  name: 'sample',
  network: { ...quick.network, widthMultiplier: 0.5 },
  optimiser: { ...quick.optimiser, batchSize: 64 },
  backbone: { epochs: 4, learningRate: 0.05, schedule: { kind: 'multistep', milestones: [2, 3], gamma: 0.1 } },
  finetune: { epochs: 3, learningRate: 0.005, schedule: { kind: 'constant' } },
  merging: { ...quick.merging, firstLayer: 2 },
};

/** MedMNIST as the paper trains it: 64 pixels, batch 1024, 20 + 5 epochs, five repeats. */
export const paperMedmnist: Recipe = {
  ...quick,
  name: 'paper-medmnist',
  input: { side: 64, channels: 'rgb', normalise: 'imagenet', horizontalFlip: false },
  network: { name: 'vgg19', batchNorm: false, widthMultiplier: 1, head: 'linear' },
  start: { from: 'random', distribution: 'he' },
  optimiser: { batchSize: 1024, momentum: 0.9, weightDecay: 1e-4, maps: 'float32' },
  backbone: { epochs: 20, learningRate: 0.01, schedule: { kind: 'multistep', milestones: [10, 15], gamma: 0.1 } },
  finetune: { epochs: 5, learningRate: 0.001, schedule: { kind: 'constant' } },
  merging: { firstLayer: 10, alpha: 0.8, p: 0.3, tau: 0.3, condition: 'similar', mergeDuringValidation: false },
  seeds: [0, 1, 2, 3, 4],
};

/** ChestX-ray14 as the paper trains it: 224 pixels, 14 sigmoids, torchvision's head, 30 + 10 epochs. */
export const paperChestxray: Recipe = {
  ...paperMedmnist,
  name: 'paper-chestxray',
  input: { side: 224, channels: 'rgb', normalise: 'imagenet', horizontalFlip: true },
  network: { name: 'vgg19', batchNorm: false, widthMultiplier: 1, head: 'vgg' },
  optimiser: { batchSize: 324, momentum: 0.9, weightDecay: 1e-4, maps: 'float32' },
  backbone: { epochs: 30, learningRate: 0.01, schedule: { kind: 'multistep', milestones: [15, 25], gamma: 0.1 } },
  finetune: { epochs: 10, learningRate: 0.001, schedule: { kind: 'constant' } },
  selectBy: 'auc',
  seeds: [0],
};

export const presets: readonly { readonly recipe: Recipe; readonly about: string }[] = [
  { recipe: quick, about: 'VGG-8 at the size of the file: 8 backbone and 4 fine-tuning epochs. A first honest answer.' },
  { recipe: sample, about: 'Half-width VGG-8 for the built-in sample; about a minute without a GPU.' },
  {
    recipe: paperMedmnist,
    about:
      'The paper’s MedMNIST setting (VGG-19, 64 px, batch 1024, five seeds), from random weights: the paper’s are ImageNet’s, which a file can bring. Needs a GPU.',
  },
  {
    recipe: paperChestxray,
    about:
      'The paper’s ChestX-ray14 setting (VGG-19, 224 px, batch 324), from random weights: the paper’s are ImageNet’s, which a file can bring. Needs a large GPU.',
  },
];
