/**
 * The studio behind the page: a vanilla store, the worker it listens to, and the actions that the page calls. No React,
 * no DOM; the same object runs in tests on a scripted worker.
 */
import { createStore, type StoreApi } from 'zustand/vanilla';
import { errorData, StudioError, type StudioErrorData } from '../base/errors.ts';
import { presets, sample } from '../recipe/presets.ts';
import { parseRecipe, type Recipe } from '../recipe/recipe.ts';
import { startInspector } from '../worker/inspectorClient.ts';
import type { DeviceChoice, StudioWorker } from '../worker/protocol.ts';
import { kernelMaps, type KernelMaps } from './kernelMaps.ts';
import { kernelReader } from './kernelReader.ts';
import { makeLibraryActions } from './libraryActions.ts';
import { moreSeeds } from './moreSeeds.ts';
import { atRest } from './project.ts';
import { predictionsFrom } from './predictions.ts';
import { blocker } from './readiness.ts';
import { allItems, readTyped, valueAt, withValue, type FieldValue } from './recipeForm.ts';
import type { Hidable } from './hidden.ts';
import { decodeRecipe } from './recipeUrl.ts';
import { listenTo } from './listener.ts';
import { createArchive, type Archive } from './archive.ts';
import { createLook, type Look } from './look.ts';
import { initialState, nothingKept, type StudioState } from './state.ts';
import { makeRobustnessActions } from './robustnessActions.ts';
import { isRunning } from './status.ts';
import { makeStartFileActions } from './startFiles.ts';
import { makeSteppingActions } from './stepping.ts';
import { makeViewActions } from './viewActions.ts';

/** Largest recipe file read. */
const maxRecipeBytes = 1_000_000;

const unreadable: StudioErrorData = {
  code: 'file-gone',
  message: 'The browser could not read the file: it was moved, changed or is not yours to read.',
  remedy: 'Drop it again.',
};

export interface Studio {
  readonly store: StoreApi<StudioState>;
  readonly actions: Actions;
  readonly look: Look;
  readonly archive: Archive;
  readonly kernels: KernelMaps;
}

export type Actions = ReturnType<typeof makeActions> &
  ReturnType<typeof makeLibraryActions> &
  ReturnType<typeof makeRobustnessActions> &
  ReturnType<typeof makeSteppingActions> &
  ReturnType<typeof makeViewActions> &
  ReturnType<typeof makeStartFileActions>;

export function createStudio(worker: StudioWorker, device: DeviceChoice = 'auto'): Studio {
  const store = createStore<StudioState>()(() => ({ ...initialState, deviceChoice: device }));
  listenTo(worker, store);
  const archive = createArchive(worker);
  const refuse = (title: string, problem: StudioErrorData) => store.setState({ notice: { level: 'error', title, problem } });
  const startFileActions = makeStartFileActions(store, archive, refuse);
  const actions = {
    ...makeActions(store, worker, refuse, startFileActions.giveWeights),
    ...startFileActions,
    ...makeLibraryActions(store, worker),
    ...makeRobustnessActions(store, worker),
    ...makeSteppingActions(store, worker),
    ...makeViewActions(store, worker),
  };
  actions.chooseDevice(device);
  actions.listPast();
  return {
    store,
    actions,
    look: createLook(worker),
    archive,
    kernels: kernelMaps(worker, kernelReader(worker), startInspector()),
  };
}

/** Long enough that typing a number asks once. */
const forecastWaitMs = 150;

