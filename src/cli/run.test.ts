/**
 * The command line as its users meet it: a real process, real files. Runs are made small (a quarter of the width, a few
 * dozen images), and several tests look at the same one.
 */
import { cpSync, existsSync, readdirSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, test } from 'vitest';
import { readResults } from '../experiment/resultsFile.ts';
import { load, Slots } from '../storage/slots.ts';
import { lockName } from './folderLock.ts';
import type { SavedRun } from './identity.ts';
import { NodeFolder } from './nodeFolder.ts';
import type { Summary } from './summary.ts';
import {
  differences,
  filesOf,
  inmerge,
  realDataset,
  runPython,
  scratch,
  start,
  verifyScript,
  writeDataset,
} from './testing/command.ts';

const folder = scratch();
const data = join(folder.path, 'cells.npz');
const at = (name: string): string => join(folder.path, name);

/** Overrides that make `quick` a matter of a second or two. */
const small = [
  'network.widthMultiplier=0.25',
  'dataset.take.train=48',
  'dataset.take.test=60',
  'optimiser.batchSize=16',
  'backbone.epochs=2',
  'finetune.epochs=2',
  'merging.firstLayer=2',
  'merging.tau=-0.2',
  'seeds=[3,7]',
].flatMap((override) => ['--set', override]);
const args = ['run', 'quick', '--data', data, '--device', 'wasm', '--checkpoint-seconds', '0', ...small];

beforeAll(async () => {
  await writeDataset(data);
  const { code, stderr } = await inmerge(...args, '--out', at('whole'));
  expect(code, stderr).toBe(0);
}, 120_000);

afterAll(() => folder.remove());

