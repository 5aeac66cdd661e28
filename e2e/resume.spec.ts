/**
 * What an interruption costs: nothing. A resumed run ends in the same numbers, losses and merges as one that nobody
 * disturbed, whatever it was that ended the page.
 */
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Page } from '@playwright/test';
import { begin, csv, finish, longRun, openPage, pastRows, resultsTable } from './testing/pastRuns.ts';
import { expect, test } from './testing/studio.ts';

const dataFolder = process.env['DATA_DIR'] ?? fileURLToPath(new URL('../../shared/data/', import.meta.url));
const breast = `${dataFolder}/breastmnist.npz`;

/**
 * Goes on until a save was made in the middle of the arms, so that an interruption meets optimisers, merges and orders; then
 * a little further, so that it loses something. A pause saves where it falls between two steps; in an evaluation it does not.
 */
async function untilSavedInArms(page: Page): Promise<void> {
  const status = page.getByTestId('status');
  const saved = page.getByTestId('saved');
  await expect(status).toContainText(/InMerge.* epoch ([2-9]|1\d)/, { timeout: 90_000 });
  const before = await saved.getAttribute('data-saved-at');
  await expect(async () => {
    await page.getByRole('button', { name: 'Pause', exact: true }).click();
    await expect(status).toHaveAttribute('data-at', 'paused');
    const now = await saved.getAttribute('data-saved-at');
    const reached = await status.textContent();
    await page.getByRole('button', { name: 'Resume', exact: true }).click();
    await expect(status).toHaveAttribute('data-at', 'training');
    await expect(status).not.toHaveText(reached ?? '');
    expect(now).not.toBe(before);
  }).toPass({ timeout: 60_000, intervals: [0] });
}

interface Outcome {
  readonly table: string[][];
  readonly losses: string;
  readonly merges: string;
  readonly epochs: string;
}

/** All that a finished run says, but for its times. */
async function outcome(page: Page): Promise<Outcome> {
  return {
    table: await resultsTable(page, false),
    losses: await csv(page, 'Losses'),
    merges: await csv(page, 'Merges'),
    // The last column is the milliseconds of an epoch.
    epochs: (await csv(page, 'Epochs')).replaceAll(/,[^,\n]*\n/g, '\n'),
  };
}

const undisturbed = new Map<string | null, Outcome>();

/** The outcome of `longRun` on this dataset where nothing happens to it. */
async function reference(page: Page, file: string | null = null): Promise<Outcome> {
  const known = undisturbed.get(file);
  if (known !== undefined) return known;
  await begin(page, longRun, file);
  await finish(page);
  const found = await outcome(page);
  expect(found.losses.split('\n').length).toBeGreaterThan(2 * 16 * 8);
  expect(found.merges.split('\n').length).toBeGreaterThan(10);
  undisturbed.set(file, found);
  await forgetRuns(page);
  return found;
}

/** Finished runs are kept and told again: what is to be trained a second time must not be there. */
async function forgetRuns(page: Page): Promise<void> {
  await page.evaluate(async () => {
    const root = await navigator.storage.getDirectory();
    await root.removeEntry('runs', { recursive: true });
  });
}

/** One click on what the page offers, to the end. */
async function resume(page: Page, datasetTitle: string): Promise<Outcome> {
  const offer = page.getByTestId('resume');
  await expect(offer).toContainText(new RegExp(`Your experiment on ${datasetTitle} was interrupted at \\d+.%`), {
    timeout: 20_000,
  });
  await offer.getByRole('button', { name: 'Resume' }).click();
  await expect(page.getByTestId('status')).toHaveAttribute('data-at', 'training', { timeout: 60_000 });
  // What was told before the interruption is there again.
  await expect(page.getByTestId('compare')).toBeVisible();
  await finish(page);
  return outcome(page);
}

