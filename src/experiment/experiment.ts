/**
 * An experiment: per seed one backbone, then every arm from that checkpoint over the same batches, the arms in turns,
 * epoch by epoch, so that their curves grow together. It is an async generator of events; between any two it may rest.
 */
import { Stopwatch } from '../base/stopwatch.ts';
import { BatchSource, type Phase } from '../data/batches.ts';
import type { Dataset } from '../data/dataset.ts';
import { initialWeights, type Weights } from '../model/initialWeights.ts';
import { convolutions, type Network } from '../model/network.ts';
import { buildNetwork } from '../model/buildNetwork.ts';
import type { MergeSettings, Recipe } from '../recipe/recipe.ts';
import type { Measures } from '../train/evaluate.ts';
import { Run, type LoopEvent, type RunState } from '../train/loop.ts';
import type { TapeTrainerOptions } from '../train/tapeTrainer.ts';
import type { Trainer, TrainerState } from '../train/trainer.ts';
import type { ExperimentEvent, RunKey } from './events.ts';
import { History } from './history.ts';
import { plannedImages, startedEvent, testSplitEvent, type ImageCounts } from './plan.ts';
import { Inspection, type BackboneKernels, type EpochWeights } from './inspection.ts';
import { checkData, checkMemory, leftOutOf } from './preflight.ts';
import { epochEvent, resultEvent, similarityEvent } from './told.ts';
import { Workload } from './workload.ts';

export interface ExperimentOptions {
  readonly recipe: Recipe;
  readonly dataset: Dataset;
  readonly createTrainer: (options: TapeTrainerOptions) => Promise<Trainer>;
  /** Largest tensor the device can bind, bytes; null where it has no such limit. */
  readonly maxBindingBytes: number | null;
  /** Told each run's selected weights and test scores, before its `result` event; for those who keep them. */
  readonly onResult?: (result: RunResult) => Promise<void>;
  /** Told the weights after each epoch, for those who keep pictures of them. */
  readonly onWeights?: (kept: EpochWeights) => Promise<void>;
}

/** What is left of a run when it is over. */
export interface RunResult {
  readonly run: RunKey;
  readonly network: Network;
  /** Weights of the selected epoch, in the studio's layout. */
  readonly weights: Weights;
  /** Probabilities [images, classes] on the test split, in its order; null where there is none. */
  readonly testScores: Float64Array | null;
}

/** Between events: a place where the caller may pause, stop, or let messages through; where `safe`, also save. */
export interface Rest {
  readonly at: 'rest';
  readonly safe: boolean;
}

/** Everything that resuming needs beside the dataset: the runs under way, and what was told so far. */
export interface Checkpoint {
  readonly recipe: Recipe;
  readonly datasetSha256: string;
  readonly seedIndex: number;
  readonly stage: 'backbone' | 'arms';
  readonly runs: readonly { readonly key: RunKey; readonly run: RunState; readonly trainer: TrainerState }[];
  readonly history: readonly ExperimentEvent[];
  /** The kernels that the arms started from; absent in saves of older builds, and null before there are any. */
  readonly start?: BackboneKernels | null;
  /** Forward passes done and milliseconds spent, for the time left. */
  readonly workDone: number;
  /** Work done, 0 to 1. */
  readonly fraction: number;
  readonly elapsedMs: number;
}

export interface LiveRun {
  readonly key: RunKey;
  readonly run: Run;
  readonly trainer: Trainer;
}

export class Experiment {
  /** The convolution whose similarities are reported after each epoch; null for none. */
  watchedLayer: number | null = null;
  readonly network: Network;
  readonly #options: ExperimentOptions;
  readonly #sources: { readonly train: BatchSource; readonly val: BatchSource; readonly test: BatchSource | null };
  readonly #clock = new Stopwatch();
  readonly #workload: Workload;
  readonly #history = new History();
  readonly #inspection: Inspection;
  #live: LiveRun[] = [];
  #seedIndex = 0;
  #stage: Checkpoint['stage'] = 'backbone';

