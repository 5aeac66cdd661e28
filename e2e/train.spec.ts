/**
 * The whole way, as a user goes it: a dataset dropped on the page (or the sample), a recipe dropped after it, Train, both
 * arms side by side, the kernels, the merges, the results. The recipe is tiny, the parts are real: Chromium, a device, files.
 */
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Page } from '@playwright/test';
import type { Recipe } from '../src/recipe/recipe.ts';
import { dropFile, expect, longTasks, pageNow, test } from './testing/studio.ts';
import { tiny } from './testing/tiny.ts';

const folder = fileURLToPath(new URL('../test-results/recipes/', import.meta.url));
const dataFolder = process.env['DATA_DIR'] ?? fileURLToPath(new URL('../../shared/data/', import.meta.url));
const breast = `${dataFolder}/breastmnist.npz`;

function recipeFile(recipe: Recipe): string {
  mkdirSync(folder, { recursive: true });
  const path = `${folder}${recipe.name}.json`;
  writeFileSync(path, JSON.stringify(recipe));
  return path;
}

async function openData(page: Page, device: string, file: string | null): Promise<void> {
  await page.goto(`/?device=${device}`);
  await expect(page.getByTestId('device')).toHaveAttribute('data-device', device, { timeout: 30_000 });
  if (file === null) await page.getByRole('button', { name: 'Try the sample' }).click();
  else await dropFile(page, file);
  await expect(page.getByTestId('dataset')).toBeVisible({ timeout: 30_000 });
}

async function trainToTheEnd(page: Page, recipe: Recipe): Promise<void> {
  await dropFile(page, recipeFile(recipe));
  await expect(page.getByTestId('recipe')).toContainText(`${recipe.backbone.epochs} + ${recipe.finetune.epochs} epochs`);
  await page.getByRole('button', { name: 'Train', exact: true }).click();
  await expect(page.getByTestId('status')).toHaveAttribute('data-at', 'finished', { timeout: 170_000 });
}

/** What must be on the page once a run has ended, whatever the device and the data. */
async function expectFinishedRun(page: Page): Promise<void> {
  await page.getByRole('tab', { name: 'Compare' }).click();
  const charts = page.getByTestId('compare').locator('svg.recharts-surface');
  await expect(charts).toHaveCount(3);
  for (const chart of await charts.all()) expect(await chart.locator('path.recharts-curve').count()).toBeGreaterThanOrEqual(2);

  await page.getByRole('tab', { name: 'Merges' }).click();
  const merges = page.getByTestId('merges');
  await expect(merges).toBeVisible();
  await expect(merges).toContainText(/conv\d_\d/);

  await page.getByRole('tab', { name: 'Kernels' }).click();
  const heatmap = page.getByTestId('heatmap');
  await expect(heatmap).toHaveAttribute('data-kernels', /^\d+$/);
  await expect(heatmap).toHaveAttribute('data-pairs-above-tau', /^\d+$/);

  await page.getByRole('tab', { name: 'Results' }).click();
  const results = page.getByTestId('results');
  await expect(results).toHaveAttribute('data-complete', 'true');
  // A dash stands for the AUC where a class is missing from the few images that were taken.
  for (const arm of ['baseline', 'inmerge']) {
    const row = results.locator(`tr[data-arm="${arm}"]`).first();
    await expect(row).toContainText(/\d+\.\d\d\s%\s*([01]\.\d{4}|–)/);
  }
  await expect(results).toContainText(/\d+ of [\d,]+ tries/);
}

/** Tensors alive at the end of each epoch of the arms, as the page was told. */
async function watchTensors(page: Page): Promise<() => Promise<number[]>> {
  await page.evaluate(() => {
    const counters = document.querySelector('[data-testid=counters]');
    const seen: number[] = [];
    (window as unknown as { tensorsSeen: number[] }).tensorsSeen = seen;
    if (counters === null) return;
    new MutationObserver(() => seen.push(Number(counters.getAttribute('data-tensors')))).observe(counters, {
      attributes: true,
      attributeFilter: ['data-tensors'],
    });
  });
  return () => page.evaluate(() => (window as unknown as { tensorsSeen: number[] }).tensorsSeen);
}

test.describe('the whole way', () => {
  for (const device of ['wasm', 'webgpu'] as const) {
    test(`the sample on ${device}: both arms finish, merges are logged, the page stays smooth`, async ({ page }, info) => {
      await openData(page, device, null);
      const tensors = await watchTensors(page);
      const from = await pageNow(page);
      await trainToTheEnd(page, tiny);
      const blocked = await longTasks(page, from);
      info.annotations.push({
        type: 'main thread tasks over 50 ms',
        description: blocked.map((ms) => `${Math.round(ms)} ms`).join(', ') || 'none',
      });
      expect(Math.max(0, ...blocked)).toBeLessThan(200);
      // Backbone and arms hold different numbers of networks; from the arms' start on the count must not move.
      const seen = await tensors();
      expect(new Set(seen.slice(2)).size, `tensors after each epoch: ${seen.join(', ')}`).toBeLessThanOrEqual(1);
      await expectFinishedRun(page);
    });
  }

  test('the real BreastMNIST file on webgpu', async ({ page }) => {
    test.skip(!existsSync(breast), `no ${breast}`);
    await openData(page, 'webgpu', breast);
    await expect(page.getByTestId('match')).toContainText('official');
    await expect(page.getByTestId('dataset')).toContainText('malignant');
    await trainToTheEnd(page, tiny);
    await expectFinishedRun(page);
  });

  test('where no pair is above tau the page says so, with the highest similarity seen', async ({ page }) => {
    await openData(page, 'wasm', null);
    await trainToTheEnd(page, {
      ...tiny,
      name: 'strict',
      finetune: { ...tiny.finetune, epochs: 1 },
      merging: { ...tiny.merging, tau: 0.99 },
    });
    await page.getByRole('tab', { name: 'Merges' }).click();
    await expect(page.getByTestId('no-merges')).toContainText(/No pair was above τ 0\.99.*highest.*\d\.\d\d/s);
  });

  test('several seeds give mean, standard deviation and the paired difference', async ({ page }) => {
    await openData(page, 'wasm', null);
    await trainToTheEnd(page, { ...tiny, name: 'seeds', seeds: [1, 2, 3], finetune: { ...tiny.finetune, epochs: 1 } });
    await page.getByRole('tab', { name: 'Results' }).click();
    await expect(page.getByTestId('results')).toContainText('±');
    await expect(page.getByTestId('verdict')).toContainText(/95 % CI|\[/);
  });
});
