/** Single steps on a copy, as the page shows them: the copy, what its last step did, and the losses of all its steps. */
import type { StoreApi } from 'zustand/vanilla';
import type { StudioErrorData } from '../base/errors.ts';
import type { StepCopy, StepEvent, StepKind, StepReport, StepWish } from '../experiment/stepReports.ts';
import type { StudioWorker } from '../worker/protocol.ts';
import type { ExperimentRecord } from './record.ts';
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
      // A step may already be asked for, to be taken on it.
      return { ...nothing, copy: event.copy, asked: before.asked };
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
  return {
    /** One step on the copy of the run of an arm (null: the backbone), which is taken first where there is none. */
    takeStep(kind: StepKind, arm: string | null) {
      const state = store.getState();
      const { stepping } = state;
      if (!mayStep(state) || (stepping !== null && stepping.asked !== null)) return;
      const copy = stepping?.copy ?? null;
      const fits = copy !== null && copy.run.arm === arm;
      store.setState({ stepping: { ...(fits && stepping !== null ? stepping : nothing), asked: kind, error: null } });
      if (!fits) worker.send({ do: 'step', wish: 'copy', arm });
      worker.send({ do: 'step', wish: kind, arm });
    },

    /** Back to where the copy was taken. */
    resetCopy() {
      const { stepping } = store.getState();
      if (stepping === null || stepping.copy === null || stepping.asked !== null) return;
      store.setState({ stepping: { ...stepping, asked: 'reset' } });
      worker.send({ do: 'step', wish: 'reset', arm: null });
    },

    closeCopy() {
      if (store.getState().stepping !== null) worker.send({ do: 'step', wish: 'close', arm: null });
    },
  };
}

/**
 * The runs whose networks are at hand, as the record tells it: the arms of the latest seed, or its backbone before them.
 * Empty where they stand on another base than the one that is shown.
 */
export function armsAtHand(record: ExperimentRecord): readonly (string | null)[] {
  if ((record.latest?.base ?? null) !== record.base) return [];
  const latest = [...record.runs.values()].at(-1)?.key.seed;
  const arms = [...record.runs.values()].flatMap(({ key }) => (key.seed === latest && key.arm !== null ? [key.arm] : []));
  return arms.length === 0 ? [null] : arms;
}
