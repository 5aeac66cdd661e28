/**
 * What an experiment tells the world while it runs: one closed union, plain data, posted through the worker as it is.
 * An experiment is, per seed and base, one backbone run and then every arm from that backbone, over the same batches.
 */
import type { LayerMergeCount, MergeColumns } from '../merge/mergeLog.ts';
import type { LayerNumbers } from './layerNumbers.ts';
import type { Task } from '../data/dataset.ts';
import type { Recipe } from '../recipe/recipe.ts';

export type { LayerMergeCount, LayerNumbers, MergeColumns };

/** Names one run. `arm` is null for the backbone. */
export interface RunKey {
  readonly seed: number;
  readonly phase: 'backbone' | 'finetune';
  readonly arm: string | null;
  /** Which of the recipe's bases (`recipe/bases.ts`) it stands on; absent for the recipe's own network and start weights. */
  readonly base?: string;
}

export type NamedRun = Pick<RunKey, 'seed' | 'arm' | 'base'>;

/** @param base null for the recipe's own */
export const runKeyOf = (seed: number, arm: string | null, base: string | null): RunKey => ({
  seed,
  phase: arm === null ? 'backbone' : 'finetune',
  arm,
  ...(base === null ? {} : { base }),
});

/**
 * The arm and what it stands on in one word: `inmerge`, `inmerge+vgg11-bn`, `+vgg11-bn` for a backbone; null for the own
 * backbone. No arm's name holds a `+`.
 */
export const wayOf = ({ arm, base }: Pick<RunKey, 'arm' | 'base'>): string | null =>
  base === undefined ? arm : `${arm ?? ''}+${base}`;

export const runName = (run: NamedRun): string => `${run.seed}/${wayOf(run) ?? ''}`;

/** A base as it was run: its network is built from the recipe by `baseOf`. */
export interface BaseFacts {
  /** Null for the recipe's own. */
  readonly base: string | null;
  /** E.g. `VGG-11-BN, weights.safetensors`: what tells it from the others. */
  readonly title: string;
  readonly trainableParameters: number;
  /** 0-based indices of the convolutions that merge. */
  readonly mergedLayers: readonly number[];
}

export interface SplitMetrics {
  /** Mean cross-entropy per image (softmax or sigmoid by task), nats. */
  readonly loss: number;
  /** ACC and AUC by MedMNIST's definitions, 0 to 1. AUC is null where a class is missing from the split. */
  readonly accuracy: number;
  readonly auc: number | null;
}

export interface TestMetrics extends SplitMetrics {
  /** One-vs-rest AUC of each class; null where undefined. */
  readonly classAuc: readonly (number | null)[];
}

/** How similar the kernels of one convolution are: pairs counted by `base/similarityBins.ts`. */
export interface StartLayer {
  /** 0-based index of the convolution. */
  readonly layer: number;
  readonly kernels: number;
  readonly counts: Uint32Array;
  /** Null where there is one kernel only. */
  readonly highest: number | null;
}

export interface LayerTau {
  readonly layer: number;
  readonly tau: number;
}

