/** How the events of an experiment are made from what its runs measured. */
import type { MergeTally } from '../merge/mergeLog.ts';
import type { Measures } from '../train/evaluate.ts';
import type { LoopEvent, Run } from '../train/loop.ts';
import type { Workload } from './workload.ts';
import type { ExperimentEvent, RunKey, SplitMetrics, TestMetrics } from './events.ts';

type EpochEnd = Omit<Extract<LoopEvent, { at: 'epoch' }>, 'at' | 'merges'>;

export function epochEvent(run: RunKey, event: EpochEnd): ExperimentEvent {
  const { epoch, trainLoss, trainAccuracy, learningRate, val, best, trainMs } = event;
  return { at: 'epoch', run, epoch, trainLoss, trainAccuracy, learningRate, val: splitMetrics(val), best, trainMs };
}

/** Epoch 0 of an arm: the backbone's checkpoint, before any fine-tuning. */
export const startEpochEvent = (run: RunKey, learningRate: number, val: Measures): ExperimentEvent =>
  epochEvent(run, { epoch: 0, trainLoss: null, trainAccuracy: null, learningRate, val, best: false, trainMs: 0 });

type Losses = Extract<LoopEvent, { at: 'losses' }>;

/** @param images of a batch, and of the validation that closes the epoch; what a pass of one costs, in the workload's own */
export function progressEvent(
  { key, run }: { readonly key: RunKey; readonly run: Run },
  { epoch, epochs }: { readonly epoch: number; readonly epochs: number },
  { stepInEpoch, imagesPerSecond }: Losses,
  images: { readonly batch: number; readonly val: number; readonly cost: number },
  workload: Workload,
): ExperimentEvent {
  return {
    at: 'progress',
    run: key,
    epoch,
    epochs,
    step: stepInEpoch,
    stepsPerEpoch: run.stepsPerEpoch,
    imagesPerSecond,
    fraction: workload.fraction,
    epochLeftMs: workload.msFor(images.cost * (run.stepsPerEpoch - stepInEpoch) * images.batch, images.cost * images.val),
    experimentLeftMs: workload.leftMs,
  };
}

/** @param values similarities [n, n] */
export function similarityEvent(run: RunKey, epoch: number, layer: number, values: Float32Array): ExperimentEvent {
  return { at: 'similarity', run, epoch, layer, kernels: Math.round(Math.sqrt(values.length)), values };
}

interface Ended {
  readonly val: Measures;
  readonly test: Measures | null;
  readonly trainMs: number;
  /** Null for a run that does not merge. */
  readonly tally: MergeTally | null;
}

export function resultEvent(run: RunKey, selectedEpoch: number, { val, test, trainMs, tally }: Ended): ExperimentEvent {
  return {
    at: 'result',
    run,
    selectedEpoch,
    val: splitMetrics(val),
    test: test === null ? null : testMetrics(test),
    trainMs,
    merges: tally?.merged ?? 0,
    tried: tally?.tried ?? null,
    highestSimilarity: tally?.highest ?? null,
  };
}

const splitMetrics = ({ loss, accuracy, auc }: Measures): SplitMetrics => ({ loss, accuracy, auc });
const testMetrics = ({ loss, accuracy, auc, classAuc }: Measures): TestMetrics => ({ loss, accuracy, auc, classAuc });
