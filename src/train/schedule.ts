/** Learning rates by epoch, as PyTorch's MultiStepLR and ReduceLROnPlateau decide them. */
import type { Schedule } from '../recipe/recipe.ts';

/** ReduceLROnPlateau's defaults: a loss counts as better below best x (1 - 1e-4); changes below 1e-8 are left. */
const plateauThreshold = 1e-4;
const plateauEpsilon = 1e-8;

/** A pure state that a checkpoint can hold: which epoch, and what the plateau has seen. */
export interface RateState {
  readonly epoch: number;
  readonly rate: number;
  readonly bestLoss: number | null;
  readonly badEpochs: number;
}

export function initialRate(schedule: Schedule, learningRate: number): RateState {
  return { epoch: 0, rate: rateAt(schedule, learningRate, 0) ?? learningRate, bestLoss: null, badEpochs: 0 };
}

/** The state for the next epoch, once this epoch's validation loss is known. */
export function nextRate(schedule: Schedule, learningRate: number, state: RateState, valLoss: number): RateState {
  const epoch = state.epoch + 1;
  if (schedule.kind !== 'plateau') return { ...state, epoch, rate: rateAt(schedule, learningRate, epoch) ?? learningRate };
  const better = state.bestLoss === null || valLoss < state.bestLoss * (1 - plateauThreshold);
  const bestLoss = better ? valLoss : state.bestLoss;
  const badEpochs = better ? 0 : state.badEpochs + 1;
  if (badEpochs <= schedule.patience) return { epoch, rate: state.rate, bestLoss, badEpochs };
  const reduced = state.rate * schedule.factor;
  return { epoch, rate: state.rate - reduced > plateauEpsilon ? reduced : state.rate, bestLoss, badEpochs: 0 };
}

/** Multiplied step by step, as PyTorch does, so that the digits are the same. */
function rateAt(schedule: Schedule, learningRate: number, epoch: number): number | null {
  if (schedule.kind === 'constant') return learningRate;
  if (schedule.kind === 'plateau') return null;
  let rate = learningRate;
  for (let done = 1; done <= epoch; done++) {
    for (const milestone of schedule.milestones) if (milestone === done) rate *= schedule.gamma;
  }
  return rate;
}
