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

  /** A dataset by its digest: the present one, one that is kept, or the sample drawn again. Null where it cannot be had. */
  async find(library: Library | null, origin: Origin | null, sha256: string): Promise<Open | null> {
    if (this.open?.dataset.sha256 === sha256) return this.open;
    if (origin?.kind === 'sample') return makeSample(origin.seed);
    const kept = (await library?.dataset(sha256)) ?? null;
    if (kept === null) return null;
    const { readDataset } = await import('../data/intake.ts');
    const fileName = origin?.fileName ?? 'dataset.npz';
    return { ...(await readDataset(new File([kept], fileName), {})), origin: { kind: 'file', fileName }, file: kept };
  }

  async #again(library: Library, { origin, checkpoint }: SavedState): Promise<Open> {
    const found = await this.find(library, origin, checkpoint.datasetSha256);
    if (found !== null) return found;
    const name = origin.kind === 'file' ? origin.fileName : 'the sample';
    throw new StudioError({
      code: 'dataset-gone',
      message: `This experiment was made with ${name}, which is not kept on this machine.`,
      remedy: `Open ${name} first, then resume.`,
    });
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
