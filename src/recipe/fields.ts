/**
 * Every setting of a recipe, once: its meaning in words, its bounds and its step. The schema takes its bounds
 * from here and so does the form, so that what the page says and what the command line accepts cannot differ.
 */

export interface NumberField {
  readonly kind: 'number' | 'integer';
  readonly label: string;
  /** Symbol of the paper, if it has one. */
  readonly symbol?: string;
  readonly help: string;
  readonly min: number;
  readonly max: number;
  readonly step: number;
  readonly unit?: string;
}

export interface ChoiceField<T extends string = string> {
  readonly kind: 'choice';
  readonly label: string;
  readonly help: string;
  readonly options: readonly { readonly value: T; readonly label: string }[];
}

export interface SwitchField {
  readonly kind: 'switch';
  readonly label: string;
  readonly help: string;
}

export interface ListField {
  readonly kind: 'list';
  readonly label: string;
  readonly help: string;
  readonly min: number;
  readonly max: number;
  readonly maxItems: number;
}

export type Field = NumberField | ChoiceField | SwitchField | ListField;

const count = (label: string, help: string, min: number, max: number, unit?: string): NumberField => ({
  kind: 'integer',
  label,
  help,
  min,
  max,
  step: 1,
  ...(unit === undefined ? {} : { unit }),
});

const real = (label: string, help: string, min: number, max: number, step: number, symbol?: string): NumberField => ({
  kind: 'number',
  label,
  help,
  min,
  max,
  step,
  ...(symbol === undefined ? {} : { symbol }),
});

function choice<const T extends string>(
  label: string,
  help: string,
  options: readonly { value: T; label: string }[],
): ChoiceField<T> {
  return { kind: 'choice', label, help, options };
}

const flag = (label: string, help: string): SwitchField => ({ kind: 'switch', label, help });

