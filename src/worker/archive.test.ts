import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
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
  const archive = new Archive({
    say: (event) => void said.push(event),
    past,
    startFiles: new StartFiles(Promise.resolve(library)),
  });
  let id = 0;
  const ask = async (request: ArchiveRequest) => {
    archive.ask(++id, request);
    await vi.waitUntil(() => said.some((event) => 'id' in event && event.id === id));
    const event = said.at(-1);
    return event?.say === 'archived' ? event.answer : event?.say === 'archive-refused' ? event.error : null;
  };
  const keep = async (experiment: string, name: string) => {
    await library.keepDataset(sha256, new Blob(['pixels']));
    await library.writer(experiment)(savedState(experiment, name));
  };
  const names = async () => (await filesBelow(root)).map(({ path }) => path.join('/'));
  return { root, library, ask, keep, names };
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
});
