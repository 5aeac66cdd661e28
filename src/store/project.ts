/** Worker events into state: the one place where a message of the worker changes what the page knows. */
import type { StudioErrorData } from '../base/errors.ts';
import type { ExperimentEvent } from '../experiment/events.ts';
import { protocolVersion, type WorkerEvent } from '../worker/protocol.ts';
import { convolutions } from '../model/network.ts';
import { everyMerge } from './mergeLook.ts';
import { networkOf } from './networkView.ts';
import { tauText } from '../recipe/arms.ts';
import { quick, sample } from '../recipe/presets.ts';
import { ExperimentRecord } from './record.ts';
import { startView } from './startView.ts';
import { nothingKept, type Notice, type StudioState, type TrainedOn } from './state.ts';
import { isRunning, type Status } from './status.ts';
import { projectStep } from './stepping.ts';

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
    case 'forecast':
      return { forecast: event.forecast, stepMemory: event.step };
    case 'dataset': {
      // A resumed experiment brings its own.
      if (state.status.at === 'preparing') return { dataset: event.summary };
      if (state.status.at !== 'reading' || state.status.id !== event.id) return {};
      // The sample's own recipe is sized for the sample; a recipe that the user touched stays.
      const outgrown = !state.ownRecipe && !event.summary.synthetic && state.base.name === sample.name;
      const recipe = outgrown ? quick : state.recipe;
      const unpinned =
        state.pin === 'studio' ? { recipe: { ...recipe, dataset: { ...recipe.dataset, name: '', sha256: null } } } : {};
      return {
        dataset: event.summary,
        status: { at: 'ready' },
        tab: 'data',
        ...(outgrown ? { base: quick } : {}),
        ...unpinned,
      };
    }
    case 'intake-refused':
      if (state.status.at !== 'reading' || state.status.id !== event.id) return {};
      return { status: { at: 'refused', fileName: event.fileName, problems: event.problems }, tab: 'data' };
    case 'intake-cancelled':
      return state.status.at === 'reading' && state.status.id === event.id ? { status: atRest(state) } : {};
    case 'preparing':
      // A copy that is made of a paused run is not the run.
      if (state.status.at === 'paused') return {};
      return isRunning(state.status) ? { status: { at: 'preparing', stage: event.stage } } : {};
    case 'experiment':
      return projectExperiment(state, event.event);
    case 'paused':
      return state.status.at === 'training' ? { status: { at: 'paused', progress: state.status.progress, asked: null } } : {};
    case 'resumed':
      return state.status.at === 'paused' ? { status: { at: 'training', progress: state.status.progress, asked: null } } : {};
    case 'step':
      return { stepping: projectStep(state.stepping, event.event) };
    case 'archived':
    case 'archive-refused':
      return {};
    case 'robustness-progress':
      return state.measuring === null
        ? {}
        : { measuring: { corruption: event.corruption, severity: event.severity, fraction: event.fraction } };
    case 'robustness':
      return { measuring: null, robustness: event.robustness ?? state.robustness };
    case 'failed':
      if (!isRunning(state.status)) return { asked: null, notice: refusal(state, event.error) };
      // Before the first event there is nothing to keep: the page goes back to where it was.
      if (state.status.at === 'preparing')
        return { asked: null, status: restingStatus(state), notice: refusal(state, event.error) };
      return {
        status: { at: 'halted', error: event.error },
        ...(state.record === null || state.ended !== null
          ? {}
          : { ended: { how: 'halted', elapsedMs: null, error: event.error } }),
      };
    case 'counters':
      return { counters: { tensors: event.tensors, tensorBytes: event.tensorBytes, gpuBytes: event.gpuBytes } };
    case 'experiments':
      return { past: event.list, stored: event.stored, asked: state.asked?.what === 'delete' ? null : state.asked };
    case 'reopened':
      return {
        asked: null,
        notice: null,
        recipe: event.recipe,
        base: event.recipe,
        drafts: {},
        pin: 'studio',
        ownRecipe: true,
        record: null,
        trainedOn: null,
        ended: null,
        counters: null,
        robustness: null,
        saved: null,
        kept: nothingKept,
        reopened: event.resumes ? null : event.saved,
        ...(event.resumes ? { status: { at: 'training', progress: null, asked: null } } : {}),
        tab: state.wantedTab ?? (event.saved.state === 'finished' ? 'results' : 'compare'),
        wantedTab: null,
      };
    case 'looked':
    case 'look-refused':
      // For whoever asked: store/look.ts.
      return {};
    case 'kernels-kept':
      return { kept: { epochs: event.epochs, bytes: event.bytes, plan: event.plan, error: state.kept.error } };
    case 'kernels-not-kept':
      return { kept: { ...state.kept, error: event.error } };
    case 'kernels':
      // An answer to whoever asked: see kernelReader.
      return {};
    case 'saved':
      return { saved: { at: Date.now(), bytes: event.bytes } };
    case 'not-held':
      return { notice: { level: 'info', title: 'Slower steps: the images do not fit the GPU', problem: event.error } };
    case 'not-saving':
      return { notice: { level: 'warning', title: 'This experiment is not being saved', problem: event.error } };
    default:
      return event satisfies never;
  }
}

