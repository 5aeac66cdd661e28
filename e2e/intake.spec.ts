/** Files as users drop them: large real ones, and ones that do not fit. */
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { badFiles } from '../src/data/testing/badFiles.ts';
import { dropFile, expect, longTasks, pageNow, test } from './testing/studio.ts';

const folder = fileURLToPath(new URL('../test-results/bad/', import.meta.url));
const dataFolder = process.env['DATA_DIR'] ?? fileURLToPath(new URL('../../shared/data/', import.meta.url));
const blood = `${dataFolder}/bloodmnist_remade.npz`;

/** One of each kind: not a zip, a cut download, a wrong checksum, a cut array, pickled objects, a label below 0. */
const shown = [2, 4, 15, 47, 52, 69];

test('a file that does not fit is refused with what was found, and what was open stays', async ({ page }) => {
  mkdirSync(folder, { recursive: true });
  await page.goto('/?device=wasm');
  await page.getByRole('button', { name: 'Try the sample' }).click();
  await expect(page.getByTestId('dataset')).toBeVisible({ timeout: 30_000 });
  for (const { row, code, name, bytes } of badFiles().filter((file) => shown.includes(file.row))) {
    const path = `${folder}${row}-${name.replaceAll(/[^\w.-]/g, '_')}`;
    writeFileSync(path, bytes);
    await dropFile(page, path);
    const problems = page.getByTestId('problems');
    await expect(problems.locator(`[data-code="${code}"]`).first(), `row ${row}`).toBeVisible();
    await expect(problems).not.toContainText(/invalid|failed|oops/i);
    await problems.getByRole('button', { name: /^Back/ }).first().click();
    await expect(page.getByTestId('dataset')).toContainText('Synthetic');
  }
});

test('32 MB of real images are read while the page stays free', async ({ page }, info) => {
  test.skip(!existsSync(blood), `no ${blood}`);
  await page.goto('/?device=wasm');
  await expect(page.getByTestId('device')).toHaveAttribute('data-device', 'wasm', { timeout: 30_000 });
  const from = await pageNow(page);
  await dropFile(page, blood);
  await expect(page.getByTestId('dataset')).toBeVisible({ timeout: 30_000 });
  const milliseconds = (await pageNow(page)) - from;
  const blocked = await longTasks(page, from);
  info.annotations.push({
    type: 'read and shown',
    description: `${Math.round(milliseconds)} ms; main thread tasks over 50 ms: ${blocked.map(Math.round).join(', ') || 'none'}`,
  });
  await expect(page.getByTestId('dataset')).toContainText('11,959');
  expect(Math.max(0, ...blocked)).toBeLessThan(200);
});
