/** Saving while the browser's storage is full: said once, training is not touched, and the save before it stays. */
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { Experiment } from '../experiment/experiment.ts';
import { quick } from '../recipe/presets.ts';
import type { Folder } from '../storage/slots.ts';
import { memoryFolder } from '../storage/testing/memoryFolder.ts';
import { Keeper, type ExperimentFacts } from './keeper.ts';
import { Library } from './library.ts';
import type { WorkerEvent } from './protocol.ts';
import { lockedBy } from './testing/locks.ts';
import { by, savedState, sha256 } from './testing/savedState.ts';

beforeEach(() => {
  vi.stubGlobal('navigator', { locks: lockedBy() });
});
afterEach(() => {
  vi.unstubAllGlobals();
});

/** A folder, and all below it, that takes nothing while it is full. */
function filling(folder: Folder, full: () => boolean): Folder {
  return {
    ...folder,
    folder: (name) => filling(folder.folder(name), full),
    write: (name, pieces) =>
      full() ? Promise.reject(new DOMException('full', 'QuotaExceededError')) : folder.write(name, pieces),
  };
}

test('a full storage is told once, leaves the older save whole, and is tried again until there is room', async () => {
  let full = false;
  const library = new Library(filling(memoryFolder(), () => full));
  const said: WorkerEvent[] = [];
  const { checkpoint, record, origin } = savedState('one', 'kept');
  const facts: ExperimentFacts = {
    ...by,
    id: 'one',
    startedAt: 1,
    recipe: quick,
    origin,
    datasetSha256: sha256,
    datasetTitle: record.datasetTitle,
  };
  const keeper = new Keeper(library, facts, (event) => void said.push(event));
  const at = (fraction: number) => ({ checkpoint: () => Promise.resolve({ ...checkpoint, fraction }) }) as unknown as Experiment;
  const saved = async () => (await library.read('one')).checkpoint.fraction;

  await keeper.maybeSave(at(0.1), true);
  expect(said.map(({ say }) => say)).toEqual(['saved']);
  full = true;
  for (const fraction of [0.2, 0.3, 0.4]) await keeper.maybeSave(at(fraction), true);
  expect(said.slice(1)).toMatchObject([{ say: 'not-saving', error: { code: 'storage-full' } }]);
  expect(await saved()).toBe(0.1);
  full = false;
  await keeper.maybeSave(at(0.5), true);
  expect(said.at(-1)).toMatchObject({ say: 'saved' });
  expect(await saved()).toBe(0.5);
  full = true;
  await keeper.maybeSave(at(0.6), true);
  expect(said.at(-1)).toMatchObject({ say: 'not-saving' });
});