  /** @throws StudioError where recipe and data do not fit one another or the device. */
  constructor(options: ExperimentOptions) {
    this.#options = options;
    const { dataset, recipe } = options;
    const { take } = recipe.dataset;
    const leftOut = leftOutOf(recipe, dataset);
    checkData(recipe, dataset, leftOut);
    this.#sources = {
      train: new BatchSource(dataset, 'train', recipe.input, take.train, leftOut),
      val: new BatchSource(dataset, 'val', recipe.input, take.val),
      test: dataset.splits.test === null ? null : new BatchSource(dataset, 'test', recipe.input, take.test),
    };
    const { train } = this.#sources;
    this.network = buildNetwork(recipe.network, [train.height, train.width, train.channels], dataset.classNames.length);
    checkMemory(this.network, recipe.optimiser.batchSize, options.maxBindingBytes);
    this.#inspection = new Inspection({ network: this.network, tau: recipe.merging.tau, onWeights: options.onWeights });
    const planned = plannedImages(recipe, this.#images());
    this.#workload = new Workload(planned.trained, planned.evaluated, () => this.#clock.elapsedMs);
  }

  get recipe(): Recipe {
    return this.#options.recipe;
  }

  get elapsedMs(): number {
    return this.#clock.elapsedMs;
  }

  /**
   * An experiment that goes on where the checkpoint was taken, bit for bit. Its `history` is what the world was told.
   * @throws StudioError as the constructor; the caller has made sure that recipe and build are the checkpoint's.
   */
  static async resume(options: ExperimentOptions, checkpoint: Checkpoint): Promise<Experiment> {
    const experiment = new Experiment(options);
    for (const event of checkpoint.history) experiment.#history.add(event);
    experiment.#seedIndex = checkpoint.seedIndex;
    experiment.#stage = checkpoint.stage;
    experiment.#inspection.start = checkpoint.start ?? null;
    experiment.#workload.resumeAt(checkpoint.workDone);
    experiment.#clock.resumeAt(checkpoint.elapsedMs);
    for (const saved of checkpoint.runs) {
      const live = await experiment.#open(saved.key);
      live.trainer.restore(saved.trainer);
      live.run.restore(saved.run);
    }
    return experiment;
  }

