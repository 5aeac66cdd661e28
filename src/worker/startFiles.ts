/**
 * Files of start weights that the page was given: known by their digest, held as files until an experiment starts from
 * them, and then kept beside the dataset's copy, so that it resumes after a reload. A share link names a digest: `find` says
 * whether its file is here already.
 */
import { createSHA256 } from 'hash-wasm';
import { buildNetwork } from '../model/buildNetwork.ts';
import { parameters } from '../model/network.ts';
import { SafetensorsFile } from '../model/safetensors.ts';
import { drawnArrays } from '../model/startFile.ts';
import { startFilesOf } from '../recipe/bases.ts';
import { withDigests } from '../recipe/startDigests.ts';
import type { Recipe } from '../recipe/recipe.ts';
import type { ArchiveRequest, StartFile, WeightsFit } from './archiveProtocol.ts';
import type { Library } from './library.ts';

type FitRequest = Extract<ArchiveRequest, { what: 'fit-weights' }>;

export class StartFiles {
  readonly #library: Promise<Library | null>;
  readonly #given = new Map<string, File>();

  constructor(library: Promise<Library | null>) {
    this.#library = library;
  }

  /** @throws StudioError `safetensors-...` where it is none */
  async give(file: File): Promise<StartFile> {
    await SafetensorsFile.open(file);
    const hasher = await createSHA256();
    const reader = file.stream().getReader();
    for (let next = await reader.read(); !next.done; next = await reader.read()) hasher.update(next.value);
    const sha256 = hasher.digest('hex');
    this.#given.set(sha256, file);
    return { name: file.name, sha256, bytes: file.size };
  }

  /** The recipe with a digest for every file that it knows by name alone, where one of that name was given. */
  named(recipe: Recipe): Recipe {
    return withDigests(
      recipe,
      [...this.#given].map(([sha256, { name }]) => ({ name, sha256 })),
    );
  }

  /** Keeps copies of the files that the recipe starts from. */
  async keep(recipe: Recipe): Promise<void> {
    const library = await this.#library;
    for (const sha256 of startFilesOf(recipe)) {
      const file = this.#given.get(sha256);
      if (file !== undefined) await library?.keepStartFile(sha256, file);
    }
  }

  /**
   * What of a file a network would take; null where the file is not at hand.
   * @throws StudioError `safetensors-...`, `start-file-differs`
   */
  async fit({ sha256, name, network, input, classes }: FitRequest): Promise<WeightsFit | null> {
    const blob = await this.find(sha256);
    if (blob === null) return null;
    const built = buildNetwork(network, input, classes);
    const drawn = drawnArrays(await SafetensorsFile.open(blob), built, name);
    return { taken: parameters(built).length - drawn.length, drawn };
  }

  /** Its bytes stay where they are until they are asked for; null where it was neither given nor kept. */
  async find(sha256: string): Promise<Blob | null> {
    return this.#given.get(sha256) ?? (await (await this.#library)?.startFile(sha256)) ?? null;
  }
}
