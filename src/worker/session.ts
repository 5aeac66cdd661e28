/**
 * What the training thread does, apart from being a thread: it obeys commands and tells events. It holds the dataset
 * (`datasets.ts`), one device (`devices.ts`), what was run before (`past.ts`) and at most one experiment, which it opens
 * and `driver.ts` drives.
 */
import { errorData, type StudioErrorData } from '../base/errors.ts';
import type { Dataset } from '../data/dataset.ts';
import type { Experiment } from '../experiment/experiment.ts';
import type { RunResult } from '../experiment/experimentOptions.ts';
import type { EpochWeights } from '../experiment/inspection.ts';
import { forwardMacs } from '../model/network.ts';
import { parseRecipe, type Recipe } from '../recipe/recipe.ts';
import { KeptTiles } from '../storage/keptTiles.ts';
import { Archive } from './archive.ts';
import { Datasets, type Open } from './datasets.ts';
import { Devices, nothingToTrain } from './devices.ts';
import { Driver, type Begun } from './driver.ts';
import { GivenKernels, type GivenRun, type KernelSource } from './givenWeights.ts';
import { KernelShelf } from './kernelShelf.ts';
import { Keeper } from './keeper.ts';
import { Looking } from './looking.ts';
import { Paces } from './pace.ts';
import { Past } from './past.ts';
import type { Command, WorkerEvent } from './protocol.ts';
import { RobustnessMeter } from './robustnessMeter.ts';
import { StartFiles } from './startFiles.ts';
import { Stepper } from './stepper.ts';

export interface SessionOptions {
  readonly say: (event: WorkerEvent, transfer?: Transferable[]) => void;
  /** Addresses of tfjs-backend-wasm's binaries, by file name. */
  readonly wasmPaths: Record<string, string>;
  /** What computes: results are the same bits only within one build. */
  readonly build: string;
}

export class Session {
  readonly #options: SessionOptions;
  readonly #devices: Devices;
  readonly #driver: Driver;
  readonly #datasets: Datasets;
  readonly #past: Past;
  readonly #stepper: Stepper;
  readonly #looking: Looking;
  readonly #robustness: RobustnessMeter;
  readonly #archive: Archive;
  readonly #startFiles: StartFiles;
  #experiment: Experiment | null = null;
  /** The kernels of the experiment shown, and where they are put while it trains. */
  #shelf: KernelShelf | null = null;
  /** Of results that were made elsewhere. */
  #given: KernelSource | null = null;
  #watchedLayer: number | null = null;

