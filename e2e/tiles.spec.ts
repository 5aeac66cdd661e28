/** How kernels are cut, as a user meets it: measured once on a graphics card, remembered, and told with the experiment. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Page } from '@playwright/test';
import type { Recipe } from '../src/recipe/recipe.ts';
import { pretendCard } from './testing/pretendCard.ts';
import { dropFile, expect, test } from './testing/studio.ts';
import { tiny } from './testing/tiny.ts';

const folder = fileURLToPath(new URL('../test-results/recipes/', import.meta.url));
const recipe: Recipe = {
  ...tiny,
  name: 'tiles',
  seeds: [41],
  finetune: { ...tiny.finetune, epochs: 1 },
};
const shown = '32x64x16-4x8 / 32x64x16-4x8 / 64x64x16-4x4';

async function open(page: Page, device: string, of: Recipe): Promise<void> {
  await page.goto(`/?device=${device}`);
  await expect(page.getByTestId('device')).toHaveAttribute('data-device', device, { timeout: 30_000 });
  await page.getByRole('button', { name: 'Try the sample' }).click();
  await expect(page.getByTestId('dataset')).toBeVisible({ timeout: 30_000 });
  mkdirSync(folder, { recursive: true });
  writeFileSync(`${folder}${of.name}.json`, JSON.stringify(of));
  await dropFile(page, `${folder}${of.name}.json`);
  await expect(page.getByTestId('recipe')).toContainText(`${of.backbone.epochs} + ${of.finetune.epochs} epochs`);
}

async function expectToldTiles(page: Page): Promise<void> {
  await page.getByRole('tab', { name: 'Results' }).click();
  await expect(page.locator('tr[data-arm]').first()).toBeVisible();
  await expect(page.getByTestId('results')).toContainText(shown);
}

test('tiles are measured once on a card, remembered, told with the run, and measured by the speed dialog', async ({ page }) => {
  await pretendCard(page);
  const timed = () => page.evaluate(() => window.timed);
  await open(page, 'webgpu', recipe);
  await page.getByRole('button', { name: 'Train', exact: true }).click();
  await expect(page.getByTestId('status')).toHaveAttribute('data-at', 'finished', { timeout: 60_000 });
  await expectToldTiles(page);
  expect([...new Set(await timed())]).toHaveLength(9);
  expect(await timed()).toHaveLength(54);

  await page.reload();
  await page.getByTestId('device').click();
  await page.getByRole('banner').getByRole('button', { name: 'Measure speed' }).click();
  const dialog = page.getByTestId('speed');
  await dialog.getByLabel('Step of').selectOption({ value: 'vgg8_bn@28x8' });
  for (const name of [/reference trainer/, /TensorFlow\.js/, /WebAssembly/]) await dialog.getByLabel(name).setChecked(false);
  await dialog.getByLabel(/Studio on WebGPU/).setChecked(true);
  await dialog.getByRole('button', { name: 'Measure' }).click();
  await expect(dialog.getByTestId('speed-tiles')).toContainText(`cut as those of a run here, ${shown}.`, { timeout: 60_000 });
  if (process.env['SHOT'] !== undefined) await page.screenshot({ path: process.env['SHOT'] });
  expect(await timed()).toEqual([]);
});

test('float16 maps are refused where the device has none, and trained with where it has', async ({ page }) => {
  const half: Recipe = { ...recipe, name: 'float16', seeds: [43], optimiser: { ...recipe.optimiser, maps: 'float16' } };
  await page.goto('/');
  const offered = await page.evaluate(async () => {
    const adapter = await navigator.gpu.requestAdapter();
    return adapter?.features.has('shader-f16') === true;
  });
  await open(page, offered ? 'webgpu' : 'wasm', half);
  const train = page.getByRole('button', { name: 'Train', exact: true });
  if (offered) {
    await train.click();
    await expect(page.getByTestId('status')).toHaveAttribute('data-at', 'finished', { timeout: 120_000 });
    return;
  }
  await expect(train).toBeDisabled();
  await expect(page.getByText('This device stores no float16 maps: set them to float32 under Training')).toBeVisible();
});
