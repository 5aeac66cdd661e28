/** What an experiment will do, counted before it starts: steps, images to train on and to evaluate. */
import type { BatchSource } from '../data/batches.ts';
import type { Dataset } from '../data/dataset.ts';
import { mergedConvolutions, trainableCount, type Network } from '../model/network.ts';
import { armsOf, expanded } from '../recipe/arms.ts';
import type { Recipe } from '../recipe/recipe.ts';
import type { ExperimentEvent, RunKey } from './events.ts';

/** Images of each split that the recipe uses. */
export interface ImageCounts {
  readonly train: number;
  readonly val: number;
  /** 0 where there is no test split. */
  readonly test: number;
}

/** The incomplete last batch of an epoch is dropped. */
const stepsPerEpoch = (recipe: Recipe, images: ImageCounts): number => Math.floor(images.train / recipe.optimiser.batchSize);

/** Every run of an experiment, the backbone of each seed before its arms. */
export function runsOf(recipe: Recipe): RunKey[] {
  const arms = armsOf(recipe);
  return recipe.seeds.flatMap((seed): RunKey[] => [
    { seed, phase: 'backbone', arm: null },
    ...arms.map(({ name }): RunKey => ({ seed, phase: 'finetune', arm: name })),
  ]);
}

/** Images passed forward and backward, and forward only. */
export interface PlannedImages {
  readonly trained: number;
  readonly evaluated: number;
}

/** Of one run: validation after each epoch, and the test. */
export function imagesOfRun(recipe: Recipe, images: ImageCounts, phase: 'backbone' | 'finetune'): PlannedImages {
  const { epochs } = recipe[phase];
  return {
    trained: epochs * stepsPerEpoch(recipe, images) * recipe.optimiser.batchSize,
    evaluated: epochs * images.val + images.test,
  };
}

/** Over all seeds and arms. */
export function plannedImages(recipe: Recipe, images: ImageCounts): PlannedImages {
  const [backbone, arm] = [imagesOfRun(recipe, images, 'backbone'), imagesOfRun(recipe, images, 'finetune')];
  const arms = armsOf(recipe).length;
  const seeds = recipe.seeds.length;
  return {
    trained: seeds * (backbone.trained + arms * arm.trained),
    // Once more before fine-tuning.
    evaluated: seeds * (backbone.evaluated + images.val + arms * arm.evaluated),
  };
}

export function startedEvent(
  recipe: Recipe,
  { task, classNames }: Dataset,
  network: Network,
  images: ImageCounts,
): ExperimentEvent {
  const steps = stepsPerEpoch(recipe, images);
  const firstLayers = armsOf(recipe).flatMap(({ merging }) => merging?.firstLayer ?? []);
  const firstLayer = firstLayers.length === 0 ? recipe.merging.firstLayer : Math.min(...firstLayers);
  return {
    at: 'started',
    recipe: expanded(recipe),
    stepsPerEpoch: steps,
    backboneSteps: steps * recipe.backbone.epochs,
    finetuneSteps: steps * recipe.finetune.epochs,
    trainableParameters: trainableCount(network),
    mergedLayers: mergedConvolutions(network, firstLayer).map((layer) => layer.index),
    trainImages: images.train,
    data: { input: network.input, task, classNames },
  };
}

export function testSplitEvent({ task, classNames }: Dataset, test: BatchSource): ExperimentEvent {
  return { at: 'test-split', task, classNames, images: test.images(), labels: test.labels() };
}
