/** Whether Train may start, and the one sentence that says why not. */
import { allItems, readTyped } from './recipeForm.ts';
import { lackingFiles, shortDigest } from './startFiles.ts';
import type { StudioState } from './state.ts';
import { isRunning } from './status.ts';

export type Blocker =
  | {
      readonly code: 'device' | 'dataset' | 'fields' | 'running' | 'no-batch' | 'no-validation' | 'start-file' | 'float16';
      readonly text: string;
    }
  /** The recipe names other data than what is loaded; the user may decide to use it all the same. */
  | { readonly code: 'other-dataset'; readonly text: string };

/** Messages of the typed texts that do not fit, by path. */
export function draftProblems(state: Pick<StudioState, 'drafts' | 'recipe'>): Map<string, string> {
  const problems = new Map<string, string>();
  for (const item of allItems(state.recipe)) {
    const draft = state.drafts[item.path];
    if (draft === undefined) continue;
    const typed = readTyped(item, draft);
    if (!typed.ok) problems.set(item.path, typed.message);
  }
  return problems;
}

/** The first thing in the way of training, or null. */
export function blocker(state: StudioState): Blocker | null {
  const { dataset, recipe, status } = state;
  if (isRunning(status)) return { code: 'running', text: 'An experiment is running' };
  if (state.measuring !== null) return { code: 'running', text: 'Robustness is being measured' };
  if (state.device === null) return { code: 'device', text: 'Looking for the fastest device' };
  if (dataset === null || status.at === 'reading')
    return { code: 'dataset', text: status.at === 'reading' ? 'Reading the file' : 'Add a dataset first' };
  if (recipe.dataset.sha256 !== null && recipe.dataset.sha256 !== dataset.sha256) {
    const named = recipe.dataset.name === '' ? 'another dataset' : recipe.dataset.name;
    return {
      code: 'other-dataset',
      text: `This recipe was made for ${named} (SHA-256 ${recipe.dataset.sha256.slice(0, 8)}…), not for this file.`,
    };
  }
  const wrong = draftProblems(state).size;
  if (wrong > 0)
    return {
      code: 'fields',
      text: wrong === 1 ? '1 field to correct in the recipe' : `${wrong} fields to correct in the recipe`,
    };
  if (recipe.optimiser.maps === 'float16' && !state.device.storesFloat16)
    return { code: 'float16', text: 'This device stores no float16 maps: set them to float32 under Training' };
  const [file, ...more] = lackingFiles(state);
  if (file !== undefined) {
    const digest = file.sha256 === null ? '' : ` (SHA-256 ${shortDigest(file.sha256)})`;
    const others = more.length === 0 ? '' : `, and ${more.length} more`;
    return { code: 'start-file', text: `The recipe starts from ${file.name}${digest}${others}: drop that file here` };
  }
  const leftOut = recipe.dataset.leaveOutRepeated ? dataset.repeatedInTraining : 0;
  const images = Math.min(dataset.counts.train - leftOut, recipe.dataset.take.train ?? Infinity);
  if (images < recipe.optimiser.batchSize) {
    return {
      code: 'no-batch',
      text: `Batch size ${recipe.optimiser.batchSize} is above the ${images} training images: no batch would be full`,
    };
  }
  return null;
}
