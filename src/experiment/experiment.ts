/**
 * An experiment: per seed one backbone, then every arm from that checkpoint over the same batches, the arms in turns,
 * epoch by epoch, so that their curves grow together; many arms go in rounds, to bound the memory. Runs that a store already
 * has are told again instead. It is an async generator of events; between any two it may rest.
 */
import { Stopwatch } from '../base/stopwatch.ts';
import { initialWeights, type Weights } from '../model/initialWeights.ts';
import type { Network } from '../model/network.ts';
import { buildNetwork } from '../model/buildNetwork.ts';
import { armsOf, type Arm } from '../recipe/arms.ts';
import type { Recipe } from '../recipe/recipe.ts';
import type { Measures } from '../train/evaluate.ts';
import type { LoopEvent } from '../train/loop.ts';
import type { RunMerging } from '../train/runMerging.ts';
import type { Trainer } from '../train/trainer.ts';
import { ArmMergings } from './armMergings.ts';
import type { Checkpoint, Rest } from './checkpoint.ts';
import { runName, type ExperimentEvent, type RunKey } from './events.ts';
import type { ExperimentOptions } from './experimentOptions.ts';
import { History } from './history.ts';
import { Inspection } from './inspection.ts';
import { liveRun, openSources, similarityOf, type LiveRun, type Sources } from './liveRun.ts';
import { imagesOfRun, plannedImages, startedEvent, testSplitEvent } from './plan.ts';
import { checkMemory, refuseOtherBases } from './preflight.ts';
import type { StoredRun } from './runStore.ts';
import { layerTaus, resolved, startWeightsEvent, type SimilaritiesOf } from './startWeights.ts';
import { startEpochEvent, epochEvent, progressEvent, resultEvent } from './told.ts';
import { Workload } from './workload.ts';

/** Arms that are fine-tuned at once, each with its weights, momentum and kept copy on the device. */
const armsAtOnce = 6;

export class Experiment {
  /** The convolution whose similarities are reported after each epoch; null for none. */
  watchedLayer: number | null = null;
  readonly network: Network;
  readonly #options: ExperimentOptions;
  readonly #arms: readonly Arm[];
  readonly #mergings: ArmMergings;
  readonly #sources: Sources;
  readonly #clock = new Stopwatch();
  readonly #workload: Workload;
  readonly #history = new History();
  readonly #inspection: Inspection;
  /** Seed and arm of the runs that are over. */
  readonly #over = new Set<string>();
  #live: LiveRun[] = [];
  /** The backbone's weights, while arms of its seed are yet to begin. */
  #start: Weights | null = null;
  #seedIndex = 0;
  #stage: Checkpoint['stage'] = 'backbone';

