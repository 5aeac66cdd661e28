/**
 * An experiment: per seed and base one backbone, then every arm from that checkpoint over the same batches, the arms in
 * turns, epoch by epoch, so that their curves grow together; many arms go in rounds, to bound the memory. Runs that a store
 * already has are told again instead. It is an async generator of events; between any two it may rest.
 */
import { Stopwatch } from '../base/stopwatch.ts';
import type { Weights } from '../model/initialWeights.ts';
import type { Network } from '../model/network.ts';
import { armsOf, type Arm } from '../recipe/arms.ts';
import type { Recipe } from '../recipe/recipe.ts';
import type { Measures } from '../train/evaluate.ts';
import { noFloat16 } from '../train/mapStorage.ts';
import type { RunMerging } from '../train/runMerging.ts';
import type { Trainer } from '../train/trainer.ts';
import type { Checkpoint, Rest } from './checkpoint.ts';
import { runName, type ExperimentEvent, type RunKey } from './events.ts';
import type { ExperimentOptions } from './experimentOptions.ts';
import { History } from './history.ts';
import { closed, liveRun, openSources, similarityOf, type LiveRun, type Sources } from './liveRun.ts';
import { openBases, type OpenBase } from './openBase.ts';
import { imagesOfRun, plannedImages, startedEvent, testSplitEvent } from './plan.ts';
import { checkMemory } from './preflight.ts';
import type { StoredRun } from './runStore.ts';
import { RunTeller } from './runTeller.ts';
import { basesToBegin, checkStartFiles } from './startFiles.ts';
import { layerTaus, resolved, startWeightsEvent, type SimilaritiesOf } from './startWeights.ts';
import { startEpochEvent } from './told.ts';
import { Workload } from './workload.ts';

/** Arms that are fine-tuned at once, each with its weights, momentum and kept copy on the device. */
const armsAtOnce = 6;

export class Experiment {
  readonly #options: ExperimentOptions;
  readonly #arms: readonly Arm[];
  readonly #bases: readonly [OpenBase, ...OpenBase[]];
  readonly #sources: Sources;
  readonly #clock = new Stopwatch();
  readonly #workload: Workload;
  readonly #teller: RunTeller;
  readonly #history = new History();
  /** The runs that are over, by name. */
  readonly #over = new Set<string>();
  #live: LiveRun[] = [];
  /** The backbone's weights, while arms that start from it are yet to begin. */
  #start: Weights | null = null;
  #seedIndex = 0;
  #baseIndex = 0;
  #stage: Checkpoint['stage'] = 'backbone';