  /** Call after a rest that is `safe`, before asking for the next event. */
  async checkpoint(): Promise<Checkpoint> {
    const runs: Checkpoint['runs'][number][] = [];
    for (const { key, run, trainer } of this.#live) runs.push({ key, run: run.state(), trainer: await trainer.state() });
    return {
      recipe: this.#options.recipe,
      datasetSha256: this.#options.dataset.sha256,
      seedIndex: this.#seedIndex,
      stage: this.#stage,
      runs,
      history: this.#history.events(),
      start: this.#stage === 'arms' ? this.#inspection.start : null,
      workDone: this.#workload.done,
      fraction: this.#workload.fraction,
      elapsedMs: this.#clock.elapsedMs,
    };
  }

  /** What has been told so far, for a page that opens this experiment again. */
  get history(): ExperimentEvent[] {
    return this.#history.events();
  }

  async *run(): AsyncGenerator<ExperimentEvent | Rest, void> {
    const events = this.#all();
    this.#clock.start();
    try {
      for await (const event of events) {
        // Time between events belongs to whoever asked for a rest.
        this.#clock.stop();
        if (event.at !== 'rest') this.#history.add(event);
        yield event;
        this.#clock.start();
      }
    } finally {
      this.#clock.stop();
    }
  }

  /** Similarities of one convolution in every run that is under way, as events. Safe between any two events. */
  similarities(layer: number): Promise<ExperimentEvent[]> {
    return this.#hasConvolution(layer)
      ? Promise.all(this.#live.map((live) => this.#similarityOf(live, layer)))
      : Promise.resolve([]);
  }

  /** The runs whose networks are at hand: those under way, and those of the last seed when all is done. */
  get live(): readonly LiveRun[] {
    return this.#live;
  }

  /** Frees every trainer. The generator must not be asked for more. */
  dispose(): void {
    for (const { trainer } of this.#live) trainer.dispose();
    this.#live = [];
  }

  async *#all(): AsyncGenerator<ExperimentEvent | Rest, void> {
    const { seeds } = this.#options.recipe;
    if (this.#history.events().length === 0) {
      const { dataset, recipe } = this.#options;
      yield startedEvent(recipe, dataset, this.network, this.#images());
      if (this.#sources.test !== null) yield testSplitEvent(dataset, this.#sources.test);
    }
    for (; this.#seedIndex < seeds.length; this.#seedIndex++) {
      const seed = seeds[this.#seedIndex] as number;
      if (this.#stage === 'backbone') {
        const backbone = yield* this.#backbone(seed);
        this.#inspection.startFrom(backbone);
        this.dispose();
        for (const arm of this.#options.recipe.arms) {
          const { trainer } = await this.#open({ seed, phase: 'finetune', arm: arm.name });
          await trainer.load(backbone);
        }
        this.#stage = 'arms';
      }
      yield* this.#arms();
      // The last seed's networks stay for looking at.
      if (this.#seedIndex < seeds.length - 1) this.dispose();
      this.#stage = 'backbone';
    }
    yield { at: 'finished', elapsedMs: this.#clock.elapsedMs };
  }

  /** Trains the backbone of a seed and returns its checkpoint: the weights of its last epoch. */
  async *#backbone(seed: number): AsyncGenerator<ExperimentEvent | Rest, Weights> {
    const { recipe } = this.#options;
    let [live] = this.#live;
    if (live === undefined) {
      live = await this.#open({ seed, phase: 'backbone', arm: null });
      await live.trainer.load(initialWeights(this.network, recipe.start.distribution, seed));
    }
    while (live.run.epoch < recipe.backbone.epochs) yield* this.#epoch(live, recipe.backbone.epochs);
    yield* this.#result(live, live.run.epoch);
    return live.trainer.weights();
  }

  /** Fine-tunes the open arms in turns, then tests the selected epoch of each. */
  async *#arms(): AsyncGenerator<ExperimentEvent | Rest, void> {
    const { recipe } = this.#options;
    const { epochs } = recipe.finetune;
    const lives = this.#live;

    // All arms start from the same weights: one validation serves them all.
    let start: Measures | null = null;
    for (const live of lives) {
      if (live.run.selected !== null) continue; // resumed
      if (start === null) start = yield* this.#passing(live, 0, epochs, live.run.validateStart());
      else live.run.keepStart(start);
      yield epochEvent(live.key, {
        epoch: 0,
        trainLoss: null,
        learningRate: recipe.finetune.learningRate,
        val: start,
        best: false,
        trainMs: 0,
      });
      yield await this.#inspection.look(live.trainer, live.key, 0);
      yield* this.#watched(live);
    }
    for (let epoch = 1; epoch <= epochs; epoch++) {
      for (const live of lives) if (live.run.epoch < epoch) yield* this.#epoch(live, epochs);
    }
    for (const live of lives) {
      live.run.restoreSelected();
      yield* this.#result(live, live.run.selectedEpoch);
    }
  }

  /** A run with its trainer, its weights yet to be loaded. */
  async #open(key: RunKey): Promise<LiveRun> {
    const { dataset, recipe } = this.#options;
    const phase: Phase = key.phase;
    const merging: MergeSettings | null = this.#merges(key) ? recipe.merging : null;
    const { batchSize } = recipe.optimiser;
    const trainer = await this.createTrainer(key, merging);
    const run = new Run({
      trainer,
      phase,
      seed: key.seed,
      settings: recipe[phase],
      merges: merging !== null,
      mergeDuringValidation: recipe.merging.mergeDuringValidation,
      batchSize,
      horizontalFlip: recipe.input.horizontalFlip,
      task: dataset.task,
      // The backbone's checkpoint is its last epoch: every arm starts there.
      selectBy: key.arm === null ? 'last' : recipe.selectBy,
      train: this.#sources.train,
      val: this.#sources.val,
      now: () => this.#clock.elapsedMs,
    });
    const live = { key, run, trainer };
    this.#live.push(live);
    return live;
  }

  /** A trainer as that run has, merging by `merging`; whoever asks for it disposes of it. */
  createTrainer({ seed }: RunKey, merging: MergeSettings | null): Promise<Trainer> {
    const { createTrainer, dataset, recipe } = this.#options;
    const { momentum, weightDecay } = recipe.optimiser;
    return createTrainer({ network: this.network, task: dataset.task, optimiser: { momentum, weightDecay }, seed, merging });
  }

  #images(): ImageCounts {
    const { train, val, test } = this.#sources;
    return { train: train.count, val: val.count, test: test?.count ?? 0 };
  }

  /** Whether the arm of this run merges; the backbone never does. */
  #merges(key: RunKey): boolean {
    return this.#options.recipe.arms.some((arm) => arm.name === key.arm && arm.merges);
  }

  async *#epoch(live: LiveRun, epochs: number): AsyncGenerator<ExperimentEvent | Rest, void> {
    yield* this.#passing(live, live.run.epoch + 1, epochs, live.run.nextEpoch());
    yield* this.#watched(live);
  }

  /** Passes a run's events on under its name, and counts the work. */
  async *#passing<T>(
    live: LiveRun,
    epoch: number,
    epochs: number,
    events: AsyncGenerator<LoopEvent, T>,
  ): AsyncGenerator<ExperimentEvent | Rest, T> {
    const { key, run } = live;
    for (;;) {
      const next = await events.next();
      if (next.done === true) return next.value;
      const event = next.value;
      switch (event.at) {
        case 'work':
          this.#workload.add(event.trained, event.evaluated);
          yield { at: 'rest', safe: false };
          break;
        case 'safe':
          yield { at: 'rest', safe: true };
          break;
        case 'losses': {
          yield { at: 'loss', run: key, firstStep: event.firstStep, losses: event.losses };
          const stepsLeft = run.stepsPerEpoch - event.stepInEpoch;
          const { batchSize } = this.#options.recipe.optimiser;
          yield {
            at: 'progress',
            run: key,
            epoch,
            epochs,
            step: event.stepInEpoch,
            stepsPerEpoch: run.stepsPerEpoch,
            imagesPerSecond: event.imagesPerSecond,
            fraction: this.#workload.fraction,
            epochLeftMs: this.#workload.msFor(stepsLeft * batchSize, this.#sources.val.count),
            experimentLeftMs: this.#workload.leftMs,
          };
          break;
        }
        case 'epoch':
          yield epochEvent(key, event);
          if (event.merges !== null)
            yield { at: 'merges', run: key, epoch: event.epoch, merges: event.merges.merges, layers: event.merges.layers };
          // Before the next safe rest: a save holds the epoch with its figures, or neither.
          yield await this.#inspection.look(live.trainer, key, event.epoch);
          break;
        default:
          event satisfies never;
      }
    }
  }

