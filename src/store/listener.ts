/**
 * From the worker's events to the store, at the pace at which a page can draw: series grow outside the store, which only
 * counts their revisions, and the history of a reopened experiment is taken in as a whole before anything is drawn.
 */
import type { StoreApi } from 'zustand/vanilla';
import type { StudioWorker, WorkerEvent } from '../worker/protocol.ts';
import { changed } from './selection.ts';
import { lastLayer, project } from './project.ts';
import type { StudioState } from './state.ts';

/** Least time between two redraws of what comes once an epoch, and of the losses that come all the time. */
const revisionMs = 250;
const lossRevisionMs = 1000;
/** Silence after which a history counts as told. */
const quietMs = 100;

export function listenTo(worker: StudioWorker, store: StoreApi<StudioState>): void {
  const count = (key: 'revision' | 'lossRevision') => () => store.setState((state) => ({ [key]: state[key] + 1 }));
  const drawSoon = atMostEvery(revisionMs, count('revision'));
  const drawLossesSoon = atMostEvery(lossRevisionMs, count('lossRevision'));
  const drawLastSoon = atMostEvery(revisionMs, count('lossRevision'));

  /** What a history has changed so far; null while events are taken one by one. */
  let held: Partial<StudioState> | null = null;
  let quiet: ReturnType<typeof setTimeout> | undefined;
  const release = () => {
    clearTimeout(quiet);
    if (held === null) return;
    const change = held;
    held = null;
    store.setState((state) => ({ ...change, revision: state.revision + 1, lossRevision: state.lossRevision + 1 }));
  };
  const change = (by: Partial<StudioState>) => {
    if (held !== null) held = { ...held, ...by };
    else if (Object.keys(by).length > 0) store.setState(by);
  };
  const current = (): StudioState => (held === null ? store.getState() : { ...store.getState(), ...held });

  worker.listen((event) => {
    if (event.say === 'reopened') {
      release();
      held = {};
    }
    if (held !== null) {
      clearTimeout(quiet);
      quiet = setTimeout(release, quietMs);
    }
    change(project(current(), event));
    if (event.say === 'experiment' && event.event.at === 'started') {
      const usual = lastLayer(current());
      const { record, selection } = current();
      if (selection.arm !== null) record?.compare(selection.arm);
      const layer = selection.layer === null || selection.layer > usual ? usual : selection.layer;
      change({ selection: changed(selection, { layer }) });
      worker.send({ do: 'watch-layer', layer });
    }
    if (endsHistory(event)) release();
    if (event.say !== 'experiment' || held !== null) return;
    if (event.event.at === 'loss') drawLossesSoon();
    // Nothing comes after these: what is known is drawn to its end.
    else if (event.event.at === 'finished' || event.event.at === 'stopped') {
      drawSoon();
      drawLastSoon();
    } else if (event.event.at !== 'progress') drawSoon();
  });
}

/** What may come in the midst of a history. */
const alongside: readonly WorkerEvent['say'][] = ['reopened', 'saved', 'experiments', 'kernels-kept', 'kernels', 'forecast'];

/** A history has none of these; what follows it begins with one, or with silence. */
function endsHistory(event: WorkerEvent): boolean {
  if (event.say !== 'experiment') return !alongside.includes(event.say);
  return event.event.at === 'finished' || event.event.at === 'stopped' || event.event.at === 'progress';
}

/** Calls `work` soon, and not again before `ms` have passed, however often it is asked to. */
function atMostEvery(ms: number, work: () => void): () => void {
  let timer: ReturnType<typeof setTimeout> | null = null;
  return () => {
    timer ??= setTimeout(() => {
      timer = null;
      work();
    }, ms);
  };
}
