/** Reports of several networks and start weights: every comparison within one base, and nothing mixed. */
import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { joined } from '../base/bytes.ts';
import { sha256Of } from '../data/digest.ts';
import { npzPieces, type NpzArray } from '../data/npzWriter.ts';
import type { ResultsFile } from '../experiment/resultsFile.ts';
import { halves } from '../experiment/testing/tiny.ts';
import { buildNetwork } from '../model/buildNetwork.ts';
import { initialWeights } from '../model/initialWeights.ts';
import { stateDictPieces } from '../model/stateDict.ts';
import { onBase } from '../recipe/bases.ts';
import type { Recipe } from '../recipe/recipe.ts';
import { certainty } from './certainty.ts';
import { meanDifference } from './pairedAccuracies.ts';
import { reportFiles } from './reportFiles.ts';
import type { ReportFile } from './reportFile.ts';
import { Study, type StudyArm } from './study.ts';
import { tablesOf } from './tablesOf.ts';
import { differenceOf } from './tables.ts';
import { runTiny, tinyStudyRecipe } from './testing/tinyStudy.ts';

const python = existsSync('/usr/bin/python3') ? '/usr/bin/python3' : 'python3';
const hasTorch = (): boolean => {
  try {
    execFileSync(python, ['-c', 'import torch'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
};

const plain = { ...tinyStudyRecipe.network, batchNorm: false };
const ofThree = buildNetwork(plain, [8, 8, 1], 3);
const pieces = stateDictPieces(ofThree, initialWeights(ofThree, 'pytorch', 5));
const folder = mkdtempSync(join(tmpdir(), 'inmerge-bases-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

let recipe: Recipe;
let results: ResultsFile;
let files: ReportFile[];
let study: Study;
beforeAll(async () => {
  const start = { from: 'file', name: 'three.safetensors', sha256: await sha256Of(pieces), distribution: 'he' } as const;
  recipe = {
    ...tinyStudyRecipe,
    backbone: { ...tinyStudyRecipe.backbone, epochs: 2 },
    sweep: { network: [{ ...plain, start }] },
  };
  results = await runTiny(recipe, new Blob(pieces));
  study = new Study(results);
  files = reportFiles(study, 'a build');
});
const textOf = (path: string): string => {
  const file = files.find((each) => each.path === path);
  if (file === undefined) throw new Error(`There is no ${path} among ${files.map((each) => each.path).join(', ')}.`);
  return new TextDecoder().decode(joined(file.pieces));
};
const own = 'VGG-8-BN × 0.25, random';
const other = 'VGG-8 × 0.25, three.safetensors';
const name = 'vgg8-w0.25_from-three';

describe('a report of two bases', () => {
  it('compares arms within each base: its figures are those of the experiment that has this base alone', async () => {
    for (const { base, study: each } of study.bases) {
      const alone = new Study(await runTiny(onBase(recipe, base), new Blob(pieces)));
      const [arm, aloneArm] = [each.arms[1], alone.arms[1]];
      if (arm === undefined || aloneArm === undefined) throw new Error('There is no second arm.');
      expect(differenceOf(each, arm)).toEqual(differenceOf(alone, aloneArm));
      expect(tablesOf(each.bases.length === 1 ? each : new Study(each.results)).length).toBeGreaterThan(0);
    }
    expect(study.bases.map(({ study: each }) => each.metrics(0, 'inmerge')?.loss)).not.toContain(undefined);
    expect(new Set(study.bases.map(({ study: each }) => each.metrics(0, 'inmerge')?.loss)).size).toBe(2);
    expect(meanDifference(results.history, recipe)).toBe(differenceOf(study, study.arms[1] as StudyArm)?.mean);
  });

  it('has a row of both of the paper’s tables for every arm of every base, and the other tables of each base', () => {
    const tables = new Map(tablesOf(study).map((table) => [table.id, table]));
    for (const id of ['table2', 'table1']) {
      const table = tables.get(id);
      expect(table?.columns[0]?.name).toBe('Network, start weights');
      expect(table?.rows.map((row) => `${row[0]?.text}: ${row[1]?.text}`)).toEqual(
        [own, other].flatMap((title) => [`${title}: Baseline`, `${title}: InMerge`]),
      );
    }
    expect(tables.get('table1')?.columns.map((column) => column.name)).toEqual([
      'Network, start weights',
      'Arm',
      'above',
      'below',
      'AUC',
    ]);
    expect([...tables.keys()]).toEqual(
      ['table2', 'table1', 'classes', 'seeds', 'mcnemar'].flatMap((id) =>
        id.startsWith('table') ? [id] : [id, `${id}-${name}`],
      ),
    );
    expect(tables.get(`seeds-${name}`)?.title).toBe(`Test results by seed, ${other}`);
    for (const { study: each, title } of study.bases) {
      const found = differenceOf(each, each.arms[1] as StudyArm);
      const says = `InMerge: ${found === null ? '' : certainty(found)}`;
      // Said once where it is the same of all.
      expect(tables.get('table2')?.notes.filter((note) => note === says || note === `${title}: ${says}`)).toHaveLength(1);
    }
  });

  it('names the base in its CSV, JSON and HTML, and has every curve once for each', () => {
    const lines = textOf('metrics.csv').trim().split('\n');
    expect(lines[0]).toBe('seed,base,phase,arm,epoch,split,loss,accuracy,auc,learning_rate,train_loss,train_accuracy,best');
    const runs = lines.slice(1).map((line) => line.split(',').slice(0, 4).join());
    expect([...new Set(runs)]).toEqual(
      [0, 3].flatMap((seed) =>
        ['', name].flatMap((base) => [
          `${seed},${base},backbone,`,
          `${seed},${base},finetune,baseline`,
          `${seed},${base},finetune,inmerge`,
        ]),
      ),
    );
    const report = JSON.parse(textOf('report.json')) as Record<string, { base?: string | null }[]>;
    expect(report['arms']?.map(({ base }) => base)).toEqual([null, null, name, name]);
    expect(report['runs']).toHaveLength(2 * 2 * 3);
    expect(textOf('report.html')).toContain(`${other}: InMerge − Baseline`);
    expect(textOf('report.html')).toContain('three.safetensors, SHA-256');
    expect(files.map(({ path }) => path)).toContain(`figures/accuracy-${name}.svg`);
  });

  it('has the bases as the first axis of its arrays', () => {
    writeFileSync(join(folder, 'results.npz'), joined(files.find(({ path }) => path === 'results.npz')?.pieces ?? []));
    const code = `
import sys, json, numpy as np
z = np.load(sys.argv[1])
print(json.dumps([[b['base'] for b in json.loads(bytes(z['bases']))], list(z['test_accuracy'].shape), list(z['test_scores'].shape), z['test_loss'][1, 1].tolist(), bool(np.isnan(z['val_loss']).any())]))`;
    const found = JSON.parse(execFileSync(python, ['-c', code, join(folder, 'results.npz')], { encoding: 'utf8' })) as unknown[];
    const losses = [0, 3].map((seed) => study.bases[1]?.study.metrics(seed, 'inmerge')?.loss);
    expect(found).toEqual([[null, name], [2, 2, 2], [2, 2, 2, 20, 2], losses, false]);
  });

  it('is repeated by PyTorch, each base from its own start weights', (context) => {
    if (!hasTorch()) return context.skip('There is no Python with PyTorch here.');
    const arrays = (['train', 'val', 'test'] as const).flatMap((split): [string, NpzArray][] => {
      const found = halves.splits[split];
      if (found === null) return [];
      return [
        [`${split}_images`, { shape: [found.count, halves.height, halves.width], values: Uint8Array.from(found.images) }],
        [`${split}_labels`, { shape: [found.count, 1], values: Uint8Array.from(found.labels) }],
      ];
    });
    writeFileSync(join(folder, 'halves.npz'), joined(npzPieces(new Map(arrays))));
    writeFileSync(join(folder, 'three.safetensors'), joined(pieces));
    writeFileSync(join(folder, 'repeat.py'), textOf('repeat.py'));
    const run = (...args: string[]) =>
      execFileSync(python, [join(folder, 'repeat.py'), join(folder, 'halves.npz'), '--other-data', '--seeds', '3', ...args], {
        env: { ...process.env, OMP_NUM_THREADS: '1' },
        encoding: 'utf8',
        stdio: 'pipe',
      });
    const output = run('--json', '--weights', join(folder, 'three.safetensors'));
    const found = JSON.parse(output.trim().split('\n').at(-1) ?? '') as Record<string, number | string | null>[];
    expect(found.map(({ base, arm }) => [base, arm])).toEqual([
      [null, 'baseline'],
      [null, 'inmerge'],
      [name, 'baseline'],
      [name, 'inmerge'],
    ]);
    for (const row of found) {
      const each = study.bases.find(({ base }) => base.name === row['base'])?.study;
      const result = each?.run(3, String(row['arm']))?.result;
      expect(row['epoch']).toBe(result?.selectedEpoch);
      expect(row['merges']).toBe(result?.merges);
      expect(row['loss']).toBeCloseTo(result?.test?.loss ?? 0, 4);
    }
  });
});
