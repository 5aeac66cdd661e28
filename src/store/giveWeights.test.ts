import { expect, test } from 'vitest';
import { createStore } from 'zustand/vanilla';
import type { StudioErrorData } from '../base/errors.ts';
import { quick } from '../recipe/presets.ts';
import type { Archive } from './archive.ts';
import { withStart } from './giveWeights.ts';
import { blocker } from './readiness.ts';
import { lackingFiles, makeStartFileActions, type FileStart } from './startFiles.ts';
import { initialState, type StudioState } from './state.ts';

const digest = (letter: string) => letter.repeat(64);
const named = (name: string, sha256: string | null): FileStart => ({ from: 'file', name, sha256, distribution: 'pytorch' });
const file = (name: string) => new File([name], name);

/** A worker that has what it was given; a file's digest is the first letter of its name. */
function studio(recipe: StudioState['recipe']) {
  const store = createStore<StudioState>()(() => initialState);
  const given = new Set<string>();
  const refused: StudioErrorData[] = [];
  const ask = (request: { what: string; file?: File; sha256?: string }) => {
    if (request.what !== 'give-weights') return Promise.resolve({ answer: { found: given.has(request.sha256 ?? '') } });
    const { name, size } = request.file as File;
    given.add(digest(name.charAt(0)));
    return Promise.resolve({ answer: { file: { name, sha256: digest(name.charAt(0)), bytes: size } } });
  };
  const actions = makeStartFileActions(store, { ask } as unknown as Archive, (_, problem) => refused.push(problem));
  store.setState({ recipe });
  return { store, refused, ...actions };
}

test('a dropped file becomes the recipe’s start weights; a recipe of a link waits for its own file and takes no other', async () => {
  const { store, refused, giveWeights } = studio(quick);
  await giveWeights(file('a.safetensors'));
  expect(store.getState().recipe.start).toEqual(named('a.safetensors', digest('a')));
  expect(lackingFiles(store.getState())).toEqual([]);

  store.setState({ recipe: { ...quick, start: named('b.safetensors', digest('b')) } });
  await Promise.resolve();
  expect(lackingFiles(store.getState())).toHaveLength(1);
  const ready = { ...store.getState(), status: { at: 'ready' }, device: {}, dataset: { counts: {} } } as unknown as StudioState;
  expect(blocker(ready)).toMatchObject({ code: 'start-file', text: expect.stringMatching(/b\.safetensors.*bbbbbbbb/) as string });
  await giveWeights(file('c.safetensors'));
  expect(refused[0]).toMatchObject({ code: 'start-file-other', details: [{ expected: `SHA-256 ${digest('b').slice(0, 12)}…` }] });
  expect(store.getState().recipe.start).toEqual(named('b.safetensors', digest('b')));
  await giveWeights(file('b.safetensors'));
  expect(lackingFiles(store.getState())).toEqual([]);
});

test('a recipe that names a file and no digest takes the file of that name, and then names its digest', async () => {
  const { store, giveWeights } = studio({ ...quick, sweep: { start: [named('d.safetensors', null)] } });
  await giveWeights(file('d.safetensors'));
  expect(store.getState().recipe.sweep.start).toEqual([named('d.safetensors', digest('d'))]);
  expect(store.getState().recipe.start).toEqual(quick.start);
});

test('start weights go to their place and away again', () => {
  const network = { ...quick.network, name: 'vgg11' as const };
  const recipe = { ...quick, sweep: { network: [network] } };
  const own = withStart(recipe, { of: 'network', at: 0 }, named('a.safetensors', digest('a')));
  expect(own.sweep.network).toEqual([{ ...network, start: named('a.safetensors', digest('a')) }]);
  expect(withStart(own, { of: 'network', at: 0 }, null)).toEqual(recipe);
  const first = withStart(quick, { of: 'recipe' }, named('a.safetensors', digest('a')));
  expect(withStart(first, { of: 'recipe' }, null)).toEqual(quick);
});

test('two files of one name are refused: their runs could not be told apart', async () => {
  const { store, refused, giveWeights } = studio({ ...quick, start: named('x.safetensors', digest('a')) });
  await giveWeights(file('x.safetensors'), { of: 'sweep' });
  expect(refused.map(({ code }) => code)).toEqual(['start-files-alike']);
  expect(store.getState().recipe.sweep).toEqual({});
});
