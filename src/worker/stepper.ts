/**
 * Single steps beside a resting experiment: at most one copy of one run, asked one thing after another. The experiment is
 * woken only when `close` has been answered, so that a copy and its run never compute at the same time.
 */
import { errorData, StudioError } from '../base/errors.ts';
import type { Experiment } from '../experiment/experiment.ts';
import { buffersOf, type StepEvent, type StepWish } from '../experiment/stepReports.ts';
import type { Stepping } from '../experiment/stepping.ts';
import type { WorkerEvent } from './protocol.ts';

export interface StepperOptions {
  readonly say: (event: WorkerEvent, transfer?: Transferable[]) => void;
  /** The experiment, where it rests now; else null. */
  readonly resting: () => Experiment | null;
}

export class Stepper {
  readonly #options: StepperOptions;
  #stepping: Stepping | null = null;
  #last: Promise<void> = Promise.resolve();
  #busy = 0;
  /** Counts closings: what was asked before the last of them is no longer wanted. */
  #closings = 0;

  constructor(options: StepperOptions) {
    this.#options = options;
  }

  obey(wish: StepWish, arm: string | null): void {
    if (wish === 'close') {
      void this.close();
      return;
    }
    const asked = this.#closings;
    void this.#after(async () => {
      try {
        if (asked === this.#closings) await this.#do(wish, arm);
      } catch (thrown) {
        // A copy that is about to go may lose its device under its feet.
        if (asked === this.#closings) this.#tell({ at: 'refused', error: errorData(thrown) });
      }
    });
  }

  /** Frees the copy: at once, or after the step it is taking. */
  async close(): Promise<void> {
    this.#closings++;
    if (this.#busy === 0) this.#free();
    else await this.#after(() => this.#free());
  }

  #free(): void {
    const stepping = this.#stepping;
    if (stepping === null) return;
    this.#stepping = null;
    this.#tell({ at: 'closed' });
    stepping.dispose();
  }

  /** After all that was asked before; what fails is its own affair. */
  #after(work: () => void | Promise<void>): Promise<void> {
    this.#busy++;
    const done = this.#last.then(work).finally(() => this.#busy--);
    this.#last = done.catch(() => undefined);
    return this.#last;
  }

  async #do(wish: Exclude<StepWish, 'close'>, arm: string | null): Promise<void> {
    const experiment = this.#options.resting();
    if (experiment === null) throw notResting();
    if (wish === 'copy') {
      this.#stepping?.dispose();
      this.#stepping = null;
      const { copyOfRun } = await import('../experiment/stepping.ts');
      this.#stepping = await copyOfRun(experiment, arm);
      this.#tell({ at: 'copied', copy: this.#copy().copy });
      return;
    }
    const stepping = this.#copy();
    if (wish === 'reset') {
      stepping.reset();
      this.#tell({ at: 'reset', copy: stepping.copy });
      return;
    }
    const report = wish === 'merge' ? await stepping.mergeStep() : await stepping.gradientStep();
    this.#tell({ at: 'stepped', copy: stepping.copy, report }, buffersOf(report));
  }

  #copy(): Stepping {
    if (this.#stepping === null) throw noCopy();
    return this.#stepping;
  }

  #tell(event: StepEvent, transfer: Transferable[] = []): void {
    this.#options.say({ say: 'step', event }, transfer);
  }
}

const notResting = (): StudioError =>
  new StudioError({
    code: 'not-resting',
    message: 'Steps are taken on a copy of a run that rests, and this one is running.',
    remedy: 'Pause it first.',
  });

const noCopy = (): StudioError =>
  new StudioError({
    code: 'no-copy',
    message: 'There is no network of this run at hand to copy.',
    remedy: 'Choose an arm that has begun.',
  });
