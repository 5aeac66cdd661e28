/** The GPU process dies in the middle of a run: the page says so, and the run goes on from its last save. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { tiny } from './testing/tiny.ts';
import { dropFile, expect, test } from './testing/studio.ts';

const folder = fileURLToPath(new URL('../test-results/recipes/', import.meta.url));

test.use({ allowed: [/lost|GPU|gpu|external Instance|WebGPU/] });

test('after a crash of the GPU process the run resumes from its last save and finishes', async ({ page, browser }) => {
  test.setTimeout(400_000);
  await page.goto('/?device=webgpu');
  await expect(page.getByTestId('device')).toHaveAttribute('data-device', 'webgpu', { timeout: 30_000 });
  await page.getByRole('button', { name: 'Try the sample' }).click();
  await expect(page.getByTestId('dataset')).toBeVisible({ timeout: 30_000 });
  mkdirSync(folder, { recursive: true });
  const path = `${folder}crash.json`;
  writeFileSync(path, JSON.stringify({ ...tiny, name: 'crash', finetune: { ...tiny.finetune, epochs: 3 } }));
  await dropFile(page, path);
  await expect(page.getByTestId('recipe')).toContainText('1 + 3 epochs');
  await page.getByRole('button', { name: 'Train', exact: true }).click();
  await page.getByRole('tab', { name: 'Compare' }).click();
  // Far enough in that a save is on disk.
  await expect(page.getByTestId('live-baseline')).toContainText(/\d/, { timeout: 180_000 });

  const session = await browser.newBrowserCDPSession();
  await session.send('Browser.crashGpuProcess').catch(() => undefined);
  await expect(page.getByTestId('status')).toHaveAttribute('data-at', 'halted', { timeout: 60_000 });
  await expect(page.getByTestId('problems')).toContainText(/GPU/);

  await page.reload();
  await page
    .getByRole('button', { name: /Resume/ })
    .first()
    .click();
  await expect(page.getByTestId('status')).toHaveAttribute('data-at', 'finished', { timeout: 240_000 });
});