  /** @throws StudioError where recipe and data do not fit one another or the device. */
  constructor(options: ExperimentOptions) {
    this.#options = options;
    const { dataset, recipe } = options;
    refuseOtherBases(recipe);
    this.#arms = armsOf(recipe);
    this.#sources = openSources(recipe, dataset);
    const { train } = this.#sources;
    this.network = buildNetwork(recipe.network, [train.height, train.width, train.channels], dataset.classNames.length);
    this.#mergings = new ArmMergings(this.#arms, this.network);
    checkMemory(this.network, options.splitsBatches === true ? 1 : recipe.optimiser.batchSize, options.maxBindingBytes);
    this.#inspection = new Inspection({
      network: this.network,
      tauOf: (run, layer) => this.#mergings.tauOf(run, layer, recipe.merging),
      onWeights: options.onWeights,
    });
    const planned = plannedImages(recipe, this.#sources.images);
    this.#workload = new Workload(planned.trained, planned.evaluated, () => this.#clock.elapsedMs);
  }

  get recipe(): Recipe {
    return this.#options.recipe;
  }

  get elapsedMs(): number {
    return this.#clock.elapsedMs;
  }

  get passesPerMs(): number | null {
    return this.#workload.passesPerMs;
  }

  /**
   * An experiment that goes on where the checkpoint was taken, bit for bit. Its `history` is what the world was told.
   * @throws StudioError as the constructor; the caller has made sure that recipe and build are the checkpoint's.
   */
  static async resume(options: ExperimentOptions, checkpoint: Checkpoint): Promise<Experiment> {
    const experiment = new Experiment(options);
    for (const event of checkpoint.history) experiment.#note(event);
    experiment.#start = checkpoint.armsFrom;
    experiment.#seedIndex = checkpoint.seedIndex;
    experiment.#stage = checkpoint.stage;
    experiment.#inspection.start = checkpoint.start ?? null;
    experiment.#workload.resumeAt(checkpoint.workDone);
    experiment.#clock.resumeAt(checkpoint.elapsedMs);
    for (const saved of checkpoint.runs) {
      const live = await experiment.#open(saved.key, experiment.#mergings.of(saved.key));
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
      armsFrom: this.#pending().length > this.#live.length ? this.#start : null,
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
        if (event.at !== 'rest') this.#note(event);
        yield event;
        this.#clock.start();
      }
    } finally {
      this.#clock.stop();
    }
  }

  /** Similarities of one convolution in every run that is under way, as events. Safe between any two events. */
  async similarities(layer: number): Promise<ExperimentEvent[]> {
    const events = await Promise.all(this.#live.map((live) => similarityOf(live, layer)));
    return events.filter((event) => event !== null);
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
      yield startedEvent(recipe, dataset, this.network, this.#sources.images);
      if (this.#sources.test !== null) yield testSplitEvent(dataset, this.#sources.test);
    }
    for (; this.#seedIndex < seeds.length; this.#seedIndex++) {
      if (this.#stage === 'backbone') {
        this.#start = yield* this.#backbone();
        this.#inspection.startFrom(this.#start);
        this.dispose();
        this.#stage = 'arms';
        for (const { name } of this.#arms) yield* this.#reused({ seed: this.#seed, phase: 'finetune', arm: name });
      }
      yield* this.#allArms();
      // The last seed's networks stay for looking at.
      if (this.#seedIndex < seeds.length - 1) this.dispose();
      else await this.#reopenCompared();
      this.#start = null;
      this.#stage = 'backbone';
    }
    yield { at: 'finished', elapsedMs: this.#clock.elapsedMs };
  }

  /** The seed under way. */
  get #seed(): number {
    return this.#options.recipe.seeds[this.#seedIndex] as number;
  }

  /** Arms of the seed under way that are not over. */
  #pending(): Arm[] {
    return this.#arms.filter(({ name }) => !this.#over.has(runName({ seed: this.#seed, arm: name })));
  }

  /** Trains the backbone of the seed and returns its checkpoint: the weights of its last epoch. */
  async *#backbone(): AsyncGenerator<ExperimentEvent | Rest, Weights> {
    const { recipe } = this.#options;
    const key: RunKey = { seed: this.#seed, phase: 'backbone', arm: null };
    let [live] = this.#live;
    if (live === undefined) {
      const stored = yield* this.#reused(key);
      if (stored !== null) return stored.weights;
      live = await this.#open(key, null);
      await live.trainer.load(initialWeights(this.network, recipe.start.distribution, key.seed));
    }
    while (live.run.epoch < recipe.backbone.epochs) yield* this.#epoch(live, recipe.backbone.epochs);
    const testScores = yield* this.#result(live, live.run.epoch);
    yield await startWeightsEvent(key, live.trainer);
    const weights = await live.trainer.weights();
    await this.#keep(key, weights, testScores);
    return weights;
  }

  /** What the store has of a run is told in its place; null where it has nothing. */
  async *#reused(run: RunKey): AsyncGenerator<ExperimentEvent, StoredRun | null> {
    const { dataset, onResult, recipe, runs } = this.#options;
    const stored = (await runs?.read(recipe, dataset.sha256, run)) ?? null;
    if (stored === null) return null;
    const { trained, evaluated } = imagesOfRun(recipe, this.#sources.images, run.phase);
    this.#workload.skip(trained, evaluated);
    const { testScores, weights } = stored;
    await onResult?.({ run, network: this.network, weights, testScores });
    yield { at: 'reused', run };
    yield* stored.events;
    return stored;
  }

  /** A run that is over goes to the store. Where that cannot be, the experiment itself is none the worse. */
  async #keep(run: RunKey, weights: Weights, testScores: Float64Array | null): Promise<void> {
    const { dataset, recipe, runs } = this.#options;
    const events = this.#history.of(run);
    await runs?.write(recipe, dataset.sha256, run, { events, weights, testScores }).catch(() => {});
  }

  /** Fine-tunes all arms of the seed that are not over, a round at a time. */
  async *#allArms(): AsyncGenerator<ExperimentEvent | Rest, void> {
    for (let pending = this.#pending(); pending.length > 0; pending = this.#pending()) {
      if (this.#live.length === 0) {
        for (const arm of pending.slice(0, this.#options.armsAtOnce ?? armsAtOnce)) yield* this.#begin(arm);
      }
      yield* this.#round();
      if (this.#pending().length > 0) this.dispose();
    }
  }

  /** Opens an arm at the backbone's weights; a quantile becomes a number for each layer, from these weights. */
  async *#begin(arm: Arm): AsyncGenerator<ExperimentEvent, void> {
    const key: RunKey = { seed: this.#seed, phase: 'finetune', arm: arm.name };
    if (arm.merging !== null && typeof arm.merging.tau !== 'number') {
      const looking = await this.createTrainer(key, null);
      await looking.load(this.#start as Weights);
      const { tau } = await resolved(arm.merging, this.network, (layer) => looking.similarity(layer));
      looking.dispose();
      if (typeof tau !== 'number') yield { at: 'layer-taus', run: key, taus: layerTaus(tau) };
    }
    await (await this.#open(key, this.#mergings.of(key))).trainer.load(this.#start as Weights);
  }

  /** Fine-tunes the open arms in turns, then tests the selected epoch of each. */
  async *#round(): AsyncGenerator<ExperimentEvent | Rest, void> {
    const { recipe } = this.#options;
    const { epochs } = recipe.finetune;
    const lives = this.#live;

    // All arms start from the same weights: one validation serves them all.
    let start: Measures | null = null;
    for (const live of lives) {
      if (live.run.selected !== null) continue; // resumed
      if (start === null) start = yield* this.#passing(live, 0, epochs, live.run.validateStart());
      else live.run.keepStart(start);
      yield startEpochEvent(live.key, recipe.finetune.learningRate, start);
      yield await this.#inspection.look(live.trainer, live.key, 0);
      yield* this.#watched(live);
    }
    for (let epoch = 1; epoch <= epochs; epoch++) {
      for (const live of lives) if (live.run.epoch < epoch) yield* this.#epoch(live, epochs);
    }
    for (const live of lives) {
      live.run.restoreSelected();
      const testScores = yield* this.#result(live, live.run.selectedEpoch);
      await this.#keep(live.key, await live.trainer.weights(), testScores);
    }
  }

  /** After the last seed: the first arm of each kind, where its network is not at hand and the store has its weights. */
  async #reopenCompared(): Promise<void> {
    const { dataset, recipe, runs } = this.#options;
    const compared = [this.#arms.find(({ merges }) => !merges), this.#arms.find(({ merges }) => merges)];
    for (const arm of compared) {
      if (arm === undefined || this.#live.some(({ key }) => key.arm === arm.name)) continue;
      const key: RunKey = { seed: this.#seed, phase: 'finetune', arm: arm.name };
      const stored = await runs?.read(recipe, dataset.sha256, key);
      if (stored === undefined || stored === null) continue;
      const { run, trainer } = await this.#open(key, this.#mergings.of(key));
      await trainer.load(stored.weights);
      const result = stored.events.find((event) => event.at === 'result');
      if (result?.at === 'result') run.epoch = result.selectedEpoch;
    }
  }

  /** What has been told, and what of it is needed to go on. */
  #note(event: ExperimentEvent): void {
    this.#history.add(event);
    if (event.at === 'result') this.#over.add(runName(event.run));
    this.#mergings.note(event);
  }

  /** A run with its trainer, its weights yet to be loaded. */
  async #open(key: RunKey, merging: RunMerging | null): Promise<LiveRun> {
    const { dataset, recipe } = this.#options;
    const context = { recipe, dataset, sources: this.#sources, now: () => this.#clock.elapsedMs };
    const live = liveRun(key, await this.createTrainer(key, merging), merging, context);
    this.#live.push(live);
    return live;
  }

  /** A trainer as that run has, merging by `merging`; whoever asks for it disposes of it. */
  createTrainer({ seed }: RunKey, merging: RunMerging | null): Promise<Trainer> {
    const { createTrainer, dataset, recipe } = this.#options;
    const { momentum, weightDecay } = recipe.optimiser;
    return createTrainer({ network: this.network, task: dataset.task, optimiser: { momentum, weightDecay }, seed, merging });
  }

  /** How a run merges, or would; `similarities` are of the weights whose quantile is taken where none was told. */
  mergingFor(run: RunKey, similarities: SimilaritiesOf): Promise<RunMerging> {
    return this.#mergings.for(run, this.#options.recipe.merging, similarities);
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
    const { key } = live;
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
          const images = { batch: this.#options.recipe.optimiser.batchSize, val: this.#sources.val.count };
          yield progressEvent(live, { epoch, epochs }, event, images, this.#workload);
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

  /** Tests a run that is over, and returns its test scores. */
  async *#result(live: LiveRun, selectedEpoch: number): AsyncGenerator<ExperimentEvent | Rest, Float64Array | null> {
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
    const tally = this.#mergings.merges(key) ? run.tally : null;
    if (measured !== null) yield { at: 'scores', run: key, scores: Float32Array.from(measured.scores) };
    yield resultEvent(key, selectedEpoch, { val, test: measured, trainMs: run.trainMs, tally });
    return measured?.scores ?? null;
  }

  async *#watched(live: LiveRun): AsyncGenerator<ExperimentEvent, void> {
    const event = this.watchedLayer === null ? null : await similarityOf(live, this.watchedLayer);
    if (event !== null) yield event;
  }
}
