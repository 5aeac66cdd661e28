/** What the user looks at, as actions: screen, selection, arms, merges; and what a link asks to be shown. */
import type { StoreApi } from 'zustand/vanilla';
import type { StudioWorker } from '../worker/protocol.ts';
import { drawnWith } from './drawn.ts';
import type { MergeLook } from './mergeLook.ts';
import { lastLayer } from './project.ts';
import { changed, readSelection, sameSelection, type Selection } from './selection.ts';
import { mergesViews, tabs, type CurveLook, type MergesView, type StudioState, type Tab } from './state.ts';

export function makeViewActions(store: StoreApi<StudioState>, worker: StudioWorker) {
  const get = store.getState;
  const set = store.setState;

  /** Changes what all panels show; what is not named stays. */
  const select = (change: Partial<Selection>) => {
    const before = get().selection;
    const selection = changed(before, change);
    if (sameSelection(before, selection)) return;
    set({ selection });
    if (selection.layer !== before.layer) worker.send({ do: 'watch-layer', layer: selection.layer });
  };

  /** Shows another base of the experiment; a layer that its network lacks gives way to its last one. */
  const showBase = (name: string | null) => {
    const { record } = get();
    if (record === null) return;
    const shown = record.on(name);
    set((state) => ({ record: shown, revision: state.revision + 1, lossRevision: state.lossRevision + 1 }));
    const last = lastLayer(get());
    const { layer } = get().selection;
    select({ base: shown.base, layer: layer === null || layer > last ? last : layer });
  };

  return {
    select,
    showBase,

    /** Which merging arm is set against Baseline, in the charts and tables of two. */
    compareArm(name: string) {
      get().record?.compare(name);
      select({ arm: name, drawn: drawnWith(get().selection.drawn, name) });
      set((state) => ({ revision: state.revision + 1, lossRevision: state.lossRevision + 1 }));
    },

    showTab(tab: Tab) {
      if (tab === 'data' || get().record !== null) set({ tab });
    },

    /** What a link asks to be shown; the tab opens when there is an experiment. */
    follow(hash: string) {
      const selection = readSelection(hash);
      const parts = hash.replace(/^#/, '').split('&');
      const wanted = tabs.find((name) => parts.includes(`tab=${name}`)) ?? null;
      select(selection);
      if (selection.arm !== null) get().record?.compare(selection.arm);
      showBase(selection.base);
      set((state) => ({
        mergesView: mergesViews.find((view) => parts.includes(`merges=${view}`)) ?? 'list',
        revision: state.revision + 1,
        lossRevision: state.lossRevision + 1,
      }));
      if (get().record !== null && wanted !== null) set({ tab: wanted });
      else set({ wantedTab: wanted === 'data' ? null : wanted });
    },

    showMerges(view: MergesView) {
      if (get().record !== null) set({ tab: 'merges', mergesView: view });
    },

    lookAtCurves(change: Partial<CurveLook>) {
      set((state) => ({ curveLook: { ...state.curveLook, ...change } }));
    },

    lookAtMerges(change: Partial<MergeLook>) {
      set((state) => ({ mergeLook: { ...state.mergeLook, ...change } }));
    },

    /** The list of a layer's merges; null: of all layers. */
    showMergesOf(layer: number | null) {
      if (layer !== null) select({ layer });
      set((state) => ({ mergeLook: { ...state.mergeLook, allLayers: layer === null }, mergesView: 'list', tab: 'merges' }));
    },
  };
}