describe('a finished run', () => {
  it('leaves every file, and no checkpoint', () => {
    const names = [...filesOf(at('whole')).keys()].map((name) => name.replace(/\[AUC\].*@/, '@')).toSorted();
    const runs = ['backbone_seed3', 'backbone_seed7', 'baseline_seed3', 'baseline_seed7', 'inmerge_seed3', 'inmerge_seed7'];
    expect(names).toEqual(
      [
        'experiment.inmerge',
        'merges.npz',
        'metrics.csv',
        'recipe.json',
        'summary.json',
        ...runs.map((name) => `weights/${name}.safetensors`),
        ...runs.map((name) => `scores/cells_test_@${name}.csv`),
      ].toSorted(),
    );
    expect(existsSync(join(at('whole'), 'checkpoint'))).toBe(false);
  });

  it('can be opened on the page: one file with the recipe and everything that was told', async () => {
    const bytes = filesOf(at('whole')).get('experiment.inmerge') as Buffer;
    const results = await readResults(new Blob([new Uint8Array(bytes)]));
    const summary = JSON.parse(filesOf(at('whole')).get('summary.json')?.toString() ?? '') as Summary;
    const tested = results.history.flatMap((event) => (event.at === 'result' ? [event.test?.accuracy] : []));
    expect(tested).toEqual(summary.runs.map((run) => run.test?.accuracy));
    expect(results.record).toMatchObject({ name: 'quick', seeds: 2, state: 'finished' });
    expect(results.history.some((event) => event.at === 'loss' && event.losses.length === 6)).toBe(true);
  });

  it('names the dataset in its recipe, which runs as it is', () => {
    const recipe = JSON.parse(filesOf(at('whole')).get('recipe.json')?.toString() ?? '') as { dataset: object };
    expect(recipe.dataset).toMatchObject({ name: 'cells', sha256: expect.stringMatching(/^[0-9a-f]{64}$/) as string });
  });

  it('sums up over seeds what its runs say one by one', () => {
    const summary = JSON.parse(filesOf(at('whole')).get('summary.json')?.toString() ?? '') as Summary;
    const accuracies = (arm: string) =>
      summary.runs.filter((each) => each.arm === arm).map((each) => each.test?.accuracy ?? Number.NaN);
    const [a, b] = accuracies('inmerge') as [number, number];
    const found = summary.arms.find(({ arm }) => arm === 'inmerge')?.accuracy;
    expect(found).toEqual({ n: 2, mean: (a + b) / 2, std: expect.closeTo(Math.abs(a - b) / Math.SQRT2, 12) as number });
    const [before] = accuracies('baseline') as [number, number];
    expect(summary.differences[0]?.seeds[0]).toMatchObject({ seed: 3, accuracy: a - before });
    const { interval, mean, n } = summary.differences[0]?.accuracy ?? {};
    expect([n, interval?.length, ((interval?.[0] ?? 9) + (interval?.[1] ?? 9)) / 2]).toEqual([
      2,
      2,
      expect.closeTo(mean ?? 0, 12),
    ]);
    expect(summary.runs.find(({ arm }) => arm === 'inmerge')?.tried).toBeGreaterThan(0);
  });

  it('writes a row for every run, epoch and split', () => {
    const [head, ...rows] = (filesOf(at('whole')).get('metrics.csv')?.toString() ?? '').trimEnd().split('\n');
    expect(head).toBe('seed,phase,arm,epoch,split,loss,accuracy,auc,learning_rate,train_loss,train_accuracy,best');
    // Per seed: two backbone epochs, three per arm (the start is one), and a test row for each of three runs.
    expect(rows).toHaveLength(2 * (2 + 2 * 3 + 3));
    expect(rows[0]).toMatch(/^3,backbone,,1,val,/);
    expect(rows.every((row) => row.split(',').length === 12)).toBe(true);
  });

  it('is measured on corrupted test images, at once or later, with the same numbers, which the page shows', async () => {
    const few = ['seeds=[3]', 'backbone.epochs=1', 'finetune.epochs=1', 'dataset.take.test=16'];
    const out = at('robust');
    const run = await inmerge(...args, ...few.flatMap((each) => ['--set', each]), '--out', out, '--robustness');
    expect(run.code, run.stderr).toBe(0);
    expect(run.stdout).toContain('mean of all');
    const csv = filesOf(out).get('robustness.csv')?.toString() ?? '';
    // Two runs, each on the clean split and under 17 kinds at five severities.
    expect(csv.trimEnd().split('\n')).toHaveLength(1 + 2 * (1 + 17 * 5));
    const bytes = filesOf(out).get('experiment.inmerge') as Buffer;
    const { robustness } = await readResults(new Blob([new Uint8Array(bytes)]));
    expect(robustness).toMatchObject({ source: 'general', images: 16, height: 28, width: 28 });
    const again = await inmerge('robustness', out, '--data', data, '--device', 'wasm');
    expect(again.code, again.stderr).toBe(0);
    expect(filesOf(out).get('robustness.csv')?.toString()).toBe(csv);
    expect(run.stdout.endsWith(again.stdout)).toBe(true);
  }, 60_000);

  it('is shown by inspect', async () => {
    const { code, stdout } = await inmerge('inspect', at('whole'));
    expect(code).toBe(0);
    expect(stdout).toMatch(/inmerge - baseline.*\[-?[\d.]+, -?[\d.]+\]/);
    expect(stdout).toContain('95 % interval');
  });

  it('becomes a report without a browser, whose bundle inspect reads whole and refuses once altered', async () => {
    const out = at('report');
    const { code, stderr, stdout } = await inmerge('report', at('whole'), '--out', out);
    expect(code, stderr).toBe(0);
    const written = filesOf(out);
    const bundle = [...written.keys()].find((name) => name.endsWith('.inmerge.zip')) ?? '';
    expect(stdout.trimEnd().split('\n')).toHaveLength(written.size);
    for (const name of [
      'report.html',
      'tables/table2.tex',
      'figures/accuracy.svg',
      'figures/loss.tex',
      'repeat.py',
      'results.npz',
    ])
      expect([...written.keys()]).toContain(name);
    const inspected = await inmerge('inspect', join(out, bundle));
    expect(inspected.stdout).toContain('weights/inmerge_seed');
    expect((await inmerge('report', join(out, bundle), '--out', at('report-again'))).code).toBe(0);
    expect(filesOf(at('report-again')).get('report.html')).toEqual(written.get('report.html'));
    const bytes = Uint8Array.from(written.get(bundle) ?? []);
    bytes[Math.floor(bytes.length / 2)] = (bytes[Math.floor(bytes.length / 2)] as number) ^ 1;
    writeFileSync(at('altered.inmerge.zip'), bytes);
    const refused = await inmerge('inspect', at('altered.inmerge.zip'));
    expect(refused.code).toBe(1);
    expect(refused.stderr).toMatch(/^error [a-z-]+: .*/m);
  });

  it('is reported on without its weights where they are more than a bundle holds, and says so', async () => {
    cpSync(at('whole'), at('heavy'), { recursive: true });
    for (const arm of ['baseline', 'inmerge']) truncateSync(join(at('heavy'), 'weights', `${arm}_seed3.safetensors`), 2.5e9);
    const { code, stderr, stdout } = await inmerge('report', at('heavy'));
    expect(code, stderr).toBe(0);
    expect(stderr).toContain('note: the weights take 4.7 GiB, and a bundle holds 4 at most');
    const bundle = stdout.trimEnd().split('\n').at(-1) ?? '';
    expect((await inmerge('inspect', bundle)).stdout).not.toContain('weights/');
    rmSync(at('heavy'), { recursive: true });
  });

  it('is the same to the byte when it is run again, whatever the checkpoints', async () => {
    const again = args.filter((arg) => arg !== '--checkpoint-seconds' && arg !== '0');
    expect((await inmerge(...again, '--out', at('again'))).code).toBe(0);
    expect(differences(at('whole'), at('again'))).toEqual([]);
  });

  it('is not written over, unless --overwrite says so; then nothing of it is left', async () => {
    const refused = await inmerge(...args, '--out', at('again'));
    expect(refused.stderr).toMatch(/^error out-finished: /m);
    expect(refused.code).toBe(1);
    expect(differences(at('whole'), at('again'))).toEqual([]);

    writeFileSync(join(at('again'), 'notes.txt'), 'mine');
    const short = ['seeds=[8]', 'backbone.epochs=1', 'finetune.epochs=0'].flatMap((override) => ['--set', override]);
    const replaced = await inmerge(...args, ...short, '--out', at('again'), '--overwrite');
    expect(replaced.code, replaced.stderr).toBe(0);
    expect(readdirSync(join(at('again'), 'weights')).every((name) => name.includes('_seed8'))).toBe(true);
    expect(readdirSync(at('again'))).toContain('notes.txt');
  });

  it('is read by NumPy', async (context) => {
    const program = `
import numpy as np
d = np.load(${JSON.stringify(join(at('whole'), 'merges.npz'))})
n = len(d['step'])
assert n > 0 and all(d[k].shape == (n,) for k in d.files), {k: d[k].shape for k in d.files}
assert set(d.files) == {'step', 'layer', 'i', 'j', 'similarity', 'seed', 'arm'}
assert d['similarity'].dtype == np.float32 and (d['similarity'] > -0.2).all()
assert set(d['seed']) == {3, 7} and set(d['arm']) == {1} and (d['layer'] >= 2).all()
for seed in (3, 7):
    assert (np.diff(d['step'][d['seed'] == seed].astype(int)) >= 0).all()
`;
    const ended = await runPython('-c', program);
    if (ended === null) return context.skip('There is no Python with NumPy here.');
    expect(ended.code, ended.stderr).toBe(0);
  });

  it('has weights that give the same scores in PyTorch', async (context) => {
    const verified = await runPython(verifyScript, at('whole'), data);
    if (verified === null) return context.skip('There is no Python with PyTorch and scikit-learn here.');
    const { code, stdout, stderr } = verified;
    expect(code, stdout + stderr).toBe(0);
    expect(stdout).toContain('6 runs: all agree to 1e-4');
  });
});

