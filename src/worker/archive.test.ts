import { createHash } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { safetensorsPieces } from '../model/safetensorsWriter.ts';
import { quick } from '../recipe/presets.ts';
import type { Recipe } from '../recipe/recipe.ts';
import { buildNetwork } from '../model/buildNetwork.ts';
import { initialWeights } from '../model/initialWeights.ts';
import { stateDictPieces } from '../model/stateDict.ts';
import { filesBelow, makeBackup } from '../storage/backup.ts';
import { memoryFolder } from '../storage/testing/memoryFolder.ts';
import { Archive } from './archive.ts';
import type { ArchiveRequest } from './archiveProtocol.ts';
import { Library } from './library.ts';
import type { Past } from './past.ts';
import type { WorkerEvent } from './protocol.ts';
import { StartFiles } from './startFiles.ts';
import { lockedBy } from './testing/locks.ts';
import { savedState, sha256 } from './testing/savedState.ts';

beforeEach(() => {
  vi.stubGlobal('navigator', { locks: lockedBy('running') });
});
afterEach(() => {
  vi.unstubAllGlobals();
});

async function studio() {
  const root = memoryFolder();
  const library = new Library(root);
  const said: WorkerEvent[] = [];
  const past = { mustLibrary: () => Promise.resolve(library), tellList: () => Promise.resolve() } as unknown as Past;
  const startFiles = new StartFiles(Promise.resolve(library));
  const archive = new Archive({ say: (event) => void said.push(event), past, startFiles });
  let id = 0;
  const ask = async (request: ArchiveRequest) => {
    archive.ask(++id, request);
    await vi.waitUntil(() => said.some((event) => 'id' in event && event.id === id));
    const event = said.at(-1);
    return event?.say === 'archived' ? event.answer : event?.say === 'archive-refused' ? event.error : null;
  };
  const keep = async (experiment: string, name: string, changed?: Partial<Recipe>) => {
    await library.keepDataset(sha256, new Blob(['pixels']));
    await library.writer(experiment)(savedState(experiment, name, changed));
  };
  const names = async () => (await filesBelow(root)).map(({ path }) => path.join('/'));
  return { root, library, startFiles, ask, keep, names };
}

describe('the archive of past experiments', () => {
  it('renames everywhere that the name stands', async () => {
    const { library, ask, keep } = await studio();
    await keep('one', 'old');
    expect(await ask({ what: 'rename', experiment: 'one', name: 'new' })).toEqual({ what: 'rename' });
    expect((await library.list()).list[0]?.name).toBe('new');
    const { record, checkpoint } = await library.read('one');
    expect([record.name, checkpoint.recipe.name]).toEqual(['new', 'new']);
    expect(checkpoint.history[0]).toMatchObject({ recipe: { name: 'new' } });
    await keep('running', 'at work');
    expect(await ask({ what: 'rename', experiment: 'running', name: 'x' })).toMatchObject({ code: 'running-elsewhere' });
  });

  it('backs up all but what runs, and brings it back elsewhere with its dataset; what is there stays', async () => {
    const here = await studio();
    await here.keep('one', 'first');
    await here.keep('two', 'second');
    await here.keep('running', 'at work');
    const backup = await here.ask({ what: 'back-up' });
    expect(backup).toMatchObject({ what: 'back-up', experiments: 2 });
    const { file } = backup as Extract<typeof backup, { what: 'back-up' }>;

    const there = await studio();
    await there.keep('two', 'its own');
    expect(await there.ask({ what: 'restore', file })).toEqual({ what: 'restore', added: 1, present: 1 });
    expect((await there.library.list()).list.map(({ name }) => name).sort()).toEqual(['first', 'its own']);
    expect((await there.library.read('one')).checkpoint).toEqual((await here.library.read('one')).checkpoint);
    expect(await (await there.library.dataset(sha256))?.text()).toBe('pixels');
  });

  it('takes nothing of a backup that names a foreign place', async () => {
    const { ask, names } = await studio();
    for (const path of [
      ['experiments', '..', 'record.json'],
      ['elsewhere', 'a'],
      ['datasets', 'a', 'b'],
      ['runs', 'a', 'b'],
      ['experiments', 'a/b', 'c'],
    ]) {
      const good = { path: ['experiments', 'a', 'record.json'], file: new Blob(['{}']) };
      const file = await makeBackup([good, { path, file: new Blob(['x']) }]);
      expect(await ask({ what: 'restore', file }), path.join('/')).toMatchObject({ code: 'backup-damaged' });
      expect(await names()).toEqual([]);
    }
  });

  it('says what a network would take of a file of weights, or what does not fit; nothing of a file that is not there', async () => {
    const { ask } = await studio();
    const network = { name: 'vgg8', batchNorm: true, widthMultiplier: 0.25, head: 'linear' } as const;
    const built = buildNetwork(network, [28, 28, 3], 5);
    const file = new File(stateDictPieces(built, initialWeights(built, 'he', 1)), 'five.safetensors');
    const about = { what: 'fit-weights', name: 'five.safetensors', input: [28, 28, 3], classes: 8 } as const;
    expect(await ask({ ...about, sha256, network })).toEqual({ what: 'fit-weights', fit: null });
    const given = await ask({ what: 'give-weights', file });
    const digest = (given as Extract<typeof given, { what: 'give-weights' }>).file.sha256;
    // Six convolutions with their normalisation; the last layer is of other classes.
    expect(await ask({ ...about, sha256: digest, network })).toEqual({
      what: 'fit-weights',
      fit: { taken: 36, drawn: ['classifier.weight', 'classifier.bias'] },
    });
    expect(await ask({ ...about, sha256: digest, network: { ...network, widthMultiplier: 0.5 } })).toMatchObject({
      code: 'start-file-differs',
    });
  });
});

