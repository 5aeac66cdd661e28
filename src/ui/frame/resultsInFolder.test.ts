import { expect, test } from 'vitest';
import { resultsIn, type Entry, type FileEntry, type FolderEntry } from './resultsInFolder.ts';

const file = (name: string, text = ''): FileEntry => ({
  name,
  isDirectory: false,
  file: (done) => done(new File([text], name)),
});
/** As browsers do it: a few entries at a time, then none. */
const folder = (name: string, entries: Entry[]): FolderEntry => ({
  name,
  isDirectory: true,
  createReader: () => {
    let at = 0;
    return { readEntries: (done) => done(entries.slice(at, (at += 2))) };
  },
});
const textsOf = async (entry: Entry): Promise<string[]> =>
  Promise.all((await resultsIn(entry)).map((found) => found.file.text()));

test('the folder of a run: its file of results, behind more entries than come at once', async () => {
  const run = folder('run', [file('metrics.csv'), file('recipe.json'), folder('weights', []), file('experiment.inmerge', 'a')]);
  expect(await textsOf(run)).toEqual(['a']);
});

test('the weights beside it come along, and nothing else', async () => {
  const weights = folder('weights', [
    file('a.safetensors'),
    file('notes.txt'),
    file('b.safetensors'),
    folder('c.safetensors', []),
  ]);
  const [found] = await resultsIn(folder('run', [file('experiment.inmerge'), weights, folder('scores', [file('d.csv')])]));
  expect(found?.weights.map(({ name }) => name)).toEqual(['a.safetensors', 'b.safetensors']);
});

test('a folder of runs: all of theirs', async () => {
  const runs = folder('results', [
    folder('one', [file('experiment.inmerge', '1'), folder('old', [file('experiment.inmerge', 'old')])]),
    folder('two', [file('experiment.inmerge', '2')]),
    folder('three', [file('notes.txt')]),
  ]);
  expect(await textsOf(runs)).toEqual(['1', '2']);
});

test('a folder without any, and one that is too deep to be meant', async () => {
  expect(await resultsIn(folder('images', [file('a.png'), file('b.png'), file('c.png')]))).toEqual([]);
  const deep = folder('1', [folder('2', [folder('3', [folder('4', [file('experiment.inmerge')])])])]);
  expect(await resultsIn(deep)).toEqual([]);
});
