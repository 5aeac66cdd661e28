/**
 * Drives one experiment at a time from its first event to its last save, and lets it be paused and stopped between events.
 * Nothing here waits for a frame or a timer: a hidden tab trains on.
 */
import { breathe } from '../base/breathe.ts';
import { errorData } from '../base/errors.ts';
import type { ExperimentEvent } from '../experiment/events.ts';
import type { Experiment } from '../experiment/experiment.ts';
import type { Devices } from './devices.ts';
import type { KernelShelf } from './kernelShelf.ts';
import type { Keeper } from './keeper.ts';
import type { WorkerEvent } from './protocol.ts';

export interface Begun {
  readonly experiment: Experiment;
  readonly shelf: KernelShelf;
  /** Null where nothing is saved. */
  readonly keeper: Keeper | null;
}

export interface DriverOptions {
  readonly say: (event: WorkerEvent, transfer?: Transferable[]) => void;
  readonly devices: Devices;
  /** After the last save, before anything else may begin. */
  readonly onEnd: () => Promise<void>;
}

type State = 'running' | 'paused' | 'stopping';

export class Driver {
  readonly #options: DriverOptions;
  /** Null where no experiment is under way. */
  #state: State | null = null;
  /** The page has heard the end; what is left is to save. */
  #toldEnd = false;
  #under: Promise<void> = Promise.resolve();
  #wake: (() => void) | null = null;

  constructor(options: DriverOptions) {
    this.#options = options;
  }

  get idle(): boolean {
    return this.#state === null;
  }

  /** Between two experiments, or where the loop waits to be woken. */
  get resting(): boolean {
    return this.#state === null || this.#wake !== null;
  }

  /** Runs one experiment to its end, whatever way it was begun. */
  run(begin: () => Promise<Begun>): void {
    this.#state = 'running';
    this.#toldEnd = false;
    this.#under = this.#run(begin);
  }

  /**
   * Where an experiment has told its end, once it is saved, too: whoever reads of the end may ask for the next thing at once.
   */
  async ended(): Promise<void> {
    if (this.#toldEnd) await this.#under;
  }

  pause(): void {
    if (this.#state === 'running') this.#state = 'paused';
  }

  /** @param clear settles once nothing steps beside the experiment */
  resume(clear: Promise<void>): void {
    if (this.#state !== 'paused') return;
    this.#state = 'running';
    void clear.then(() => this.#wake?.());
  }

  stop(clear: Promise<void>): void {
    if (this.#state !== null) this.#state = 'stopping';
    void clear.then(() => this.#wake?.());
  }

  async #run(begin: () => Promise<Begun>): Promise<void> {
    const { say, devices, onEnd } = this.#options;
    try {
      await devices.ready();
      const begun = await begin();
      const drive = () => this.#drive(begun);
      await (begun.keeper === null ? drive() : begun.keeper.holding(drive));
    } catch (thrown) {
      this.#toldEnd = true;
      say({ say: 'failed', error: devices.fault?.toData() ?? errorData(thrown) });
    } finally {
      // Whatever is to be noted at the end, nothing may keep the next experiment from beginning.
      await onEnd().catch((thrown: unknown) => say({ say: 'failed', error: errorData(thrown) }));
      this.#state = null;
    }
  }

  /** Asks the experiment for one event after another, resting where the user wants it to. */
  async #drive({ experiment, keeper, shelf }: Begun): Promise<void> {
    const { say, devices } = this.#options;
    const events = experiment.run();
    for await (const event of events) {
      if (event.at !== 'rest') await this.tell(event);
      else if (event.safe) await keeper?.maybeSave(experiment, this.#now() !== 'running');
      await breathe();
      const { fault } = devices;
      if (fault !== null) throw fault;
      if (this.#now() === 'paused') {
        say({ say: 'paused' });
        await new Promise<void>((resolve) => (this.#wake = resolve));
        this.#wake = null;
        if (this.#now() === 'running') say({ say: 'resumed' });
      }
      if (this.#now() === 'stopping') {
        await events.return();
        await this.tell({ at: 'stopped', elapsedMs: experiment.elapsedMs });
        return;
      }
    }
    await shelf.settled();
    await keeper?.saveFinished(experiment);
  }

  /** Read anew after every wait: a command may have come in between. */
  #now(): State | null {
    return this.#state;
  }

  async tell(event: ExperimentEvent): Promise<void> {
    const { say } = this.#options;
    if (event.at === 'finished' || event.at === 'stopped') this.#toldEnd = true;
    // Other events stay in the experiment's history and are copied; a similarity matrix is not kept by anyone here.
    say({ say: 'experiment', event }, event.at === 'similarity' ? [event.values.buffer] : []);
    if (event.at !== 'epoch') return;
    const { tf } = await import('../gpu/tfjs.ts');
    const memory = tf.memory() as { numTensors: number; numBytes: number; numBytesInGPUAllocated?: number };
    const gpuBytes = memory.numBytesInGPUAllocated ?? null;
    say({ say: 'counters', tensors: memory.numTensors, tensorBytes: memory.numBytes, gpuBytes });
  }
}
