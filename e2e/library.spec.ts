/** Past experiments: listed after a reload, opened with the same results, renamed, copied, backed up and deleted. */
import { mkdirSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import type { Page } from '@playwright/test';
import { readBundle } from '../src/report/bundle.ts';
import { begin, csv, finish, folder, openPage, pastRows, resultsTable, shortRun } from './testing/pastRuns.ts';
import { dropFile, expect, test } from './testing/studio.ts';

/** Bytes of the page's files, as the browser itself counts each. */
const bytesStored = (page: Page): Promise<number> =>
  page.evaluate(async () => {
    const below = async (folder: FileSystemDirectoryHandle): Promise<number> => {
      let sum = 0;
      for await (const entry of folder.values())
        sum += entry.kind === 'file' ? (await (entry as FileSystemFileHandle).getFile()).size : await below(entry as never);
      return sum;
    };
    return below(await navigator.storage.getDirectory());
  });

/** Measured once cancelled and once to its end: the rows of its table. */
async function robustness(page: Page): Promise<string[]> {
  const panel = page.getByTestId('robustness');
  await panel.getByRole('button', { name: 'Measure robustness' }).click();
  await expect(panel.getByRole('progressbar')).toBeVisible();
  await expect(page.getByRole('button', { name: 'Train', exact: true })).toBeDisabled();
  await panel.getByRole('button', { name: 'Cancel' }).click();
  await panel.getByRole('button', { name: 'Measure robustness' }).click();
  await expect(panel.locator('tr[data-corruption=mean]')).toBeVisible({ timeout: 60_000 });
  await expect(panel).toContainText('chosen for 224 × 224 px');
  const rows = await robustnessRows(page);
  // The clean split, 17 kinds, and their mean.
  expect(rows).toHaveLength(19);
  return rows;
}

const robustnessRows = async (page: Page): Promise<string[]> => {
  await expect(page.getByTestId('robustness').locator('tr[data-corruption=mean]')).toBeVisible();
  return page.getByTestId('robustness').locator('tbody tr').allTextContents();
};

test('a finished experiment is listed after a reload, opens with the same results, and can be deleted', async ({ page }) => {
  await begin(page, shortRun);
  await finish(page);
  const before = await resultsTable(page, true);
  const curves = await csv(page, 'Losses');
  const errors = await robustness(page);
  await page.goto('about:blank');
  await openPage(page);

  await expect(pastRows(page, 'finished')).toHaveCount(1);
  await expect(pastRows(page, 'finished')).toContainText('tiny past');
  await expect(pastRows(page, 'finished')).toContainText(/[+−]?\d+\.\d pp/);
  await expect(page.getByTestId('resume')).toHaveCount(0);
  await pastRows(page, 'finished').getByRole('button', { name: 'Open' }).click();
  expect(await resultsTable(page, true)).toEqual(before);
  expect(await csv(page, 'Losses')).toBe(curves);
  expect(await robustnessRows(page)).toEqual(errors);
  await page.getByRole('tab', { name: 'Compare' }).click();
  await expect(page.getByTestId('compare').locator('svg.recharts-surface')).toHaveCount(3);
  await page.getByRole('tab', { name: 'Merges' }).click();
  await expect(page.getByTestId('merges')).toContainText(/conv\d_\d/);
  await page.getByRole('tab', { name: 'Kernels' }).click();
  // Its kernels were kept: the map is there, and goes back to where the arms began.
  await expect(page.getByTestId('heatmap')).toHaveAttribute('data-kernels', /^[1-9]/);
  await expect(page.getByTestId('scrubber')).toHaveAttribute('data-epochs', /^0 1/);

  await page.getByRole('tab', { name: 'Data' }).click();
  await pastRows(page, 'finished').getByRole('button', { name: 'Rename' }).click();
  await page.getByLabel('Name', { exact: true }).fill('renamed past');
  await page.getByRole('dialog').getByRole('button', { name: 'Rename' }).click();
  await expect(pastRows(page, 'finished')).toContainText('renamed past');
  await pastRows(page, 'finished').getByRole('button', { name: 'Duplicate' }).click();
  await expect(page.locator('#experiment-name')).toContainText('renamed past copy');
  const [download] = await Promise.all([
    page.waitForEvent('download'),
    page.getByTestId('storage').getByRole('button', { name: 'Back up' }).click(),
  ]);
  const backup = await readFile(await download.path());
  const stored = await bytesStored(page);
  await expect(page.getByTestId('storage')).toHaveAttribute('data-bytes', String(stored));
  await pastRows(page, 'finished').getByRole('button', { name: 'Delete' }).click();
  await expect(page.getByRole('dialog')).toContainText(/Frees \d.* of it its finished runs, which no other experiment has/);
  await page.getByRole('dialog').getByRole('button', { name: 'Delete the experiment' }).click();
  await expect(page.getByTestId('past-row')).toHaveCount(0);
  // What is left is the pace of this device, which no experiment owns.
  expect(await bytesStored(page)).toBeLessThan(1000);
  await page.reload();
  await expect(page.getByTestId('past')).toContainText('None yet');

  const altered = Buffer.from(backup);
  altered[altered.length >> 1] = (altered[altered.length >> 1] ?? 0) ^ 1;
  const restore = (buffer: Buffer) =>
    page.getByTestId('backup-file').setInputFiles({ name: 'all.inmerge-backup', mimeType: 'application/octet-stream', buffer });
  await restore(altered);
  await expect(page.getByTestId('notice')).toHaveAttribute('data-code', 'backup-damaged');
  await expect(page.getByTestId('past-row')).toHaveCount(0);
  await restore(backup);
  await expect(pastRows(page, 'finished')).toContainText('renamed past');
  expect(await bytesStored(page)).toBe(stored);
  await pastRows(page, 'finished').getByRole('button', { name: 'Open' }).click();
  expect(await resultsTable(page, true)).toEqual(before);
  expect(await robustnessRows(page)).toEqual(errors);

  // Its networks go along where that is wanted: a bundle that opens anywhere, also here.
  await page.getByRole('button', { name: 'Export', exact: true }).click();
  await page.getByRole('menuitem', { name: /^Results/ }).click();
  await expect(page.getByTestId('export')).toContainText(/weights of 3 networks: \d+\skB/);
  const [bundle] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('button', { name: 'Save Bundle with weights' }).click(),
  ]);
  const [alone] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('button', { name: 'Save safetensors' }).click(),
  ]);
  expect(alone.suggestedFilename()).toMatch(/\.inmerge_seed0\.safetensors$/);
  mkdirSync(folder, { recursive: true });
  await bundle.saveAs(`${folder}past.inmerge.zip`);
  const { manifest } = await readBundle(new File([await readFile(`${folder}past.inmerge.zip`)], 'past.inmerge.zip'));
  const networks = ['backbone', 'baseline', 'inmerge'].map((arm) => `weights/${arm}_seed0.safetensors`);
  expect(manifest.parts.map(({ path }) => path).filter((path) => path.startsWith('weights/'))).toEqual(networks);
  await page.reload();
  await dropFile(page, `${folder}past.inmerge.zip`);
  expect(await resultsTable(page, true)).toEqual(before);
});
