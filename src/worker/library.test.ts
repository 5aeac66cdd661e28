import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { quick } from '../recipe/presets.ts';
import type { Recipe } from '../recipe/recipe.ts';
import { runsOf } from '../experiment/plan.ts';
import { filesBelow } from '../storage/backup.ts';
import type { Folder } from '../storage/slots.ts';
import { memoryFolder } from '../storage/testing/memoryFolder.ts';
import { claimOf } from './claims.ts';
import { Library } from './library.ts';
import { lockedBy } from './testing/locks.ts';
import { by, savedState, sha256 } from './testing/savedState.ts';

beforeEach(() => {
  vi.stubGlobal('navigator', { locks: lockedBy() });
});
afterEach(() => {
  vi.unstubAllGlobals();
});

const seeds = (...list: number[]): Partial<Recipe> => ({ seeds: list });
const runBytes = 10;

interface Kept {
  readonly name: string;
  readonly changed: Partial<Recipe>;
  /** Of a build that wrote no claims. */
  readonly older?: boolean;
}

/** A library in which those experiments were run to their end, each run a file of ten bytes. */
async function withExperiments(...all: readonly Kept[]) {
  const root = memoryFolder();
  const library = new Library(root);
  for (const { name, changed, older } of all) {
    const recipe = { ...quick, ...changed };
    const claim = await claimOf(recipe, sha256, library.runs(by));
    const keep = () => library.keepDataset(sha256, new Blob(['pixels']));
    await (older === true ? keep() : library.claim(name, claim, keep));
    for (const file of Object.values(claim.runs)) await library.keepRun(file, new Blob(['x'.repeat(runBytes)]));
    await library.writer(name)(savedState(name, name, changed));
  }
  return { root, library };
}

const runFiles = async (root: Folder) => (await root.folder('runs').list()).sort();
const bytesOf = async (root: Folder) => (await filesBelow(root)).reduce((sum, { file }) => sum + file.size, 0);

/** What the list says of each, by its name. */
async function told(library: Library) {
  const { list, stored } = await library.list();
  return { stored, of: new Map(list.map((saved) => [saved.name, saved])) };
}

/** Two seeds each, one of them the same; a backbone and two arms a seed. */
const first: Kept = { name: 'first', changed: seeds(0, 1) };
const second: Kept = { name: 'second', changed: seeds(1, 2) };

describe.each([
  ['as this build saves them', {}],
  ['as a build saved them that wrote no claims', { older: true }],
])('two experiments that have runs in common, %s', (_, age) => {
  const two = () => withExperiments({ ...first, ...age }, { ...second, ...age });

  it('each says what deleting it frees: runs and dataset only where nobody else has them', async () => {
    const { library, root } = await two();
    const { of, stored } = await told(library);
    for (const name of ['first', 'second']) expect(of.get(name)).toMatchObject({ copyBytes: 0, runBytes: 3 * runBytes });
    expect(stored).toEqual({ bytes: await bytesOf(root), sharedBytes: 3 * runBytes + 'pixels'.length });
    const freed = [...of.values()].reduce((sum, saved) => sum + saved.bytes + (saved.runBytes ?? 0), 0);
    expect(freed + stored.sharedBytes).toBe(stored.bytes);
  });

  it('deleting one frees just that, and leaves the other all its runs', async () => {
    const { library, root } = await two();
    await library.list();
    const before = await bytesOf(root);
    const { of } = await told(library);
    const promised = (of.get('first')?.bytes ?? 0) + (of.get('first')?.runBytes ?? 0);
    await library.delete('first');
    expect(before - (await bytesOf(root))).toBe(promised);
    const claim = await claimOf({ ...quick, ...second.changed }, sha256, library.runs(by));
    expect(await runFiles(root)).toEqual(Object.values(claim.runs).sort());
    for (const run of runsOf({ ...quick, ...second.changed }))
      expect(await library.finishedRuns('second').has(run), JSON.stringify(run)).toBe(true);

    const alone = (await told(library)).of.get('second');
    expect(alone).toMatchObject({ copyBytes: 'pixels'.length, runBytes: 6 * runBytes });
    await library.delete('second');
    expect(await filesBelow(root)).toEqual([]);
  });
});

describe('deleting while another tab trains', () => {
  it('leaves what an experiment stands on that has just begun and was never saved', async () => {
    const { library, root } = await withExperiments(first);
    vi.stubGlobal('navigator', { locks: lockedBy('begun') });
    const other = new Library(root);
    const claim = await claimOf({ ...quick, ...second.changed }, sha256, other.runs(by));
    await Promise.all([
      library.delete('first'),
      other.claim('begun', claim, () => other.keepDataset(sha256, new Blob(['pixels']))),
    ]);
    expect(await (await other.dataset(sha256))?.text()).toBe('pixels');
    await other.keepRun(claim.runs['2/'] as string, new Blob(['y']));
    // And once more, with the claim there from the start.
    await library.writer('first')(savedState('first', 'first', first.changed));
    await library.delete('first');
    expect(await (await other.dataset(sha256))?.text()).toBe('pixels');
    expect(await runFiles(root)).toEqual([claim.runs['2/']]);
  });

  it('clears what is left of one that ended before its first save', async () => {
    const { library, root } = await withExperiments(first);
    const other = 'd'.repeat(64);
    const claim = await claimOf({ ...quick, seeds: [7] }, other, library.runs(by));
    await library.claim('ended', claim, () => library.keepDataset(other, new Blob(['z'])));
    await library.delete('first');
    expect(await filesBelow(root)).toEqual([]);
  });
});
