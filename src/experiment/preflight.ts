/** What is checked before the first step: that recipe and data belong together, and that a batch fits the device. */
import { StudioError } from '../base/errors.ts';
import { BatchSource } from '../data/batches.ts';
import type { Dataset } from '../data/dataset.ts';
import { repeatedTrainingImages } from '../data/repeats.ts';
import { elements, type Network } from '../model/network.ts';
import type { Recipe } from '../recipe/recipe.ts';

/** Positions of the training images that the recipe does not train on. */
export const leftOutOf = (recipe: Recipe, dataset: Dataset): Uint32Array =>
  recipe.dataset.leaveOutRepeated ? repeatedTrainingImages(dataset) : new Uint32Array(0);

/** @throws StudioError `dataset-differs`, `split-missing`, `batch-over-data`, `auc-undefined` */
export function checkData(recipe: Recipe, dataset: Dataset, leftOut = leftOutOf(recipe, dataset)): void {
  const { sha256 } = recipe.dataset;
  if (sha256 !== null && sha256 !== dataset.sha256) {
    throw new StudioError({
      code: 'dataset-differs',
      message: `The recipe was made for ${recipe.dataset.name || 'another dataset'}, and the open dataset is ${dataset.title}.`,
      remedy: 'Open the dataset it names, or use the recipe with this one.',
      details: [{ where: 'dataset.sha256', found: dataset.sha256, expected: sha256 }],
    });
  }
  const taken = Math.min(recipe.dataset.take.train ?? Number.POSITIVE_INFINITY, dataset.splits.train.count - leftOut.length);
  if (taken < recipe.optimiser.batchSize) {
    throw new StudioError({
      code: 'batch-over-data',
      message: `A batch of ${recipe.optimiser.batchSize} cannot be filled: ${taken} training images are used.`,
      remedy: `Set the batch size to ${taken} or less.`,
      details: [{ where: 'optimiser.batchSize', found: String(recipe.optimiser.batchSize), expected: `at most ${taken}` }],
    });
  }
  if (recipe.selectBy === 'auc') refuseUndefinedAuc(recipe, dataset);
}

/** Without an AUC no epoch would ever be the best: every arm would be tested as the backbone left it, and none would differ. */
function refuseUndefinedAuc(recipe: Recipe, dataset: Dataset): void {
  const { classNames, task } = dataset;
  const val = new BatchSource(dataset, 'val', recipe.input, recipe.dataset.take.val);
  const images = new Uint32Array(classNames.length);
  val.labels().forEach((label, cell) => {
    const k = task === 'multi-label' ? cell % classNames.length : label;
    images[k] = (images[k] as number) + (task === 'multi-label' ? label : 1);
  });
  const lacking = classNames.filter((_, k) => images[k] === 0 || images[k] === val.count);
  const [first] = lacking;
  if (first === undefined) return;
  const others = lacking.length === 1 ? '' : ` (and ${lacking.length - 1} more)`;
  throw new StudioError({
    code: 'auc-undefined',
    message: `The result is to be the epoch of the best validation AUC, which is undefined: of “${first}”${others} validation has no image, or nothing else.`,
    remedy: 'Take the result from the best accuracy or the lowest loss, or use more validation images.',
    details: [{ where: 'selectBy', found: '"auc"', expected: '"accuracy", "loss" or "last"' }],
  });
}

/** Bytes of the largest single tensor of a training step. */
export function largestTensorBytes(network: Network, batchSize: number): number {
  const activation =
    Math.max(...network.layers.map((layer) => Math.max(elements(layer.input), elements(layer.output)))) * batchSize;
  const weight = Math.max(...network.layers.map((layer) => (layer.kind === 'linear' ? layer.input[2] * layer.output[2] : 0)));
  return 4 * Math.max(activation, weight);
}

/**
 * tfjs returns zeros where a tensor exceeds the device's binding limit, so such a batch must not start.
 * @throws StudioError `batch-too-large` with the largest batch that fits.
 */
export function checkMemory(network: Network, batchSize: number, maxBindingBytes: number | null): void {
  if (maxBindingBytes === null || largestTensorBytes(network, batchSize) <= maxBindingBytes) return;
  let fits = batchSize;
  while (fits > 0 && largestTensorBytes(network, fits) > maxBindingBytes) fits--;
  const mebibytes = (bytes: number) => `${Math.ceil(bytes / 2 ** 20).toLocaleString('en')} MiB`;
  throw new StudioError({
    code: 'batch-too-large',
    message: `A batch of ${batchSize} needs a tensor of ${mebibytes(largestTensorBytes(network, batchSize))}; this device allows ${mebibytes(maxBindingBytes)}.`,
    remedy:
      fits > 0
        ? `Set the batch size to ${fits} or less, or choose a smaller image side.`
        : 'This network does not fit this device at any batch size; choose a smaller one.',
    details: [
      { where: 'optimiser.batchSize', found: String(batchSize), expected: fits > 0 ? `at most ${fits}` : 'a smaller network' },
    ],
  });
}
