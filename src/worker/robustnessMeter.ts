/**
 * Measures how robust the finished runs of the shown experiment are, on demand: a long piece of work that says how far it
 * is, rests between batches, can be cancelled, and leaves its result beside the experiment's saves.
 */
import { decodeContainer, encodeContainer } from '../base/container.ts';
import { breathe } from '../base/breathe.ts';
import { errorData, StudioError } from '../base/errors.ts';
import type { RunKey } from '../experiment/events.ts';
import type { Robustness } from '../experiment/robustness.ts';
import { runsOf } from '../experiment/plan.ts';
import type { Network } from '../model/network.ts';
import type { Recipe } from '../recipe/recipe.ts';
import type { Folder } from '../storage/slots.ts';
import type { Devices } from './devices.ts';
import type { Looking } from './looking.ts';
import type { WorkerEvent } from './protocol.ts';

/** Least time between two words of progress. */
const tellMs = 100;

const fileName = 'robustness';

export interface RobustnessMeterOptions {
  readonly say: (event: WorkerEvent) => void;
  readonly devices: Devices;
  /** Holds the experiment that is shown, its weights and its test images. */
  readonly looking: Looking;
}

export class RobustnessMeter {
  readonly #options: RobustnessMeterOptions;
  #at: 'rest' | 'measuring' | 'cancelling' = 'rest';

  constructor(options: RobustnessMeterOptions) {
    this.#options = options;
  }

  get busy(): boolean {
    return this.#at !== 'rest';
  }

  cancel(): void {
    if (this.#at === 'measuring') this.#at = 'cancelling';
  }

  /** Tells what was measured of a saved experiment, if anything was. */
  async tellKept(folder: Folder | null): Promise<void> {
    const robustness = folder === null ? null : await keptRobustness(folder);
    if (robustness !== null) this.#options.say({ say: 'robustness', robustness });
  }

  /** Answered by `robustness-progress`, then `robustness`: null where it was cancelled, or `failed` said why not. */
  async measure(): Promise<void> {
    if (this.busy) return;
    this.#at = 'measuring';
    const { say } = this.#options;
    let robustness: Robustness | null = null;
    try {
      robustness = await this.#measured();
    } catch (thrown) {
      say({ say: 'failed', error: this.#options.devices.fault?.toData() ?? errorData(thrown) });
    } finally {
      this.#at = 'rest';
      say({ say: 'robustness', robustness });
    }
  }

  async #measured(): Promise<Robustness | null> {
    const { say, devices, looking } = this.#options;
    const { recipe, folder } = looking.mustSubject();
    const dataset = await looking.testDataset();
    if (dataset.splits.test === null) throw noTestSplit();
    const runs = await this.#keptOf(recipe);
    if (runs.length === 0) throw nothingFinished();
    const networks = new Map<string | undefined, Network>();
    for (const run of runs) if (!networks.has(run.base)) networks.set(run.base, (await looking.mustKeep(run)).network);
    const networkOf = ({ base }: RunKey) => networks.get(base) as Network;
    await devices.ready();
    const { createTrainer } = await devices.trainers();
    const { measureRobustness } = await import('../experiment/robustness.ts');
    const weightsOf = async (run: RunKey) => (await looking.mustKeep(run)).weights;
    const measuring = measureRobustness({ recipe, dataset, networkOf, runs, weightsOf, createTrainer });
    let toldAt = Number.NEGATIVE_INFINITY;
    for (;;) {
      const next = await measuring.next();
      if (next.done === true) {
        if (next.value !== null) await folder?.write(fileName, await encodeContainer(next.value)).catch(() => undefined);
        return next.value;
      }
      const now = performance.now();
      if (now - toldAt >= tellMs) {
        toldAt = now;
        say({ say: 'robustness-progress', ...next.value });
      }
      await breathe();
      if (devices.fault !== null) throw devices.fault;
      if (this.#cancelled()) {
        await measuring.return(null);
        return null;
      }
    }
  }

  /** Read anew after every wait. */
  #cancelled(): boolean {
    return this.#at === 'cancelling';
  }

  /** The runs whose weights are kept. */
  async #keptOf(recipe: Recipe): Promise<RunKey[]> {
    const runs: RunKey[] = [];
    for (const run of runsOf(recipe)) if (run.arm !== null && (await this.#options.looking.keeps(run))) runs.push(run);
    return runs;
  }
}

/** What was measured of the experiment in that folder; null where nothing was, or it is no longer whole. */
export async function keptRobustness(folder: Folder): Promise<Robustness | null> {
  const file = await folder.read(fileName);
  const robustness = file === null ? null : ((await decodeContainer(file).catch(() => null)) as Robustness | null);
  return robustness?.format === 'inmerge-robustness' ? robustness : null;
}

const noTestSplit = (): StudioError =>
  new StudioError({
    code: 'no-test-split',
    message: 'The dataset has no test split to corrupt.',
    remedy: 'Use a file with test_images and test_labels.',
  });

const nothingFinished = (): StudioError =>
  new StudioError({
    code: 'weights-gone',
    message: 'No run of this experiment has its weights here: none is finished, or they were not kept.',
    remedy:
      'Drop its whole folder of results or its bundle with weights, or run the recipe here, which keeps the weights of each run.',
  });
