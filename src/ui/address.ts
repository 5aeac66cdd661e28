/**
 * Keeps the address bar true: the recipe in the hash, the device in the query. A link opened in this tab is applied; a
 * link that does not fit is refused by the store and the recipe stays.
 */
import { encodeRecipe, recipePayload } from '../store/recipeUrl.ts';
import type { Recipe } from '../recipe/recipe.ts';
import type { Studio } from '../store/studio.ts';

/** Typing pauses this long before the address changes. */
const settleMs = 300;

export function keepAddress({ store, actions }: Studio): void {
  let timer: ReturnType<typeof setTimeout> | null = null;
  const write = async () => {
    const { recipe } = store.getState();
    history.replaceState(null, '', await recipeLink(recipe));
  };
  store.subscribe((state, before) => {
    if (state.recipe !== before.recipe) {
      if (timer !== null) clearTimeout(timer);
      timer = setTimeout(() => void write(), settleMs);
    }
    if (state.deviceChoice !== before.deviceChoice) {
      const url = new URL(location.href);
      if (state.deviceChoice === 'auto') url.searchParams.delete('device');
      else url.searchParams.set('device', state.deviceChoice);
      history.replaceState(null, '', url);
    }
  });
  window.addEventListener('hashchange', () => {
    const payload = recipePayload(location.hash);
    if (payload !== null) void actions.loadPayload(payload);
  });
}

/** This page's address with the recipe in its hash. */
export async function recipeLink(recipe: Recipe): Promise<string> {
  const url = new URL(location.href);
  url.hash = `r=${await encodeRecipe(recipe)}`;
  return url.href;
}