export const fields = {
  take: count(
    'Images taken',
    'How many images of a split are used, in an order drawn from the first seed; empty takes all. For quick tries.',
    1,
    10_000_000,
    'images',
  ),
  leaveOutRepeated: flag(
    'Leave out repeated images',
    'Training images that stand in validation or test too, pixel for pixel, are not trained on.',
  ),
  side: count(
    'Image side',
    'Images are resized to this many pixels a side (bilinear); empty keeps the size of the file.',
    8,
    512,
    'px',
  ),
  channels: choice('Channels', 'Grey images can be repeated into three channels, as networks trained on ImageNet expect.', [
    { value: 'native', label: 'as in the file' },
    { value: 'rgb', label: 'grey repeated to RGB' },
  ]),
  normalise: choice('Normalisation', 'How a byte becomes a network input.', [
    { value: 'half', label: 'x / 255 x 2 - 1' },
    { value: 'imagenet', label: 'ImageNet mean and std' },
  ]),
  horizontalFlip: flag('Random horizontal flip', 'Each training image is mirrored with probability 1/2, drawn anew each epoch.'),

  networkName: choice(
    'Network',
    'VGG: 3 x 3 convolutions in blocks, each closed by a 2 x 2 max-pool. ResNet: pairs of them with shortcuts; it always has batch normalisation and a head of its own, and begins with 3 x 3 under 64 px, else with 7 x 7 and a max-pool.',
    [
      { value: 'vgg8', label: 'VGG-8 (small)' },
      { value: 'vgg11', label: 'VGG-11' },
      { value: 'vgg13', label: 'VGG-13' },
      { value: 'vgg16', label: 'VGG-16' },
      { value: 'vgg19', label: 'VGG-19' },
      { value: 'resnet18', label: 'ResNet-18' },
      { value: 'resnet34', label: 'ResNet-34' },
    ],
  ),
  batchNorm: flag('Batch normalisation', 'Normalises each convolution’s output over the batch, before its ReLU.'),
  widthMultiplier: real('Width multiplier', 'Scales the number of kernels of every convolution.', 0.0625, 4, 0.0625),
  head: choice('Head', 'What turns the last feature map into class scores.', [
    { value: 'linear', label: 'global average pool, linear' },
    { value: 'vgg', label: 'torchvision: 7 x 7 pool, 4096-4096, dropout' },
  ]),
  initialWeights: choice('Initial weights', 'The distribution the start weights are drawn from.', [
    { value: 'pytorch', label: 'PyTorch default, U(±1/√fan-in)' },
    { value: 'he', label: 'He uniform, fan-out, zero bias' },
  ]),

  batchSize: count(
    'Batch size',
    'Images a step. Incomplete last batches of an epoch are dropped, as in the paper’s code.',
    1,
    4096,
    'images',
  ),
  momentum: real('Momentum', 'SGD: v ← momentum v + gradient, w ← w − rate v (PyTorch’s form).', 0, 0.999, 0.01),
  weightDecay: real('Weight decay', 'Added to the gradient as decay × w, for every parameter (PyTorch’s SGD).', 0, 0.1, 0.0001),
  maps: choice(
    'Maps stored as',
    'Between the kernels of a step, on a GPU that offers it: float16 takes about half the memory and rounds every stored number to 11 bits; sums and weights stay float32. Results differ a little.',
    [
      { value: 'float32', label: 'float32' },
      { value: 'float16', label: 'float16, half the memory' },
    ],
  ),

  epochs: count('Epochs', 'Passes over the training images.', 0, 1000, 'epochs'),
  learningRate: real('Learning rate', 'SGD rate before the schedule changes it.', 0, 1000, 0.001),
  scheduleKind: choice('Rate schedule', 'How the rate changes from epoch to epoch.', [
    { value: 'constant', label: 'constant' },
    { value: 'multistep', label: 'steps at given epochs (MultiStepLR)' },
    { value: 'plateau', label: 'when validation loss stalls (ReduceLROnPlateau)' },
  ]),
  milestones: {
    kind: 'list',
    label: 'Steps after epochs',
    help: 'The rate is multiplied by the factor once this many epochs are done.',
    min: 1,
    max: 1000,
    maxItems: 20,
  } satisfies ListField,
  gamma: real('Factor', 'What the rate is multiplied by at each step.', 0.0001, 1, 0.05),
  patience: count('Patience', 'Epochs without a new lowest validation loss before the rate is cut.', 0, 1000, 'epochs'),

  firstLayer: {
    ...count('First merged layer', 'Convolutions with this 0-based index and later merge; earlier ones stay as they are.', 0, 64),
    symbol: 'L_s',
  },
  alpha: real('Share kept', 'A merged kernel keeps this share of itself: K_i ← α K_i + (1 − α) K_j.', 0, 1, 0.01, 'α'),
  p: real('Chance to try', 'The probability that a kernel draws a partner in a step.', 0, 1, 0.01, 'p'),
  tau: real('Similarity needed', 'A pair merges only if its cosine similarity is above this.', -1, 1, 0.01, 'τ'),
  quantile: real(
    'Quantile needed',
    'Each layer’s τ is this quantile of the similarities of its own kernel pairs, taken once before fine-tuning: 0.95 leaves the most similar twentieth above it.',
    0,
    1,
    0.01,
    'τ',
  ),
  condition: choice('Which pairs merge', 'The paper merges similar kernels; merging dissimilar ones is its ablation.', [
    { value: 'similar', label: 'similar, above τ' },
    { value: 'dissimilar', label: 'dissimilar, below τ' },
  ]),
  mergeDuringValidation: flag(
    'Merge during validation too',
    'The published code also merges on every validation image (batch size 1); the paper’s text does not. Off by default.',
  ),

  selectBy: choice('Result taken from', 'The epoch whose weights are tested.', [
    { value: 'accuracy', label: 'best validation accuracy' },
    { value: 'auc', label: 'best validation AUC' },
    { value: 'loss', label: 'lowest validation loss' },
    { value: 'last', label: 'last epoch' },
  ]),
  seeds: {
    kind: 'list',
    label: 'Seeds',
    help: 'Each seed trains its own backbone, then every arm from it. More seeds, narrower interval. 0-9 means ten.',
    min: 0,
    max: 0xffffffff,
    maxItems: 100,
  } satisfies ListField,
} as const;
