/**
 * Single steps on a copy of a run: the merge and the gradient step, one at a time, with what each of them did. The copy is
 * a trainer of its own that starts from the run's state and takes the run's next draws and batches: merge then gradient
 * ends in the bits that the run's own next step will have. The run is never touched, so it goes on as if nobody had looked.
 */
import { purposes } from '../base/threefry.ts';
import { mergedConvolutions, type Network } from '../model/network.ts';
import { armsOf } from '../recipe/arms.ts';
import type { Recipe } from '../recipe/recipe.ts';
import type { RunMerging } from '../train/runMerging.ts';
import type { ImageBatch, Trainer, TrainerState } from '../train/trainer.ts';
import type { RunKey } from './events.ts';
import type { LiveRun } from './liveRun.ts';
import { gradientReport, layerMergeReport } from './stepNumbers.ts';
import type { GradientStepReport, MergeStepReport, StepCopy } from './stepReports.ts';

/** A run as it stood when the copy was taken. */
export interface CopiedRun {
  readonly key: RunKey;
  readonly merges: boolean;
  readonly epoch: number;
  readonly step: number;
  readonly stepInEpoch: number;
  readonly stepsPerEpoch: number;
  readonly learningRate: number;
  readonly state: TrainerState;
  readonly batchOf: (epoch: number, stepInEpoch: number) => ImageBatch;
}

/** What an experiment gives for a copy of one of its runs. */
export interface Copied {
  readonly recipe: Recipe;
  readonly live: readonly LiveRun[];
  createTrainer(run: RunKey, merging: RunMerging): Promise<Trainer>;
  mergingFor(run: RunKey, similarities: (layer: number) => Promise<Float32Array>): Promise<RunMerging>;
}

/**
 * A copy of the run of an arm (null: the backbone); null where there is no such run at hand. Safe between any two events.
 * It merges whatever the run does, by its own settings or those of the first arm that merges; the caller disposes of it.
 */
export async function copyOfRun(experiment: Copied, arm: string | null): Promise<Stepping | null> {
  const { recipe, live } = experiment;
  const found = live.find(({ key }) => key.arm === arm);
  if (found === undefined) return null;
  const { key, run, trainer } = found;
  const { epoch, step, stepInEpoch, rate } = run.state();
  const merges = armsOf(recipe).some(({ name, merges: does }) => name === arm && does);
  const copied = {
    key,
    merges,
    epoch,
    step,
    stepInEpoch,
    stepsPerEpoch: run.stepsPerEpoch,
    learningRate: rate.rate,
    state: await trainer.state(),
    batchOf: run.batchOf.bind(run),
  };
  const merging = await experiment.mergingFor(key, (layer) => trainer.similarity(layer));
  return new Stepping(copied, await experiment.createTrainer(key, merging), merging, recipe.optimiser);
}

export class Stepping {
  readonly #network: Network;
  readonly #run: CopiedRun;
  readonly #trainer: Trainer;
  readonly #merging: RunMerging;
  readonly #optimiser: Recipe['optimiser'];
  /** The run's state without its selected epoch, which no step depends on. */
  readonly #start: TrainerState;
  #state: TrainerState;
  #batch: ImageBatch | null = null;
  #mergeSteps = 0;
  #gradientSteps = 0;

  /** @param trainer one that merges by `merging`; it is this copy's from now on, whatever it holds */
  constructor(run: CopiedRun, trainer: Trainer, merging: RunMerging, optimiser: Recipe['optimiser']) {
    this.#run = run;
    this.#trainer = trainer;
    this.#network = trainer.network;
    this.#merging = merging;
    this.#optimiser = optimiser;
    this.#start = withoutKept(run.state);
    this.#state = this.#start;
    trainer.restore(this.#start);
  }

  get copy(): StepCopy {
    const { key, merges, epoch, step, stepsPerEpoch, learningRate } = this.#run;
    const { alpha, p, condition } = this.#merging;
    const { batchSize, momentum, weightDecay } = this.#optimiser;
    return {
      run: key,
      merges,
      epoch,
      step,
      stepsPerEpoch,
      learningRate,
      alpha,
      p,
      condition,
      batchSize,
      momentum,
      weightDecay,
      mergeSteps: this.#mergeSteps,
      gradientSteps: this.#gradientSteps,
    };
  }

  /** Merges once, with the draws of the run's step after those already used. */
  async mergeStep(): Promise<MergeStepReport> {
    const before = this.#state;
    const draws = {
      seed: this.#run.key.seed,
      purpose: purposes.merge,
      step: this.#run.step + this.#mergeSteps,
      settings: this.#merging,
    };
    const lossBefore = await this.#lossOf(before);
    this.#trainer.mergeOnly({ purpose: draws.purpose, step: draws.step });
    const log = await this.#trainer.takeMerges();
    const after = (this.#state = await this.#trainer.state());
    this.#mergeSteps++;
    const lossAfter = await this.#lossOf(after);
    const layers = mergedConvolutions(this.#network, this.#merging.firstLayer);
    return {
      kind: 'merge',
      step: draws.step,
      lossBefore,
      lossAfter,
      batchOfStep: this.#run.step + this.#gradientSteps,
      layers: log === null ? [] : layers.map((layer) => layerMergeReport(layer, draws, log.merges, before, after)),
    };
  }

  /** One SGD step, without merging, on the run's batch after those already used. */
  async gradientStep(): Promise<GradientStepReport> {
    const before = this.#state;
    const { learningRate } = this.#run;
    const { momentum, weightDecay } = this.#optimiser;
    const step = this.#run.step + this.#gradientSteps;
    this.#trainer.step(this.#nextBatch(), learningRate, null);
    const [lossBefore = Number.NaN] = (await this.#trainer.takeLosses()).losses;
    const after = (this.#state = await this.#trainer.state());
    // The dropout masks belong to the step's number: for the same loss, the same masks.
    const lossAfter = await this.#lossOf({ arrays: after.arrays, steps: before.steps });
    this.#trainer.restore(after);
    this.#gradientSteps++;
    this.#batch = null;
    return {
      kind: 'gradient',
      step,
      learningRate,
      lossBefore,
      lossAfter,
      batchOfStep: step,
      ...gradientReport(this.#network, { momentum, weightDecay, learningRate }, before, after),
    };
  }

  /** Back to where the copy was taken. */
  reset(): void {
    this.#state = this.#start;
    this.#trainer.restore(this.#start);
    this.#batch = null;
    this.#mergeSteps = 0;
    this.#gradientSteps = 0;
  }

  /** The copy's weights, momentum and statistics. */
  get state(): TrainerState {
    return this.#state;
  }

  dispose(): void {
    this.#trainer.dispose();
  }

  /** Loss of the current batch at a state: a step that goes nowhere, and is taken back with all it left. */
  async #lossOf(state: TrainerState): Promise<number> {
    this.#trainer.restore(state);
    this.#trainer.step(this.#nextBatch(), 0, null);
    const [loss = Number.NaN] = (await this.#trainer.takeLosses()).losses;
    this.#trainer.restore(state);
    return loss;
  }

  #nextBatch(): ImageBatch {
    const { epoch, stepInEpoch, stepsPerEpoch } = this.#run;
    const at = stepInEpoch + this.#gradientSteps;
    this.#batch ??= this.#run.batchOf(epoch + Math.floor(at / stepsPerEpoch), at % stepsPerEpoch);
    return this.#batch;
  }
}

function withoutKept({ arrays, steps }: TrainerState): TrainerState {
  return { arrays: new Map([...arrays].filter(([name]) => !name.startsWith('kept/'))), steps };
}
