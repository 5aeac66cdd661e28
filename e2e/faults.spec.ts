/** What kills a run from outside: the GPU process crashing, the whole browser killed. The run goes on from its last save. */
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { fileURLToPath } from 'node:url';
import { chromium, type Page } from '@playwright/test';
import { launchOptions } from '../scripts/browser.mjs';
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

/** ACC, AUC, epoch taken and merges of both arms; the time differs from run to run. */
async function outcome(page: Page): Promise<string[]> {
  await page.getByRole('tab', { name: 'Results' }).click();
  await expect(page.getByTestId('results')).toHaveAttribute('data-complete', 'true', { timeout: 240_000 });
  const rows: string[] = [];
  for (const arm of ['baseline', 'inmerge']) {
    const row = page.getByTestId('results').locator(`tr[data-arm="${arm}"]`).first();
    await expect(row).toBeVisible();
    const cells = await row.locator('td').allInnerTexts();
    rows.push(cells.filter((text) => !/\d\s(s|min)/.test(text)).join(' | '));
  }
  return rows;
}

test('a browser killed with SIGKILL loses nothing that matters: the run ends in the same numbers', async ({ baseURL }) => {
  test.setTimeout(400_000);
  // Two profiles: in one, the second run would be the first told again.
  const [calm, profile] = [mkdtempSync(`${tmpdir()}/studio-`), mkdtempSync(`${tmpdir()}/studio-`)];
  const open = async (of: string) => {
    const context = await chromium.launchPersistentContext(of, {
      ...launchOptions(),
      channel: 'chromium',
      viewport: { width: 1440, height: 900 },
    });
    return { context, page: context.pages()[0] ?? (await context.newPage()) };
  };
  const begin = async (page: Page) => {
    await page.goto(`${baseURL}/?device=wasm`);
    await expect(page.getByTestId('device')).toHaveAttribute('data-device', 'wasm', { timeout: 30_000 });
    await page.getByRole('button', { name: 'Try the sample' }).click();
    await expect(page.getByTestId('dataset')).toBeVisible({ timeout: 30_000 });
    const path = `${folder}killed.json`;
    writeFileSync(
      path,
      JSON.stringify({
        ...tiny,
        name: 'killed',
        dataset: { ...tiny.dataset, take: { train: 400, val: 60, test: 60 } },
        finetune: { ...tiny.finetune, epochs: 4 },
      }),
    );
    await dropFile(page, path);
    await expect(page.getByTestId('recipe')).toContainText('1 + 4 epochs');
    await page.getByRole('button', { name: 'Train', exact: true }).click();
  };

  mkdirSync(folder, { recursive: true });
  try {
    const whole = await open(calm);
    await begin(whole.page);
    const undisturbed = await outcome(whole.page);
    await whole.context.close();

    const first = await open(profile);
    await begin(first.page);
    await first.page.getByRole('tab', { name: 'Compare' }).click();
    await expect(first.page.getByTestId('live-baseline')).toContainText(/\d/, { timeout: 180_000 });
    // Every process of this profile, at once, as a power cut would.
    execFileSync('pkill', ['-KILL', '-f', profile]);
    await first.context.close().catch(() => undefined);

    const second = await open(profile);
    await second.page.goto(`${baseURL}/?device=wasm`);
    await expect(second.page.getByTestId('device')).toHaveAttribute('data-device', 'wasm', { timeout: 30_000 });
    await second.page
      .getByRole('button', { name: /Resume/ })
      .first()
      .click();
    expect(await outcome(second.page)).toEqual(undisturbed);
    await second.context.close();
  } finally {
    // The browser may still be writing its last files.
    for (const each of [calm, profile]) rmSync(each, { recursive: true, force: true, maxRetries: 20, retryDelay: 250 });
  }
});
