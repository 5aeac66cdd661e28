/**
 * Files of start weights, as the page knows them: which of those that the recipe names are at hand, and where one that was
 * dropped or chosen belongs. The bytes stay with the worker; a recipe and a link hold name and digest alone.
 */
import type { StoreApi } from 'zustand/vanilla';
import type { StudioErrorData } from '../base/errors.ts';
import { basesOf, startFilesOf, type StartSettings } from '../recipe/bases.ts';
import type { Archive } from './archive.ts';
import type { StudioState } from './state.ts';

export type FileStart = Extract<StartSettings, { from: 'file' }>;

/** What is known of the file of a digest. `bytes` is null for one that was kept before this page was opened. */
export type KnownFile = { readonly at: 'asked' | 'lacking' } | { readonly at: 'here'; readonly bytes: number | null };

/** Where start weights stand in a recipe: its own, those of a swept network, or further ones for every network. */
export type StartPlace = { readonly of: 'recipe' } | { readonly of: 'network'; readonly at: number } | { readonly of: 'sweep' };

/** The files that the recipe starts from and that are not at hand, each once. */
export function lackingFiles({ recipe, startFiles }: Pick<StudioState, 'recipe' | 'startFiles'>): FileStart[] {
  const lacking = basesOf(recipe).flatMap(({ start }) =>
    start.from === 'file' && startFiles[start.sha256 ?? '']?.at !== 'here' ? [start] : [],
  );
  return [...new Map(lacking.map((start) => [start.sha256 ?? start.name, start])).values()];
}

/** `1a2b3c4d…` */
export const shortDigest = (sha256: string): string => `${sha256.slice(0, 8)}…`;

export function makeStartFileActions(
  store: StoreApi<StudioState>,
  archive: Archive,
  refuse: (title: string, problem: StudioErrorData) => void,
) {
  const know = (sha256: string, known: KnownFile) =>
    store.setState(({ startFiles }) => ({ startFiles: { ...startFiles, [sha256]: known } }));
  const find = async (sha256: string) => {
    know(sha256, { at: 'asked' });
    const told = await archive.ask({ what: 'find-weights', sha256 });
    if (store.getState().startFiles[sha256]?.at !== 'asked') return;
    know(sha256, 'answer' in told && told.answer.found ? { at: 'here', bytes: null } : { at: 'lacking' });
  };
  store.subscribe(({ recipe, startFiles }, before) => {
    if (recipe === before.recipe) return;
    for (const sha256 of startFilesOf(recipe)) if (startFiles[sha256] === undefined) void find(sha256);
  });

  return {
    /**
     * A file that was chosen for a place, or dropped (`place` null): the one that the recipe names and lacks, or else its own
     * start weights.
     */
    async giveWeights(file: File, place: StartPlace | null = null): Promise<void> {
      const { giveWeights } = await import('./giveWeights.ts');
      await giveWeights({ store, archive, refuse, know }, file, place);
    },

    async setStart(place: StartPlace, start: StartSettings | null): Promise<void> {
      const { withStart } = await import('./giveWeights.ts');
      store.setState(({ recipe }) => ({ recipe: withStart(recipe, place, start), ownRecipe: true }));
    },
  };
}
