/** The PyTorch script on what the other tests of it leave out: several labels an image, and residual networks, in grey. */
import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { joined } from '../base/bytes.ts';
import type { Dataset, Split } from '../data/dataset.ts';
import { npzPieces, type NpzArray } from '../data/npzWriter.ts';
import { halves, tinyRecipe } from '../experiment/testing/tiny.ts';
import type { Recipe } from '../recipe/recipe.ts';
import { repeatScript } from './repeatScript.ts';
import { Study } from './study.ts';
import { runTiny } from './testing/tinyStudy.ts';

const python = existsSync('/usr/bin/python3') ? '/usr/bin/python3' : 'python3';
const hasTorch = spawnSync(python, ['-c', 'import torch']).status === 0;
const folder = mkdtempSync(join(tmpdir(), 'inmerge-repeat-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** The bright half, and two labels of its place in the file. */
const labelled = (split: Split): Split => ({
  ...split,
  labels: Uint16Array.from({ length: split.count * 3 }, (_, at) => {
    const image = Math.floor(at / 3);
    return [split.labels[image] ?? 0, Number(image % 3 === 0), Number(image % 5 < 2)][at % 3] as number;
  }),
});
const { train, val, test: last } = halves.splits;
const findings: Dataset = {
  ...halves,
  task: 'multi-label',
  classNames: ['below', 'third', 'fifth'],
  splits: { train: labelled(train), val: labelled(val), test: labelled(last as Split) },
};

function npz(): Uint8Array<ArrayBuffer> {
  const arrays = (['train', 'val', 'test'] as const).flatMap((name): [string, NpzArray][] => {
    const { count, images, labels } = findings.splits[name] as Split;
    return [
      [`${name}_images`, { shape: [count, findings.height, findings.width], values: Uint8Array.from(images) }],
      [`${name}_labels`, { shape: [count, 3], values: Uint8Array.from(labels) }],
    ];
  });
  return joined(npzPieces(new Map(arrays)));
}

type Row = Record<string, number | string>;

/** What the script says, run on the same file. */
function repeated(
  study: Study,
  name: string,
  ...more: readonly string[]
): { readonly found: readonly Row[]; readonly output: string } {
  writeFileSync(join(folder, 'findings.npz'), npz());
  writeFileSync(join(folder, `${name}.py`), repeatScript(study) ?? '');
  const output = execFileSync(
    python,
    [join(folder, `${name}.py`), join(folder, 'findings.npz'), '--other-data', '--json', ...more],
    {
      env: { ...process.env, OMP_NUM_THREADS: '1' },
      encoding: 'utf8',
      stdio: 'pipe',
    },
  );
  return { found: JSON.parse(output.trim().split('\n').at(-1) ?? '') as Row[], output };
}

function expectSame(study: Study, found: readonly Row[]): void {
  expect(found.map(({ arm }) => arm)).toEqual(['baseline', 'inmerge']);
  for (const row of found) {
    const result = study.run(0, String(row['arm']))?.result;
    expect(row['merges']).toBe(result?.merges);
    expect(row['loss']).toBeCloseTo(result?.test?.loss ?? 0, 4);
    expect(row['accuracy']).toBe(result?.test?.accuracy);
    expect(row['auc']).toBeCloseTo(result?.test?.auc ?? 0, 4);
  }
  expect(found[1]?.['merges']).toBeGreaterThan(0);
}

// At this rate a ResNet's steps agree for as long as the run lasts; repeat.py says at which they do not.
test.for([
  ['vgg8', 0.01],
  ['resnet18', 0.001],
] as const)('%s on grey images of several labels ends as in PyTorch', async ([name, learningRate], context) => {
  if (!hasTorch) return context.skip('There is no Python with PyTorch here.');
  const recipe = {
    ...tinyRecipe,
    dataset: { ...tinyRecipe.dataset, sha256: findings.sha256 },
    network: { ...tinyRecipe.network, name, widthMultiplier: 0.125 },
    backbone: { ...tinyRecipe.backbone, epochs: 1, learningRate },
    finetune: { ...tinyRecipe.finetune, epochs: 1, learningRate },
    merging: { ...tinyRecipe.merging, tau: 0.05 },
  };
  const study = new Study(await runTiny(recipe, null, findings));
  const { found, output } = repeated(study, name);
  expectSame(study, found);
  const counted = [null, 'baseline', 'inmerge'].flatMap((arm) => study.run(0, arm)?.epochs.flatMap((e) => e.trainAccuracy ?? []));
  expect(counted).toHaveLength(3);
  expect([...output.matchAll(/train ACC ([\d.]+)/g)].map(([, share]) => share)).toEqual(
    counted.map((share) => share?.toFixed(4)),
  );
});

test('what merges on every validation image, as the published code does, does so in PyTorch', async (context) => {
  if (!hasTorch) return context.skip('There is no Python with PyTorch here.');
  const recipe: Recipe = {
    ...tinyRecipe,
    dataset: { ...tinyRecipe.dataset, sha256: findings.sha256 },
    network: { ...tinyRecipe.network, widthMultiplier: 0.125 },
    merging: { ...tinyRecipe.merging, tau: 0.05, mergeDuringValidation: true },
  };
  const study = new Study(await runTiny(recipe, null, findings));
  expectSame(study, repeated(study, 'validation', '--float64').found);
  expectSame(study, repeated(study, 'validation').found);
  // The six steps of two epochs alone make a tenth of that.
  expect(study.run(0, 'inmerge')?.result?.merges).toBeGreaterThan(100);
});
