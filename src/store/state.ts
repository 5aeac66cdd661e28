/** The store's state: a projection of worker events, plus what the user looks at. Series stay outside, in `record`. */
import type { StudioErrorData } from '../base/errors.ts';
import type { DatasetSummary } from '../data/dataset.ts';
import { quick } from '../recipe/presets.ts';
import type { Recipe } from '../recipe/recipe.ts';
import type { DeviceChoice, DeviceReport } from '../worker/protocol.ts';
import type { ExperimentRecord } from './record.ts';
import type { Status } from './status.ts';

export const tabs = ['data', 'compare', 'kernels', 'merges', 'results'] as const;
export type Tab = (typeof tabs)[number];

/** A line above the screen: something to know, or a recipe that was refused. */
export interface Notice {
  readonly level: 'info' | 'error';
  readonly title: string;
  readonly problem?: StudioErrorData;
}

export interface Counters {
  readonly tensors: number;
  readonly tensorBytes: number;
  readonly gpuBytes: number | null;
}

/** What was trained on, kept with the record when another dataset is opened. */
export interface TrainedOn {
  readonly dataset: DatasetSummary;
  readonly device: DeviceReport | null;
}

export interface StudioState {
  readonly status: Status;
  readonly device: DeviceReport | null;
  readonly deviceChoice: DeviceChoice;
  readonly dataset: DatasetSummary | null;

  readonly recipe: Recipe;
  /** What Reset goes back to: the preset or the loaded recipe. */
  readonly base: Recipe;
  /** Texts being typed, by path; those that do not fit keep the recipe as it was. */
  readonly drafts: Readonly<Record<string, string>>;
  /** Whether the recipe's dataset was named by the studio at Train, or by whoever wrote the recipe. */
  readonly pin: 'studio' | 'recipe';
  /** True once the user chose or changed a recipe: the sample no longer brings its own. */
  readonly ownRecipe: boolean;

  readonly record: ExperimentRecord | null;
  readonly trainedOn: TrainedOn | null;
  /** How the recorded experiment ended; null while it runs. */
  readonly ended: {
    readonly how: 'finished' | 'stopped' | 'halted';
    readonly elapsedMs: number | null;
    readonly error: StudioErrorData | null;
  } | null;
  /** Counts changes of `record`, at most four a second. */
  readonly revision: number;
  readonly counters: Counters | null;

  readonly tab: Tab;
  readonly watchedLayer: number | null;
  readonly mergeLayer: number | null;
  readonly notice: Notice | null;
}

export const initialState: StudioState = {
  status: { at: 'connecting' },
  device: null,
  deviceChoice: 'auto',
  dataset: null,
  recipe: quick,
  base: quick,
  drafts: {},
  pin: 'studio',
  ownRecipe: false,
  record: null,
  trainedOn: null,
  ended: null,
  revision: 0,
  counters: null,
  tab: 'data',
  watchedLayer: null,
  mergeLayer: null,
  notice: null,
};
