/** Sweeps on the command line, in real processes: finished runs are not trained again, and parts are joined into the whole. */
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readResults } from '../experiment/resultsFile.ts';
import { NodeFolder } from './nodeFolder.ts';
import { differences, filesOf, inmerge, workplace, writeDataset } from './testing/command.ts';

const { folder, data, at, run, summary } = workplace(
  'network.widthMultiplier=0.25',
  'dataset.take.train=32',
  'dataset.take.val=16',
  'dataset.take.test=20',
  'optimiser.batchSize=16',
  'backbone.epochs=1',
  'finetune.epochs=1',
  'merging.firstLayer=2',
  'merging.tau=-0.2',
);

beforeAll(async () => {
  await writeDataset(data);
  const first = await run('first', '--seeds', '3', '--set', 'sweep.tau=[0.1]', '--runs', at('runs'));
  expect(first.code, first.stderr).toBe(0);
}, 120_000);

afterAll(() => folder.remove());

describe('a sweep on the command line', () => {
  it('has an arm for every value, and only what is new is trained', { timeout: 120_000 }, async () => {
    expect(summary('first').arms.map(({ arm }) => arm)).toEqual(['baseline', 'inmerge', 'tau-0.1']);
    const { code, stderr } = await run(
      'both',
      '--seeds',
      '3,7',
      '--set',
      'sweep.tau=[0.1,{"quantile":0.9}]',
      '--runs',
      at('runs'),
    );
    expect(code, stderr).toBe(0);
    expect(stderr.match(/was trained before/g)).toHaveLength(4);
    expect(summary('both').arms.map(({ arm, accuracy }) => [arm, accuracy?.n])).toEqual([
      ['baseline', 2],
      ['inmerge', 2],
      ['tau-0.1', 2],
      ['tau-q0.9', 2],
    ]);
    const weights = (out: string) => [...filesOf(at(out))].filter(([name]) => name.includes('seed3'));
    for (const [name, bytes] of weights('first')) expect(filesOf(at('both')).get(name)?.equals(bytes), name).toBe(true);
  });

  it('in parts is joined into the whole, with the same files', { timeout: 120_000 }, async () => {
    const parts = [
      await run('a', '--seeds', '3', '--set', 'sweep.tau=[0.1]', '--runs', at('runs')),
      await run('b', '--seeds', '7', '--set', 'sweep.tau=[0.1]', '--runs', at('runs')),
      await run('whole', '--seeds', '3,7', '--set', 'sweep.tau=[0.1]', '--runs', at('runs')),
    ];
    for (const { code, stderr } of parts) expect(code, stderr).toBe(0);
    const { code, stderr } = await inmerge('collect', at('a'), at('b'), '--out', at('joined'));
    expect(code, stderr).toBe(0);
    expect(summary('joined').runs).toEqual(summary('whole').runs);
    expect(summary('joined').differences).toEqual(summary('whole').differences);
    // The whole's recipe has a sweep, and the joined one the same arms by name.
    for (const out of ['joined', 'whole'])
      for (const name of ['recipe.json', 'summary.json', 'experiment.inmerge']) rmSync(join(at(out), name));
    expect(differences(at('joined'), at('whole'))).toEqual([]);
  });

  it(
    'joined opens as results do, and what does not belong together is refused before a file is written',
    { timeout: 120_000 },
    async () => {
      const lacking = await inmerge('collect', at('first'), at('both'), '--out', at('no'));
      expect(lacking.code, lacking.stdout).toBe(0);
      const file = await new NodeFolder(at('no')).read('experiment.inmerge');
      const opened = await readResults(file as Blob);
      expect(opened.recipe.seeds).toEqual([3, 7]);
      expect(opened.recipe.arms.map(({ name }) => name)).toEqual(['baseline', 'inmerge', 'tau-0.1', 'tau-q0.9']);

      const other = await run('other', '--seeds', '9', '--set', 'merging.alpha=0.5');
      expect(other.code, other.stderr).toBe(0);
      const refused = await inmerge('collect', at('first'), at('other'), '--out', at('never'));
      expect(refused.code).toBe(1);
      expect(refused.stderr).toContain('recipe.merging.alpha is 0.8 in one and 0.5 in the other');
      const half = await run('half', '--seeds', '11');
      expect(half.code, half.stderr).toBe(0);
      const incomplete = await inmerge('collect', at('first'), at('half'), '--out', at('never'));
      expect(incomplete.stderr).toContain('1 of 8 runs are in none of the folders: seed 11 τ 0.1');
      expect(await new NodeFolder(at('never')).exists()).toBe(false);

      const before = filesOf(at('first'));
      const itself = await inmerge('collect', at('first'), at('both'), '--out', join(at('both'), '..', 'first'), '--overwrite');
      expect(itself.stderr).toMatch(/^error collect-into-part: /);
      expect(filesOf(at('first'))).toEqual(before);
    },
  );
});
