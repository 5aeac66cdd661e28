/** Results made by the command line open on the page by drop: the folder, or the one file of it that holds everything. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { fileURLToPath } from 'node:url';
import type { Page } from '@playwright/test';
import { dropFile, expect, test } from './testing/studio.ts';

const command = fileURLToPath(new URL('../scripts/inmerge.mjs', import.meta.url));
const small = ['network.widthMultiplier=0.25', 'dataset.take.train=48', 'dataset.take.test=60', 'optimiser.batchSize=16'];
const short = ['backbone.epochs=1', 'finetune.epochs=2', 'merging.firstLayer=2', 'merging.tau=0'];
const overrides = [...small, ...short].flatMap((override) => ['--set', override]);

interface Summary {
  readonly runs: readonly {
    readonly arm: string | null;
    readonly selectedEpoch: number;
    readonly test: { readonly accuracy: number };
  }[];
}

let out = '';
test.beforeAll(() => {
  out = mkdtempSync(`${tmpdir()}/results-`);
  const args = ['run', 'quick', '--data', 'sample', '--device', 'wasm', '--out', out, ...overrides];
  execFileSync(process.execPath, [command, ...args], { stdio: 'ignore' });
});
test.afterAll(() => rmSync(out, { recursive: true, force: true }));

async function open(page: Page, path: string): Promise<void> {
  await page.goto('/?device=wasm');
  await expect(page.getByTestId('device')).toHaveAttribute('data-device', 'wasm', { timeout: 30_000 });
  await dropFile(page, path);
}

test('a folder of results, and its one file, open as an experiment', async ({ page }) => {
  const summary = JSON.parse(readFileSync(`${out}/summary.json`, 'utf8')) as Summary;
  for (const dropped of [out, `${out}/experiment.inmerge`]) {
    await open(page, dropped);
    await page.getByRole('tab', { name: 'Results' }).click({ timeout: 30_000 });
    for (const arm of ['baseline', 'inmerge']) {
      const accuracy = summary.runs.find((run) => run.arm === arm)?.test.accuracy ?? Number.NaN;
      await expect(page.getByTestId('results').locator(`tr[data-arm="${arm}"]`).first()).toContainText(
        `${(accuracy * 100).toFixed(2)} %`,
      );
    }
  }
});

test('the weights in a dropped folder are its networks: kernels to look at, and robustness once the data is here', async ({
  page,
}) => {
  await open(page, out);
  await expect(page.getByTestId('results')).toBeVisible({ timeout: 30_000 });
  await page.getByRole('tab', { name: 'Kernels' }).click();
  await expect(page.getByTestId('scrubber')).toContainText('its weights came with the results');
  await expect(page.getByTestId('past-kernels')).toHaveCount(0);
  const heads = page.getByText(/, epoch \d+, seed 0/);
  await expect(heads.filter({ hasText: 'Baseline' }).first()).toBeVisible({ timeout: 30_000 });
  await expect(heads.filter({ hasText: 'InMerge' }).first()).toBeVisible();
  const selected = (JSON.parse(readFileSync(`${out}/summary.json`, 'utf8')) as Summary).runs.find(({ arm }) => arm === 'inmerge');
  await expect(page.getByTestId('scrubber')).toHaveAttribute('data-epoch', String(selected?.selectedEpoch));
  await page.screenshot({ path: 'test-results/results/kernels-of-a-folder.png' });

  await page.getByRole('tab', { name: 'Data' }).click();
  await page.getByRole('button', { name: 'Try the sample' }).click();
  await expect(page.getByText(/2,200 images, 8 classes/)).toBeVisible({ timeout: 30_000 });
  await page.getByRole('tab', { name: 'Results' }).click();
  const panel = page.getByTestId('robustness');
  await panel.getByRole('button', { name: 'Measure robustness' }).click();
  await expect(panel.locator('tr[data-corruption=mean]')).toBeVisible({ timeout: 60_000 });
});

test('results are taken away in every form, and the bundle opens again unless a part of it was altered', async ({ page }) => {
  await open(page, `${out}/experiment.inmerge`);
  await expect(page.getByTestId('results')).toBeVisible({ timeout: 30_000 });
  await page.getByRole('button', { name: 'Export results' }).click();
  const dialog = page.getByTestId('export');
  const save = async (name: string): Promise<string> => {
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      dialog.getByRole('button', { name, exact: true }).click(),
    ]);
    const path = `${out}/${download.suggestedFilename()}`;
    await download.saveAs(path);
    return path;
  };
  const head = async (name: string, bytes: number): Promise<string> =>
    readFileSync(await save(name))
      .subarray(0, bytes)
      .toString('latin1');
  expect(await head('Save HTML', 15)).toBe('<!doctype html>');
  expect(await head('Save NPZ', 2)).toBe('PK');
  expect(await head('Save Python', 22)).toBe('#!/usr/bin/env python3');
  expect(await head('Save Test accuracy and AUC as LaTeX', 7)).toBe('% needs');
  expect(await head('Save Validation accuracy as SVG', 4)).toBe('<svg');
  const png = readFileSync(await save('Save Validation accuracy as PNG'));
  expect(png.subarray(1, 4).toString()).toBe('PNG');
  expect([png.readUInt32BE(16), png.readUInt32BE(20)]).toEqual([1440, 880]);

  const bundle = await save('Save Bundle');
  await open(page, bundle);
  await expect(page.getByTestId('results').locator('tr[data-arm="inmerge"]').first()).toBeVisible({ timeout: 30_000 });
  const altered = readFileSync(bundle);
  altered[altered.length >> 1] = (altered[altered.length >> 1] ?? 0) ^ 1;
  writeFileSync(`${out}/altered.inmerge.zip`, altered);
  await dropFile(page, `${out}/altered.inmerge.zip`);
  await expect(page.getByText('altered.inmerge.zip was not opened')).toBeVisible();
  await expect(page.getByTestId('results').locator('tr[data-arm="inmerge"]').first()).toBeVisible();
});

test('a link carries the recipe and hides what a teacher chose; a cut one is refused and changes nothing', async ({ page }) => {
  await page.goto('/?device=wasm');
  await page.getByRole('button', { name: 'Export' }).click();
  await page.getByRole('menuitem', { name: /^Link for a class/ }).click();
  await page.getByTestId('share').getByLabel('Network').check();
  const field = page.getByTestId('share').getByLabel('Link');
  await expect(field).toHaveValue(/#hide=network&r=2\./);
  const link = await field.inputValue();

  await page.goto('about:blank');
  await page.goto(link);
  const rail = page.getByTestId('recipe');
  await expect(rail.getByRole('button', { name: /^Merging/ })).toBeVisible();
  await expect(rail.getByRole('button', { name: /^Network/ })).toHaveCount(0);
  await rail.getByRole('button', { name: 'Show all' }).click();
  await expect(rail.getByRole('button', { name: /^Network/ })).toBeVisible();

  await page.goto('about:blank');
  await page.goto(link.slice(0, -9));
  await expect(page.getByText('The recipe in the link was not applied')).toBeVisible();
});
