/**
 * What an experiment needs of the files that experiments share: copies of its data and start weights, and its runs. It is
 * written before the experiment computes anything, so that nobody who deletes another one takes them away.
 */
import { runName, type RunKey } from '../experiment/events.ts';
import { runsOf } from '../experiment/plan.ts';
import type { RunStore } from '../experiment/runStore.ts';
import { startFilesOf } from '../recipe/bases.ts';
import type { Recipe } from '../recipe/recipe.ts';
import type { Folder } from '../storage/slots.ts';

export interface Claim {
  readonly datasetSha256: string;
  /** SHA-256 of each. */
  readonly startFiles: readonly string[];
  /** Files of the finished runs, those to come among them, by `runName`. */
  readonly runs: Readonly<Record<string, string>>;
}

const fileName = 'claim.json';

/** Of a recipe as this build and device run it. */
export async function claimOf(recipe: Recipe, datasetSha256: string, store: RunStore): Promise<Claim> {
  const named = async (run: RunKey) => [runName(run), await store.nameOf(recipe, datasetSha256, run)] as const;
  return {
    datasetSha256,
    startFiles: startFilesOf(recipe),
    runs: Object.fromEntries(await Promise.all(runsOf(recipe).map(named))),
  };
}

/** Null where an older build saved the experiment, which wrote none. */
export async function readClaim(folder: Folder): Promise<Claim | null> {
  const file = await folder.read(fileName);
  try {
    return file === null ? null : (JSON.parse(await file.text()) as Claim);
  } catch {
    return null;
  }
}

export const writeClaim = (folder: Folder, claim: Claim): Promise<void> =>
  folder.write(fileName, [new TextEncoder().encode(JSON.stringify(claim))]);

/** The shared files of a claim, with paths from the root. */
export const sharedPaths = (claim: Claim | null): string[] =>
  claim === null
    ? []
    : [
        `datasets/${claim.datasetSha256}`,
        ...claim.startFiles.map((sha256) => `start-weights/${sha256}`),
        ...Object.values(claim.runs).map((name) => `runs/${name}`),
      ];
