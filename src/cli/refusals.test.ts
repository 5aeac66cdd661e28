/** Everything that can be said wrongly to the command: one line with a code, exit code 1, and nothing written. */
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { inmerge, scratch, writeDataset } from './testing/command.ts';

const folder = scratch();
const at = (name: string): string => join(folder.path, name);
const data = at('cells.npz');

beforeAll(async () => {
  await writeDataset(data);
  writeFileSync(at('half.json'), '{"format": "inmerge-recipe", ');
  writeFileSync(at('empty.npz'), '');
  writeFileSync(at('file'), 'text');
  mkdirSync(at('foreign'));
  writeFileSync(join(at('foreign'), 'metrics.csv'), 'mine');
});

afterAll(() => folder.remove());

const out = ['--out', at('out')];
const given = ['run', 'quick', '--data', data, ...out];

const cases: readonly { readonly args: readonly string[]; readonly says: RegExp }[] = [
  { args: ['rnu'], says: /^error command-unknown: .*“inmerge run”/ },
  { args: ['run', ...out], says: /^error recipe-missing: / },
  { args: ['run', 'qick', '--data', data, ...out], says: /^error recipe-missing: .*preset quick/ },
  { args: ['run', at('none.json'), '--data', data, ...out], says: /^error file-missing: / },
  { args: ['run', at('half.json'), '--data', data, ...out], says: /^error recipe-not-json: / },
  { args: ['run', 'quick', ...out], says: /^error data-missing: / },
  { args: ['run', 'quick', '--data', at('none.npz'), ...out], says: /^error file-missing: / },
  { args: ['run', 'quick', '--data', folder.path, ...out], says: /^error file-unreadable: / },
  { args: ['run', 'quick', '--data', at('empty.npz'), ...out], says: /^error file-empty: / },
  { args: ['run', 'quick', '--data', at('file'), ...out], says: /^error not-npz: / },
  { args: ['run', 'quick', '--data', data], says: /^error out-missing: / },
  { args: ['run', 'quick', '--data', data, '--out'], says: /^error option-value: --out was given without its FOLDER/ },
  { args: ['run', 'quick', '--data', data, '--out', at('file')], says: /^error out-unwritable: .*is a file/ },
  { args: ['run', 'quick', '--data', data, '--out', join(at('file'), 'below')], says: /^error out-unwritable: .*is a file/ },
  { args: ['run', 'quick', '--data', data, '--out', at('foreign')], says: /^error out-occupied: .*metrics\.csv/ },
  { args: [...given, 'more'], says: /^error words-left: “more”/ },
  { args: [...given, '--dat', data], says: /^error option-unknown: .*--data/ },
  { args: [...given, '--out', at('other')], says: /^error option-repeated: --out/ },
  { args: [...given, '--device', 'gpu'], says: /^error device-unknown: .*webgpu, wasm, cpu/ },
  { args: [...given, '--tiles', '64x63x16'], says: /^error tiles-unknown: .*128x64x8/ },
  {
    args: [...given, '--set', 'optimiser.batchSize=16', '--device', 'cpu', '--tiles', '64x64x16'],
    says: /^error tiles-without-gpu: /,
  },
  { args: [...given, '--seeds', '4-1'], says: /^error option-value: --seeds was given “4-1”/ },
  { args: [...given, '--seeds', '0-99999999999'], says: /^error recipe-invalid: .*seeds is .*expected at most 100 entries/ },
  { args: [...given, '--runs', at('file')], says: /^error runs-unwritable: .*is a file/ },
  { args: [...given, '--checkpoint-seconds', 'soon'], says: /^error option-value: / },
  { args: [...given, '--resume', '--overwrite'], says: /^error options-contradict: / },
  { args: [...given, '--resume=yes'], says: /^error option-value: / },
  { args: [...given, '--set', 'backbone.epoch=1'], says: /^error set-unknown: .*nearest is backbone\.epochs/ },
  { args: [...given, '--set', 'backbone.epochs'], says: /^error set-syntax: / },
  { args: [...given, '--set', 'backbone.epochs=many'], says: /^error recipe-invalid: .*backbone\.epochs/ },
  { args: [...given, '--set', 'arms[0].name=backbone'], says: /^error arm-reserved: / },
  { args: [...given, '--set', 'optimiser.batchSize=65'], says: /^error batch-over-data: / },
  { args: [...given, '--set', `dataset.sha256=${'0'.repeat(64)}`], says: /^error dataset-differs: / },
  { args: ['inspect'], says: /^error path-missing: / },
  { args: ['inspect', at('none')], says: /^error file-missing: / },
  { args: ['inspect', at('file')], says: /^error not-known: / },
  { args: ['inspect', folder.path], says: /^error not-results: / },
  { args: ['report'], says: /^error path-missing: / },
  { args: ['report', folder.path], says: /^error not-results: / },
  { args: ['report', at('file')], says: /^error container-damaged: / },
];

test.each(cases)('inmerge $args', async ({ args, says }) => {
  const { code, stdout, stderr } = await inmerge(...args);
  expect(stderr).toMatch(says);
  expect(stderr.trimEnd()).not.toContain('\n');
  expect(stdout).toBe('');
  expect(code).toBe(1);
  expect(existsSync(at('out'))).toBe(false);
});

test('help and version need nothing', async () => {
  expect((await inmerge('--version')).stdout).toMatch(/^inmerge \d+\.\d+\.\d+\+[0-9a-f]{12}\n$/);
  expect(await inmerge('--help')).toMatchObject({ code: 0, stderr: '', stdout: expect.stringContaining('inspect') as string });
  expect((await inmerge('run', '--help')).stdout).toContain('--checkpoint-seconds N');
  expect((await inmerge('help', 'inspect')).stdout).toContain('inmerge inspect PATH');
});

test('inspect says what a dataset, weights and a recipe hold', async () => {
  const { code, stdout } = await inmerge('inspect', data);
  expect(stdout).toMatch(/train_images +uint8 +\(64, 28, 28, 3\)/);
  expect(stdout).toContain('multi-class, 8 classes');
  expect(code).toBe(0);
});
