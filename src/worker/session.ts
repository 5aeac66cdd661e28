/**
 * What the training thread does, apart from being a thread: it holds the dataset, one device and at most one experiment,
 * obeys commands and tells events. Nothing here waits for a frame or a timer: a hidden tab trains on.
 */
import { breathe } from '../base/breathe.ts';
import { errorData, StudioError, type StudioErrorData } from '../base/errors.ts';
import type { Dataset, DatasetSummary } from '../data/dataset.ts';
import type { ExperimentEvent } from '../experiment/events.ts';
import type { Experiment } from '../experiment/experiment.ts';
import type { Backend } from '../gpu/backends.ts';
import { automaticChoice, surveyDevices } from '../gpu/survey.ts';
import { parseRecipe, type Recipe } from '../recipe/recipe.ts';
import { opfsRoot } from '../storage/opfs.ts';
import { describeDevice } from './deviceReport.ts';
import { Keeper } from './keeper.ts';
import { readResults } from '../experiment/resultsFile.ts';
import { Library, lockName, runningElsewhere, type Origin, type SavedState } from './library.ts';
import { protocolVersion, type Command, type DeviceChoice, type WorkerEvent } from './protocol.ts';

export interface SessionOptions {
  readonly say: (event: WorkerEvent, transfer?: Transferable[]) => void;
  /** Addresses of tfjs-backend-wasm's binaries, by file name. */
  readonly wasmPaths: Record<string, string>;
  /** What computes: results are the same bits only within one build. */
  readonly build: string;
}

type Training = 'running' | 'paused' | 'stopping';

/** A dataset, its summary, and how to get it again after a reload. */
interface Open {
  readonly dataset: Dataset;
  readonly summary: DatasetSummary;
  readonly origin: Origin;
  readonly file: Blob | null;
}

export class Session {
  readonly #options: SessionOptions;
  readonly #library: Promise<Library | null>;
  #backend: Backend | null = null;
  #choice: DeviceChoice = 'auto';
  /** Name of the device as it goes into checkpoints. */
  #device = '';
  #open: Open | null = null;
  #intake: AbortController | null = null;
  #experiment: Experiment | null = null;
  /** Null where no experiment is under way. */
  #training: Training | null = null;
  #wake: (() => void) | null = null;
  #watchedLayer: number | null = null;
  /** Device openings follow one another; a start waits for the last. */
  #deviceReady: Promise<void> = Promise.resolve();

  constructor(options: SessionOptions) {
    this.#options = options;
    this.#library = opfsRoot().then((root) => (root === null ? null : new Library(root)));
  }