  async *#result(live: LiveRun, selectedEpoch: number): AsyncGenerator<ExperimentEvent | Rest, void> {
    const { run, key } = live;
    const { test } = this.#sources;
    const measured = test === null ? null : yield* this.#passing(live, selectedEpoch, selectedEpoch, run.measure(test));
    const val = run.selected ?? (yield* this.#passing(live, selectedEpoch, selectedEpoch, run.measure(this.#sources.val)));
    await this.#options.onResult?.({
      run: key,
      network: this.network,
      weights: await live.trainer.weights(),
      testScores: measured?.scores ?? null,
    });
    const tally = this.#merges(key) ? run.tally : null;
    if (measured !== null) yield { at: 'scores', run: key, scores: Float32Array.from(measured.scores) };
    yield resultEvent(key, selectedEpoch, { val, test: measured, trainMs: run.trainMs, tally });
  }

  #hasConvolution(index: number): boolean {
    return convolutions(this.network).some((convolution) => convolution.index === index);
  }

  async *#watched(live: LiveRun): AsyncGenerator<ExperimentEvent, void> {
    const layer = this.watchedLayer;
    if (layer !== null && this.#hasConvolution(layer)) yield await this.#similarityOf(live, layer);
  }

  async #similarityOf(live: LiveRun, layer: number): Promise<ExperimentEvent> {
    return similarityEvent(live.key, live.run.epoch, layer, await live.trainer.similarity(layer));
  }
}
