/**
 * How much the error of finished runs rises when test images are corrupted: every run's selected weights, on the clean test
 * split and on it under each corruption of MedMNIST-C at five severities. All runs see the same corrupted images. Plain
 * data comes out; what it says of arms and seeds is `report/robustness.ts`'s affair.
 */
import { BatchSource, takenSplit } from '../data/batches.ts';
import { corruptedSplit } from '../data/corruption/corruptedSplit.ts';
import { severities, type CorruptionName } from '../data/corruption/corruption.ts';
import { suiteFor, type Suite } from '../data/corruption/severities.ts';
import type { Dataset, Split } from '../data/dataset.ts';
import type { Weights } from '../model/initialWeights.ts';
import type { Network } from '../model/network.ts';
import type { Recipe } from '../recipe/recipe.ts';
import { balancedError } from '../train/balancedError.ts';
import { evaluate } from '../train/evaluate.ts';
import type { Trainer } from '../train/trainer.ts';
import type { ExperimentOptions } from './experimentOptions.ts';
import type { RunKey } from './events.ts';

export interface RunRobustness {
  readonly run: RunKey;
  /** Balanced error on the test split as it is, 0 to 1. */
  readonly clean: number;
  /** For each corruption, in the order of `Robustness.corruptions`, the balanced error at severities 1 to 5. */
  readonly errors: readonly (readonly number[])[];
}

export interface Robustness {
  readonly format: 'inmerge-robustness';
  readonly version: 1;
  /** Whose severities were taken: a MedMNIST set's, or `general`. */
  readonly source: Suite['source'];
  readonly corruptions: readonly CorruptionName[];
  /** Test images of each measurement. */
  readonly images: number;
  /** Pixels a side at which images were corrupted: the file's. */
  readonly height: number;
  readonly width: number;
  readonly runs: readonly RunRobustness[];
}

export interface RobustnessOptions {
  readonly recipe: Recipe;
  readonly dataset: Dataset;
  /** What a run trained. */
  readonly networkOf: (run: RunKey) => Network;
  readonly runs: readonly RunKey[];
  /** Weights of a run's selected epoch; asked for again whenever they are needed. */
  readonly weightsOf: (run: RunKey) => Promise<Weights>;
  readonly createTrainer: ExperimentOptions['createTrainer'];
}

/** Between two batches or a few images: a place to rest, or to stop for good. */
export interface RobustnessProgress {
  readonly corruption: CorruptionName | null;
  /** 1-based; 0 for the clean split. */
  readonly severity: number;
  /** Done of the whole, 0 to 1. */
  readonly fraction: number;
}

/**
 * The runs of one base after another, since their networks may not fit the device side by side.
 * @returns null where the dataset has no test split or no run is named
 */
export async function* measureRobustness(options: RobustnessOptions): AsyncGenerator<RobustnessProgress, Robustness | null> {
  const { recipe, dataset, networkOf, runs, createTrainer } = options;
  if (dataset.splits.test === null || runs.length === 0) return null;
  const test = takenSplit(dataset, 'test', recipe.dataset.take.test);
  const { source, corruptions } = suiteFor(dataset.name, dataset.channels);
  const { maps, momentum, weightDecay } = recipe.optimiser;
  const { height, width, task } = dataset;
  const bases = [...new Set(runs.map(({ base }) => base))];
  // Corrupting an image is counted as evaluating one: it is soon done at 28 pixels, and as dear at 224.
  const total = test.count * ((runs.length + bases.length) * corruptions.length * severities + runs.length);
  let done = 0;
  const progress: Progress = (images, corruption, severity) => {
    done += images;
    return { corruption, severity, fraction: done / total };
  };
  const measured = new Map<RunKey, RunRobustness>();
  for (const base of bases) {
    const own = runs.filter((run) => run.base === base);
    const network = networkOf(own[0] as RunKey);
    const trainer = await createTrainer({ network, task, optimiser: { momentum, weightDecay }, maps, seed: 0, merging: null });
    try {
      for (const found of yield* measureRuns({ ...options, runs: own }, trainer, test, progress)) measured.set(found.run, found);
    } finally {
      trainer.dispose();
    }
  }
  return {
    format: 'inmerge-robustness',
    version: 1,
    source,
    corruptions: corruptions.map(({ name }) => name),
    images: test.count,
    height,
    width,
    runs: runs.map((run) => measured.get(run) as RunRobustness),
  };
}

type Progress = (images: number, corruption: CorruptionName | null, severity: number) => RobustnessProgress;

async function* measureRuns(
  options: RobustnessOptions,
  trainer: Trainer,
  test: Split,
  progress: Progress,
): AsyncGenerator<RobustnessProgress, RunRobustness[]> {
  const { recipe, dataset, runs, weightsOf } = options;
  const { task } = dataset;

  /** The balanced error of every run on one split. */
  async function* errorsOn(split: Split, corruption: CorruptionName | null, severity: number) {
    const errors: number[] = [];
    const images = new BatchSource({ ...dataset, splits: { ...dataset.splits, test: split } }, 'test', recipe.input, null);
    const labels = images.labels();
    const hold = await trainer.hold(images);
    try {
      for (const run of runs) {
        await trainer.load(await weightsOf(run));
        const evaluation = evaluate(trainer, images, { batchSize: recipe.optimiser.batchSize, task, mergeFrom: null });
        let next = await evaluation.next();
        for (; next.done !== true; next = await evaluation.next()) yield progress(next.value, corruption, severity);
        errors.push(balancedError(next.value.scores, labels, trainer.network.classes, task));
      }
    } finally {
      hold.release();
    }
    return errors;
  }

  const clean = yield* errorsOn(test, null, 0);
  const errors: number[][][] = runs.map(() => []);
  for (const { name, parameters } of suiteFor(dataset.name, dataset.channels).corruptions) {
    errors.forEach((ofRun) => ofRun.push([]));
    for (const [severity, parameter] of parameters.entries()) {
      const corrupting = corruptedSplit(test, dataset, name, parameter, severity);
      let step = corrupting.next();
      for (; step.done !== true; step = corrupting.next()) yield progress(step.value, name, severity + 1);
      const found = yield* errorsOn(step.value, name, severity + 1);
      found.forEach((error, at) => errors[at]?.at(-1)?.push(error));
    }
  }
  return runs.map((run, at) => ({ run, clean: clean[at] as number, errors: errors[at] as number[][] }));
}
