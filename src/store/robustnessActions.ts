/** Measuring the robustness of the experiment that is shown: asked for, cancelled, and what stands in the way of it. */
import type { StoreApi } from 'zustand/vanilla';
import type { StudioWorker } from '../worker/protocol.ts';
import type { StudioState } from './state.ts';
import { isRunning } from './status.ts';

export function makeRobustnessActions(store: StoreApi<StudioState>, worker: StudioWorker) {
  return {
    measureRobustness() {
      const { record, status, measuring } = store.getState();
      if (record === null || isRunning(status) || measuring !== null) return;
      store.setState({ measuring: { corruption: null, severity: 0, fraction: 0 }, notice: null });
      worker.send({ do: 'measure-robustness' });
    },

    cancelRobustness() {
      if (store.getState().measuring !== null) worker.send({ do: 'cancel-robustness' });
    },
  };
}
