import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { quick, sample } from '../recipe/presets.ts';
import { startFake, type FakeOptions } from '../worker/fake.ts';
import { protocolVersion, type Command, type DeviceReport, type StudioWorker, type WorkerEvent } from '../worker/protocol.ts';
import { encodeRecipe } from './recipeUrl.ts';
import { blocker } from './readiness.ts';
import { results } from './comparison.ts';
import { lookedAt } from './lookedAt.ts';
import { createStudio, type Studio } from './studio.ts';

const npz = (name: string): File => new File([new Uint8Array(100)], name);
const json = (name: string, value: unknown): File => new File([typeof value === 'string' ? value : JSON.stringify(value)], name);

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

async function withFake(options: Partial<FakeOptions> = {}): Promise<Studio> {
  const studio = createStudio(startFake({ tickMs: 10, stepsPerTick: 50, ...options }));
  await vi.advanceTimersByTimeAsync(10);
  return studio;
}

async function withSample(options: Partial<FakeOptions> = {}): Promise<Studio> {
  const studio = await withFake(options);
  studio.actions.makeSample();
  await vi.advanceTimersByTimeAsync(1000);
  return studio;
}

describe('data', () => {
  test('the sample brings its own recipe, and training may begin', async () => {
    const { store } = await withSample();
    expect(store.getState()).toMatchObject({ status: { at: 'ready' }, recipe: { name: 'sample' }, dataset: { synthetic: true } });
    expect(blocker(store.getState())).toBeNull();
  });

  test('a recipe that the user changed is kept when the sample is opened', async () => {
    const { store, actions } = await withFake();
    actions.type('merging.tau', '0.2');
    actions.makeSample();
    await vi.advanceTimersByTimeAsync(1000);
    expect(store.getState().recipe).toMatchObject({ name: 'quick', merging: { tau: 0.2 } });
  });

  test('a file after the sample brings a recipe for files, unless the user touched the sample’s', async () => {
    const untouched = await withSample();
    await untouched.actions.openFile(npz('cells.npz'));
    await vi.advanceTimersByTimeAsync(1000);
    expect(untouched.store.getState()).toMatchObject({ recipe: { name: 'quick' }, base: { name: 'quick' } });

    const touched = await withSample();
    touched.actions.type('merging.tau', '0.2');
    await touched.actions.openFile(npz('cells.npz'));
    await vi.advanceTimersByTimeAsync(1000);
    expect(touched.store.getState()).toMatchObject({ recipe: { name: 'sample', merging: { tau: 0.2 } } });
  });

  test('a recipe file that cannot be read is refused, and the recipe is as it was', async () => {
    const { store, actions } = await withFake();
    const file = new File(['{}'], 'recipe.json');
    file.text = () => Promise.reject(new DOMException('gone', 'NotReadableError'));
    const before = store.getState().recipe;
    await actions.openFile(file);
    expect(store.getState()).toMatchObject({ recipe: before, notice: { level: 'error', problem: { code: 'file-gone' } } });
  });

  test('a refused file names its problems and leaves the dataset in use', async () => {
    const { store, actions } = await withSample();
    await actions.openFile(npz('bad.npz'));
    await vi.advanceTimersByTimeAsync(1000);
    const { status, dataset } = store.getState();
    expect(status).toMatchObject({
      at: 'refused',
      fileName: 'bad.npz',
      problems: [{ code: 'npz-channels-first' }, { code: 'label-range' }],
    });
    expect(dataset?.title).toBe('Sample');
    actions.backFromRefusal();
    expect(store.getState().status.at).toBe('ready');
  });

  test('a picture is not taken for a dataset, and before a run was tested there is no network to ask', async () => {
    const { store, actions } = await withSample();
    await actions.openFile(new File([new Uint8Array(9)], 'cell.png', { type: 'image/png' }));
    expect(store.getState()).toMatchObject({ status: { at: 'ready' }, picture: null, tab: 'data' });
    expect(store.getState().notice?.title).toMatch(/^cell\.png is a picture\./);
  });

  test('a cancelled intake goes back to where it was', async () => {
    const { store, actions } = await withFake();
    await actions.openFile(npz('a.npz'));
    await vi.advanceTimersByTimeAsync(30);
    expect(store.getState().status.at).toBe('reading');
    actions.cancelIntake();
    await vi.advanceTimersByTimeAsync(30);
    expect(store.getState().status.at).toBe('empty');
  });

  test('an answer to an earlier file does not replace the one being read', async () => {
    const { store, actions } = await withFake();
    await actions.openFile(npz('first.npz'));
    await actions.openFile(npz('second.npz'));
    expect(store.getState().status).toMatchObject({ at: 'reading', fileName: 'second.npz' });
    await vi.advanceTimersByTimeAsync(1000);
    expect(store.getState().dataset?.fileName).toBe('second.npz');
  });
});

