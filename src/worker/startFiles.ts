/**
 * Files of start weights that the page was given: known by their digest, held as files until an experiment starts from
 * them, and then kept beside the dataset's copy, so that it resumes after a reload. A share link names a digest: `find` says
 * whether its file is here already.
 */
import { createSHA256 } from 'hash-wasm';
import { withDigests } from '../experiment/startFiles.ts';
import { SafetensorsFile } from '../model/safetensors.ts';
import { startFilesOf } from '../recipe/bases.ts';
import type { Recipe } from '../recipe/recipe.ts';
import type { StartFile } from './archiveProtocol.ts';
import type { Library } from './library.ts';

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

  /** Its bytes stay where they are until they are asked for; null where it was neither given nor kept. */
  async find(sha256: string): Promise<Blob | null> {
    return this.#given.get(sha256) ?? (await (await this.#library)?.startFile(sha256)) ?? null;
  }
}
