/** What an experiment will do, counted before it starts: steps, images to train on and to evaluate. */
import type { BatchSource } from '../data/batches.ts';
import type { Dataset } from '../data/dataset.ts';
import { armsOf, expanded } from '../recipe/arms.ts';
import { basesOf } from '../recipe/bases.ts';
import type { Recipe } from '../recipe/recipe.ts';
import { runKeyOf, type BaseFacts, type ExperimentEvent, type RunKey } from './events.ts';
import type { OpenBase } from './openBase.ts';

/** Images of each split that the recipe uses. */
export interface ImageCounts {
  readonly train: number;
  readonly val: number;
  /** 0 where there is no test split. */
  readonly test: number;
}

/** The incomplete last batch of an epoch is dropped. */
const stepsPerEpoch = (recipe: Recipe, images: ImageCounts): number => Math.floor(images.train / recipe.optimiser.batchSize);

/** Every run of an experiment: of each seed all bases, of each base the backbone before its arms. */
export function runsOf(recipe: Recipe): RunKey[] {
  const ways = [null, ...armsOf(recipe).map(({ name }) => name)];
  const bases = basesOf(recipe);
  return recipe.seeds.flatMap((seed) => bases.flatMap((base) => ways.map((arm) => runKeyOf(seed, arm, base.name))));
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

/** Over all seeds and arms of one base. */
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

/** @param bases the recipe's own first */
export function startedEvent(
  recipe: Recipe,
  { task, classNames }: Dataset,
  bases: readonly [OpenBase, ...OpenBase[]],
  images: ImageCounts,
): ExperimentEvent {
  const steps = stepsPerEpoch(recipe, images);
  const facts = bases.map((base) => base.facts(recipe));
  const { trainableParameters, mergedLayers } = facts[0] as BaseFacts;
  return {
    at: 'started',
    recipe: expanded(recipe),
    stepsPerEpoch: steps,
    backboneSteps: steps * recipe.backbone.epochs,
    finetuneSteps: steps * recipe.finetune.epochs,
    trainableParameters,
    mergedLayers,
    trainImages: images.train,
    data: { input: bases[0].network.input, task, classNames },
    ...(facts.length > 1 ? { bases: facts } : {}),
  };
}

export function testSplitEvent({ task, classNames }: Dataset, test: BatchSource): ExperimentEvent {
  return { at: 'test-split', task, classNames, images: test.images(), labels: test.labels() };
}