describe('an experiment', () => {
  test('runs to its end; the recipe then names its data, and both arms have results', async () => {
    const { store, actions } = await withSample();
    actions.type('seeds', '0, 1');
    actions.start();
    await vi.advanceTimersByTimeAsync(60_000);
    const { status, record, recipe, dataset, ended, tab } = store.getState();
    expect(status.at).toBe('finished');
    expect(ended).toMatchObject({ how: 'finished' });
    expect(recipe.dataset).toMatchObject({ name: 'sample', sha256: dataset?.sha256 });
    expect(record === null ? null : results(record)?.accuracy).toMatchObject({ n: 2 });
    expect(tab).toBe('compare');
    const { kept, selection } = store.getState();
    const looked = record === null ? null : lookedAt(record, kept, selection);
    expect(looked).toMatchObject({ seed: 1, upper: 'baseline', lower: 'inmerge' });
    expect(looked?.epoch).toBe(recipe.finetune.epochs);
  });

  test('pauses and resumes, and refuses a file meanwhile', async () => {
    const { store, actions } = await withSample({ tickMs: 30, stepsPerTick: 5 });
    actions.start();
    await vi.advanceTimersByTimeAsync(600);
    actions.pause();
    await vi.advanceTimersByTimeAsync(10);
    expect(store.getState().status).toMatchObject({ at: 'paused', progress: { run: { phase: 'backbone' } } });
    await actions.openFile(npz('other.npz'));
    expect(store.getState().notice?.title).toContain('an experiment is running');
    actions.resume();
    await vi.advanceTimersByTimeAsync(100);
    expect(store.getState().status.at).toBe('training');
    actions.stop();
    await vi.advanceTimersByTimeAsync(100);
    expect(store.getState()).toMatchObject({ status: { at: 'stopped' }, ended: { how: 'stopped' } });
  });

  test('redraws its series at most four times a second', async () => {
    const { store, actions } = await withSample({ tickMs: 5, stepsPerTick: 1 });
    actions.start();
    await vi.advanceTimersByTimeAsync(200);
    const before = store.getState().revision;
    await vi.advanceTimersByTimeAsync(1000);
    expect(store.getState().revision - before).toBeLessThanOrEqual(4);
    expect(store.getState().revision).toBeGreaterThan(before);
  });

  test('another dataset opened afterwards needs no consent: the studio itself named the first', async () => {
    const { store, actions } = await withSample({ stepsPerTick: 500 });
    actions.start();
    await vi.advanceTimersByTimeAsync(60_000);
    await actions.openFile(npz('bloodmnist.npz'));
    await vi.advanceTimersByTimeAsync(1000);
    expect(blocker(store.getState())).toBeNull();
    expect(store.getState().record).not.toBeNull();
  });
});

describe('recipes', () => {
  test('one made for other data waits for the user’s word', async () => {
    const { store, actions } = await withSample();
    await actions.openFile(
      json('theirs.json', { ...sample, name: 'theirs', dataset: { ...sample.dataset, name: 'other', sha256: 'a'.repeat(64) } }),
    );
    expect(blocker(store.getState())).toMatchObject({ code: 'other-dataset' });
    actions.start();
    expect(store.getState().status.at).toBe('ready');
    actions.useWithThisDataset();
    expect(blocker(store.getState())).toBeNull();
  });

  test.each([
    ['cut.json', '{"format": "inm', 'recipe-json'],
    ['range.json', { ...quick, merging: { ...quick.merging, alpha: 3 } }, 'recipe-invalid'],
    ['big.json', 'x'.repeat(1_000_001), 'recipe-large'],
  ])('%s changes nothing and says why', async (name, content, code) => {
    const { store, actions } = await withSample();
    const before = store.getState().recipe;
    await actions.openFile(json(name, content));
    expect(store.getState().recipe).toBe(before);
    expect(store.getState().notice).toMatchObject({ level: 'error', problem: { code } });
  });

  test('a link applies its recipe; a cut one changes nothing', async () => {
    vi.useRealTimers();
    const studio = createStudio(silent());
    await studio.actions.loadPayload(await encodeRecipe({ ...quick, name: 'linked' }));
    expect(studio.store.getState().recipe.name).toBe('linked');
    const before = studio.store.getState().recipe;
    await studio.actions.loadPayload('1.zzzz');
    expect(studio.store.getState().recipe).toBe(before);
    expect(studio.store.getState().notice?.problem?.code).toBe('recipe-url-cut');
  });

  test('a text out of range is kept as typed, holds training, and reset mends it', async () => {
    const { store, actions } = await withSample();
    actions.type('merging.tau', '3');
    actions.leave('merging.tau');
    expect(store.getState()).toMatchObject({ drafts: { 'merging.tau': '3' }, recipe: { merging: { tau: sample.merging.tau } } });
    expect(blocker(store.getState())).toMatchObject({ code: 'fields' });
    actions.reset('merging.tau');
    expect(blocker(store.getState())).toBeNull();
  });

  test('a batch larger than the training images is refused before the start', async () => {
    const { store, actions } = await withSample();
    actions.type('dataset.take.train', '10');
    expect(blocker(store.getState())).toMatchObject({ code: 'no-batch' });
  });
});

describe('the worker', () => {
  test('of another build is refused with what to do', () => {
    const worker = silent();
    const { store } = createStudio(worker);
    worker.tell({ say: 'device', version: protocolVersion + 1, report: {} as DeviceReport });
    expect(store.getState()).toMatchObject({ device: null, notice: { problem: { code: 'protocol-version' } } });
  });

  test('that meets an error while training halts; between experiments it is a notice', async () => {
    const worker = silent();
    const { store } = createStudio(worker);
    const error = { code: 'device-lost', message: 'The GPU went away.' };
    worker.tell({ say: 'failed', error });
    expect(store.getState().notice?.problem).toEqual(error);
    store.setState({ status: { at: 'training', progress: null, asked: null } });
    worker.tell({ say: 'failed', error });
    expect(store.getState().status).toEqual({ at: 'halted', error });
  });

  test('that has no room for the images on the GPU says so, and trains on', () => {
    const worker = silent();
    const { store } = createStudio(worker);
    store.setState({ status: { at: 'training', progress: null, asked: null } });
    const error = { code: 'images-not-held', message: 'Images are uploaded batch by batch.', remedy: 'Fewer images would fit.' };
    worker.tell({ say: 'not-held', error });
    expect(store.getState()).toMatchObject({ status: { at: 'training' }, notice: { level: 'info', problem: error } });
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
