/** Training speed, measured in the page: on one click, stopped on one click, and taken away as JSON. */
import { AxeBuilder } from '@axe-core/playwright';
import { expect, test } from './testing/studio.ts';

test('a step is measured on WebAssembly, can be stopped, and comes out as JSON', async ({ page }) => {
  await page.goto('/');
  await page.getByTestId('device').click();
  await page.getByRole('banner').getByRole('button', { name: 'Measure speed' }).click();
  const dialog = page.getByTestId('speed');
  await dialog.getByLabel('Step of').selectOption({ value: 'vgg8_bn@28x8' });
  for (const name of [/Studio on WebGPU/, /reference trainer/, /TensorFlow\.js/]) await dialog.getByLabel(name).setChecked(false);
  await dialog.getByLabel(/WebAssembly/).setChecked(true);

  await dialog.getByRole('button', { name: 'Measure' }).click();
  await dialog.getByRole('button', { name: 'Stop' }).click();
  await expect(dialog.getByRole('table')).toBeHidden();

  await dialog.getByRole('button', { name: 'Measure' }).click();
  const row = dialog.locator('tr[data-contender=wasm]');
  await expect(row).toBeVisible({ timeout: 60_000 });
  await expect(row).toContainText('reference');
  const { violations } = await new AxeBuilder({ page }).include('dialog').analyze();
  expect(violations.map(({ id }) => id)).toEqual([]);
  if (process.env['SHOT'] !== undefined) await page.screenshot({ path: process.env['SHOT'] });

  const download = page.waitForEvent('download');
  await dialog.getByRole('button', { name: 'Save JSON' }).click();
  const stream = await (await download).createReadStream();
  const chunks: Buffer[] = [];
  for await (const chunk of stream) chunks.push(chunk as Buffer);
  const report = JSON.parse(Buffer.concat(chunks).toString()) as { cases: { contenders: { ms: number; losses: number[] }[] }[] };
  const [measured] = report.cases[0]?.contenders ?? [];
  expect(measured?.ms).toBeGreaterThan(0);
  expect(measured?.losses).toHaveLength(20);
});