  obey(command: Command): void {
    switch (command.do) {
      case 'choose-device':
        if (this.#training === null) this.#deviceReady = this.#deviceReady.then(() => this.#chooseDevice(command.choice));
        break;
      case 'open-file':
        void this.#takeIn(command.id, command.file.name, (signal) => this.#readFile(command.id, command.file, signal));
        break;
      case 'make-sample':
        void this.#takeIn(command.id, 'the sample', () => makeSample(command.seed));
        break;
      case 'cancel-intake':
        this.#intake?.abort();
        break;
      case 'start':
        if (this.#training === null) void this.#train(() => this.#begin(command.recipe));
        break;
      case 'pause':
        if (this.#training === 'running') this.#training = 'paused';
        break;
      case 'resume':
        if (this.#training === 'paused') {
          this.#training = 'running';
          this.#wake?.();
        }
        break;
      case 'stop':
        if (this.#training !== null) this.#training = 'stopping';
        this.#wake?.();
        break;
      case 'watch-layer':
        this.#watchedLayer = command.layer;
        void this.#guarded(() => this.#watch());
        break;
      case 'list-experiments':
        void this.#guarded(() => this.#tellList());
        break;
      case 'open-experiment':
        if (this.#training === null) void this.#guarded(() => this.#reopen(command.id));
        break;
      case 'resume-experiment':
        if (this.#training === null) void this.#train(() => this.#goOn(command.id));
        break;
      case 'delete-experiment':
        void this.#guarded(() => this.#delete(command.id));
        break;
      case 'open-results':
        if (this.#training === null) void this.#guarded(() => this.#openResults(command.file));
        break;
      default:
        command satisfies never;
    }
  }

  async #guarded(work: () => Promise<void>): Promise<void> {
    try {
      await work();
    } catch (thrown) {
      this.#options.say({ say: 'failed', error: errorData(thrown) });
    }
  }

  async #chooseDevice(choice: DeviceChoice): Promise<void> {
    const { say, wasmPaths } = this.#options;
    this.#choice = choice;
    try {
      this.#closeExperiment();
      this.#backend?.close();
      this.#backend = null;
      const survey = await surveyDevices();
      const device = choice === 'auto' ? automaticChoice(survey) : choice;
      const { openBackend } = await import('../gpu/backends.ts');
      const backend = await openBackend(device, { paths: wasmPaths, threads: survey.threads });
      this.#backend = backend;
      // An error while training ends the training, and is told there.
      backend.webgpu?.onFault((fault) => {
        if (this.#training === null) say({ say: 'failed', error: fault.toData() });
      });
      const limits = backend.webgpu?.device.limits;
      const report = describeDevice(survey, choice, device, {
        maxBufferBytes: limits?.maxBufferSize ?? null,
        maxBindingBytes: limits?.maxStorageBufferBindingSize ?? null,
      });
      this.#device = `${device}: ${report.hardware}`;
      say({ say: 'device', version: protocolVersion, report });
    } catch (thrown) {
      say({ say: 'failed', error: errorData(thrown) });
      if (choice !== 'auto') await this.#chooseDevice('auto');
    }
  }

  async #readFile(id: number, file: File, signal: AbortSignal): Promise<Open> {
    const { readDataset } = await import('../data/intake.ts');
    const onProgress = (stage: string, doneBytes: number, totalBytes: number) =>
      this.#options.say({ say: 'intake-progress', id, stage, doneBytes, totalBytes });
    return { ...(await readDataset(file, { signal, onProgress })), origin: { kind: 'file', fileName: file.name }, file };
  }

  /** Reads a dataset; only a complete one replaces the present one. */
  async #takeIn(id: number, fileName: string, read: (signal: AbortSignal) => Promise<Open>): Promise<void> {
    const { say } = this.#options;
    this.#intake?.abort();
    const controller = new AbortController();
    this.#intake = controller;
    try {
      const open = await read(controller.signal);
      if (controller.signal.aborted) throw controller.signal.reason;
      if (this.#training !== null) throw busy();
      this.#open = open;
      say({ say: 'dataset', id, summary: open.summary });
    } catch (thrown) {
      if (controller.signal.aborted) say({ say: 'intake-cancelled', id });
      else say({ say: 'intake-refused', id, fileName, problems: problemsOf(thrown) });
    }
  }

  /** Runs one experiment to its end, whatever way it was begun. */
  async #train(begin: () => Promise<{ experiment: Experiment; keeper: Keeper | null }>): Promise<void> {
    this.#training = 'running';
    try {
      await this.#deviceReady;
      // A device that was lost computes nothing any more, though it pretends to: a new one takes its place.
      if ((this.#backend?.webgpu?.fault() ?? null) !== null) await this.#chooseDevice(this.#choice);
      const { experiment, keeper } = await begin();
      experiment.watchedLayer = this.#watchedLayer;
      await (keeper === null ? this.#drive(experiment, null) : keeper.holding(() => this.#drive(experiment, keeper)));
    } catch (thrown) {
      const fault = this.#backend?.webgpu?.fault() ?? null;
      this.#options.say({ say: 'failed', error: fault?.toData() ?? errorData(thrown) });
    } finally {
      this.#training = null;
      await this.#guarded(() => this.#tellList());
    }
  }

  async #begin(value: Recipe): Promise<{ experiment: Experiment; keeper: Keeper | null }> {
    const open = this.#open;
    if (open === null) throw nothingToTrain();
    this.#options.say({ say: 'preparing', stage: 'Building the network' });
    const { Experiment: ExperimentClass } = await import('../experiment/experiment.ts');
    const recipe = parseRecipe(value);
    this.#closeExperiment();
    this.#experiment = new ExperimentClass(await this.#experimentOptions(recipe, open.dataset));
    return { experiment: this.#experiment, keeper: await this.#keeper(newId(), Date.now(), recipe, open) };
  }

  /** Opens an interrupted experiment where it was saved last. */
  async #goOn(id: string): Promise<{ experiment: Experiment; keeper: Keeper | null }> {
    const { say, build } = this.#options;
    const library = await this.#mustLibrary();
    await refuseHeld(id);
    const saved = await library.read(id);
    refuseOther('build', saved.build, build);
    refuseOther('device', saved.device, this.#device);
    say({ say: 'preparing', stage: 'Reading the dataset again' });
    const open = await this.#reread(library, saved);
    this.#open = open;
    say({ say: 'dataset', id: -1, summary: open.summary });
    const { Experiment: ExperimentClass } = await import('../experiment/experiment.ts');
    const { recipe } = saved.checkpoint;
    this.#closeExperiment();
    this.#experiment = await ExperimentClass.resume(await this.#experimentOptions(recipe, open.dataset), saved.checkpoint);
    say({ say: 'reopened', saved: saved.record, recipe, resumes: true });
    for (const event of saved.checkpoint.history) say({ say: 'experiment', event });
    return { experiment: this.#experiment, keeper: await this.#keeper(id, saved.record.startedAt, recipe, open) };
  }

  async #reread(library: Library, saved: SavedState): Promise<Open> {
    const { origin, checkpoint } = saved;
    if (origin.kind === 'sample') return makeSample(origin.seed);
    if (this.#open?.dataset.sha256 === checkpoint.datasetSha256) return this.#open;
    const kept = await library.dataset(checkpoint.datasetSha256);
    if (kept === null) {
      throw new StudioError({
        code: 'dataset-gone',
        message: `This experiment was made with ${origin.fileName}, which is not kept on this machine.`,
        remedy: `Open ${origin.fileName} first, then resume.`,
      });
    }
    const { readDataset } = await import('../data/intake.ts');
    return { ...(await readDataset(new File([kept], origin.fileName), {})), origin, file: kept };
  }

  async #experimentOptions(recipe: Recipe, dataset: Dataset) {
    if (this.#backend === null) throw nothingToTrain();
    const { TapeTrainer } = await import('../train/tapeTrainer.ts');
    const maxBindingBytes = this.#backend.webgpu?.device.limits.maxStorageBufferBindingSize ?? null;
    return { recipe, dataset, createTrainer: TapeTrainer.create.bind(TapeTrainer), maxBindingBytes };
  }

  async #keeper(id: string, startedAt: number, recipe: Recipe, open: Open): Promise<Keeper | null> {
    const library = await this.#library;
    if (library === null) return null;
    const { say, build } = this.#options;
    const facts = { id, startedAt, recipe, build, device: this.#device, origin: open.origin, datasetTitle: open.summary.title };
    const keeper = new Keeper(library, facts, say);
    if (open.file !== null) await keeper.keepDataset(open.dataset.sha256, open.file);
    return keeper;
  }

  /** Asks the experiment for one event after another, resting where the user wants it to. */
  async #drive(running: Experiment, keeper: Keeper | null): Promise<void> {
    const { say } = this.#options;
    const events = running.run();
    for await (const event of events) {
      if (event.at !== 'rest') await this.#tell(event);
      else if (event.safe) await keeper?.maybeSave(running, this.#training !== 'running');
      await breathe();
      const fault = this.#backend?.webgpu?.fault() ?? null;
      if (fault !== null) throw fault;
      if (this.#training === 'paused') {
        say({ say: 'paused' });
        await new Promise<void>((resolve) => (this.#wake = resolve));
        this.#wake = null;
        if (this.#state() === 'running') say({ say: 'resumed' });
      }
      if (this.#state() === 'stopping') {
        await events.return();
        say({ say: 'experiment', event: { at: 'stopped', elapsedMs: running.elapsedMs } });
        return;
      }
    }
    await keeper?.saveFinished(running);
  }

  /** Read anew after every wait: a command may have come in between. */
  #state(): Training | null {
    return this.#training;
  }

  async #tell(event: ExperimentEvent): Promise<void> {
    const { say } = this.#options;
    // Other events stay in the experiment's history and are copied; a similarity matrix is not kept by anyone here.
    say({ say: 'experiment', event }, event.at === 'similarity' ? [event.values.buffer] : []);
    if (event.at !== 'epoch') return;
    const { tf } = await import('../gpu/tfjs.ts');
    const memory = tf.memory() as { numTensors: number; numBytes: number; numBytesInGPUAllocated?: number };
    const gpuBytes = memory.numBytesInGPUAllocated ?? null;
    say({ say: 'counters', tensors: memory.numTensors, tensorBytes: memory.numBytes, gpuBytes });
  }

  async #watch(): Promise<void> {
    if (this.#experiment === null) return;
    this.#experiment.watchedLayer = this.#watchedLayer;
    if (this.#watchedLayer === null) return;
    for (const event of await this.#experiment.similarities(this.#watchedLayer)) await this.#tell(event);
  }

  /** Shows a past experiment: its events, without its networks. */
  async #reopen(id: string): Promise<void> {
    const { say } = this.#options;
    const saved = await (await this.#mustLibrary()).read(id);
    this.#closeExperiment();
    say({ say: 'reopened', saved: saved.record, recipe: saved.checkpoint.recipe, resumes: false });
    for (const event of saved.checkpoint.history) say({ say: 'experiment', event });
    if (saved.record.state !== 'finished')
      say({ say: 'experiment', event: { at: 'stopped', elapsedMs: saved.checkpoint.elapsedMs } });
  }

  /** Shows an experiment that was run elsewhere. */
  async #openResults(file: File): Promise<void> {
    const { say } = this.#options;
    const results = await readResults(file);
    this.#closeExperiment();
    const saved = { ...results.record, id: '', bytes: file.size };
    say({ say: 'reopened', saved, recipe: results.recipe, resumes: false });
    for (const event of results.history) say({ say: 'experiment', event });
  }

  async #delete(id: string): Promise<void> {
    const library = await this.#mustLibrary();
    await refuseHeld(id);
    await library.delete(id);
    await this.#tellList();
  }

  async #tellList(): Promise<void> {
    const library = await this.#library;
    this.#options.say({ say: 'experiments', list: library === null ? [] : await library.list() });
  }

  async #mustLibrary(): Promise<Library> {
    const library = await this.#library;
    if (library !== null) return library;
    throw new StudioError({
      code: 'no-storage',
      message: 'This browser gives the page no storage of its own.',
      remedy: 'Private windows often do not; open the page in an ordinary one.',
    });
  }

  #closeExperiment(): void {
    this.#experiment?.dispose();
    this.#experiment = null;
  }
}

async function makeSample(seed: number): Promise<Open> {
  const sample = await import('../data/sample.ts');
  return { ...(await sample.makeSample(seed)), origin: { kind: 'sample', seed }, file: null };
}

const newId = (): string => crypto.randomUUID();

function refuseOther(what: 'build' | 'device', saved: string, present: string): void {
  if (saved === present) return;
  throw new StudioError({
    code: `other-${what}`,
    message: `The experiment was interrupted on another ${what}, which does not give the same bits as this one.`,
    remedy:
      what === 'build'
        ? 'Run its recipe again with this build; what it had reached can still be opened.'
        : 'Choose that device, then resume.',
    details: [{ where: what, found: present, expected: saved }],
  });
}

async function refuseHeld(id: string): Promise<void> {
  const { held } = await navigator.locks.query();
  if (held?.some((lock) => lock.name === lockName(id)) === true) throw runningElsewhere();
}

const busy = (): StudioError =>
  new StudioError({
    code: 'training',
    message: 'An experiment is running on the present dataset.',
    remedy: 'Stop it first.',
  });

const nothingToTrain = (): StudioError =>
  new StudioError({
    code: 'nothing-to-train',
    message: 'There is no dataset or no device yet.',
    remedy: 'Open a dataset first.',
  });

/** A refused file lists all its problems; anything else is one. */
function problemsOf(thrown: unknown): StudioErrorData[] {
  const listed = (thrown as { problems?: unknown }).problems;
  return Array.isArray(listed) ? (listed as StudioErrorData[]) : [errorData(thrown)];
}
