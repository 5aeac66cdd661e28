/** Every file of a report, opened by something that is not the studio. */
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { joined } from '../base/bytes.ts';
import { npzPieces, type NpzArray } from '../data/npzWriter.ts';
import { halves } from '../experiment/testing/tiny.ts';
import type { ResultsFile } from '../experiment/resultsFile.ts';
import { bundlePieces, readAnyResults, readBundle } from './bundle.ts';
import { reportFiles } from './reportFiles.ts';
import type { ReportFile } from './reportFile.ts';
import { Study } from './study.ts';
import { runTiny } from './testing/tinyStudy.ts';

/** The system's own Python goes first: Debian's packages are installed for it alone. */
const python = existsSync('/usr/bin/python3') ? '/usr/bin/python3' : 'python3';
const folder = mkdtempSync(join(tmpdir(), 'inmerge-report-'));
const inFolder = (name: string) => join(folder, name);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function py(code: string, ...args: string[]): string {
  return execFileSync(python, ['-c', code, ...args], { encoding: 'utf8' });
}
const has = (module: string): boolean => {
  try {
    py(`import ${module}`);
    return true;
  } catch {
    return false;
  }
};

let results: ResultsFile;
let files: ReportFile[];
beforeAll(async () => {
  results = await runTiny();
  files = reportFiles(new Study(results), 'a build');
  for (const { path, pieces } of files) {
    mkdirSync(dirname(inFolder(path)), { recursive: true });
    writeFileSync(inFolder(path), joined(pieces));
  }
  writeFileSync(inFolder('all.inmerge.zip'), joined(await bundlePieces(results, files, 'a build')));
});
const textOf = (path: string): string => {
  const file = files.find((each) => each.path === path);
  if (file === undefined) throw new Error(`There is no ${path} among ${files.map((each) => each.path).join(', ')}.`);
  return new TextDecoder().decode(joined(file.pieces));
};

test('a report has its tables, figures, numbers and script', () => {
  expect(files.map((file) => file.path)).toEqual([
    'report.html',
    'report.json',
    'metrics.csv',
    'results.npz',
    'recipe.json',
    'repeat.py',
    ...['table2', 'table1', 'classes', 'seeds', 'mcnemar'].flatMap((id) => [`tables/${id}.csv`, `tables/${id}.tex`]),
    ...['accuracy', 'auc', 'loss', 'fig2b'].flatMap((id) => [`figures/${id}.svg`, `figures/${id}.tex`]),
  ]);
});

test('figures are well-formed XML with title, axis labels, legend and their font inside', () => {
  const code = `
import sys, xml.etree.ElementTree as tree
root = tree.parse(sys.argv[1]).getroot()
ns = '{http://www.w3.org/2000/svg}'
assert root.tag == ns + 'svg', root.tag
print('|'.join(e.text for e in root.iter(ns + 'text')))
print(len(list(root.iter(ns + 'polyline'))), 'data:font/woff2;base64,' in root.find(ns + 'style').text)
`;
  for (const id of ['accuracy', 'auc', 'loss']) {
    const [texts, rest] = py(code, inFolder(`figures/${id}.svg`))
      .trim()
      .split('\n');
    for (const label of ['Backbone', 'Baseline', 'InMerge', 'τ 0.1', 'epoch', 'arms part'])
      expect(texts?.split('|')).toContain(label);
    expect(rest).toBe('5 True');
  }
});

test('the HTML report is parsed, loads nothing and runs nothing', () => {
  const code = `
import sys
from html.parser import HTMLParser
class Reader(HTMLParser):
    def __init__(self):
        super().__init__(); self.tags = {}; self.urls = []
    def handle_starttag(self, tag, attrs):
        self.tags[tag] = self.tags.get(tag, 0) + 1
        self.urls += [v for k, v in attrs if k in ('src', 'href')]
r = Reader(); r.feed(open(sys.argv[1], encoding='utf-8').read()); r.close()
print(r.tags.get('table'), r.tags.get('svg'), r.tags.get('script', 0), r.tags.get('link', 0), r.urls)
`;
  expect(py(code, inFolder('report.html')).trim()).toBe('5 4 0 0 []');
  expect(textOf('report.html')).toMatch(/two seeds/i);
});

