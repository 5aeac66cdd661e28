/**
 * One run: epochs of merge (if this run merges), forward, backward and update, each closed by validation. An async
 * generator: pausing is not asking for the next event, stopping is `return()`. What it computes depends on the recipe,
 * the data, the seed and the device alone, not on when or how often it is asked.
 */
import { StudioError } from '../base/errors.ts';
import { purposes } from '../base/threefry.ts';
import { epochFlips, epochOrder, type BatchSource, type EpochOrder, type Phase } from '../data/batches.ts';
import type { Task } from '../data/dataset.ts';
import { MergeTally, type MergeLog } from '../merge/mergeLog.ts';
import type { PhaseSettings, SelectBy } from '../recipe/recipe.ts';
import { evaluate, measures, type Evaluation, type Measures } from './evaluate.ts';
import { Pacer } from './pacer.ts';
import { initialRate, nextRate, type RateState } from './schedule.ts';
import type { ImageBatch, Trainer } from './trainer.ts';

export type LoopEvent =
  /** After each step and each batch of validation: a place to pause. `trained` and `evaluated` count images since the last. */
  | { readonly at: 'work'; readonly trained: number; readonly evaluated: number }
  /** Nothing waits on the device: `state` may be called. */
  | { readonly at: 'safe' }
  /** A few times a second: losses of the steps since the last such event. */
  | {
      readonly at: 'losses';
      readonly firstStep: number;
      readonly losses: Float32Array;
      readonly stepInEpoch: number;
      readonly imagesPerSecond: number | null;
    }
  | {
      readonly at: 'epoch';
      readonly epoch: number;
      readonly trainLoss: number | null;
      /**
       * Share of right answers among those that training gave during the epoch, 0 to 1: counted in passing, on images as augmented,
       * with batch statistics and dropout, while the weights changed. Not what an evaluation of the training images would give
       * at the epoch's end. Null where it was not counted from the epoch's start: the run was resumed in it from an older build's save.
       */
      readonly trainAccuracy: number | null;
      readonly learningRate: number;
      readonly val: Measures;
      readonly best: boolean;
      readonly trainMs: number;
      readonly merges: MergeLog | null;
    };

/** A run between two steps, as plain data; with its trainer's state, all that resuming needs. */
export interface RunState {
  readonly epoch: number;
  readonly step: number;
  readonly stepInEpoch: number;
  readonly lossSum: number;
  /** Right answers since the epoch began; null where they are not known, absent in saves of older builds. */
  readonly correct?: number | null;
  readonly epochMs: number;
  readonly trainMs: number;
  readonly rate: RateState;
  /** Null before the first epoch. */
  readonly bestScore: number | null;
  readonly selectedEpoch: number;
  readonly selected: Measures | null;
  readonly tally: MergeLog['layers'];
  readonly epochTally: MergeLog;
}

export interface RunOptions {
  readonly trainer: Trainer;
  readonly phase: Phase;
  readonly seed: number;
  readonly settings: PhaseSettings;
  readonly merges: boolean;
  readonly mergeDuringValidation: boolean;
  readonly batchSize: number;
  readonly horizontalFlip: boolean;
  readonly task: Task;
  readonly selectBy: SelectBy;
  readonly train: BatchSource;
  readonly val: BatchSource;
  readonly now: () => number;
}

/** Images of an evaluation batch; the result does not depend on it beyond float rounding. */
const evaluationBatch = 256;

export class Run {
  readonly #options: RunOptions;
  readonly stepsPerEpoch: number;
  /** Counts over the whole run; the merges themselves went out with their epochs. */
  readonly tally = new MergeTally([], { keepEvents: false });
  /** Epochs done. */
  epoch = 0;
  /** Epoch whose weights the trainer keeps; 0 is the start. */
  selectedEpoch = 0;
  selected: Measures | null = null;
  trainMs = 0;
  #step = 0;
  #stepInEpoch = 0;
  #lossSum = 0;
  /** Null where a part of the epoch was not counted. */
  #correct: number | null = 0;
  #epochMs = 0;
  #epochTally = new MergeTally();
  #rate: RateState;
  #bestScore = Number.NEGATIVE_INFINITY;

  constructor(options: RunOptions) {
    this.#options = options;
    const { batchSize, settings, train } = options;
    this.stepsPerEpoch = Math.floor(train.count / batchSize);
    this.#rate = initialRate(settings.schedule, settings.learningRate);
  }

