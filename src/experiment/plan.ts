/** What an experiment will do, counted before it starts: steps, images to train on and to evaluate. */
import type { BatchSource } from '../data/batches.ts';
import type { Dataset } from '../data/dataset.ts';
import { mergedConvolutions, trainableCount, type Network } from '../model/network.ts';
import type { Recipe } from '../recipe/recipe.ts';
import type { ExperimentEvent } from './events.ts';

/** Images of each split that the recipe uses. */
export interface ImageCounts {
  readonly train: number;
  readonly val: number;
  /** 0 where there is no test split. */
  readonly test: number;
}

/** The incomplete last batch of an epoch is dropped. */
const stepsPerEpoch = (recipe: Recipe, images: ImageCounts): number => Math.floor(images.train / recipe.optimiser.batchSize);

/** Images passed forward and backward, and forward only, over all seeds. */
export function plannedImages(recipe: Recipe, images: ImageCounts): { trained: number; evaluated: number } {
  const arms = recipe.arms.length;
  const epochs = recipe.backbone.epochs + arms * recipe.finetune.epochs;
  const seeds = recipe.seeds.length;
  return {
    trained: seeds * epochs * stepsPerEpoch(recipe, images) * recipe.optimiser.batchSize,
    // After each epoch, once before fine-tuning, and the test of the backbone and of each arm.
    evaluated: seeds * ((epochs + 1) * images.val + (1 + arms) * images.test),
  };
}

export function startedEvent(
  recipe: Recipe,
  { task, classNames }: Dataset,
  network: Network,
  images: ImageCounts,
): ExperimentEvent {
  const steps = stepsPerEpoch(recipe, images);
  return {
    at: 'started',
    recipe,
    stepsPerEpoch: steps,
    backboneSteps: steps * recipe.backbone.epochs,
    finetuneSteps: steps * recipe.finetune.epochs,
    trainableParameters: trainableCount(network),
    mergedLayers: mergedConvolutions(network, recipe.merging.firstLayer).map((layer) => layer.index),
    trainImages: images.train,
    data: { input: network.input, task, classNames },
  };
}

export function testSplitEvent({ task, classNames }: Dataset, test: BatchSource): ExperimentEvent {
  return { at: 'test-split', task, classNames, images: test.images(), labels: test.labels() };
}
