/** The store's state: a projection of worker events, plus what the user looks at. Series stay outside, in `record`. */
import type { StudioErrorData } from '../base/errors.ts';
import type { DatasetSummary } from '../data/dataset.ts';
import type { Forecast } from '../experiment/forecast.ts';
import { quick } from '../recipe/presets.ts';
import type { SnapshotPlan } from '../experiment/snapshots.ts';
import type { Robustness, RobustnessProgress } from '../experiment/robustness.ts';
import type { Band } from '../report/bands.ts';
import type { Recipe } from '../recipe/recipe.ts';
import type { DeviceChoice, DeviceReport, KeptEpoch, SavedExperiment, StepMemory, StoredBytes } from '../worker/protocol.ts';
import type { Hidable } from './hidden.ts';
import { everyMerge, type MergeLook } from './mergeLook.ts';
import type { ExperimentRecord } from './record.ts';
import { nothingSelected, type Selection } from './selection.ts';
import type { KnownFile } from './startFiles.ts';
import type { Status } from './status.ts';
import type { SteppingState } from './stepping.ts';

export const tabs = ['data', 'compare', 'kernels', 'merges', 'results', 'predictions'] as const;
export type Tab = (typeof tabs)[number];

/** What the Merges screen shows: what the start weights let expect, every merge, their counts, who took from whom, or single steps on a copy. */
export const mergesViews = ['start', 'list', 'counts', 'flow', 'steps'] as const;
export type MergesView = (typeof mergesViews)[number];

/** How the curves are drawn; what is exported from here is drawn the same way. */
export interface CurveLook {
  /** Around the mean over seeds. */
  readonly band: Band;
  /** Weight of the past in the moving average of each seed's raw losses; 0 for the losses as they are. */
  readonly smoothing: number;
  readonly lossLog: boolean;
  /** Training accuracy beside that of validation. */
  readonly training: boolean;
}

/** A line above the screen: something to know, something to mend, or what was refused. */
export interface Notice {
  readonly level: 'info' | 'warning' | 'error';
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

/** What was asked of a past experiment, until the worker answers. */
export interface Asked {
  readonly what: 'open' | 'resume' | 'delete';
  /** Null for a dropped file of results. */
  readonly id: string | null;
  readonly name: string;
}

/** Kernels of past epochs on this machine, for looking at. */
export interface KeptKernels {
  readonly epochs: readonly KeptEpoch[];
  readonly bytes: number;
  /** What all will take; null for a past experiment. */
  readonly plan: SnapshotPlan | null;
  /** Why no more are kept; null where all is well. */
  readonly error: StudioErrorData | null;
}

/** Of an experiment of which no kernels are kept. */
export const nothingKept: KeptKernels = { epochs: [], bytes: 0, plan: null, error: null };

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

  /** Experiments kept on this machine, the newest first; null until the worker has listed them. */
  readonly past: readonly SavedExperiment[] | null;
  /** What they and all that they share take; null likewise. */
  readonly stored: StoredBytes | null;
  readonly asked: Asked | null;

  /** What the recipe as it is would take; null where that is not known. */
  readonly forecast: Forecast | null;
  /** What a step would take of the GPU; null elsewhere, and until it is told. */
  readonly stepMemory: StepMemory | null;

  /** Files of start weights that were given or asked for, by digest. */
  readonly startFiles: Readonly<Record<string, KnownFile>>;

  readonly record: ExperimentRecord | null;
  /** The past experiment that `record` is of, shown without its networks; null for one of this page. */
  readonly reopened: SavedExperiment | null;
  readonly trainedOn: TrainedOn | null;
  /** How the recorded experiment ended; null while it runs. */
  readonly ended: {
    readonly how: 'finished' | 'stopped' | 'halted';
    readonly elapsedMs: number | null;
    readonly error: StudioErrorData | null;
  } | null;
  /** Counts changes of `record` that come with an epoch, and those of its losses. */
  readonly revision: number;
  readonly lossRevision: number;
  readonly counters: Counters | null;
  /** Errors of the recorded experiment's runs under corruption; null where they were not measured. */
  readonly robustness: Robustness | null;
  /** How far measuring them is; null where nothing is measured. */
  readonly measuring: RobustnessProgress | null;
  /** The last save of the experiment under way. */
  readonly saved: { readonly at: number; readonly bytes: number } | null;

  /** Single steps on a copy of a run; null where there is none. */
  readonly stepping: SteppingState | null;
  readonly kept: KeptKernels;

  readonly tab: Tab;
  readonly mergesView: MergesView;
  /** The tab that a link asks for, until there is an experiment to show there. */
  readonly wantedTab: Tab | null;
  /** What the panels show. Its layer is the one whose similarities are computed while training. */
  readonly selection: Selection;
  /** The dropped picture that the networks are asked about. */
  readonly picture: File | null;
  readonly mergeLook: MergeLook;
  readonly curveLook: CurveLook;
  readonly notice: Notice | null;
  /** Controls that the link which was opened hides. */
  readonly hidden: readonly Hidable[];
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
  past: null,
  stored: null,
  asked: null,
  forecast: null,
  stepMemory: null,
  startFiles: {},
  record: null,
  reopened: null,
  trainedOn: null,
  ended: null,
  revision: 0,
  lossRevision: 0,
  counters: null,
  robustness: null,
  measuring: null,
  saved: null,
  stepping: null,
  kept: nothingKept,
  tab: 'data',
  mergesView: 'list',
  wantedTab: null,
  selection: nothingSelected,
  picture: null,
  mergeLook: everyMerge,
  curveLook: { band: 'range', smoothing: 0, lossLog: false, training: false },
  notice: null,
  hidden: [],
};