describe('a run that was killed', () => {
  it('goes on with --resume to the same bytes, and says until then where it stands', async () => {
    const command = start([...args, '--out', at('cut')]);
    await command.said('seed 3 inmerge epoch 1');
    command.process.kill('SIGKILL');
    await command.ended;
    expect(existsSync(join(at('cut'), 'summary.json'))).toBe(false);
    expect((await inmerge('inspect', at('cut'))).stdout).toContain('unfinished, saved after epoch');

    // Without --resume it is left alone; with anything else changed it is not gone on with.
    // But for the lock that the killed process left, which the first that comes takes over.
    const left = () => new Map([...filesOf(at('cut'))].filter(([name]) => name !== lockName));
    const before = left();
    const refusals = [
      { more: [], says: 'error out-unfinished: ' },
      {
        more: ['--resume', '--set', 'finetune.epochs=3'],
        says: 'error resume-recipe-differs: The checkpoint has finetune.epochs = 2',
      },
      { more: ['--resume', '--device', 'cpu'], says: 'error resume-device-differs: The checkpoint has device.name = "wasm"' },
      { more: ['--resume', '--data', 'sample'], says: 'error resume-dataset-differs: The checkpoint has dataset.sha256' },
    ];
    for (const { more, says } of refusals) {
      const given = [...args, '--out', at('cut'), ...more];
      // The later of two --data or --device is the one under test.
      for (const name of ['--data', '--device']) if (more.includes(name)) given.splice(given.indexOf(name), 2);
      const { code, stderr } = await inmerge(...given);
      expect(stderr).toContain(says);
      expect(code).toBe(1);
    }
    expect(left()).toEqual(before);

    const resumed = await inmerge('run', '--resume', '--data', data, '--out', at('cut'));
    expect(resumed.code, resumed.stderr).toBe(0);
    expect(differences(at('whole'), at('cut'))).toEqual([]);
  });

  it('goes on after its newest checkpoint file was damaged, and after SIGTERM', async () => {
    const command = start([...args, '--out', at('stopped')]);
    await command.said('seed 3 baseline epoch 1');
    command.process.kill('SIGTERM');
    const { code, stderr } = await command.ended;
    expect(code).toBe(143);
    expect(stderr).toContain('--resume goes on from here');

    const slots = new NodeFolder(join(at('stopped'), 'checkpoint'));
    const newest = (await load(slots))?.value as SavedRun;
    await new Slots(slots).save({ ...newest, build: '0.0.1+other' });
    const other = await inmerge(...args, '--out', at('stopped'), '--resume');
    expect(other.stderr).toContain('error resume-build-differs: The checkpoint has build = 0.0.1+other');
    await new Slots(slots).save(newest);
    // The foreign build's save is the older one now; spoil it.
    const older = readdirSync(slots.path).find((name) => filesOf(slots.path).get(name)?.includes('0.0.1+other') === true);
    writeFileSync(join(slots.path, older ?? ''), 'half a file');
    const resumed = await inmerge(...args, '--out', at('stopped'), '--resume');
    expect(resumed.stderr).toContain('one of the two checkpoint files is damaged');
    expect(resumed.code, resumed.stderr).toBe(0);
    expect(differences(at('whole'), at('stopped'))).toEqual([]);
  });
});