  /**
   * @param from where `resume` goes on; null for the beginning
   * @throws StudioError where recipe, data and start weights do not fit one another or the device.
   */
  constructor(options: ExperimentOptions, from: Checkpoint | null = null) {
    this.#options = options;
    const { dataset, onWeights, recipe, startFiles: files = new Map() } = options;
    checkStartFiles(basesToBegin(recipe, from), files);
    if (recipe.optimiser.maps === 'float16' && options.storesFloat16 !== true) throw noFloat16('This device has no float16');
    this.#arms = armsOf(recipe);
    this.#sources = openSources(recipe, dataset);
    const { height, width, channels } = this.#sources.train;
    this.#bases = openBases(recipe, [height, width, channels], dataset.classNames.length, { files, onWeights });
    const batch = options.splitsBatches === true ? 1 : recipe.optimiser.batchSize;
    for (const { network } of this.#bases) checkMemory(network, batch, options.maxBindingBytes);
    const { trained, evaluated } = plannedImages(recipe, this.#sources.images);
    const cost = this.#bases.reduce((sum, base) => sum + base.cost, 0);
    this.#workload = new Workload(cost * trained, cost * evaluated, () => this.#clock.elapsedMs);
    this.#teller = new RunTeller(options, this.#sources, this.#workload);
  }

  /** The convolution whose similarities are reported after each epoch; null for none. */
  set watchedLayer(layer: number | null) {
    this.#teller.watchedLayer = layer;
  }

  /** Of the recipe's own base first, then of the others of its sweep. */
  get networks(): [Network, ...Network[]] {
    return this.#bases.map(({ network }) => network) as [Network, ...Network[]];
  }

  get recipe(): Recipe {
    return this.#options.recipe;
  }

  /** How its trainers' kernels are cut; null where they are not. */
  get tiles(): string | null {
    return this.#options.tiles ?? null;
  }

  get elapsedMs(): number {
    return this.#clock.elapsedMs;
  }

  get passesPerMs(): number | null {
    return this.#workload.passesPerMs;
  }

  /**
   * An experiment that goes on where the checkpoint was taken, bit for bit. Its `history` is what the world was told.
   * @throws StudioError as the constructor; the caller has made sure that recipe, build and tiles are the checkpoint's.
   */
  static async resume(options: ExperimentOptions, checkpoint: Checkpoint): Promise<Experiment> {
    const experiment = new Experiment(options, checkpoint);
    for (const event of checkpoint.history) experiment.#note(event);
    experiment.#start = checkpoint.armsFrom;
    experiment.#seedIndex = checkpoint.seedIndex;
    experiment.#baseIndex = checkpoint.baseIndex ?? 0;
    experiment.#stage = checkpoint.stage;
    experiment.#base.inspection.start = checkpoint.start ?? null;
    experiment.#workload.resumeAt(checkpoint.workDone);
    experiment.#clock.resumeAt(checkpoint.elapsedMs);
    for (const saved of checkpoint.runs) {
      const live = await experiment.#open(saved.key, experiment.#base.mergings.of(saved.key));
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
      tiles: this.tiles,
      seedIndex: this.#seedIndex,
      ...(this.#bases.length > 1 ? { baseIndex: this.#baseIndex } : {}),
      stage: this.#stage,
      runs,
      armsFrom: this.#pending().length > this.#live.length ? this.#start : null,
      history: this.#history.events(),
      start: this.#stage === 'arms' ? this.#base.inspection.start : null,
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
      this.#sources.held.release();
    }
  }

  /** Similarities of one convolution in every run that is under way, as events. Safe between any two events. */
  async similarities(layer: number): Promise<ExperimentEvent[]> {
    const events = await Promise.all(this.#live.map((live) => similarityOf(live, layer)));
    return events.filter((event) => event !== null);
  }

  /** The runs whose networks are at hand: those under way, and those of the last seed and base when all is done. */
  get live(): readonly LiveRun[] {
    return this.#live;
  }

  /** Frees every trainer and the images. The generator must not be asked for more. */
  dispose(): void {
    this.#live = closed(this.#live);
    this.#sources.held.release();
  }

  async *#all(): AsyncGenerator<ExperimentEvent | Rest, void> {
    const { seeds } = this.#options.recipe;
    if (this.#history.events().length === 0) {
      const { dataset, recipe, tiles = null } = this.#options;
      yield { ...startedEvent(recipe, dataset, this.#bases, this.#sources.images), ...(tiles === null ? {} : { tiles }) };
      if (this.#sources.test !== null) yield testSplitEvent(dataset, this.#sources.test);
    }
    for (; this.#seedIndex < seeds.length; this.#seedIndex++) {
      for (; this.#baseIndex < this.#bases.length; this.#baseIndex++) {
        yield* this.#backboneAndArms();
        // The last networks stay for looking at.
        if (this.#seedIndex < seeds.length - 1 || this.#baseIndex < this.#bases.length - 1) this.#live = closed(this.#live);
        else await this.#reopenCompared();
        this.#start = null;
        this.#stage = 'backbone';
      }
      this.#baseIndex = 0;
    }
    yield { at: 'finished', elapsedMs: this.#clock.elapsedMs };
  }

  async *#backboneAndArms(): AsyncGenerator<ExperimentEvent | Rest, void> {
    if (this.#stage === 'backbone') {
      this.#start = yield* this.#backbone();
      this.#base.inspection.startFrom(this.#start);
      this.#live = closed(this.#live);
      this.#stage = 'arms';
      for (const { name } of this.#arms) yield* this.#reused(this.#key(name));
    }
    yield* this.#allArms();
  }

  /** Of the seed and base under way. */
  #key(arm: string | null): RunKey {
    return this.#base.keyOf(this.#options.recipe.seeds[this.#seedIndex] as number, arm);
  }

  /** The base under way. */
  get #base(): OpenBase {
    return this.#bases[this.#baseIndex] as OpenBase;
  }

  /** Arms of the seed and base under way that are not over. */
  #pending(): Arm[] {
    return this.#arms.filter(({ name }) => !this.#over.has(runName(this.#key(name))));
  }

  /** Trains the backbone of the seed on the base and returns its checkpoint: the weights of its last epoch. */
  async *#backbone(): AsyncGenerator<ExperimentEvent | Rest, Weights> {
    const { recipe } = this.#options;
    const key = this.#key(null);
    let [live] = this.#live;
    if (live === undefined) {
      const stored = yield* this.#reused(key);
      if (stored !== null) return stored.weights;
      live = await this.#open(key, null);
      await live.trainer.load(await this.#base.startWeights(key.seed));
    }
    while (live.run.epoch < recipe.backbone.epochs) yield* this.#teller.epoch(live, this.#base, recipe.backbone.epochs);
    const testScores = yield* this.#teller.result(live, this.#base, live.run.epoch);
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
    const { cost, network } = this.#base;
    this.#workload.skip(cost * trained, cost * evaluated);
    const { testScores, weights } = stored;
    await onResult?.({ run, network, weights, testScores });
    yield { at: 'reused', run };
    yield* stored.events;
    return stored;
  }

  /** A run that is over goes to the store. Where that cannot be, the experiment itself is none the worse. */
  async #keep(run: RunKey, weights: Weights, testScores: Float64Array | null): Promise<void> {
    const { dataset, recipe, runs } = this.#options;
    const events = this.#history.of(run);
    await runs?.write(recipe, dataset, run, { events, weights, testScores }).catch(() => {});
  }

  /** Fine-tunes all arms of the backbone that are not over, a round at a time. */
  async *#allArms(): AsyncGenerator<ExperimentEvent | Rest, void> {
    for (let pending = this.#pending(); pending.length > 0; pending = this.#pending()) {
      if (this.#live.length === 0) {
        for (const arm of pending.slice(0, this.#options.armsAtOnce ?? armsAtOnce)) yield* this.#begin(arm);
      }
      yield* this.#round();
      if (this.#pending().length > 0) this.#live = closed(this.#live);
    }
  }

  /** Opens an arm at the backbone's weights; a quantile becomes a number for each layer, from these weights. */
  async *#begin(arm: Arm): AsyncGenerator<ExperimentEvent, void> {
    const key = this.#key(arm.name);
    if (arm.merging !== null && typeof arm.merging.tau !== 'number') {
      const looking = await this.createTrainer(key, null);
      await looking.load(this.#start as Weights);
      const { tau } = await resolved(arm.merging, this.#base.network, (layer) => looking.similarity(layer));
      looking.dispose();
      if (typeof tau !== 'number') yield { at: 'layer-taus', run: key, taus: layerTaus(tau) };
    }
    await (await this.#open(key, this.#base.mergings.of(key))).trainer.load(this.#start as Weights);
  }

  /** Fine-tunes the open arms in turns, then tests the selected epoch of each. */
  async *#round(): AsyncGenerator<ExperimentEvent | Rest, void> {
    const { recipe } = this.#options;
    const { epochs } = recipe.finetune;
    const lives = this.#live;
    const base = this.#base;

    // All arms start from the same weights: one validation serves them all.
    let start: Measures | null = null;
    for (const live of lives) {
      if (live.run.selected !== null) continue; // resumed
      if (start === null) start = yield* this.#teller.passing(live, base, 0, epochs, live.run.validateStart());
      else live.run.keepStart(start);
      yield startEpochEvent(live.key, recipe.finetune.learningRate, start);
      yield await base.inspection.look(live.trainer, live.key, 0);
      yield* this.#teller.watched(live);
    }
    for (let epoch = 1; epoch <= epochs; epoch++) {
      for (const live of lives) if (live.run.epoch < epoch) yield* this.#teller.epoch(live, base, epochs);
    }
    for (const live of lives) {
      live.run.restoreSelected();
      const testScores = yield* this.#teller.result(live, base, live.run.selectedEpoch);
      await this.#keep(live.key, await live.trainer.weights(), testScores);
    }
  }

  /** At the very end: the first arm of each kind, where its network is not at hand and the store has its weights. */
  async #reopenCompared(): Promise<void> {
    const { dataset, recipe, runs } = this.#options;
    const compared = [this.#arms.find(({ merges }) => !merges), this.#arms.find(({ merges }) => merges)];
    for (const arm of compared) {
      if (arm === undefined || this.#live.some(({ key }) => key.arm === arm.name)) continue;
      const key = this.#key(arm.name);
      const stored = await runs?.read(recipe, dataset.sha256, key);
      if (stored === undefined || stored === null) continue;
      const { run, trainer } = await this.#open(key, this.#base.mergings.of(key));
      await trainer.load(stored.weights);
      const result = stored.events.find((event) => event.at === 'result');
      if (result?.at === 'result') run.epoch = result.selectedEpoch;
    }
  }

  /** What has been told, and what of it is needed to go on. */
  #note(event: ExperimentEvent): void {
    this.#history.add(event);
    if (event.at === 'result') this.#over.add(runName(event.run));
    for (const { mergings } of this.#bases) mergings.note(event);
  }

  /** A run with its trainer, its weights yet to be loaded. */
  async #open(key: RunKey, merging: RunMerging | null): Promise<LiveRun> {
    const { dataset, recipe } = this.#options;
    const context = { recipe, dataset, sources: this.#sources, now: () => this.#clock.elapsedMs };
    const live = liveRun(key, await this.createTrainer(key, merging), merging, context);
    this.#live.push(live);
    return live;
  }

  /**
   * A trainer as that run has, merging by `merging`; whoever asks for it disposes of it. Images that are held give way to it.
   */
  createTrainer({ base, seed }: RunKey, merging: RunMerging | null): Promise<Trainer> {
    const { createTrainer, dataset, onNotHeld, recipe } = this.#options;
    const { maps, momentum, weightDecay } = recipe.optimiser;
    const { network } = this.#baseOf(base);
    const settings = { network, task: dataset.task, optimiser: { momentum, weightDecay }, maps, seed, merging };
    return this.#sources.held.givingWay(() => createTrainer(settings), onNotHeld);
  }

  /** How a run merges, or would; `similarities` are of the weights whose quantile is taken where none was told. */
  mergingFor(run: RunKey, similarities: SimilaritiesOf): Promise<RunMerging> {
    return this.#baseOf(run.base).mergings.for(run, this.#options.recipe.merging, similarities);
  }

  #baseOf(name: string | undefined): OpenBase {
    return this.#bases.find((base) => base.name === (name ?? null)) as OpenBase;
  }
}