  /** Between two steps only, where the last event said `safe`. */
  state(): RunState {
    return {
      epoch: this.epoch,
      step: this.#step,
      stepInEpoch: this.#stepInEpoch,
      lossSum: this.#lossSum,
      correct: this.#correct,
      epochMs: this.#epochMs,
      trainMs: this.trainMs,
      rate: this.#rate,
      bestScore: Number.isFinite(this.#bestScore) ? this.#bestScore : null,
      selectedEpoch: this.selectedEpoch,
      selected: this.selected,
      tally: this.tally.log().layers,
      epochTally: this.#epochTally.log(),
    };
  }

  /** The exact reverse of `state`, on a new run of the same options. */
  restore(state: RunState): void {
    this.epoch = state.epoch;
    this.#step = state.step;
    this.#stepInEpoch = state.stepInEpoch;
    this.#lossSum = state.lossSum;
    this.#correct = state.correct ?? (state.stepInEpoch === 0 ? 0 : null);
    this.#epochMs = state.epochMs;
    this.trainMs = state.trainMs;
    this.#rate = state.rate;
    this.#bestScore = state.bestScore ?? Number.NEGATIVE_INFINITY;
    this.selectedEpoch = state.selectedEpoch;
    this.selected = state.selected;
    this.tally.add({ layers: state.tally, merges: noMerges() });
    this.#epochTally.add(state.epochTally);
  }

  /** One epoch of training and its validation, or what is left of it. */
  async *nextEpoch(): AsyncGenerator<LoopEvent, void> {
    const { batchSize, merges, now, settings, trainer } = this.#options;
    const order = this.#orderOf(this.epoch);
    const pacer = new Pacer(trainer.lossWindow, now);
    let startedAt = now();

    while (this.#stepInEpoch < this.stepsPerEpoch) {
      const step = this.#stepInEpoch++;
      const merge = merges ? { purpose: purposes.merge, step: this.#step } : null;
      trainer.step(this.#batch(order, step), this.#rate.rate, merge);
      this.#step++;
      if (pacer.stepDone() || step === this.stepsPerEpoch - 1) {
        const { correct, losses } = await trainer.takeLosses();
        this.#collect(await trainer.takeMerges());
        this.#refuseDivergence(losses);
        for (const loss of losses) this.#lossSum += loss;
        if (this.#correct !== null) this.#correct += correct;
        const { steps, ms } = pacer.readDone();
        const imagesPerSecond = ms > 0 ? (steps * batchSize * 1000) / ms : null;
        this.#epochMs += now() - startedAt;
        yield { at: 'work', trained: batchSize, evaluated: 0 };
        yield { at: 'losses', firstStep: this.#step - losses.length, losses, stepInEpoch: step + 1, imagesPerSecond };
        yield { at: 'safe' };
        startedAt = now();
      } else {
        yield { at: 'work', trained: batchSize, evaluated: 0 };
      }
    }

    const val = yield* this.#validate();
    this.#refuseRuin(val.loss);
    const learningRate = this.#rate.rate;
    this.#rate = nextRate(settings.schedule, settings.learningRate, this.#rate, val.loss);
    this.epoch++;
    const best = this.#select(val);
    const trainLoss = this.stepsPerEpoch === 0 ? null : this.#lossSum / this.stepsPerEpoch;
    const trainAccuracy = this.#shareRight(this.stepsPerEpoch);
    const merged = merges ? this.#epochTally.log() : null;
    const trainMs = this.#epochMs;
    this.trainMs += trainMs;
    this.#stepInEpoch = 0;
    this.#lossSum = 0;
    this.#correct = 0;
    this.#epochMs = 0;
    this.#epochTally = new MergeTally();
    yield { at: 'epoch', epoch: this.epoch, trainLoss, trainAccuracy, learningRate, val, best, trainMs, merges: merged };
    yield { at: 'safe' };
  }

  /** Validation of the weights as they are, before the first epoch. */
  async *validateStart(): AsyncGenerator<LoopEvent, Evaluation> {
    const val = yield* this.#evaluate(this.#options.val);
    this.keepStart(val);
    return val;
  }

  /** Takes the start as the selected epoch until a better one comes; any epoch does. */
  keepStart(val: Measures): void {
    this.#options.trainer.keep();
    this.selected = measures(val);
  }

  /** Goes back to the selected epoch's weights. */
  restoreSelected(): void {
    this.#options.trainer.restoreKept();
    this.epoch = this.selectedEpoch;
  }

  async *#validate(): AsyncGenerator<LoopEvent, Evaluation> {
    const { merges, mergeDuringValidation, trainer, val } = this.#options;
    if (!merges || !mergeDuringValidation) return yield* this.#evaluate(val);
    // Logged under the step they follow: they are merges of this epoch, made between two steps.
    const collect = async () => {
      const log = await trainer.takeMerges();
      log?.merges.step.fill(this.#step);
      this.#collect(log);
    };
    return yield* this.#evaluate(val, this.epoch * val.count, collect);
  }

  /** Runs an evaluation, yielding between its batches. */
  async *#evaluate(
    source: BatchSource,
    mergeFrom: number | null = null,
    afterBatch?: () => Promise<void>,
  ): AsyncGenerator<LoopEvent, Evaluation> {
    const { task, trainer } = this.#options;
    const work = evaluate(trainer, source, { batchSize: evaluationBatch, task, mergeFrom });
    for (;;) {
      const next = await work.next();
      if (next.done === true) return next.value;
      await afterBatch?.();
      yield { at: 'work', trained: 0, evaluated: next.value };
    }
  }

  /** Metrics of another split (the test images) with the weights as they are. */
  measure(source: BatchSource): AsyncGenerator<LoopEvent, Evaluation> {
    return this.#evaluate(source);
  }

  /** What a step trains on: for copies of this run that step ahead of it. */
  batchOf(epoch: number, stepInEpoch: number): ImageBatch {
    return this.#batch(this.#orderOf(epoch), stepInEpoch);
  }

  #batch(order: EpochOrder, stepInEpoch: number): ImageBatch {
    const { batchSize, train } = this.#options;
    return { source: train, order, first: stepInEpoch * batchSize, size: batchSize };
  }

  #orderOf(epoch: number): EpochOrder {
    const { horizontalFlip, phase, seed, train } = this.#options;
    return {
      images: epochOrder(seed, phase, epoch, train.count),
      flips: horizontalFlip ? epochFlips(seed, phase, epoch, train.count) : null,
    };
  }

  /** Of the answers of that many steps since the epoch began; null where they were not all counted, or there are none. */
  #shareRight(steps: number): number | null {
    const { batchSize, task, trainer } = this.#options;
    if (this.#correct === null || steps === 0) return null;
    return this.#correct / (steps * batchSize * (task === 'multi-label' ? trainer.network.classes : 1));
  }

  #collect(log: MergeLog | null): void {
    if (log === null) return;
    this.#epochTally.add(log);
    this.tally.add(log);
  }

  #select(val: Measures): boolean {
    const score = selectionScore(this.#options.selectBy, val, this.epoch);
    const best = score > this.#bestScore;
    if (best) {
      this.#bestScore = score;
      this.selectedEpoch = this.epoch;
      this.selected = measures(val);
      this.#options.trainer.keep();
    }
    return best;
  }

  #refuseDivergence(losses: Float32Array): void {
    const bad = losses.findIndex((loss) => !Number.isFinite(loss));
    if (bad === -1) return;
    const step = this.#step - losses.length + bad;
    throw this.#diverged(`The training loss stopped being a number at step ${step + 1}`);
  }

  /** What an epoch's last update ruins, no training loss of it shows: scores that are no numbers would count as a result. */
  #refuseRuin(valLoss: number): void {
    if (!Number.isFinite(valLoss))
      throw this.#diverged(`The validation loss is no number after step ${this.#step}, the last of its epoch`);
  }

  #diverged(what: string): StudioError {
    const { rate } = this.#rate;
    return new StudioError({
      code: 'diverged',
      message: `${what}, with a learning rate of ${rate}.`,
      remedy: `Try a tenth of the rate (${rate / 10}). Everything up to this step is shown.`,
    });
  }
}

/** Higher is better; the epoch's number itself where the last one is to be taken. */
function selectionScore(selectBy: SelectBy, val: Measures, epoch: number): number {
  switch (selectBy) {
    case 'accuracy':
      return val.accuracy;
    case 'auc':
      return val.auc ?? Number.NEGATIVE_INFINITY;
    case 'loss':
      return -val.loss;
    case 'last':
      return epoch;
  }
}

const noMerges = (): MergeLog['merges'] => new MergeTally().log().merges;
