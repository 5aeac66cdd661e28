/** Worker events into state: the one place where a message of the worker changes what the page knows. */
import type { ExperimentEvent } from '../experiment/events.ts';
import { protocolVersion, type WorkerEvent } from '../worker/protocol.ts';
import { convolutions } from '../model/network.ts';
import { networkOf } from './networkView.ts';
import { ExperimentRecord } from './record.ts';
import type { StudioState } from './state.ts';
import { isRunning, type Status } from './status.ts';

/** What an event changes. Writes series into `state.record`; the caller bumps the revision. */
export function project(state: StudioState, event: WorkerEvent): Partial<StudioState> {
  switch (event.say) {
    case 'device':
      if (event.version !== protocolVersion) {
        return {
          notice: {
            level: 'error',
            title: 'The page and its worker are of different builds',
            problem: {
              code: 'protocol-version',
              message: `The worker speaks version ${event.version} and the page version ${protocolVersion}.`,
              remedy: 'Reload the page; if that changes nothing, clear its cache.',
            },
          },
        };
      }
      return {
        device: event.report,
        deviceChoice: event.report.choice,
        ...(state.status.at === 'connecting' ? { status: atRest(state) } : {}),
      };
    case 'intake-progress': {
      if (state.status.at !== 'reading' || state.status.id !== event.id) return {};
      const { stage, doneBytes, totalBytes } = event;
      return { status: { ...state.status, stage, doneBytes, totalBytes } };
    }
    case 'dataset': {
      if (state.status.at !== 'reading' || state.status.id !== event.id) return {};
      const unpinned =
        state.pin === 'studio'
          ? { recipe: { ...state.recipe, dataset: { ...state.recipe.dataset, name: '', sha256: null } } }
          : {};
      return { dataset: event.summary, status: { at: 'ready' }, tab: 'data', ...unpinned };
    }
    case 'intake-refused':
      if (state.status.at !== 'reading' || state.status.id !== event.id) return {};
      return { status: { at: 'refused', fileName: event.fileName, problems: event.problems }, tab: 'data' };
    case 'intake-cancelled':
      return state.status.at === 'reading' && state.status.id === event.id ? { status: atRest(state) } : {};
    case 'preparing':
      return isRunning(state.status) ? { status: { at: 'preparing', stage: event.stage } } : {};
    case 'experiment':
      return projectExperiment(state, event.event);
    case 'paused':
      return state.status.at === 'training' ? { status: { at: 'paused', progress: state.status.progress, asked: null } } : {};
    case 'resumed':
      return state.status.at === 'paused' ? { status: { at: 'training', progress: state.status.progress, asked: null } } : {};
    case 'failed':
      // Between experiments only a device can fail; the worker goes on with another one.
      if (!isRunning(state.status)) return { notice: { level: 'error', title: 'The studio met an error', problem: event.error } };
      return {
        status: { at: 'halted', error: event.error },
        ...(state.record === null || state.ended !== null
          ? {}
          : { ended: { how: 'halted', elapsedMs: null, error: event.error } }),
      };
    case 'counters':
      return { counters: { tensors: event.tensors, tensorBytes: event.tensorBytes, gpuBytes: event.gpuBytes } };
    default:
      return event satisfies never;
  }
}

function projectExperiment(state: StudioState, event: ExperimentEvent): Partial<StudioState> {
  switch (event.at) {
    case 'started':
      return {
        record: new ExperimentRecord(event),
        trainedOn: state.dataset === null ? null : { dataset: state.dataset, device: state.device },
        ended: null,
        status: { at: 'training', progress: null, asked: null },
        mergeLayer: null,
        tab: state.tab === 'data' || state.tab === 'results' ? 'compare' : state.tab,
      };
    case 'progress':
      if (state.status.at === 'paused') return { status: { ...state.status, progress: event } };
      return { status: { at: 'training', progress: event, asked: state.status.at === 'training' ? state.status.asked : null } };
    case 'finished':
    case 'stopped':
      state.record?.take(event);
      return {
        status: { at: event.at, elapsedMs: event.elapsedMs },
        ended: { how: event.at, elapsedMs: event.elapsedMs, error: null },
      };
    case 'loss':
    case 'epoch':
    case 'merges':
    case 'result':
      state.record?.take(event);
      return {};
    case 'similarity':
      if (event.layer !== state.watchedLayer) return {};
      state.record?.take(event);
      return {};
    default:
      return event satisfies never;
  }
}

/** The state with nothing going on. */
export function atRest(state: StudioState): Status {
  return state.dataset === null ? { at: 'empty' } : { at: 'ready' };
}

/** The layer to watch from the start: the last one that merges, else the last one. */
export function usualLayer(state: StudioState): number {
  return convolutions(networkOf(state.recipe, state.dataset)).length - 1;
}
