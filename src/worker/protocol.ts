/**
 * All that crosses the thread boundary. The page sends commands, the worker sends events; both are plain data with
 * transferable buffers. `version` guards a page and a worker of different builds against one another.
 */
import type { StudioErrorData } from '../base/errors.ts';
import type { DatasetSummary } from '../data/dataset.ts';
import type { ExperimentEvent } from '../experiment/events.ts';
import type { Forecast } from '../experiment/forecast.ts';
import type { LayerSnapshot, SnapshotPlan } from '../experiment/snapshots.ts';
import type { StepEvent, StepWish } from '../experiment/stepReports.ts';
import type { Robustness, RobustnessProgress } from '../experiment/robustness.ts';
import type { Recipe } from '../recipe/recipe.ts';
import type { ArchiveAnswer, ArchiveRequest } from './archiveProtocol.ts';
import type { LookAnswer, LookQuestion } from './lookProtocol.ts';

export const protocolVersion = 1;

export const deviceNames = ['webgpu', 'webgl', 'wasm', 'cpu'] as const;
export type DeviceName = (typeof deviceNames)[number];
export type DeviceChoice = 'auto' | DeviceName;

export interface DeviceReport {
  readonly choice: DeviceChoice;
  readonly device: DeviceName;
  /** One sentence: why this device was taken. */
  readonly reason: string;
  /** What to do for more speed, or null where WebGPU on hardware is in use. */
  readonly advice: string | null;
  /** Short name of the hardware, e.g. `NVIDIA RTX 4070` or `2 threads, SIMD`. */
  readonly hardware: string;
  /** True where the GPU is emulated on the processor: exact, and slow. */
  readonly software: boolean;
  readonly options: readonly { readonly device: DeviceName; readonly available: boolean; readonly note: string }[];
  /** WebGPU limits in bytes, where it is in use. */
  readonly maxBufferBytes: number | null;
  readonly maxBindingBytes: number | null;
  /** Whether maps may be stored as float16. */
  readonly storesFloat16: boolean;
  readonly threads: number;
  readonly crossOriginIsolated: boolean;
}

/** One row of past experiments. What it holds stands in its folder; this is what the list shows. */
export interface SavedExperiment {
  readonly id: string;
  /** The recipe's name. */
  readonly name: string;
  readonly datasetTitle: string;
  /** Milliseconds since 1970, for showing only. */
  readonly startedAt: number;
  readonly savedAt: number;
  /** `running`: in this or another tab, at this moment. `interrupted`: it can go on. */
  readonly state: 'finished' | 'interrupted' | 'running';
  /** Work done, 0 to 1. */
  readonly fraction: number;
  readonly seeds: number;
  /** Mean over finished seeds of InMerge - Baseline in test accuracy; null before the first. */
  readonly difference: number | null;
  /** What these are of, where the recipe has several networks or start weights: its own; absent elsewhere and in older builds. */
  readonly on?: string;
  /** Its 95 % interval over seeds; null for one seed, absent in what older builds saved. */
  readonly interval?: readonly [number, number] | null;
  /** What it was made on; absent in what older builds saved. */
  readonly datasetSha256?: string;
  readonly bytes: number;
  /** Bytes of the copies of data and start weights that go with it; 0 where another experiment needs them or none are kept. */
  readonly copyBytes?: number;
  /** Bytes of the finished runs that go with it, as no other experiment has them. */
  readonly runBytes?: number;
}

/** What the page's files take. */
export interface StoredBytes {
  readonly bytes: number;
  /** Of these, what several experiments have: it goes with the last of them. */
  readonly sharedBytes: number;
}

/** An epoch whose kernels are on this machine. `arm` is null for the backbone; its last epoch is every arm's epoch 0. */
export interface KeptEpoch {
  readonly seed: number;
  readonly arm: string | null;
  /** As in a run's key: absent for the recipe's own network and start weights. */
  readonly base?: string;
  readonly epoch: number;
}

/** What a training step takes of the GPU. */
export interface StepMemory {
  /** Maps, gradients, weights, momentum and the kept copy, bytes. */
  readonly bytes: number;
  /** The images of all splits, held beside them as they are stored, bytes. */
  readonly imageBytes: number;
  /** False where they are too many to be held: then each batch is uploaded. */
  readonly holdsImages: boolean;
  /** Exact parts that the batch is run in; 0 where not even one image can be bound. */
  readonly chunks: number;
  /** The most that one map may take on this device, bytes. */
  readonly mostBytes: number;
}

