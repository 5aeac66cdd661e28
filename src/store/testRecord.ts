/** Records for tests: a recipe of few epochs, and events by hand. */
import type { ExperimentEvent, RunKey, SplitMetrics } from '../experiment/events.ts';
import { quick } from '../recipe/presets.ts';
import { ExperimentRecord } from './record.ts';

export const metrics = (accuracy: number, auc: number | null = accuracy): SplitMetrics => ({ loss: 1 - accuracy, accuracy, auc });

export const runKey = (seed: number, arm: string | null): RunKey => ({
  seed,
  phase: arm === null ? 'backbone' : 'finetune',
  arm,
});

export function recordOf(seeds: number[], epochs = 2): ExperimentRecord {
  return new ExperimentRecord({
    at: 'started',
    recipe: { ...quick, seeds, finetune: { ...quick.finetune, epochs } },
    backboneSteps: 40,
    finetuneSteps: 10 * epochs,
    stepsPerEpoch: 10,
    trainableParameters: 100,
    mergedLayers: [4, 5],
    trainImages: 1280,
  });
}

export function epochOf(
  seed: number,
  arm: string | null,
  epoch: number,
  accuracy: number,
  auc: number | null = accuracy,
  trainAccuracy: number | null = null,
): ExperimentEvent {
  return {
    at: 'epoch',
    run: runKey(seed, arm),
    epoch,
    trainLoss: 0.1,
    trainAccuracy,
    learningRate: 0.01,
    val: metrics(accuracy, auc),
    best: true,
    trainMs: 5,
  };
}

export function resultOf(seed: number, arm: string, accuracy: number, highestSimilarity: number | null = null): ExperimentEvent {
  const merges = arm === 'inmerge';
  return {
    at: 'result',
    run: runKey(seed, arm),
    selectedEpoch: 2,
    val: metrics(accuracy),
    test: { ...metrics(accuracy), classAuc: [] },
    trainMs: 1000,
    merges: merges ? 3 : 0,
    tried: merges ? 30 : null,
    highestSimilarity: merges ? highestSimilarity : null,
  };
}

export const mergesOf = (
  seed: number,
  epoch: number,
  rows: readonly (readonly [step: number, layer: number, i: number, j: number, similarity: number])[],
): ExperimentEvent => ({
  at: 'merges',
  run: runKey(seed, 'inmerge'),
  epoch,
  merges: {
    step: Uint32Array.from(rows, (row) => row[0]),
    layer: Uint16Array.from(rows, (row) => row[1]),
    i: Uint16Array.from(rows, (row) => row[2]),
    j: Uint16Array.from(rows, (row) => row[3]),
    similarity: Float32Array.from(rows, (row) => row[4]),
  },
  layers: [4, 5].map((layer) => ({ layer, tried: 20, merged: rows.filter((row) => row[1] === layer).length, highest: 0.27 })),
});