/** Turns over one byte in the middle of the named saves of the only interrupted experiment. */
async function damage(page: Page, names: readonly string[]): Promise<void> {
  const id = await pastRows(page, 'interrupted').getAttribute('data-id');
  await page.evaluate(
    async ([experiment, slots]) => {
      const root = await navigator.storage.getDirectory();
      const home = await (await root.getDirectoryHandle('experiments')).getDirectoryHandle(experiment);
      for (const name of slots) {
        const handle = await home.getFileHandle(name);
        const bytes = new Uint8Array(await (await handle.getFile()).arrayBuffer());
        const middle = bytes.length >> 1;
        bytes[middle] = (bytes[middle] ?? 0) ^ 1;
        const stream = await handle.createWritable();
        await stream.write(bytes);
        await stream.close();
      }
    },
    [id ?? '', names] as const,
  );
}

test('a page closed in the middle: a new one resumes to the same numbers', async ({ page, context }) => {
  test.setTimeout(400_000);
  const expected = await reference(page);
  await begin(page, longRun);
  await untilSavedInArms(page);
  await page.close();
  const next = await context.newPage();
  await openPage(next);
  expect(await resume(next, 'Synthetic blood cells')).toEqual(expected);
});

test('a reload in the middle ends the worker: the run resumes to the same numbers', async ({ page }) => {
  test.setTimeout(400_000);
  const expected = await reference(page);
  await begin(page, longRun);
  await untilSavedInArms(page);
  await page.reload();
  expect(await resume(page, 'Synthetic blood cells')).toEqual(expected);
});

test('a dropped file is read again by itself', async ({ page, context }) => {
  test.skip(!existsSync(breast), `no ${breast}`);
  test.setTimeout(400_000);
  const expected = await reference(page, breast);
  await begin(page, longRun, breast);
  await untilSavedInArms(page);
  await page.close();
  const next = await context.newPage();
  await openPage(next);
  expect(await resume(next, 'BreastMNIST')).toEqual(expected);
});

test('what trains in one tab cannot be resumed, opened or deleted in another', async ({ page, context }) => {
  await begin(page, longRun);
  await expect(page.getByTestId('saved')).toBeVisible({ timeout: 60_000 });
  const other = await context.newPage();
  await openPage(other);
  const running = pastRows(other, 'running');
  await expect(running).toContainText('running in another tab');
  await expect(other.getByTestId('resume')).toHaveCount(0);
  for (const name of ['Open', 'Delete']) await expect(running.getByRole('button', { name })).toBeDisabled();
  await expect(running.getByRole('button', { name: 'Resume' })).toHaveCount(0);
  // The first tab goes: the other one hears of it by itself.
  await page.close();
  await expect(pastRows(other, 'interrupted')).toHaveCount(1, { timeout: 20_000 });
  await expect(other.getByTestId('resume')).toBeVisible();

  // Two tabs that offer the same: the first click has it, the second is told.
  const third = await context.newPage();
  await openPage(third);
  await expect(third.getByTestId('resume')).toBeVisible();
  await other.getByTestId('resume').getByRole('button', { name: 'Resume' }).click();
  await expect(other.getByTestId('status')).toHaveAttribute('data-at', 'training', { timeout: 60_000 });
  await third.getByTestId('resume').getByRole('button', { name: 'Resume' }).click();
  await expect(third.getByTestId('notice')).toHaveAttribute('data-code', 'running-elsewhere');
});

test('one damaged save: the other one serves; two: the page says what is lost', async ({ page }) => {
  test.setTimeout(400_000);
  const expected = await reference(page);
  await begin(page, longRun);
  await untilSavedInArms(page);
  await page.reload();
  await expect(page.getByTestId('resume')).toBeVisible({ timeout: 20_000 });
  await damage(page, ['a.ckpt']);
  expect(await resume(page, 'Synthetic blood cells')).toEqual(expected);

  await forgetRuns(page);
  await begin(page, longRun);
  await untilSavedInArms(page);
  await page.reload();
  await expect(page.getByTestId('resume')).toBeVisible({ timeout: 20_000 });
  await damage(page, ['a.ckpt', 'b.ckpt']);
  await page.getByTestId('resume').getByRole('button', { name: 'Resume' }).click();
  const notice = page.getByTestId('notice');
  await expect(notice).toHaveAttribute('data-code', 'experiment-lost');
  await expect(notice).toContainText('was not resumed');
  await expect(page.getByTestId('status')).toHaveAttribute('data-at', 'empty');
});