test('LaTeX tables and pictures balance braces and environments', () => {
  for (const { path } of files.filter((file) => file.path.endsWith('.tex'))) {
    const text = textOf(path)
      .replaceAll(/\\[{}%&#_$\\]/g, '')
      .replaceAll(/%.*$/gm, '');
    let depth = 0;
    for (const character of text) {
      depth += Number(character === '{') - Number(character === '}');
      expect(depth, path).toBeGreaterThanOrEqual(0);
    }
    expect(depth, path).toBe(0);
    const open = [...text.matchAll(/\\(begin|end)\{(\w+)\}/g)].map(([, way, name]) => `${way} ${name}`);
    const stack: string[] = [];
    for (const each of open) {
      const [way, name] = each.split(' ') as [string, string];
      if (way === 'begin') stack.push(name);
      else expect(stack.pop(), path).toBe(name);
    }
    expect(stack, path).toEqual([]);
    expect(text).not.toMatch(/[−±τα×χ]/);
  }
  const rows = textOf('tables/table2.tex')
    .split('\n')
    .filter((line) => line.endsWith('\\\\'));
  expect(rows.map((line) => line.split(' & ').length)).toEqual([8, 8, 8, 8, 8]);
});

test('NumPy reads the numbers, and they are those of the runs', () => {
  const code = `
import sys, json, numpy as np
z = np.load(sys.argv[1])
arms = json.loads(bytes(z['arms']))
print(json.dumps([arms, z['seeds'].tolist(), list(z['test_scores'].shape), z['test_accuracy'].tolist(),
  float(np.mean((z['test_scores'][0, 1, :, 1] > 0.5) == (z['test_labels'] == 1))), z['val_accuracy'].shape, bool(np.isnan(z['backbone_val_loss'][0, 0])), z['train_accuracy'][0, 1, 1:].tolist(), z['backbone_train_accuracy'].shape]))
`;
  const study = new Study(results);
  const names = study.arms.map((arm) => arm.name);
  expect(names.slice(0, 2)).toEqual(['baseline', 'inmerge']);
  const [arms, seeds, shape, accuracy, recomputed, val, gap, trained, backbone] = JSON.parse(
    py(code, inFolder('results.npz')),
  ) as unknown[];
  expect(trained).toEqual(
    study
      .run(3, 'baseline')
      ?.epochs.slice(1)
      .map((event) => event.trainAccuracy),
  );
  expect(backbone).toEqual([2, 6]);
  expect([arms, seeds, shape, val, gap]).toEqual([names, [0, 3], [4, 2, 20, 2], [4, 2, 3], true]);
  expect(accuracy).toEqual(names.map((arm) => [0, 3].map((seed) => study.metrics(seed, arm)?.accuracy)));
  expect(recomputed).toBe(study.metrics(3, 'baseline')?.accuracy);
});

test('Python’s csv and json read the tables and the summary', () => {
  const code = `
import sys, csv, json
rows = list(csv.DictReader(open(sys.argv[1], encoding='utf-8')))
report = json.load(open(sys.argv[2], encoding='utf-8'))
print(json.dumps([[r['Arm'] for r in rows], float(rows[1]['ACC, %']) - float(rows[0]['ACC, %']), report['differences']['accuracy'][0]['mean'], report['differences']['accuracy'][0]['settles']]))
`;
  const [arms, difference, mean, settles] = JSON.parse(py(code, inFolder('tables/table2.csv'), inFolder('report.json'))) as [
    string[],
    number,
    number,
    boolean,
  ];
  expect(arms).toEqual(['Baseline', 'InMerge', 'τ 0.1', 'τ q 0.9']);
  expect(difference).toBeCloseTo(100 * mean, 10);
  expect(settles).toBe(false);
});

test('a CSV’s numbers are in the unit that its head names: percent is percent', () => {
  const rows = (path: string) =>
    JSON.parse(
      py('import sys, csv, json; print(json.dumps(list(csv.DictReader(open(sys.argv[1], encoding="utf-8")))))', inFolder(path)),
    ) as Record<string, string>[];
  const study = new Study(results);
  const percent = (seed: number, arm: string) => 100 * (study.metrics(seed, arm)?.accuracy ?? Number.NaN);
  const [, seed3] = rows('tables/seeds.csv');
  expect(Number(seed3?.['Baseline ACC, %'])).toBeCloseTo(percent(3, 'baseline'), 10);
  expect(Number(seed3?.['InMerge − Baseline, pp'])).toBeCloseTo(percent(3, 'inmerge') - percent(3, 'baseline'), 10);
  const [, inmerge] = rows('tables/table2.csv');
  expect(Number(inmerge?.['ACC, %'])).toBeCloseTo((percent(0, 'inmerge') + percent(3, 'inmerge')) / 2, 10);
  const [low, high] = (inmerge?.['95 % CI, pp'] ?? '').replace(/[[\]]/g, '').replaceAll('−', '-').split(', ').map(Number);
  expect(Number(inmerge?.['Difference, pp'])).toBeGreaterThanOrEqual((low as number) - 0.006);
  expect(Number(inmerge?.['Difference, pp'])).toBeLessThanOrEqual((high as number) + 0.006);
  expect(Number(rows('tables/classes.csv')[0]?.['Baseline, %'])).toBeGreaterThan(1);
});

test('an AUC of a class is one figure wherever it stands', () => {
  const report = JSON.parse(textOf('report.json')) as {
    runs: { test: { classAuc: number[] }; classes: { auc: number }[] | null }[];
  };
  const tested = report.runs.filter(({ classes }) => classes !== null);
  expect(tested.length).toBeGreaterThan(0);
  for (const { test: metrics, classes } of tested) expect(classes?.map(({ auc }) => auc)).toEqual(metrics.classAuc);
});

describe('the bundle', () => {
  const named = (bytes: Uint8Array<ArrayBuffer>) => new File([bytes], 'x.inmerge.zip');
  const refusal = async (bytes: Uint8Array<ArrayBuffer>) =>
    readBundle(named(bytes)).then(
      () => null,
      (thrown: { code?: string }) => thrown.code,
    );
  const members = async (change: (parts: Map<string, Uint8Array<ArrayBuffer>[]>) => void) => {
    const { zipPieces } = await import('../data/zipWriter.ts');
    const code = `
import sys, zipfile, base64, json
z = zipfile.ZipFile(sys.argv[1]); print(json.dumps({n: base64.b64encode(z.read(n)).decode() for n in z.namelist()}))`;
    const read = JSON.parse(py(code, inFolder('all.inmerge.zip'))) as Record<string, string>;
    const parts = new Map(Object.entries(read).map(([name, data]) => [name, [Uint8Array.from(Buffer.from(data, 'base64'))]]));
    change(parts);
    return joined(zipPieces(parts));
  };

  test('opens in Python’s zipfile, every part with the hash of its manifest', () => {
    const code = `
import sys, zipfile, json, hashlib
z = zipfile.ZipFile(sys.argv[1]); assert z.testzip() is None
m = json.loads(z.read('manifest.json'))
print(len(m['parts']) == len(z.namelist()) - 1, all(hashlib.sha256(z.read(p['path'])).hexdigest() == p['sha256'] for p in m['parts']))`;
    expect(py(code, inFolder('all.inmerge.zip')).trim()).toBe('True True');
  });

  test('opens as the experiment it was made of', async () => {
    const found = await readAnyResults(named(await members(() => {})));
    expect(found.recipe).toEqual(results.recipe);
    expect(found.history.length).toBe(results.history.length);
  });

  test('is refused with a part missing or altered, of a newer version, cut short, or of another kind', async () => {
    expect(await refusal(await members((parts) => parts.delete('tables/table1.csv')))).toBe('bundle-part-missing');
    expect(await refusal(await members((parts) => parts.delete('experiment.inmerge')))).toBe('bundle-part-missing');
    const flipped = await members((parts) => {
      const [bytes] = parts.get('report.html') ?? [];
      if (bytes !== undefined) bytes[200] = (bytes[200] as number) ^ 1;
    });
    expect(await refusal(flipped)).toBe('bundle-part-altered');
    const newer = await members((parts) => {
      const manifest = JSON.parse(new TextDecoder().decode(joined(parts.get('manifest.json') ?? []))) as object;
      parts.set('manifest.json', [new TextEncoder().encode(JSON.stringify({ ...manifest, version: 2 }))]);
    });
    expect(await refusal(newer)).toBe('bundle-newer');
    expect(await refusal(await members((parts) => parts.delete('manifest.json')))).toBe('bundle-not');
    const hostile = await members((parts) =>
      parts.set('manifest.json', [new TextEncoder().encode('{"format":"inmerge-bundle","version":1,"parts":[{"path":7}]}')]),
    );
    expect(await refusal(hostile)).toBe('bundle-not');
    const whole = await members(() => {});
    expect(await refusal(whole.slice(0, whole.length - 500))).not.toBeNull();
  });
});

test('the PyTorch script repeats the experiment: same merges, and figures that agree', (context) => {
  py('import ast, sys; ast.parse(open(sys.argv[1], encoding="utf-8").read())', inFolder('repeat.py'));
  if (!has('torch')) return context.skip('There is no Python with PyTorch here.');
  const arrays = (['train', 'val', 'test'] as const).flatMap((name): [string, NpzArray][] => {
    const split = halves.splits[name];
    if (split === null) return [];
    return [
      [`${name}_images`, { shape: [split.count, halves.height, halves.width], values: Uint8Array.from(split.images) }],
      [`${name}_labels`, { shape: [split.count, 1], values: Uint8Array.from(split.labels) }],
    ];
  });
  writeFileSync(inFolder('halves.npz'), joined(npzPieces(new Map(arrays))));
  const run = (...args: string[]) =>
    execFileSync(python, [inFolder('repeat.py'), inFolder('halves.npz'), ...args], {
      env: { ...process.env, OMP_NUM_THREADS: '1' },
      encoding: 'utf8',
      stdio: 'pipe',
    });
  expect(() => run()).toThrow('is not the experiment');
  const output = run('--other-data', '--json');
  const found = JSON.parse(output.trim().split('\n').at(-1) ?? '') as {
    seed: number;
    arm: string;
    accuracy: number;
    auc: number;
    merges: number;
    epoch: number;
    loss: number;
  }[];
  const study = new Study(results);
  expect(found.length).toBe(8);
  for (const row of found) {
    const result = study.run(row.seed, row.arm)?.result;
    expect(row.epoch).toBe(result?.selectedEpoch);
    expect(row.merges).toBe(result?.merges);
    expect(row.loss).toBeCloseTo(result?.test?.loss ?? 0, 4);
    expect(row.accuracy).toBe(result?.test?.accuracy);
    expect(row.auc).toBeCloseTo(result?.test?.auc ?? 0, 6);
  }
  expect(found.some((row) => row.merges > 0)).toBe(true);
});
