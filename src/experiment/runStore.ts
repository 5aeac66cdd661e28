/**
 * Runs that are over, kept by what defines them: the same run is never trained twice, whichever experiment asks for it.
 * Only runs of the same build, device and tiles of kernels are the same bits, so all are part of the name.
 */
import { decodeContainer, encodeContainer } from '../base/container.ts';
import type { Dataset } from '../data/dataset.ts';
import { factsOf, type ImageFacts } from '../data/picture.ts';
import type { Weights } from '../model/initialWeights.ts';
import { runDefinition, runHash } from '../recipe/runKey.ts';
import type { Recipe } from '../recipe/recipe.ts';
import type { ExperimentEvent, RunKey } from './events.ts';

export interface StoredRun {
  /** What was told of the run, from its start to its result. */
  readonly events: readonly ExperimentEvent[];
  /** Weights of the selected epoch; of the backbone, those that fine-tuning starts from. */
  readonly weights: Weights;
  /** As in `RunResult`. */
  readonly testScores: Float64Array | null;
  /** What its network was shown; absent in what older builds kept. */
  readonly images?: ImageFacts;
}

/** Files by name; a write is whole or it did not happen. */
export interface RunFiles {
  read(name: string): Promise<Blob | null>;
  write(name: string, pieces: readonly Uint8Array<ArrayBuffer>[]): Promise<void>;
  list(): Promise<string[]>;
}

export interface ComputedBy {
  readonly build: string;
  readonly device: string;
  /** As in `TrainerFactory`. */
  readonly tiles: string | null;
}

export class RunStore {
  readonly #files: RunFiles;
  readonly #by: ComputedBy;

  constructor(files: RunFiles, by: ComputedBy) {
    this.#files = files;
    this.#by = by;
  }

  /** The file of a run: `SHA-256.run`. */
  async nameOf(recipe: Recipe, datasetSha256: string, run: RunKey): Promise<string> {
    return `${await runHash({ ...runDefinition(recipe, datasetSha256, run), ...this.#by })}.run`;
  }

  /** As `readRun`, by what defines the run. */
  async read(recipe: Recipe, datasetSha256: string, run: RunKey): Promise<StoredRun | null> {
    return readRun(this.#files, await this.nameOf(recipe, datasetSha256, run), run);
  }

  async write(recipe: Recipe, dataset: Dataset, run: RunKey, stored: Omit<StoredRun, 'images'>): Promise<void> {
    const name = await this.nameOf(recipe, dataset.sha256, run);
    await this.#files.write(name, await encodeContainer({ ...stored, images: factsOf(dataset) } satisfies StoredRun));
  }

  async names(): Promise<ReadonlySet<string>> {
    return new Set(await this.#files.list());
  }
}

/** Null where there is none, or none that is whole. The events are told under the name that the run has now. */
export async function readRun(files: Pick<RunFiles, 'read'>, name: string, run: RunKey): Promise<StoredRun | null> {
  const file = await files.read(name);
  if (file === null) return null;
  try {
    const stored = (await decodeContainer(file)) as StoredRun;
    return { ...stored, events: stored.events.map((event) => ('run' in event ? { ...event, run } : event)) };
  } catch {
    return null;
  }
}
