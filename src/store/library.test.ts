import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { fakeList, fakePast } from '../worker/fakePast.ts';
import { startFake } from '../worker/fake.ts';
import type { Command, SavedExperiment, StudioWorker, WorkerEvent } from '../worker/protocol.ts';
import { results } from './comparison.ts';
import { lossesCsv } from './csv.ts';
import { interruptedOf, pastTitle } from './libraryActions.ts';
import { createStudio, type Studio } from './studio.ts';

const past = fakePast(1_800_000_000_000);
const inState = (state: SavedExperiment['state']): SavedExperiment => {
  const found = past.find((saved) => saved.state === state);
  if (found === undefined) throw new Error(`No past experiment is ${state}.`);
  return found;
};

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

async function withPast(): Promise<Studio> {
  const studio = createStudio(startFake({ tickMs: 10, stepsPerTick: 50, past }));
  await vi.advanceTimersByTimeAsync(10);
  return studio;
}

describe('past experiments', () => {
  test('are listed from the start, and the latest interrupted one is offered', async () => {
    const { store } = await withPast();
    expect(store.getState().past).toHaveLength(past.length);
    expect(interruptedOf(store.getState().past)).toMatchObject({ datasetTitle: 'BreastMNIST', fraction: 0.43 });
    expect(past.map(pastTitle)).toContain('Sample');
  });

  test('a finished one opens as a whole: nothing is drawn while its history comes', async () => {
    const { store, actions } = await withPast();
    const seen = new Set<string>();
    store.subscribe(({ status, record, ended }) =>
      seen.add(`${status.at} ${record === null ? 'empty' : 'record'} ${ended?.how ?? ''}`),
    );
    actions.openPast(inState('finished'));
    await vi.advanceTimersByTimeAsync(500);
    expect([...seen]).toEqual(['empty empty ', 'finished record finished']);
    const { record, reopened, tab, asked, trainedOn } = store.getState();
    expect({ tab, asked, trainedOn }).toEqual({ tab: 'results', asked: null, trainedOn: null });
    expect(reopened?.state).toBe('finished');
    expect(record === null ? null : results(record)?.accuracy).toMatchObject({ n: 5 });
    expect(record === null ? 0 : lossesCsv(record).length).toBe(1 + 5 * 3);
  });

  test('an interrupted one goes on with its dataset to its end', async () => {
    const { store, actions } = await withPast();
    actions.resumePast(inState('interrupted'));
    expect(store.getState()).toMatchObject({ status: { at: 'preparing' }, asked: { what: 'resume' } });
    await vi.advanceTimersByTimeAsync(200);
    expect(store.getState()).toMatchObject({
      status: { at: 'training', progress: { run: { seed: 1 } } },
      dataset: { name: 'bloodmnist' },
      tab: 'compare',
      reopened: null,
      asked: null,
    });
    await vi.advanceTimersByTimeAsync(60_000);
    const { status, record } = store.getState();
    expect(status.at).toBe('finished');
    expect(record === null ? null : results(record)?.accuracy).toMatchObject({ n: 3 });
  });

  test('one that runs elsewhere is not asked for; a deleted one leaves the list', async () => {
    const { store, actions } = await withPast();
    actions.resumePast(inState('running'));
    expect(store.getState().asked).toBeNull();
    actions.deletePast(inState('finished'));
    await vi.advanceTimersByTimeAsync(10);
    expect(store.getState()).toMatchObject({ asked: null });
    expect(store.getState().past).toHaveLength(past.length - 1);
  });

  test('a new run after a past one is the page’s own', async () => {
    const { store, actions } = await withPast();
    actions.openPast(inState('finished'));
    await vi.advanceTimersByTimeAsync(500);
    actions.makeSample();
    await vi.advanceTimersByTimeAsync(1000);
    actions.start();
    await vi.advanceTimersByTimeAsync(200);
    expect(store.getState()).toMatchObject({
      reopened: null,
      status: { at: 'training' },
      trainedOn: { dataset: { name: 'sample' } },
    });
  });
});

describe('what goes wrong', () => {
  const lost = { code: 'experiment-lost', message: 'Neither save can be read.' };

  test('a resume that cannot begin leaves the page as it was, and says which', () => {
    const worker = silent();
    const { store, actions } = createStudio(worker);
    worker.tell(fakeList(past));
    const before = store.getState().status;
    actions.resumePast(inState('interrupted'));
    worker.tell({ say: 'failed', error: lost });
    expect(store.getState()).toMatchObject({
      asked: null,
      status: { at: 'empty' },
      notice: { level: 'error', title: 'BreastMNIST, tau 0.10 was not resumed', problem: lost },
    });
    expect(before.at).toBe('connecting');
  });

  test('saving is told quietly, and where it does not work, why', () => {
    const worker = silent();
    const { store } = createStudio(worker);
    vi.setSystemTime(5000);
    worker.tell({ say: 'saved', bytes: 12 });
    expect(store.getState()).toMatchObject({ saved: { at: 5000, bytes: 12 }, notice: null });
    worker.tell({ say: 'not-saving', error: { code: 'storage-full', message: 'Full.', remedy: 'Delete some.' } });
    expect(store.getState().notice).toMatchObject({ level: 'warning', problem: { remedy: 'Delete some.' } });
  });
});

describe('results made elsewhere', () => {
  test('are known by the name of their file, and refused while an experiment runs', async () => {
    const worker = silent();
    const { store, actions } = createStudio(worker);
    const file = new File(['x'], 'experiment.inmerge');
    await actions.openFile(file);
    expect(worker.sent.at(-1)).toEqual({ do: 'open-results', file, weights: [] });
    worker.tell({ say: 'failed', error: { code: 'container-damaged', message: 'Damaged.' } });
    expect(store.getState().notice?.title).toBe('experiment.inmerge was not opened');
    const sent = worker.sent.length;
    store.setState({ status: { at: 'training', progress: null, asked: null } });
    await actions.openFile(file);
    expect(worker.sent).toHaveLength(sent);
    expect(store.getState().notice?.title).toContain('an experiment is running');
  });
});

function silent(): StudioWorker & { tell: (event: WorkerEvent) => void; sent: Command[] } {
  const listeners = new Set<(event: WorkerEvent) => void>();
  const sent: Command[] = [];
  return {
    sent,
    send: (command) => void sent.push(command),
    listen: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    terminate: () => {},
    tell: (event) => {
      for (const listener of listeners) listener(event);
    },
  };
}
