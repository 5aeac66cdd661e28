/**
 * A newcomer's first minutes: "Try the sample" with its own recipe, to the end, without a GPU; and pictures of it in
 * test-results/; the README's goes to docs/ with UPDATE_SCREENSHOTS=1.
 */
import { fileURLToPath } from 'node:url';
import type { Page } from '@playwright/test';
import { expect, longTasks, pageNow, test } from './testing/studio.ts';

const pictures = fileURLToPath(new URL('../test-results/pictures/', import.meta.url));
/** The one that the README shows. */
const shownInReadme = fileURLToPath(
  new URL(process.env['UPDATE_SCREENSHOTS'] === '1' ? '../docs/' : '../test-results/pictures/', import.meta.url),
);

const picture = async (page: Page, name: string, folder = pictures) => {
  // Where the pointer rests is nobody's business.
  await page.mouse.move(0, 0);
  await page.screenshot({ path: `${folder}${name}.png` });
};

test('the sample, as it comes, on WASM: data, both arms, merges, kernels, results', async ({ page }, info) => {
  test.setTimeout(900_000);
  await page.goto('/');
  await expect(page.getByTestId('device')).toHaveAttribute('data-device', 'wasm', { timeout: 30_000 });
  await page.getByRole('button', { name: 'Try the sample' }).click();
  await expect(page.getByTestId('dataset')).toBeVisible({ timeout: 30_000 });
  // The button that was pressed is gone; the keyboard is where the next step is.
  await expect(page.getByRole('button', { name: 'Train', exact: true })).toBeFocused();
  await picture(page, 'data');

  const from = await pageNow(page);
  await page.getByRole('button', { name: 'Train', exact: true }).click();
  await page.getByRole('tab', { name: 'Compare' }).click();
  await expect(page.getByTestId('status')).toHaveAttribute('data-at', 'finished', { timeout: 840_000 });
  const seconds = ((await pageNow(page)) - from) / 1000;
  const blocked = await longTasks(page, from);
  info.annotations.push({
    type: 'the sample took',
    description: `${seconds.toFixed(0)} s; main thread tasks over 50 ms: ${blocked.map(Math.round).join(', ') || 'none'}`,
  });
  console.log(
    `the sample took ${seconds.toFixed(0)} s; main thread tasks over 50 ms: ${blocked.map(Math.round).join(', ') || 'none'}`,
  );
  expect(Math.max(0, ...blocked)).toBeLessThan(200);
  await page.getByRole('tab', { name: 'Compare' }).click();
  await picture(page, 'compare', shownInReadme);

  await page.getByRole('tab', { name: 'Merges' }).click();
  await expect(page.getByTestId('merges')).toContainText(/conv\d_\d/);
  await picture(page, 'merges');
  await page.getByRole('tab', { name: 'Kernels' }).click();
  await expect(page.getByTestId('heatmap')).toHaveAttribute('data-kernels', /^\d+$/);
  await page.getByRole('tab', { name: 'Results' }).click();
  const results = page.getByTestId('results');
  await expect(results).toHaveAttribute('data-complete', 'true');
  await expect(results).toContainText(/[1-9]\d* of [\d,]+ tries/);
  await picture(page, 'results');
});
