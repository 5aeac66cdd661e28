/**
 * Keeps the address bar true: the recipe and what is looked at in the hash, the device in the query. A link opened in this
 * tab is applied; a recipe that does not fit is refused by the store and the present one stays.
 */
import { hiddenIn, hiddenPart } from '../store/hidden.ts';
import { encodeRecipe, recipePayload } from '../store/recipeUrl.ts';
import { selectionParts } from '../store/selection.ts';
import type { StudioState } from '../store/state.ts';
import type { Studio } from '../store/studio.ts';

/** Typing and moving about pause this long before the address changes. */
const settleMs = 300;

export function keepAddress({ store, actions }: Studio): void {
  let timer: ReturnType<typeof setTimeout> | null = null;
  const write = async () => history.replaceState(null, '', await pageLink(store.getState()));
  store.subscribe((state, before) => {
    if (
      state.recipe !== before.recipe ||
      state.selection !== before.selection ||
      state.hidden !== before.hidden ||
      state.mergesView !== before.mergesView ||
      state.tab !== before.tab
    ) {
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
    actions.follow(location.hash);
    const payload = recipePayload(location.hash);
    if (payload === null) return;
    actions.hideControls(hiddenIn(location.hash));
    void actions.loadPayload(payload);
  });
}

/** This page's address with what it hides and the recipe in its hash, and the screen with what is selected on it. */
export async function pageLink({ hidden, mergesView, recipe, record, tab, wantedTab, selection }: StudioState): Promise<string> {
  const url = new URL(location.href);
  const shown = record === null ? wantedTab : tab;
  const merges = mergesView === 'list' ? [] : [`merges=${mergesView}`];
  const place = shown === null || shown === 'data' ? [] : [`tab=${shown}`, ...merges, ...selectionParts(selection)];
  url.hash = [...hiddenPart(hidden), `r=${await encodeRecipe(recipe)}`, ...place].join('&');
  return url.href;
}
