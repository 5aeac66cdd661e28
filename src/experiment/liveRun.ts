/** A run with its trainer at hand, and how one is opened: what the loop is told of recipe and data. */
import { BatchSource } from '../data/batches.ts';
import type { Dataset } from '../data/dataset.ts';
import { convolutions } from '../model/network.ts';
import type { Recipe } from '../recipe/recipe.ts';
import { Run } from '../train/loop.ts';
import type { RunMerging } from '../train/runMerging.ts';
import type { Trainer } from '../train/trainer.ts';
import type { ExperimentEvent, RunKey } from './events.ts';
import { HeldSplits } from './heldSplits.ts';
import type { ImageCounts } from './plan.ts';
import { checkData, leftOutOf } from './preflight.ts';
import { similarityEvent } from './told.ts';

export interface LiveRun {
  readonly key: RunKey;
  readonly run: Run;
  readonly trainer: Trainer;
}

/** The splits as the recipe uses them. */
export interface Sources {
  readonly train: BatchSource;
  readonly val: BatchSource;
  readonly test: BatchSource | null;
  readonly images: ImageCounts;
  readonly held: HeldSplits;
}

/** @throws StudioError where recipe and data do not fit one another */
export function openSources(recipe: Recipe, dataset: Dataset): Sources {
  const { take } = recipe.dataset;
  const leftOut = leftOutOf(recipe, dataset);
  checkData(recipe, dataset, leftOut);
  const train = new BatchSource(dataset, 'train', recipe.input, take.train, leftOut);
  const val = new BatchSource(dataset, 'val', recipe.input, take.val);
  const test = dataset.splits.test === null ? null : new BatchSource(dataset, 'test', recipe.input, take.test);
  // The training images first: they are looked at most.
  const held = new HeldSplits(test === null ? [train, val] : [train, val, test]);
  return { train, val, test, held, images: { train: train.count, val: val.count, test: test?.count ?? 0 } };
}

export interface RunContext {
  readonly recipe: Recipe;
  readonly dataset: Dataset;
  readonly sources: Sources;
  readonly now: () => number;
}

/** @param merging null for a run that does not merge */
export function liveRun(key: RunKey, trainer: Trainer, merging: RunMerging | null, context: RunContext): LiveRun {
  const { recipe, dataset, sources, now } = context;
  const run = new Run({
    trainer,
    phase: key.phase,
    seed: key.seed,
    settings: recipe[key.phase],
    merges: merging !== null,
    mergeDuringValidation: recipe.merging.mergeDuringValidation,
    batchSize: recipe.optimiser.batchSize,
    horizontalFlip: recipe.input.horizontalFlip,
    task: dataset.task,
    // The backbone's checkpoint is its last epoch: every arm starts there.
    selectBy: key.arm === null ? 'last' : recipe.selectBy,
    train: sources.train,
    val: sources.val,
    now,
  });
  return { key, run, trainer };
}

/** Frees their trainers; what is left of them. */
export function closed(live: readonly LiveRun[]): LiveRun[] {
  for (const { trainer } of live) trainer.dispose();
  return [];
}

/** Similarities of one convolution's kernels as they are, as an event; null where the network has no such convolution. */
export async function similarityOf({ key, run, trainer }: LiveRun, layer: number): Promise<ExperimentEvent | null> {
  if (!convolutions(trainer.network).some(({ index }) => index === layer)) return null;
  return similarityEvent(key, run.epoch, layer, await trainer.similarity(layer));
}