export type ExperimentEvent =
  | {
      readonly at: 'started';
      readonly recipe: Recipe;
      /** Optimiser steps of each phase per run. */
      readonly backboneSteps: number;
      readonly finetuneSteps: number;
      readonly stepsPerEpoch: number;
      readonly trainableParameters: number;
      /** 0-based indices of the convolutions that merge. */
      readonly mergedLayers: readonly number[];
      readonly trainImages: number;
      /** What goes in and what comes out; absent in experiments of builds that did not tell it. */
      readonly data?: {
        /** [height, width, channels] of a network's input. */
        readonly input: readonly [number, number, number];
        readonly task: Task;
        readonly classNames: readonly string[];
      };
      /** How the GPU's kernels were cut (`gpu/compiled/tiles.ts`); absent on other devices, and in experiments of older builds. */
      readonly tiles?: string;
      /** Where there are several, the recipe's own first; the figures above are of that one. */
      readonly bases?: readonly BaseFacts[];
    }
  | {
      /** Once, after `started`, where there is a test split: what the `scores` of every run are held against. */
      readonly at: 'test-split';
      readonly task: Task;
      readonly classNames: readonly string[];
      /** Which images of the file's test split, in the order of the scores. */
      readonly images: Uint32Array;
      /** [images], or [images, classes] of 0 and 1 for multi-label. */
      readonly labels: Uint16Array;
    }
  | {
      /** The run was trained before, by this build on this device: what follows of it was told then. */
      readonly at: 'reused';
      readonly run: RunKey;
    }
  | {
      /** After a backbone: the weights that every arm of its seed starts from. */
      readonly at: 'start-weights';
      readonly run: RunKey;
      readonly layers: readonly StartLayer[];
    }
  | {
      /** Before an arm whose tau is a quantile: what it came to in each layer, for the whole run. */
      readonly at: 'layer-taus';
      readonly run: RunKey;
      readonly taus: readonly LayerTau[];
    }
  | {
      /** Sent a few times a second, between steps. */
      readonly at: 'progress';
      readonly run: RunKey;
      /** 1-based epoch under way, of `epochs`. */
      readonly epoch: number;
      readonly epochs: number;
      /** Steps done in this epoch. */
      readonly step: number;
      readonly stepsPerEpoch: number;
      readonly imagesPerSecond: number | null;
      /** Work done of the whole experiment, 0 to 1. */
      readonly fraction: number;
      /** Null until enough has been timed. */
      readonly epochLeftMs: number | null;
      readonly experimentLeftMs: number | null;
    }
  | {
      /** Training loss of consecutive steps of one run; `firstStep` counts from the run's start. */
      readonly at: 'loss';
      readonly run: RunKey;
      readonly firstStep: number;
      readonly losses: Float32Array;
    }
  | {
      /** End of an epoch; epoch 0 of an arm is the backbone's checkpoint, before any fine-tuning. */
      readonly at: 'epoch';
      readonly run: RunKey;
      readonly epoch: number;
      readonly trainLoss: number | null;
      /**
       * Accuracy on the training images as `LoopEvent` has it: counted in passing, during the epoch, on mirrored images and with
       * weights that changed meanwhile. Null at epoch 0 and where it is not known; absent in experiments of older builds.
       */
      readonly trainAccuracy?: number | null;
      readonly learningRate: number;
      readonly val: SplitMetrics;
      /** True where this epoch is the one selected so far. */
      readonly best: boolean;
      /** Training time of this epoch, evaluation not included. */
      readonly trainMs: number;
    }
  | {
      readonly at: 'merges';
      readonly run: RunKey;
      readonly epoch: number;
      readonly merges: MergeColumns;
      readonly layers: readonly LayerMergeCount[];
    }
  | {
      /** After each epoch, and at epoch 0 of each arm: every convolution in figures, in forward order. */
      readonly at: 'layers';
      readonly run: RunKey;
      readonly epoch: number;
      readonly layers: readonly LayerNumbers[];
    }
  | {
      /** Cosine similarities of all kernel pairs of a watched layer: `values[i * kernels + j]`. */
      readonly at: 'similarity';
      readonly run: RunKey;
      readonly epoch: number;
      readonly layer: number;
      readonly kernels: number;
      readonly values: Float32Array;
    }
  | {
      /** Before a run's `result`, where there is a test split: probabilities [images, classes] at the selected epoch. */
      readonly at: 'scores';
      readonly run: RunKey;
      readonly scores: Float32Array;
    }
  | {
      /** A run is over: its selected epoch was tested. */
      readonly at: 'result';
      readonly run: RunKey;
      readonly selectedEpoch: number;
      readonly val: SplitMetrics;
      /** Null where the dataset has no test split. */
      readonly test: TestMetrics | null;
      readonly trainMs: number;
      readonly merges: number;
      /** Tries and the highest similarity seen over the whole run; null for arms that do not merge. */
      readonly tried: number | null;
      readonly highestSimilarity: number | null;
    }
  | { readonly at: 'finished'; readonly elapsedMs: number }
  | { readonly at: 'stopped'; readonly elapsedMs: number };

/** How the GPU's kernels were cut in an experiment that told this; null where they were not, or it is not known. */
export function tilesOf(history: readonly ExperimentEvent[]): string | null {
  const started = history.find((event) => event.at === 'started');
  return started?.tiles ?? null;
}