function projectExperiment(state: StudioState, event: ExperimentEvent): Partial<StudioState> {
  switch (event.at) {
    case 'started':
      return {
        record: new ExperimentRecord(event).on(state.selection.base),
        robustness: null,
        trainedOn: trainedOn(state, event.recipe.dataset.sha256),
        ended: null,
        picture: null,
        mergeLook: everyMerge,
        ...(state.reopened === null
          ? {
              status: { at: 'training', progress: null, asked: null },
              tab: state.wantedTab ?? (state.tab === 'data' || state.tab === 'results' ? 'compare' : state.tab),
              wantedTab: null,
            }
          : {}),
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
    case 'reused':
    case 'layer-taus':
    case 'epoch':
    case 'merges':
    case 'layers':
    case 'test-split':
    case 'scores':
    case 'result':
      state.record?.take(event);
      return {};
    case 'start-weights': {
      const { record, reopened } = state;
      record?.take(event);
      // A past experiment is history: what could still be chosen in it was chosen.
      return record === null || reopened !== null ? {} : noMergesNotice(record.on(event.run.base ?? null));
    }
    case 'similarity':
      if (event.layer !== state.selection.layer) return {};
      state.record?.take(event);
      return {};
    default:
      return event satisfies never;
  }
}

/** A past experiment says nothing of its device, and its dataset may not be the one that is open. */
function trainedOn(state: StudioState, sha256: string | null): TrainedOn | null {
  const { dataset, device, reopened } = state;
  if (dataset === null) return null;
  if (reopened === null) return { dataset, device };
  return dataset.sha256 === sha256 ? { dataset, device: null } : null;
}

function refusal({ asked, measuring, status }: StudioState, problem: StudioErrorData): Notice {
  const done = { open: 'opened', resume: 'resumed', delete: 'deleted' } as const;
  const title =
    asked !== null
      ? `${asked.name} was not ${done[asked.what]}`
      : measuring !== null
        ? 'Robustness was not measured'
        : status.at === 'preparing'
          ? 'Training did not begin'
          : 'The studio met an error';
  return { level: 'error', title, problem };
}

/** As the page was before an experiment was asked for. */
function restingStatus(state: StudioState): Status {
  const { ended } = state;
  if (ended === null || ended.how === 'halted' || ended.elapsedMs === null) return atRest(state);
  return { at: ended.how, elapsedMs: ended.elapsedMs };
}

/** The state with nothing going on. */
export function atRest(state: StudioState): Status {
  return state.dataset === null ? { at: 'empty' } : { at: 'ready' };
}

/** The last convolution of the network that is shown: the layer to watch from the start. */
export function lastLayer({ dataset, record, recipe }: StudioState): number {
  return convolutions(networkOf(record?.started.recipe ?? recipe, dataset)).length - 1;
}

/** Said at the start of fine-tuning, where nothing would merge: there is still time to choose otherwise. */
function noMergesNotice(record: ExperimentRecord): Partial<StudioState> {
  const { merging } = record.started.recipe;
  const view = startView(record, merging);
  if (view === null || view.merging > 0 || view.layers.length === 0) return {};
  const highest = view.highest === null ? '' : `; the highest similarity is ${view.highest.toFixed(2)}`;
  return {
    notice: {
      level: 'info',
      title: `InMerge will hardly merge${record.title === '' ? '' : ` on ${record.title}`}: no pair of the start weights is ${merging.condition === 'similar' ? 'above' : 'below'} τ ${tauText(merging.tau)}${highest}. Merges, Before fine-tuning offers a τ that fits.`,
    },
  };
}
