/** Networks and start weights on the command line, in real processes: a file that PyTorch wrote, several bases, their parts. */
import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { NodeFolder } from './nodeFolder.ts';
import { differences, filesOf, inmerge, runPython, verifyScript, workplace, writeDataset } from './testing/command.ts';

const { folder, data, at, run, summary } = workplace(
  'network.widthMultiplier=0.25',
  'dataset.take.train=32',
  'dataset.take.val=16',
  'optimiser.batchSize=16',
  'merging.firstLayer=2',
  'merging.tau=-0.2',
);
const oneEpoch = ['--set', 'backbone.epochs=1', '--set', 'finetune.epochs=1'];

/** A VGG-8 of a quarter of the width as torch.nn makes it, written by hand as the format says, and its scores on the test images. */
const pytorch = `
import sys, json, numpy as np, torch
from torch import nn
torch.manual_seed(7)
layers, channels = [], 3
for kernels in (4, 4, 'M', 8, 8, 'M', 16, 16, 'M'):
    if kernels == 'M':
        layers.append(nn.MaxPool2d(2))
    else:
        layers += [nn.Conv2d(channels, kernels, 3, padding=1), nn.BatchNorm2d(kernels), nn.ReLU()]
        channels = kernels
model = nn.Module()
model.features = nn.Sequential(*layers)
model.classifier = nn.Linear(channels, 8)
for layer in layers:
    if isinstance(layer, nn.BatchNorm2d):
        layer.running_mean.uniform_(-0.2, 0.2); layer.running_var.uniform_(0.5, 2)
state, header, blob = model.state_dict(), {}, b''
for name, values in state.items():
    data = values.numpy().tobytes()
    header[name] = {'dtype': 'I64' if values.dtype == torch.int64 else 'F32', 'shape': list(values.shape), 'data_offsets': [len(blob), len(blob) + len(data)]}
    blob += data
text = json.dumps(header).encode()
open(sys.argv[2], 'wb').write(len(text).to_bytes(8, 'little') + text + blob)
images = torch.from_numpy(np.load(sys.argv[1])['test_images']).float().permute(0, 3, 1, 2) / 255 * 2 - 1
model.eval()
with torch.no_grad():
    print(json.dumps(torch.log_softmax(model.classifier(model.features(images).mean((2, 3))), 1).tolist()))
`;
const weightsFile = at('from torch.safetensors');
let torchLogs: number[][] | null = null;

beforeAll(async () => {
  await writeDataset(data);
  const ended = await runPython('-c', pytorch, data, weightsFile);
  if (ended !== null) {
    expect(ended.code, ended.stderr).toBe(0);
    torchLogs = JSON.parse(ended.stdout) as number[][];
  }
}, 120_000);

afterAll(() => folder.remove());

describe('start weights from a file', () => {
  it('that PyTorch wrote give PyTorch’s scores before any training', { timeout: 120_000 }, async (context) => {
    if (torchLogs === null) return context.skip('There is no Python with PyTorch here.');
    const none = ['--set', 'backbone.epochs=0', '--set', 'finetune.epochs=0'];
    const { code, stderr } = await run('start', ...none, '--set', 'start=from torch.safetensors', '--weights', weightsFile);
    expect(code, stderr).toBe(0);
    const [name] = [...filesOf(at('start')).keys()].filter((each) => each.endsWith('@backbone_seed0.csv'));
    const rows = readFileSync(join(at('start'), name ?? ''), 'utf8')
      .trim()
      .split('\n');
    expect(rows).toHaveLength(torchLogs.length);
    rows.forEach((row, image) => {
      const scores = row.split(',').slice(1).map(Number);
      scores.forEach((score, k) => expect(Math.log(score)).toBeCloseTo(torchLogs?.[image]?.[k] ?? 0, 4));
    });
    // What the recipe names in the results is the file that it was.
    const { start } = JSON.parse(readFileSync(join(at('start'), 'recipe.json'), 'utf8')) as { start: { sha256: string } };
    expect(start.sha256).toMatch(/^[0-9a-f]{64}$/);
  });

  it('that is not given, or does not fit, is refused before a file is written', { timeout: 120_000 }, async (context) => {
    const missing = await run('never', '--set', 'start=absent.safetensors');
    expect(missing.code).toBe(1);
    expect(missing.stderr).toContain('start-file-missing');
    expect(missing.stderr).toContain('absent.safetensors');
    expect(await new NodeFolder(at('never')).exists()).toBe(false);
    if (torchLogs === null) return context.skip('There is no Python with PyTorch here.');
    const wide = await run(
      'never',
      '--set',
      'network.widthMultiplier=0.5',
      '--set',
      'start=from torch.safetensors',
      '--weights',
      weightsFile,
    );
    expect(wide.stderr).toContain('features.0.weight is F32 [4, 3, 3, 3], expected F32 [8, 3, 3, 3]');
    expect(await new NodeFolder(at('never')).exists()).toBe(false);
  });
});

