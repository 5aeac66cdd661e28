/** Files of start weights that a run was given, known by their digests as a recipe names them. */
import { createHash } from 'node:crypto';
import { openNamed } from './nodeFile.ts';
import type { Screen } from './screen.ts';
import { openStartFiles, type StartFiles } from '../experiment/startFiles.ts';
import { withDigests } from '../recipe/startDigests.ts';
import { startFilesOf } from '../recipe/bases.ts';
import type { Recipe } from '../recipe/recipe.ts';

interface GivenFile {
  readonly name: string;
  readonly sha256: string;
  readonly blob: Blob;
}

export class WeightFiles {
  readonly #given: readonly GivenFile[];

  private constructor(given: readonly GivenFile[]) {
    this.#given = given;
  }

  /** Reads each once. @throws StudioError `file-missing`, `file-unreadable` */
  static async read(paths: readonly string[]): Promise<WeightFiles> {
    const given: GivenFile[] = [];
    for (const path of paths) {
      const blob = await openNamed(path, 'safetensors file');
      const hash = createHash('sha256');
      const reader = blob.stream().getReader();
      for (let next = await reader.read(); !next.done; next = await reader.read()) hash.update(next.value);
      given.push({ name: blob.name, sha256: hash.digest('hex'), blob });
    }
    return new WeightFiles(given);
  }

  /** The recipe with the digest of every file that it knows by name alone. */
  named(recipe: Recipe): Recipe {
    return withDigests(recipe, this.#given);
  }

  /** What of them the recipe starts from; the others are told of. @throws StudioError `safetensors-...` */
  async open(recipe: Recipe, screen: Screen): Promise<StartFiles> {
    const needed = startFilesOf(recipe);
    for (const { name, sha256 } of this.#given)
      if (!needed.includes(sha256)) screen.line(`note: the recipe does not start from ${name} (SHA-256 ${sha256}).`);
    return openStartFiles(recipe, (sha256) => Promise.resolve(this.#given.find((file) => file.sha256 === sha256)?.blob ?? null));
  }
}
