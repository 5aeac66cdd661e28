/** A page that stays open while the studio behind it is updated: what loads late is gone, and the page says so and lives on. */
import { expect, test } from './testing/studio.ts';

test.use({ allowed: [/Failed to load resource|preload|dynamically imported/] });

test('a part of the page that can no longer be loaded says so; the rest of it works', async ({ page }) => {
  await page.route(/\/assets\/(Results|Compare|Kernels|CardForm)/, (route) => route.fulfill({ status: 404, body: '' }));
  await page.goto('/?device=wasm');
  await expect(page.getByTestId('device')).toHaveAttribute('data-device', 'wasm', { timeout: 30_000 });
  const said = page.getByText('This part of the page could not be loaded');
  await page.getByRole('button', { name: 'Try the sample' }).click();
  await expect(page.getByText(/2,200 images, 8 classes/)).toBeVisible({ timeout: 30_000 });
  await page.getByRole('button', { name: /^Merging/ }).click();
  await expect(said.first()).toBeVisible();
  await page.screenshot({ path: 'test-results/updated/card.png' });
  await page.getByRole('button', { name: 'Train', exact: true }).click();
  await page.getByRole('tab', { name: 'Kernels' }).click();
  await expect(said).toHaveCount(2);
  await page.screenshot({ path: 'test-results/updated/screen.png' });
  await page.getByRole('tab', { name: 'Data' }).click();
  await expect(page.getByText(/2,200 images, 8 classes/)).toBeVisible();
});