describe('several networks', () => {
  const narrow = '{"name":"vgg8","batchNorm":true,"widthMultiplier":0.125,"head":"linear"}';
  const swept = ['--set', `sweep.network=[${narrow}]`, ...oneEpoch];

  it('each have their files and their differences; one that is added later trains alone', { timeout: 120_000 }, async () => {
    const first = await run('own', ...oneEpoch, '--runs', at('runs'));
    expect(first.code, first.stderr).toBe(0);
    const { code, stderr, stdout } = await run('both', ...swept, '--runs', at('runs'));
    expect(code, stderr).toBe(0);
    expect(stderr.match(/was trained before/g)).toHaveLength(3);
    expect(stdout).toContain('inmerge+vgg8-bn-w0.125 - baseline');
    const { arms, differences: found, runs } = summary('both');
    expect(arms.map(({ arm, base }) => [base, arm])).toEqual([
      [undefined, 'baseline'],
      [undefined, 'inmerge'],
      ['vgg8-bn-w0.125', 'baseline'],
      ['vgg8-bn-w0.125', 'inmerge'],
    ]);
    const accuracy = (arm: string) =>
      runs.find((each) => each.arm === arm && each.base === 'vgg8-bn-w0.125')?.test?.accuracy ?? NaN;
    expect(found.map(({ base }) => base)).toEqual([undefined, 'vgg8-bn-w0.125']);
    expect(found[1]?.accuracy?.mean).toBeCloseTo(accuracy('inmerge') - accuracy('baseline'), 12);
    const names = [...filesOf(at('both')).keys()];
    for (const arm of ['backbone', 'baseline', 'inmerge'])
      expect(names).toContain(`weights/${arm}+vgg8-bn-w0.125_seed0.safetensors`);
    for (const [name, bytes] of filesOf(join(at('own'), 'weights')))
      expect(
        filesOf(join(at('both'), 'weights'))
          .get(name)
          ?.equals(bytes),
        name,
      ).toBe(true);
    const inspected = await inmerge('inspect', at('both'));
    expect(inspected.stdout).toMatch(/baseline\+vgg8-bn-w0\.125/);
    const report = await inmerge('report', at('both'));
    expect(report.code, report.stderr).toBe(0);
    expect(report.stdout).toContain('seeds-vgg8-bn-w0.125.csv');
    const verified = await runPython(verifyScript, at('both'), data);
    if (verified !== null) expect(verified.stdout, verified.stderr).toContain('6 runs: all agree');
  });

  it('run in parts are joined into the whole', { timeout: 120_000 }, async () => {
    const other = await run('other', ...swept, '--seeds', '5', '--runs', at('runs'));
    expect(other.code, other.stderr).toBe(0);
    const whole = await run('whole', ...swept, '--seeds', '0,5', '--runs', at('runs'));
    expect(whole.code, whole.stderr).toBe(0);
    const { code, stderr } = await inmerge('collect', at('own'), at('both'), at('other'), '--out', at('joined'));
    expect(code, stderr).toBe(0);
    const sorted = (out: string) =>
      summary(out)
        .runs.map((each) => each.weights)
        .toSorted();
    expect(sorted('joined')).toEqual(sorted('whole'));
    expect(summary('joined').differences).toEqual(summary('whole').differences);
    const lacking = await inmerge('collect', at('own'), at('other'), '--out', at('no'));
    expect(lacking.stderr).toContain('seed 0 Backbone on vgg8-bn-w0.125');
    for (const out of ['joined', 'whole'])
      for (const name of ['recipe.json', 'summary.json', 'experiment.inmerge', 'metrics.csv', 'report'])
        rmSync(join(at(out), name), { recursive: true, force: true });
    expect(differences(at('joined'), at('whole'))).toEqual([]);
  });
});
