/**
 * The dataset at hand: read from a dropped file, made as the sample, or read again for an experiment that goes on. Only a
 * complete one replaces the present one.
 */
import { errorData, StudioError, type StudioErrorData } from '../base/errors.ts';
import type { Dataset, DatasetSummary } from '../data/dataset.ts';
import type { Library, Origin, SavedState } from './library.ts';
import type { WorkerEvent } from './protocol.ts';

/** A dataset, its summary, and how to get it again after a reload. */
export interface Open {
  readonly dataset: Dataset;
  readonly summary: DatasetSummary;
  readonly origin: Origin;
  readonly file: Blob | null;
}

export interface DatasetsOptions {
  readonly say: (event: WorkerEvent) => void;
  /** While an experiment runs, its dataset stays. */
  readonly training: () => boolean;
}

export class Datasets {
  /** The one that the next experiment is started on. */
  open: Open | null = null;
  readonly #options: DatasetsOptions;
  #intake: AbortController | null = null;

  constructor(options: DatasetsOptions) {
    this.#options = options;
  }

  readFile(id: number, file: File): Promise<void> {
    const onProgress = (stage: string, doneBytes: number, totalBytes: number) =>
      this.#options.say({ say: 'intake-progress', id, stage, doneBytes, totalBytes });
    return this.#takeIn(id, file.name, async (signal) => {
      const { readDataset } = await import('../data/intake.ts');
      return { ...(await readDataset(file, { signal, onProgress })), origin: { kind: 'file', fileName: file.name }, file };
    });
  }

  makeSample(id: number, seed: number): Promise<void> {
    return this.#takeIn(id, 'the sample', () => makeSample(seed));
  }

  cancel(): void {
    this.#intake?.abort();
  }

  /** The dataset of a saved experiment, which becomes the present one. @throws StudioError `dataset-gone`. */
  async reread(library: Library, saved: SavedState): Promise<Open> {
    this.open = await this.#again(library, saved);
    this.#options.say({ say: 'dataset', id: -1, summary: this.open.summary });
    return this.open;
  }

  async #takeIn(id: number, fileName: string, read: (signal: AbortSignal) => Promise<Open>): Promise<void> {
    const { say, training } = this.#options;
    this.#intake?.abort();
    const controller = new AbortController();
    this.#intake = controller;
    try {
      const open = await read(controller.signal);
      if (controller.signal.aborted) throw controller.signal.reason;
      if (training()) throw busy();
      this.open = open;
      say({ say: 'dataset', id, summary: open.summary });
    } catch (thrown) {
      if (controller.signal.aborted) say({ say: 'intake-cancelled', id });
      else say({ say: 'intake-refused', id, fileName, problems: problemsOf(thrown) });
    }
  }

  async #again(library: Library, { origin, checkpoint }: SavedState): Promise<Open> {
    if (origin.kind === 'sample') return makeSample(origin.seed);
    if (this.open?.dataset.sha256 === checkpoint.datasetSha256) return this.open;
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
}

async function makeSample(seed: number): Promise<Open> {
  const sample = await import('../data/sample.ts');
  return { ...(await sample.makeSample(seed)), origin: { kind: 'sample', seed }, file: null };
}

const busy = (): StudioError =>
  new StudioError({
    code: 'training',
    message: 'An experiment is running on the present dataset.',
    remedy: 'Stop it first.',
  });

/** A refused file lists all its problems; anything else is one. */
function problemsOf(thrown: unknown): StudioErrorData[] {
  const listed = (thrown as { problems?: unknown }).problems;
  return Array.isArray(listed) ? (listed as StudioErrorData[]) : [errorData(thrown)];
}
