/**
 * Saves one experiment while it trains: seldom enough to cost little, often enough that a crash loses little. When it
 * saves changes nothing in what is computed. Where saving does not work, training goes on and the page is told.
 */
import type { Checkpoint } from '../experiment/checkpoint.ts';
import type { Experiment } from '../experiment/experiment.ts';
import { meanDifference, pairedAccuracies } from '../report/pairedAccuracies.ts';
import { baseTitle } from '../recipe/bases.ts';
import type { Recipe } from '../recipe/recipe.ts';
import { pairedDifference } from '../report/statistics.ts';
import { claimOf } from './claims.ts';
import { lockName, runningElsewhere } from './experimentLock.ts';
import { storageError, type Library, type Origin, type SavedState } from './library.ts';
import type { SavedExperiment, WorkerEvent } from './protocol.ts';

/** At least this long between saves, and at least so many times what the last save took: under 2 % of the time. */
const leastMs = 5_000;
const costFactor = 50;

export interface ExperimentFacts {
  readonly id: string;
  readonly startedAt: number;
  readonly recipe: Recipe;
  readonly build: string;
  readonly device: string;
  /** As in `ExperimentOptions`. */
  readonly tiles: string | null;
  readonly origin: Origin;
  readonly datasetSha256: string;
  readonly datasetTitle: string;
}

export class Keeper {
  readonly #library: Library;
  readonly #facts: ExperimentFacts;
  readonly #say: (event: WorkerEvent) => void;
  readonly #write: (state: SavedState) => Promise<number>;
  /** Brings copies of its files, so that one click resumes after a reload. Without them the user is asked for the files. */
  keepFiles: () => Promise<void> = async () => {};
  /** Bytes of the kernels kept beside the saves. */
  kernelBytes: () => number = () => 0;
  #nextAt = performance.now();
  #complained = false;

  constructor(library: Library, facts: ExperimentFacts, say: (event: WorkerEvent) => void) {
    this.#library = library;
    this.#facts = facts;
    this.#say = say;
    this.#write = library.writer(facts.id);
  }

  /**
   * Holds the experiment's lock while `work` runs: other tabs see it, and a dead worker lets go of it. What the experiment
   * shares with others is claimed first.
   */
  async holding(work: () => Promise<void>): Promise<void> {
    await navigator.locks.request(lockName(this.#facts.id), { ifAvailable: true }, async (lock) => {
      if (lock === null) throw runningElsewhere();
      await this.#claim().catch((thrown: unknown) => this.#complain(thrown));
      await work();
    });
  }

  /** At a safe rest: saves if it is time, or if the user is about to leave. */
  async maybeSave(experiment: Experiment, now: boolean): Promise<void> {
    if (now || performance.now() >= this.#nextAt) await this.#save(experiment, 'interrupted');
  }

  async saveFinished(experiment: Experiment): Promise<void> {
    await this.#save(experiment, 'finished');
  }

  async #claim(): Promise<void> {
    const { id, recipe, datasetSha256, build, device, tiles } = this.#facts;
    const claim = await claimOf(recipe, datasetSha256, this.#library.runs({ build, device, tiles }));
    await this.#library.claim(id, claim, this.keepFiles);
  }

  async #save(experiment: Experiment, state: 'finished' | 'interrupted'): Promise<void> {
    const startedAt = performance.now();
    try {
      const checkpoint = await experiment.checkpoint();
      const { build, device, origin } = this.#facts;
      const bytes = await this.#write({ record: this.#record(checkpoint, state), build, device, origin, checkpoint });
      this.#complained = false;
      this.#say({ say: 'saved', bytes });
    } catch (thrown) {
      this.#complain(thrown);
    }
    const tookMs = performance.now() - startedAt;
    this.#nextAt = performance.now() + Math.max(leastMs, costFactor * tookMs);
  }

  #complain(thrown: unknown): void {
    if (!this.#complained) this.#say({ say: 'not-saving', error: storageError(thrown) });
    this.#complained = true;
  }

  #record(checkpoint: Checkpoint, state: 'finished' | 'interrupted'): SavedExperiment {
    const { id, startedAt, recipe, datasetTitle } = this.#facts;
    const on = baseTitle(recipe, recipe);
    return {
      id,
      name: recipe.name,
      datasetTitle,
      startedAt,
      savedAt: Date.now(),
      state,
      fraction: state === 'finished' ? 1 : checkpoint.fraction,
      seeds: recipe.seeds.length,
      difference: meanDifference(checkpoint.history, recipe),
      interval: pairedDifference(pairedAccuracies(checkpoint.history, recipe))?.interval ?? null,
      ...(on === '' ? {} : { on }),
      datasetSha256: checkpoint.datasetSha256,
      bytes: this.kernelBytes(),
    };
  }
}
