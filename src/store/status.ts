/** What the studio is doing now: one union, so that no two states can hold at once. */
import type { ExperimentEvent } from '../experiment/events.ts';
import type { StudioErrorData } from '../base/errors.ts';

export type Progress = Extract<ExperimentEvent, { at: 'progress' }>;

export type Status =
  /** Waiting for the worker's first device report. */
  | { readonly at: 'connecting' }
  | { readonly at: 'empty' }
  | {
      readonly at: 'reading';
      readonly id: number;
      readonly fileName: string;
      readonly stage: string;
      readonly doneBytes: number;
      readonly totalBytes: number;
    }
  | { readonly at: 'refused'; readonly fileName: string; readonly problems: readonly StudioErrorData[] }
  | { readonly at: 'ready' }
  | { readonly at: 'preparing'; readonly stage: string }
  | { readonly at: 'training'; readonly progress: Progress | null; readonly asked: 'pause' | 'stop' | null }
  | { readonly at: 'paused'; readonly progress: Progress | null; readonly asked: 'resume' | 'stop' | null }
  | { readonly at: 'finished'; readonly elapsedMs: number }
  | { readonly at: 'stopped'; readonly elapsedMs: number }
  /** Ended by an error; what came before it stays. */
  | { readonly at: 'halted'; readonly error: StudioErrorData };

/** True from Train to the experiment's end: the dataset and the device are in use. */
export function isRunning(status: Status): boolean {
  return status.at === 'preparing' || status.at === 'training' || status.at === 'paused';
}

export function progressOf(status: Status): Progress | null {
  return status.at === 'training' || status.at === 'paused' ? status.progress : null;
}