describe('start weights from a file', () => {
  const weights = (value: number) =>
    new File(safetensorsPieces(new Map([['a', { shape: [1], values: Float32Array.of(value) }]])), 'a.safetensors');
  const digestOf = async (file: Blob) =>
    createHash('sha256')
      .update(new Uint8Array(await file.arrayBuffer()))
      .digest('hex');

  it('are known by their digest once given, and refused where they are no safetensors', async () => {
    const { ask } = await studio();
    const file = weights(1);
    const digest = await digestOf(file);
    expect(await ask({ what: 'find-weights', sha256: digest })).toEqual({ what: 'find-weights', found: false });
    const given = { what: 'give-weights', file: { name: 'a.safetensors', sha256: digest, bytes: file.size } };
    expect(await ask({ what: 'give-weights', file })).toEqual(given);
    expect(await ask({ what: 'find-weights', sha256: digest })).toEqual({ what: 'find-weights', found: true });
    const pickle = new File([Uint8Array.of(0x80, 2, 0x8a, 0x0a, 0x6c, 0xfc, 0x9c, 0x46, 0xf9, 0x20)], 'a.pth');
    expect(await ask({ what: 'give-weights', file: pickle })).toMatchObject({ code: 'safetensors-is-pickle' });
  });

  it('are kept for the experiments that start from them, backed up with them, and go with the last of them', async () => {
    const here = await studio();
    const file = weights(2);
    const start = { from: 'file', name: file.name, sha256: await digestOf(file), distribution: 'he' } as const;
    await here.ask({ what: 'give-weights', file });
    await here.startFiles.keep({ ...quick, start });
    for (const name of ['one', 'two']) await here.keep(name, name, { start });
    const backup = await here.ask({ what: 'back-up' });

    const there = await studio();
    await there.ask({ what: 'restore', file: (backup as Extract<typeof backup, { what: 'back-up' }>).file });
    expect(await there.ask({ what: 'find-weights', sha256: start.sha256 })).toEqual({ what: 'find-weights', found: true });
    const place = `start-weights/${start.sha256}`;
    await there.library.delete('one');
    expect(await there.names()).toContain(place);
    await there.library.delete('two');
    expect(await there.names()).not.toContain(place);
  });

  it('get the digest of the file that was given under their name', async () => {
    const { ask, startFiles } = await studio();
    const file = weights(3);
    await ask({ what: 'give-weights', file });
    const start = { from: 'file', name: file.name, sha256: null, distribution: 'he' } as const;
    expect(startFiles.named({ ...quick, start }).start).toEqual({ ...start, sha256: await digestOf(file) });
  });
});