  constructor(options: SessionOptions) {
    this.#options = options;
    const { say, wasmPaths } = options;
    const training = () => !this.#driver.idle;
    this.#past = new Past({
      say,
      onShow: (subject) => {
        this.#closeExperiment();
        this.#looking.show(subject);
        void this.#robustness.tellKept(subject.folder);
      },
    });
    this.#datasets = new Datasets({ say, training });
    this.#stepper = new Stepper({ say, resting: () => (this.#driver.resting ? this.#experiment : null) });
    const onLeave = () => {
      this.#closeExperiment();
      this.#looking.close();
    };
    const tiles = this.#past.library.then((library) => library?.tiles(options.build) ?? new KeptTiles(null, options.build));
    this.#devices = new Devices({ say, wasmPaths, training, onLeave, tiles });
    const onEnd = async () => {
      await this.#keepPace();
      await this.#guarded(() => this.#past.tellList());
    };
    this.#driver = new Driver({ say, devices: this.#devices, onEnd });
    const ready = () => this.#devices.ready();
    this.#looking = new Looking({ say, datasets: this.#datasets, library: this.#past.library, ready });
    this.#startFiles = new StartFiles(this.#past.library);
    this.#archive = new Archive({ say, past: this.#past, startFiles: this.#startFiles });
    this.#robustness = new RobustnessMeter({ say, devices: this.#devices, looking: this.#looking });
  }

  obey(command: Command): void {
    switch (command.do) {
      case 'choose-device':
        void this.#whenFree(() => this.#devices.choose(command.choice));
        break;
      case 'open-file':
        void this.#datasets.readFile(command.id, command.file);
        break;
      case 'make-sample':
        void this.#datasets.makeSample(command.id, command.seed);
        break;
      case 'cancel-intake':
        this.#datasets.cancel();
        break;
      case 'start':
        void this.#whenFree(() => this.#driver.run(() => this.#begin(command.recipe)));
        break;
      case 'forecast':
        void this.#guarded(() => this.#forecast(command.recipe));
        break;
      case 'pause':
        this.#driver.pause();
        break;
      case 'resume':
        this.#driver.resume(this.#stepper.close());
        break;
      case 'stop':
        this.#driver.stop(this.#stepper.close());
        break;
      case 'step':
        this.#stepper.obey(command.wish, command.arm);
        break;
      case 'look':
        this.#looking.ask(command.id, command.question);
        break;
      case 'watch-layer':
        this.#watchedLayer = command.layer;
        void this.#guarded(() => this.#watch());
        break;
      case 'read-kernels':
        void this.#guarded(() => this.#readKernels(command));
        break;
      case 'list-experiments':
        void this.#guarded(() => this.#past.tellList());
        break;
      case 'open-experiment':
        void this.#whenFree(async () => void (this.#shelf = await this.#past.show(command.id)));
        break;
      case 'resume-experiment':
        void this.#whenFree(() => this.#driver.run(() => this.#goOn(command.id)));
        break;
      case 'delete-experiment':
        void this.#guarded(() => this.#past.delete(command.id));
        break;
      case 'open-results':
        void this.#whenFree(async () => {
          const runs = await this.#past.showResults(command.file, command.weights);
          this.#shelf = null;
          if (runs.length > 0) this.#showGiven(runs);
        });
        break;
      case 'archive':
        this.#archive.ask(command.id, command.request);
        break;
      case 'measure-robustness':
        void this.#whenFree(() => void this.#robustness.measure());
        break;
      case 'cancel-robustness':
        this.#robustness.cancel();
        break;
      default:
        command satisfies never;
    }
  }

  /** Unless something computes: an experiment, or a long measurement. */
  async #whenFree(work: () => void | Promise<void>): Promise<void> {
    await this.#driver.ended();
    if (this.#driver.idle && !this.#robustness.busy) await this.#guarded(async () => work());
  }

  async #guarded(work: () => Promise<void>): Promise<void> {
    try {
      await work();
    } catch (thrown) {
      this.#options.say({ say: 'failed', error: errorData(thrown) });
    }
  }

  async #begin(value: Recipe): Promise<Begun> {
    const { open } = this.#datasets;
    if (open === null) throw nothingToTrain();
    this.#options.say({ say: 'preparing', stage: 'Building the network' });
    const [{ Experiment: ExperimentClass }, { largest }] = [
      await import('../experiment/experiment.ts'),
      await import('../experiment/forecast.ts'),
    ];
    const recipe = this.#startFiles.named(parseRecipe(value));
    this.#closeExperiment();
    this.#experiment = new ExperimentClass(await this.#experimentOptions(recipe, open.dataset));
    await this.#devices.tellNeeds(largest(this.#experiment.networks), recipe.optimiser, this.#experiment.tiles);
    const id = newId();
    await this.#showToLook(id, recipe, open);
    return this.#kept(this.#experiment, id, Date.now(), open);
  }

  /** How fast this device was, for the next forecast. */
  async #keepPace(): Promise<void> {
    const running = this.#experiment;
    const passes = running?.passesPerMs ?? null;
    if (running === null || passes === null) return;
    const macs = forwardMacs(running.networks[0]);
    await (await this.#past.library)?.paces.keep(this.#devices.name, macs, passes * macs);
  }

  /** Opens an interrupted experiment where it was saved last. */
  async #goOn(id: string): Promise<Begun> {
    const { say, build } = this.#options;
    const { library, saved } = await this.#past.toGoOn(id, build, this.#devices.name);
    say({ say: 'preparing', stage: 'Reading the dataset again' });
    const open = await this.#datasets.reread(library, saved);
    const [{ Experiment: ExperimentClass }, { largest }] = [
      await import('../experiment/experiment.ts'),
      await import('../experiment/forecast.ts'),
    ];
    const { recipe } = saved.checkpoint;
    this.#closeExperiment();
    this.#experiment = await ExperimentClass.resume(
      await this.#experimentOptions(recipe, open.dataset, saved.checkpoint.tiles),
      saved.checkpoint,
    );
    await this.#devices.tellNeeds(largest(this.#experiment.networks), recipe.optimiser, this.#experiment.tiles);
    await this.#showToLook(id, recipe, open);
    say({ say: 'reopened', saved: saved.record, recipe, resumes: true });
    for (const event of saved.checkpoint.history) say({ say: 'experiment', event });
    return this.#kept(this.#experiment, id, saved.record.startedAt, open);
  }

  async #experimentOptions(recipe: Recipe, dataset: Dataset, tiles?: string | null) {
    const onResult = async (result: RunResult) => this.#looking.hold(result, dataset);
    const onWeights = async (kept: EpochWeights) => this.#shelf?.keep(kept);
    const trainers = await this.#devices.trainers(tiles);
    const by = { build: this.#options.build, device: this.#devices.name, tiles: trainers.tiles };
    const runs = (await this.#past.library)?.runs(by) ?? null;
    const { openStartFiles } = await import('../experiment/startFiles.ts');
    const startFiles = await openStartFiles(recipe, (sha256) => this.#startFiles.find(sha256));
    const onNotHeld = (error: StudioErrorData) => this.#options.say({ say: 'not-held', error });
    return { recipe, dataset, onNotHeld, onResult, onWeights, runs, startFiles, ...trainers };
  }

  /** What a recipe would take; null where it does not fit the dataset. */
  async #forecast(value: Recipe): Promise<void> {
    const { say, build } = this.#options;
    const { open } = this.#datasets;
    const library = await this.#past.library;
    const device = this.#devices.name;
    const paceOf = await (library?.paces ?? new Paces(null)).of(device);
    const { forecast } = await import('../experiment/forecast.ts');
    const runs = library?.runs({ build, device, tiles: await this.#devices.tiles() }) ?? null;
    try {
      if (open === null) throw nothingToTrain();
      const recipe = parseRecipe(value);
      const { forecast: told, imageBytes, network } = await forecast(recipe, open.dataset, runs, paceOf);
      const step = await this.#devices.stepMemory(network, recipe.optimiser, imageBytes);
      say({ say: 'forecast', forecast: told, step });
    } catch {
      // What does not fit is said where it is entered, and in full at the start.
      say({ say: 'forecast', forecast: null, step: null });
    }
  }

  /** Images are asked of this experiment from now on. */
  async #showToLook(id: string, recipe: Recipe, { dataset, origin }: Open): Promise<void> {
    const library = await this.#past.library;
    const [folder, runs] = [library?.folderOf(id) ?? null, library?.finishedRuns(id) ?? null];
    this.#looking.show({ recipe, datasetSha256: dataset.sha256, origin, folder, runs, build: this.#options.build });
  }

  /** Where storage allows, with a keeper; with a shelf for its kernels in any case. */
  async #kept(experiment: Experiment, id: string, startedAt: number, open: Open): Promise<Begun> {
    const library = await this.#past.library;
    const { say, build } = this.#options;
    const { networks, recipe } = experiment;
    const shelf = await KernelShelf.toWrite(library?.kernels(id) ?? null, recipe, networks, say);
    this.#shelf = shelf;
    experiment.watchedLayer = this.#watchedLayer;
    if (library === null) return { experiment, shelf, keeper: null };
    const { origin, summary } = open;
    const facts = {
      id,
      startedAt,
      recipe,
      build,
      device: this.#devices.name,
      tiles: experiment.tiles,
      origin,
      datasetSha256: open.dataset.sha256,
      datasetTitle: summary.title,
    };
    const keeper = new Keeper(library, facts, say);
    keeper.kernelBytes = () => shelf.bytes;
    keeper.keepFiles = async () => {
      if (open.file !== null) await library.keepDataset(open.dataset.sha256, open.file);
      await this.#startFiles.keep(recipe);
    };
    return { experiment, shelf, keeper };
  }

  async #watch(): Promise<void> {
    if (this.#experiment === null) return;
    this.#experiment.watchedLayer = this.#watchedLayer;
    if (this.#watchedLayer === null) return;
    for (const event of await this.#experiment.similarities(this.#watchedLayer)) await this.#driver.tell(event);
  }

  async #readKernels({ id, of, layer }: Extract<Command, { do: 'read-kernels' }>): Promise<void> {
    const source: KernelSource | null = this.#shelf ?? this.#given;
    const kernels = (await source?.read(of, layer).catch(() => null)) ?? null;
    const transfer = kernels === null ? [] : [kernels.scales.buffer, kernels.codes.buffer];
    this.#options.say({ say: 'kernels', id, kernels }, transfer);
  }

  #showGiven(runs: readonly GivenRun[]): void {
    const kernels = new GivenKernels(runs, (run) => this.#looking.mustKeep(run));
    this.#given = kernels;
    this.#options.say({ say: 'kernels-kept', epochs: kernels.epochs, bytes: 0, plan: null });
  }

  #closeExperiment(): void {
    this.#given = null;
    void this.#stepper.close();
    this.#experiment?.dispose();
    this.#experiment = null;
  }
}

const newId = (): string => crypto.randomUUID();