test('a run on WebGPU that was killed goes on with --resume to the same bytes', async (context) => {
  if (process.env['INMERGE_NO_GPU'] === '1') return context.skip('INMERGE_NO_GPU=1 leaves the GPU out.');
  const arms = '[{"name":"inmerge","merges":true}]';
  const tiny = [
    'seeds=[3]',
    'backbone.epochs=1',
    'network.batchNorm=false',
    'dataset.take.train=32',
    'input.side=8',
    `arms=${arms}`,
  ];
  const more = [...tiny.flatMap((override) => ['--set', override]), '--data', data, '--device', 'webgpu'];
  const gpu = ['run', 'quick', '--checkpoint-seconds', '0', ...small, ...more];
  // Most of this is compiling shaders, which two commands at once do no slower than one after the other.
  const command = start([...gpu, '--out', at('gpu-cut')]);
  const whole = inmerge(...gpu, '--out', at('gpu-whole'));
  await command.said('inmerge epoch 1');
  command.process.kill('SIGKILL');
  await command.ended;
  const resumed = await inmerge(...gpu, '--out', at('gpu-cut'), '--resume');
  expect(resumed.code, resumed.stderr).toBe(0);
  expect((await whole).code).toBe(0);
  expect(differences(at('gpu-whole'), at('gpu-cut'))).toEqual([]);
}, 120_000);

test('BreastMNIST trains, and PyTorch agrees', async (context) => {
  const breast = realDataset('breastmnist.npz');
  if (breast === null) return context.skip('There is no ../shared/data/breastmnist.npz here.');
  // Resized and repeated to RGB on the way, in a ResNet: what the other runs leave out.
  const overrides = ['seeds=[0]', 'dataset.take.test=null', 'backbone.epochs=1', 'finetune.epochs=1', 'network.name=resnet18'];
  const input = ['input.side=20', 'input.channels=rgb', 'input.normalise=imagenet'];
  const more = [...overrides, ...input].flatMap((override) => ['--set', override]);
  const { code, stderr } = await inmerge(
    'run',
    'quick',
    '--data',
    breast,
    '--device',
    'wasm',
    ...small,
    ...more,
    '--out',
    at('breast'),
  );
  expect(code, stderr).toBe(0);
  const verified = await runPython(verifyScript, at('breast'), breast);
  if (verified === null) return context.skip('There is no Python with PyTorch and scikit-learn here.');
  expect(verified.code, verified.stdout + verified.stderr).toBe(0);
});