function makeActions(
  store: StoreApi<StudioState>,
  worker: StudioWorker,
  refuse: (title: string, problem: StudioErrorData) => void,
  giveWeights: (file: File) => Promise<void>,
) {
  const { openResults } = makeLibraryActions(store, worker);
  let lastId = 0;
  let forecastTimer: ReturnType<typeof setTimeout> | undefined;
  const get = store.getState;
  const set = store.setState;

  const adopt = (recipe: Recipe, pin: 'studio' | 'recipe', ownRecipe: boolean) =>
    set({ recipe, base: recipe, drafts: {}, pin, ownRecipe, notice: null });

  const startReading = (fileName: string, totalBytes: number): number | null => {
    if (isRunning(get().status)) {
      set({
        notice: {
          level: 'info',
          title: `${fileName} was not opened: an experiment is running. Stop it first, then open the file again.`,
        },
      });
      return null;
    }
    const id = ++lastId;
    set({ status: { at: 'reading', id, fileName, stage: 'Opening', doneBytes: 0, totalBytes }, tab: 'data', notice: null });
    return id;
  };

  const loadRecipe = (text: string, source: string) => {
    try {
      const recipe = parseRecipe(parseJson(text));
      adopt(recipe, recipe.dataset.sha256 === null ? 'studio' : 'recipe', true);
      set({
        notice: {
          level: 'info',
          title: `Recipe ${recipe.name} loaded from ${source}.${isRunning(get().status) ? ' It applies to the next experiment.' : ''}`,
        },
      });
    } catch (thrown) {
      refuse(`${source} was not loaded; the recipe is as it was`, errorData(thrown));
    }
  };

  /** Asks the finished networks about any picture. */
  const lookAt = (file: File) => {
    const { record } = get();
    if (record !== null && predictionsFrom(record, get().selection) !== null)
      set({ picture: file, tab: 'predictions', notice: null });
    else
      set({
        notice: {
          level: 'info',
          title: `${file.name} is a picture. Networks can be asked about one once a run is complete and tested; a dataset is an .npz file.`,
        },
      });
  };

  const start = () => {
    const state = get();
    if (blocker(state) !== null || state.dataset === null) return;
    const recipe = named(state.recipe, state.dataset.name, state.dataset.sha256);
    set({
      recipe,
      drafts: {},
      status: { at: 'preparing', stage: 'Starting' },
      notice: null,
      counters: null,
      reopened: null,
      saved: null,
      kept: nothingKept,
    });
    worker.send({ do: 'start', recipe });
  };

  return {
    lookAt,

    forgetPicture() {
      if (get().picture !== null) set({ picture: null });
    },

    chooseDevice(choice: DeviceChoice) {
      if (isRunning(get().status) || get().measuring !== null) return;
      set({ deviceChoice: choice });
      worker.send({ do: 'choose-device', choice });
    },

    /** A dropped or chosen file: a recipe, results or start weights by its ending, else a dataset. */
    async openFile(file: File): Promise<void> {
      if (/\.inmerge(\.zip)?$/i.test(file.name)) {
        openResults(file);
        return;
      }
      if (/\.json$/i.test(file.name)) {
        if (file.size > maxRecipeBytes) {
          refuse(`${file.name} was not loaded; the recipe is as it was`, {
            code: 'recipe-large',
            message: `The file has ${file.size.toLocaleString('en')} bytes; a recipe has a few thousand.`,
            remedy: 'Choose a file saved with Save recipe.',
          });
        } else {
          const text = await file.text().catch(() => null);
          if (text === null) refuse(`${file.name} was not loaded; the recipe is as it was`, unreadable);
          else loadRecipe(text, file.name);
        }
        return;
      }
      if (/\.safetensors$/i.test(file.name)) {
        await giveWeights(file);
        return;
      }
      if (file.type.startsWith('image/')) {
        lookAt(file);
        return;
      }
      const id = startReading(file.name, file.size);
      if (id !== null) worker.send({ do: 'open-file', id, file });
    },

    makeSample() {
      const id = startReading('sample', 0);
      if (id === null) return;
      if (!get().ownRecipe) adopt(sample, 'studio', false);
      worker.send({ do: 'make-sample', id, seed: 0 });
    },

    cancelIntake() {
      if (get().status.at === 'reading') worker.send({ do: 'cancel-intake' });
    },

    /** Leaves the page of a refused file. */
    backFromRefusal() {
      if (get().status.at === 'refused') set({ status: atRest(get()) });
    },

    /** A typed text: kept as it is, and taken into the recipe where it fits. */
    type(path: string, text: string) {
      const { recipe, drafts } = get();
      const item = allItems(recipe).find((candidate) => candidate.path === path);
      if (item === undefined) return;
      const typed = readTyped(item, text);
      set({
        drafts: { ...drafts, [path]: text },
        ownRecipe: true,
        ...(typed.ok ? { recipe: withValue(recipe, path, typed.value) } : {}),
      });
    },

    /** The field was left: a text that fits gives way to the value it means. */
    leave(path: string) {
      const { recipe, drafts } = get();
      const item = allItems(recipe).find((candidate) => candidate.path === path);
      const draft = drafts[path];
      if (item !== undefined && draft !== undefined && readTyped(item, draft).ok) set({ drafts: without(drafts, path) });
    },

    /** A value from a control that can only give fitting ones. */
    choose(path: string, value: FieldValue) {
      const { recipe, drafts } = get();
      set({ recipe: withValue(recipe, path, value), drafts: without(drafts, path), ownRecipe: true });
    },

    /** What is varied, as the form made it. */
    setSweep(sweep: Recipe['sweep']) {
      set((state) => ({ recipe: { ...state.recipe, sweep }, ownRecipe: true }));
    },

    /** Once for all who ask within a moment, and for a number that is being typed. */
    askForecast() {
      clearTimeout(forecastTimer);
      forecastTimer = setTimeout(() => {
        if (get().dataset !== null) worker.send({ do: 'forecast', recipe: get().recipe });
      }, forecastWaitMs);
    },

    reset(path: string) {
      const { recipe, base, drafts } = get();
      const value = valueAt(base, path);
      if (value !== undefined) set({ recipe: withValue(recipe, path, value), drafts: without(drafts, path) });
    },

    resetAll() {
      set((state) => ({ recipe: { ...state.base, dataset: state.recipe.dataset }, drafts: {} }));
    },

    rename(name: string) {
      const kept = name.trim().slice(0, 100);
      if (kept !== '') set((state) => ({ recipe: { ...state.recipe, name: kept }, ownRecipe: true }));
    },

    usePreset(name: string) {
      const preset = presets.find((candidate) => candidate.recipe.name === name);
      if (preset !== undefined) adopt(preset.recipe, 'studio', true);
    },

    loadRecipe,

    /** The recipe of a link; a refusal changes nothing. */
    async loadPayload(payload: string): Promise<void> {
      try {
        const recipe = await decodeRecipe(payload);
        if (JSON.stringify(recipe) === JSON.stringify(get().recipe)) return;
        adopt(recipe, recipe.dataset.sha256 === null ? 'studio' : 'recipe', true);
      } catch (thrown) {
        refuse('The recipe in the link was not applied; the recipe is as it was', errorData(thrown));
      }
    },

    /** Hides controls of the recipe; an empty list shows them all. */
    hideControls(hidden: readonly Hidable[]) {
      set({ hidden });
    },

    /** The user decided that a recipe made for other data is to run on this. */
    useWithThisDataset() {
      const { dataset } = get();
      if (dataset !== null) set((state) => ({ pin: 'studio', recipe: named(state.recipe, dataset.name, dataset.sha256) }));
    },

    start,

    /** The same experiment with more seeds, where that is the next step. */
    trainMoreSeeds() {
      const seeds = moreSeeds(get());
      if (seeds === null) return;
      set((state) => ({ recipe: { ...state.recipe, seeds }, ownRecipe: true }));
      start();
    },

    pause() {
      const { status } = get();
      if (status.at !== 'training') return;
      set({ status: { ...status, asked: 'pause' } });
      worker.send({ do: 'pause' });
    },

    resume() {
      const { status } = get();
      if (status.at !== 'paused') return;
      set({ status: { ...status, asked: 'resume' } });
      worker.send({ do: 'resume' });
    },

    stop() {
      const { status } = get();
      if (!isRunning(status)) return;
      if (status.at === 'training' || status.at === 'paused') set({ status: { ...status, asked: 'stop' } });
      worker.send({ do: 'stop' });
    },

    dismissNotice() {
      set({ notice: null });
    },

    /** Something was asked for and not done. */
    refuse,

    tell(title: string) {
      set({ notice: { level: 'info', title } });
    },
  };
}

function named(recipe: Recipe, name: string, sha256: string): Recipe {
  return { ...recipe, dataset: { ...recipe.dataset, name, sha256 } };
}

function without(drafts: Readonly<Record<string, string>>, path: string): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(drafts).filter(([key]) => key !== path));
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    throw new StudioError({
      code: 'recipe-json',
      message: 'The file does not hold JSON.',
      remedy: 'Choose a file saved with Save recipe.',
    });
  }
}
