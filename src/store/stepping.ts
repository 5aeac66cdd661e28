/** Single steps on a copy, as the page shows them: the copy, what its last step did, and the losses of all its steps. */
import type { StoreApi } from 'zustand/vanilla';
import type { StudioErrorData } from '../base/errors.ts';
import type { StepCopy, StepEvent, StepKind, StepReport, StepWish } from '../experiment/stepReports.ts';
import type { StudioWorker } from '../worker/protocol.ts';
import type { StudioState } from './state.ts';

export interface TakenStep {
  readonly kind: StepKind;
  /** 0-based step of the run whose draws or batch it took. */
  readonly step: number;
  readonly lossBefore: number;
  readonly lossAfter: number;
  /** Merges, of a merge step. */
  readonly merged: number | null;
}

export interface SteppingState {
  /** Null until the copy is made. */
  readonly copy: StepCopy | null;
  readonly report: StepReport | null;
  /** Oldest first. */
  readonly taken: readonly TakenStep[];
  /** What was asked for and is not yet done. */
  readonly asked: StepWish | null;
  readonly error: StudioErrorData | null;
}

const nothing: SteppingState = { copy: null, report: null, taken: [], asked: null, error: null };

export function projectStep(state: SteppingState | null, event: StepEvent): SteppingState | null {
  const before = state ?? nothing;
  switch (event.at) {
    case 'copied':
    case 'reset':
      return { ...nothing, copy: event.copy };
    case 'stepped': {
      const { copy, report } = event;
      return { ...nothing, copy, report, taken: [...before.taken, taken(report)] };
    }
    case 'closed':
      return null;
    case 'refused':
      return { ...before, asked: null, error: event.error };
  }
}

function taken(report: StepReport): TakenStep {
  const { kind, step, lossBefore, lossAfter } = report;
  const merged =
    report.kind === 'merge' ? report.layers.reduce((sum, layer) => sum + layer.merged.reduce((a, b) => a + b, 0), 0) : null;
  return { kind, step, lossBefore, lossAfter, merged };
}

/** Whether a copy can be taken now: something is at rest whose networks are at hand. */
export function mayStep({ status, record, reopened }: StudioState): boolean {
  return record !== null && reopened === null && (status.at === 'paused' || status.at === 'finished' || status.at === 'stopped');
}

export function makeSteppingActions(store: StoreApi<StudioState>, worker: StudioWorker) {
  const ask = (wish: StepWish, arm: string | null = null) => {
    const { stepping } = store.getState();
    if (stepping !== null && stepping.asked !== null) return;
    if (wish !== 'copy' && (stepping?.copy ?? null) === null) return;
    store.setState({ stepping: { ...(wish === 'copy' ? nothing : (stepping ?? nothing)), asked: wish, error: null } });
    worker.send({ do: 'step', wish, arm });
  };
  return {
    /** Takes a copy of the run of an arm (null: the backbone), in place of any other. */
    takeCopy: (arm: string | null) => ask('copy', arm),
    takeStep: (kind: StepKind) => ask(kind),
    resetCopy: () => ask('reset'),
    closeCopy() {
      if (store.getState().stepping !== null) worker.send({ do: 'step', wish: 'close', arm: null });
    },
  };
}
