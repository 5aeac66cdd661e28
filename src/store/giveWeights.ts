/** Takes a file of start weights into the recipe: at the place it was chosen for, or where the recipe waits for it. */
import type { StoreApi } from 'zustand/vanilla';
import type { StudioErrorData } from '../base/errors.ts';
import { startsMixUp, type StartSettings } from '../recipe/bases.ts';
import type { Recipe } from '../recipe/recipe.ts';
import { withDigests } from '../recipe/startDigests.ts';
import type { Archive } from './archive.ts';
import { lackingFiles, type FileStart, type KnownFile, type StartPlace } from './startFiles.ts';
import type { StudioState } from './state.ts';

interface Parts {
  readonly store: StoreApi<StudioState>;
  readonly archive: Archive;
  readonly refuse: (title: string, problem: StudioErrorData) => void;
  readonly know: (sha256: string, known: KnownFile) => void;
}

export async function giveWeights({ store, archive, refuse, know }: Parts, file: File, place: StartPlace | null): Promise<void> {
  const told = await archive.ask({ what: 'give-weights', file });
  if ('refusal' in told) {
    refuse(`${file.name} was not taken as start weights`, told.refusal);
    return;
  }
  const { bytes, name, sha256 } = told.answer.file;
  const lacking = lackingFiles(store.getState());
  know(sha256, { at: 'here', bytes });
  const { recipe } = store.getState();
  const [first] = lacking;
  if (place === null && first !== undefined) {
    const named = lacking.find((start) => start.sha256 === sha256 || (start.sha256 === null && start.name === name));
    if (named === undefined) refuse(`${name} is not what the recipe starts from`, otherFile(name, sha256, lacking));
    else {
      const next = named.sha256 === null ? withDigests(recipe, [{ name, sha256 }]) : recipe;
      store.setState({ recipe: next, notice: { level: 'info', title: `${name} is there: the recipe starts from it.` } });
    }
    return;
  }
  const start: FileStart = { from: 'file', name, sha256, distribution: recipe.start.distribution };
  const next = withStart(recipe, place ?? { of: 'recipe' }, start);
  if (startsMixUp(next)) refuse(`${name} was not taken as start weights`, sameName(name));
  else {
    const notice = place === null ? ({ level: 'info', title: `Backbones start from ${name}.` } as const) : null;
    store.setState({ recipe: next, ownRecipe: true, notice });
  }
}

/** The recipe with other start weights at a place; null there leaves them out, and the recipe's own are drawn again. */
export function withStart(recipe: Recipe, place: StartPlace, start: StartSettings | null): Recipe {
  const { distribution } = recipe.start;
  if (place.of === 'recipe') return { ...recipe, start: start ?? { from: 'random', distribution } };
  if (place.of === 'sweep')
    return start === null ? recipe : { ...recipe, sweep: { ...recipe.sweep, start: [...(recipe.sweep.start ?? []), start] } };
  const network = (recipe.sweep.network ?? []).map((each, at) => {
    const { start: _before, ...rest } = each;
    return at !== place.at ? each : start === null ? rest : { ...rest, start };
  });
  return { ...recipe, sweep: { ...recipe.sweep, network } };
}

const otherFile = (name: string, sha256: string, lacking: readonly FileStart[]): StudioErrorData => ({
  code: 'start-file-other',
  message: `The recipe waits for ${lacking.map((start) => `“${start.name}”`).join(', ')}; ${name} is another file.`,
  remedy: 'Drop that file, or choose this one in its place under Network, Start weights.',
  details: lacking.map((start) => ({
    where: start.name,
    found: `${name}, SHA-256 ${sha256.slice(0, 12)}…`,
    expected: start.sha256 === null ? 'a file of this name' : `SHA-256 ${start.sha256.slice(0, 12)}…`,
  })),
});

const sameName = (name: string): StudioErrorData => ({
  code: 'start-files-alike',
  message: `Another file named “${name}” is among the start weights; their runs could not be told apart.`,
  remedy: 'Give one of the two files another name.',
});
