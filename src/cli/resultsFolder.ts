/**
 * A results folder on disk: what state it is in, and when a run may begin in it. `checkpoint/` stands there while an
 * experiment is unfinished, `summary.json` once it is finished; files of those names without either are somebody else's.
 */
import { StudioError } from '../base/errors.ts';
import { resultsFileName } from '../experiment/resultsFile.ts';
import { load } from '../storage/slots.ts';
import type { SavedRun } from './identity.ts';
import { NodeFolder } from './nodeFolder.ts';

export const resultFiles = {
  recipe: 'recipe.json',
  metrics: 'metrics.csv',
  merges: 'merges.npz',
  summary: 'summary.json',
  robustness: 'robustness.csv',
  /** Opens on the page. */
  experiment: resultsFileName,
} as const;
const resultFolders = { weights: 'weights', scores: 'scores', checkpoint: 'checkpoint', report: 'report' } as const;

/** Everything a run writes, the finishing mark first: a folder half cleared is not taken for a finished one. */
const ours = [
  resultFiles.summary,
  resultFiles.metrics,
  resultFiles.merges,
  resultFiles.recipe,
  resultFiles.experiment,
  resultFiles.robustness,
  ...Object.values(resultFolders),
];

export type FolderState =
  | { readonly at: 'free' }
  | { readonly at: 'occupied'; readonly name: string }
  | { readonly at: 'unfinished' }
  | { readonly at: 'finished' };

export async function stateOf(folder: NodeFolder): Promise<FolderState> {
  const names = await folder.list();
  if (names.includes(resultFiles.summary)) return { at: 'finished' };
  if (names.includes(resultFolders.checkpoint)) return { at: 'unfinished' };
  const name = names.find((each) => ours.some((own) => own === each));
  return name === undefined ? { at: 'free' } : { at: 'occupied', name };
}

export const checkpointFolder = (folder: NodeFolder): NodeFolder => folder.folder(resultFolders.checkpoint);

/** The newest whole save, or null where none was made yet. */
export async function savedRun(folder: NodeFolder): Promise<{ readonly saved: SavedRun; readonly damaged: boolean } | null> {
  const loaded = await load(checkpointFolder(folder));
  if (loaded === null) {
    const left = await checkpointFolder(folder).list();
    if (left.length === 0) return null;
    throw new StudioError({
      code: 'checkpoint-damaged',
      message: `The checkpoint in “${checkpointFolder(folder).path}” is not whole in either of its two files.`,
      remedy: 'Begin anew with --overwrite.',
    });
  }
  const saved = loaded.value as Partial<SavedRun> | null;
  if (saved?.format !== 'inmerge-checkpoint' || saved.version !== 1) {
    throw new StudioError({
      code: 'checkpoint-foreign',
      message: `What “${checkpointFolder(folder).path}” holds was not written by this command line.`,
      remedy: 'Resume it where it was made, or begin anew with --overwrite.',
    });
  }
  return { saved: saved as SavedRun, damaged: loaded.damaged };
}

/**
 * Whether a run may begin here, and how.
 * @throws StudioError `out-finished`, `out-unfinished`, `out-occupied`
 */
export async function entry(
  folder: NodeFolder,
  { resume, overwrite }: { resume: boolean; overwrite: boolean },
): Promise<'begin' | 'resume' | 'replace'> {
  const state = await stateOf(folder);
  if (state.at === 'free') return 'begin';
  if (overwrite) return 'replace';
  const { path } = folder;
  switch (state.at) {
    case 'finished':
      throw new StudioError({
        code: 'out-finished',
        message: `“${path}” holds a finished experiment.`,
        remedy: 'Choose another folder with --out, or replace it with --overwrite.',
      });
    case 'unfinished':
      if (resume) return 'resume';
      // Killed before its first save: there is nothing to lose.
      if ((await checkpointFolder(folder).list()).length === 0) return 'begin';
      throw new StudioError({
        code: 'out-unfinished',
        message: `“${path}” holds an unfinished experiment.`,
        remedy: 'Go on with it with --resume, replace it with --overwrite, or choose another folder with --out.',
      });
    case 'occupied':
      throw new StudioError({
        code: 'out-occupied',
        message: `“${path}” has a “${state.name}” that no run has left there.`,
        remedy: 'Choose an empty folder with --out, or replace it with --overwrite.',
      });
  }
}

/** Removes all that a run writes, and nothing else. */
export async function clearResults(folder: NodeFolder): Promise<void> {
  for (const name of ours) await folder.remove(name);
}

/** Marks the folder as unfinished, before anything else is written there. */
export async function openResults(folder: NodeFolder): Promise<void> {
  await folder.make();
  for (const each of [folder, ...Object.values(resultFolders).map((name) => folder.folder(name))]) await each.sweep();
  await checkpointFolder(folder).make();
}

/** Takes the checkpoint away: the summary stands, so the experiment is finished. */
export async function closeResults(folder: NodeFolder): Promise<void> {
  await folder.remove(resultFolders.checkpoint);
}