export type Command =
  /** First message; again to change device between experiments. Answered by `device`. */
  | { readonly do: 'choose-device'; readonly choice: DeviceChoice }
  /** Read a dropped or chosen file. Answered by `intake-progress`, then `dataset` or `intake-refused`. */
  | { readonly do: 'open-file'; readonly id: number; readonly file: File }
  | { readonly do: 'make-sample'; readonly id: number; readonly seed: number }
  | { readonly do: 'cancel-intake' }
  /** Starts the experiment on the dataset last read. */
  | { readonly do: 'start'; readonly recipe: Recipe }
  /** What it would take on the dataset last read. Answered by `forecast`, after what was asked before it. */
  | { readonly do: 'forecast'; readonly recipe: Recipe }
  | { readonly do: 'pause' }
  | { readonly do: 'resume' }
  | { readonly do: 'stop' }
  /**
   * Single steps on a copy of the run of an arm (null: the backbone), while the experiment rests. Answered by `step`. The
   * copy goes when the experiment goes on.
   */
  | { readonly do: 'step'; readonly wish: StepWish; readonly arm: string | null }
  /** A question about single images of the experiment shown. Answered by `looked` or `look-refused` of that id. */
  | { readonly do: 'look'; readonly id: number; readonly question: LookQuestion }
  /** Which convolution's similarities to compute, now and after each epoch; null for none. */
  | { readonly do: 'watch-layer'; readonly layer: number | null }
  /** One convolution's kernels after an epoch of the experiment shown. Answered by `kernels`. */
  | { readonly do: 'read-kernels'; readonly id: number; readonly of: KeptEpoch; readonly layer: number }
  /** Answered by `experiments`, which is also sent whenever the list changes. */
  | { readonly do: 'list-experiments' }
  /** Shows a past experiment again: `reopened`, then its events. */
  | { readonly do: 'open-experiment'; readonly id: string }
  /** Goes on with an interrupted one: `dataset` (its own, read again), `reopened`, its events so far, and then new ones. */
  | { readonly do: 'resume-experiment'; readonly id: string }
  | { readonly do: 'delete-experiment'; readonly id: string }
  /** Of past experiments. Answered by `archived` or `archive-refused` of that id. */
  | { readonly do: 'archive'; readonly id: number; readonly request: ArchiveRequest }
  /** Of the experiment that is shown. Answered by `robustness-progress`, then `robustness`. */
  | { readonly do: 'measure-robustness' }
  | { readonly do: 'cancel-robustness' }
  /** Shows the results of another machine or of the command line (`experiment.inmerge`, with the weights beside it): `reopened`, then its events. */
  | { readonly do: 'open-results'; readonly file: File; readonly weights: readonly File[] };

export type WorkerEvent =
  | { readonly say: 'device'; readonly version: number; readonly report: DeviceReport }
  | {
      readonly say: 'intake-progress';
      readonly id: number;
      readonly stage: string;
      readonly doneBytes: number;
      readonly totalBytes: number;
    }
  | { readonly say: 'dataset'; readonly id: number; readonly summary: DatasetSummary }
  /** All problems found, the most telling first. */
  | {
      readonly say: 'intake-refused';
      readonly id: number;
      readonly fileName: string;
      readonly problems: readonly StudioErrorData[];
    }
  | { readonly say: 'intake-cancelled'; readonly id: number }
  /** While networks are built and shaders compiled, before the first step. */
  | { readonly say: 'preparing'; readonly stage: string }
  /** Null where the recipe does not fit the dataset. */
  | { readonly say: 'forecast'; readonly forecast: Forecast | null; readonly step: StepMemory | null }
  | { readonly say: 'experiment'; readonly event: ExperimentEvent }
  | { readonly say: 'experiments'; readonly list: readonly SavedExperiment[]; readonly stored: StoredBytes }
  /** The events that follow belong to this one; what was shown before is cleared. */
  | { readonly say: 'reopened'; readonly saved: SavedExperiment; readonly recipe: Recipe; readonly resumes: boolean }
  | { readonly say: 'archived'; readonly id: number; readonly answer: ArchiveAnswer }
  | { readonly say: 'archive-refused'; readonly id: number; readonly error: StudioErrorData }
  | ({ readonly say: 'robustness-progress' } & RobustnessProgress)
  /** Measured now or kept with a past experiment; null where measuring was cancelled, or refused by a `failed`. */
  | { readonly say: 'robustness'; readonly robustness: Robustness | null }
  /** A checkpoint is on disk: an interruption from now on loses what comes after it. */
  | { readonly say: 'saved'; readonly bytes: number }
  /** Which epochs' kernels are kept, and what they take; `plan` says what all will, and is null for a past experiment. */
  | {
      readonly say: 'kernels-kept';
      readonly epochs: readonly KeptEpoch[];
      readonly bytes: number;
      readonly plan: SnapshotPlan | null;
    }
  /** Kernels are not being kept; training goes on. */
  | { readonly say: 'kernels-not-kept'; readonly error: StudioErrorData }
  /** Null where that epoch is not kept, or not whole. */
  | { readonly say: 'kernels'; readonly id: number; readonly kernels: LayerSnapshot | null }
  /** The device has no room for the images: each batch is uploaded, and training goes on. */
  | { readonly say: 'not-held'; readonly error: StudioErrorData }
  /** Saving does not work; training goes on. */
  | { readonly say: 'not-saving'; readonly error: StudioErrorData }
  | { readonly say: 'paused' }
  | { readonly say: 'resumed' }
  | { readonly say: 'step'; readonly event: StepEvent }
  | { readonly say: 'looked'; readonly id: number; readonly answer: LookAnswer }
  | { readonly say: 'look-refused'; readonly id: number; readonly error: StudioErrorData }
  /** The experiment ended by an error; everything before it stays valid. */
  | { readonly say: 'failed'; readonly error: StudioErrorData }
  /** Counters for tests and the status line, after each epoch. */
  | { readonly say: 'counters'; readonly tensors: number; readonly tensorBytes: number; readonly gpuBytes: number | null };

/** What the page holds of a worker: the real thread, or the scripted fake of the UI tests. */
export interface StudioWorker {
  send(command: Command, transfer?: Transferable[]): void;
  /** Returns the way to stop listening. */
  listen(listener: (event: WorkerEvent) => void): () => void;
  terminate(): void;
}
