/** The files that a recipe starts from, opened and checked against its digests, for an experiment to read at each seed. */
import { StudioError } from '../base/errors.ts';
import { SafetensorsFile } from '../model/safetensors.ts';
import { basesOf, startFilesOf, type Base } from '../recipe/bases.ts';
import type { Recipe } from '../recipe/recipe.ts';
import type { Checkpoint } from './checkpoint.ts';

/** By digest. */
export type StartFiles = ReadonlyMap<string, SafetensorsFile>;

/**
 * Those that `find` has; an experiment refuses the lack of one.
 * @param find the file of a digest, or null
 * @throws StudioError `safetensors-...`
 */
export async function openStartFiles(recipe: Recipe, find: (sha256: string) => Promise<Blob | null>): Promise<StartFiles> {
  const files = new Map<string, SafetensorsFile>();
  for (const sha256 of startFilesOf(recipe)) {
    const blob = await find(sha256);
    if (blob !== null) files.set(sha256, await SafetensorsFile.open(blob));
  }
  return files;
}

/** The bases on which a backbone is yet to begin: only these read their start weights. @param from null for the beginning */
export function basesToBegin(
  recipe: Recipe,
  from: Pick<Checkpoint, 'seedIndex' | 'baseIndex' | 'stage' | 'runs'> | null,
): Base[] {
  const bases = basesOf(recipe);
  if (from === null || from.seedIndex < recipe.seeds.length - 1) return bases;
  const { baseIndex = 0, runs, stage } = from;
  // A backbone under way and arms go on from the weights that the checkpoint has.
  return bases.slice(stage === 'backbone' && runs.length === 0 ? baseIndex : baseIndex + 1);
}

/** @throws StudioError `start-file-missing` naming every file of these bases that is not there */
export function checkStartFiles(bases: readonly Base[], files: StartFiles): void {
  const lacking = bases.flatMap(({ start }) =>
    start.from === 'file' && (start.sha256 === null || !files.has(start.sha256)) ? [start] : [],
  );
  const [first] = lacking;
  if (first === undefined) return;
  throw new StudioError({
    code: 'start-file-missing',
    message: `The recipe starts from the weights in “${first.name}”${first.sha256 === null ? '' : ` (SHA-256 ${first.sha256.slice(0, 12)}…)`}, and that file was not given.`,
    remedy: 'Give the file (on the command line with --weights FILE), or take random start weights.',
    details: [...new Map(lacking.map((start) => [start.sha256 ?? start.name, start])).values()].map(({ name, sha256 }) => ({
      where: name,
      found: 'no file',
      expected: sha256 === null ? 'a file of this name' : `SHA-256 ${sha256}`,
    })),
  });
}
