/**
 * A sweep of many arms and seeds: told beforehand what it takes, it goes on after a reload in the middle, and a value and a
 * seed that are added later train alone.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Page } from '@playwright/test';
import type { Recipe } from '../src/recipe/recipe.ts';
import { dropFile, expect, test } from './testing/studio.ts';
import { tiny } from './testing/tiny.ts';

const folder = fileURLToPath(new URL('../test-results/recipes/', import.meta.url));

const small: Recipe = {
  ...tiny,
  name: 'small sweep',
  dataset: { ...tiny.dataset, take: { train: 16, val: 12, test: 12 } },
  finetune: { ...tiny.finetune, epochs: 3 },
  seeds: [0, 1, 2],
};

async function openPage(page: Page): Promise<void> {
  await page.goto('/?device=wasm');
  await expect(page.getByTestId('device')).toHaveAttribute('data-device', 'wasm', { timeout: 30_000 });
}

const train = (page: Page): Promise<void> => page.getByRole('button', { name: 'Train', exact: true }).click();
const finish = (page: Page): Promise<void> =>
  expect(page.getByTestId('status')).toHaveAttribute('data-at', 'finished', { timeout: 120_000 });

/** Arms of the results table, each with the number of its seeds. */
async function arms(page: Page): Promise<string[][]> {
  await page.getByRole('tab', { name: 'Results' }).click();
  await expect(page.getByTestId('results')).toHaveAttribute('data-complete', 'true');
  const rows = page.getByTestId('results').locator('table.summary tbody tr');
  return rows.evaluateAll((all) => all.map((each) => [each.querySelector('th')?.textContent ?? '', each.dataset['seeds'] ?? '']));
}

test('three seeds, four values: runs through a reload, and takes a fifth value and a fourth seed training only these', async ({
  page,
}) => {
  test.setTimeout(300_000);
  await openPage(page);
  await page.getByRole('button', { name: 'Try the sample' }).click();
  await expect(page.getByTestId('dataset')).toBeVisible({ timeout: 30_000 });
  mkdirSync(folder, { recursive: true });
  writeFileSync(`${folder}small sweep.json`, JSON.stringify(small));
  await dropFile(page, `${folder}small sweep.json`);

  const sweep = page.getByTestId('sweep');
  await sweep.getByRole('button', { name: /Sweep/ }).click();
  await sweep.getByRole('combobox', { name: /^Vary/ }).selectOption('Similarity needed');
  const values = sweep.getByRole('textbox', { name: /Similarity needed/ });
  await values.fill('0.1, 0.2, high');
  await expect(sweep.getByRole('alert')).toContainText('“high” does not fit');
  await values.fill('0.1, 0.2, q0.8, q0.95');
  const forecast = page.getByTestId('forecast');
  await expect(forecast).toHaveAttribute('data-runs', '21');
  await expect(forecast).toHaveAttribute('data-new-runs', '21');
  await expect(forecast).toContainText('about');

  await train(page);
  await expect(page.getByTestId('status')).toContainText(/seed [23] of 3/, { timeout: 60_000 });
  await expect(page.getByTestId('saved')).toBeVisible({ timeout: 30_000 });
  await page.reload();
  await page.getByTestId('resume').getByRole('button', { name: 'Resume' }).click();
  await finish(page);
  const titles = ['Baseline', 'InMerge', 'τ 0.1', 'τ 0.2', 'τ q 0.8', 'τ q 0.95'];
  expect(await arms(page)).toEqual(titles.map((title) => [title, '3']));
  await expect(page.getByTestId('results')).toContainText('mean ± std of 3 seeds');

  // The start weights: pairs above tau and merges a step, under the settings in the form.
  await page.getByRole('tab', { name: 'Merges' }).click();
  await page.getByRole('button', { name: 'Before fine-tuning' }).click();
  await expect(page.getByTestId('start-weights')).toContainText('All that merge');
  // Another arm is compared where it is chosen.
  await page.getByRole('tab', { name: 'Compare' }).click();
  await page.getByRole('combobox', { name: 'Merging arm that is compared' }).selectOption('τ q 0.8');

  await sweep.getByRole('button', { name: /Sweep/ }).click();
  await expect(forecast).toHaveAttribute('data-new-runs', '0');
  await values.fill('0.1, 0.2, q0.8, q0.95, 0.5');
  await sweep.getByRole('button', { name: 'Add seed 3' }).click();
  // Four seeds of a backbone and seven arms; new are the fifth value of three seeds, and all of the fourth.
  await expect(forecast).toHaveAttribute('data-runs', '32');
  await expect(forecast).toHaveAttribute('data-new-runs', '11');
  await train(page);
  await finish(page);
  expect(await arms(page)).toEqual([...titles, 'τ 0.5'].map((title) => [title, '4']));
  await expect(forecast).toHaveAttribute('data-new-runs', '0');
});
