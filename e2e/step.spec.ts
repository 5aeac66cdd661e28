/**
 * Single steps on a copy of a paused run: a merge step and a gradient step show what they did, the slow mode plays it, and
 * the resumed run ends as one that was never stepped beside.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { AxeBuilder } from '@axe-core/playwright';
import type { Page } from '@playwright/test';
import { dropFile, expect, test } from './testing/studio.ts';
import { tiny } from './testing/tiny.ts';

const folder = fileURLToPath(new URL('../test-results/recipes/', import.meta.url));
const pictures = fileURLToPath(new URL('../test-results/pictures/', import.meta.url));
const recipe = {
  ...tiny,
  name: 'stepped',
  dataset: { ...tiny.dataset, take: { train: 64, val: 12, test: 12 } },
  finetune: { ...tiny.finetune, epochs: 4 },
};

async function openSample(page: Page): Promise<void> {
  await page.goto('/?device=wasm');
  await expect(page.getByTestId('device')).toHaveAttribute('data-device', 'wasm', { timeout: 30_000 });
  await page.getByRole('button', { name: 'Try the sample' }).click();
  await expect(page.getByTestId('dataset')).toBeVisible({ timeout: 30_000 });
  mkdirSync(folder, { recursive: true });
  writeFileSync(`${folder}${recipe.name}.json`, JSON.stringify(recipe));
  await dropFile(page, `${folder}${recipe.name}.json`);
  await expect(page.getByTestId('recipe')).toContainText('1 + 4 epochs');
}

/** Trains to the end and gives the results in words. */
async function resultsOf(page: Page): Promise<string> {
  await expect(page.getByTestId('status')).toHaveAttribute('data-at', 'finished', { timeout: 120_000 });
  await page.getByRole('tab', { name: 'Results' }).click();
  await expect(page.getByTestId('results').locator('tr[data-arm]').first()).toBeVisible();
  const rows = await page.getByTestId('results').locator('tr[data-arm]').allInnerTexts();
  await page.getByRole('tab', { name: 'Merges' }).click();
  await page.getByRole('button', { name: 'List' }).click();
  const merges = await page.getByTestId('merges').getAttribute('data-count');
  // How long it took is the one thing that may differ.
  return `${merges} merges: ${rows.join(' | ').replaceAll(/\d[\d.]*\s(s|min)\b|×\s[\d.]+/g, '')}`;
}

async function expectNoViolations(page: Page): Promise<void> {
  await page.mouse.move(0, 0);
  const { violations } = await new AxeBuilder({ page }).withTags(['wcag2a', 'wcag2aa', 'wcag21aa', 'wcag22aa']).analyze();
  const grave = violations.filter(({ impact }) => impact === 'serious' || impact === 'critical');
  expect(grave.flatMap(({ id, nodes }) => nodes.map((node) => `${id}: ${node.html.slice(0, 160)}`))).toEqual([]);
}

test('a merge step and a gradient step show what they did, and the resumed run is as if none had been taken', async ({
  page,
}) => {
  await openSample(page);
  await page.getByRole('button', { name: 'Train', exact: true }).click();
  const plain = await resultsOf(page);

  // Finished runs are kept and told again: what is to be trained a second time must not be there.
  await page.evaluate(async () => {
    const root = await navigator.storage.getDirectory();
    await root.removeEntry('runs', { recursive: true });
  });
  await page.getByRole('button', { name: 'Train', exact: true }).click();
  await expect(page.getByTestId('status')).toContainText(/Baseline|InMerge/, { timeout: 60_000 });
  await page.getByRole('button', { name: 'Pause', exact: true }).first().click();
  await page.getByRole('button', { name: 'Step', exact: true }).click();
  const steps = page.getByTestId('steps');
  await expect(steps).toContainText('One step at a time');

  await steps.getByRole('button', { name: 'Merge step', exact: true }).click();
  await expect(page.getByTestId('merge-step')).toContainText(/\d+ of \d+/);
  await expect(page.getByTestId('tried-pairs').locator('tbody tr').first()).toContainText(/K\d+ ← K\d+/);
  await expect(page.getByTestId('step-loss')).toContainText(/before \d\.\d+.*after \d\.\d+/);
  await expect(page.getByTestId('pair-walk')).toContainText(/coin.*p 0\.\d\d.*cos.*τ/is);
  await page.screenshot({ path: `${pictures}step-merge.png` });
  await expectNoViolations(page);

  // The slow mode begins with the coin alone and reaches the comparison.
  const walk = page.getByTestId('pair-walk');
  await walk.getByRole('button', { name: 'Play slowly' }).click();
  await expect(walk.locator('li.now')).toContainText('Coin');
  await expect(walk.locator('li.now')).toContainText('Compare');
  await walk.getByRole('button', { name: 'Stop' }).click();

  await page.keyboard.press('g');
  await expect(page.getByTestId('gradient-step')).toContainText('linear');
  await expect(steps).toHaveAttribute('data-steps', '2');
  await expect(page.getByTestId('step-where')).toContainText('1 merge step, 1 gradient step');
  await page.emulateMedia({ colorScheme: 'dark' });
  await page.setViewportSize({ width: 1280, height: 720 });
  await page.screenshot({ path: `${pictures}step-gradient.png` });
  await expectNoViolations(page);

  await page.getByRole('button', { name: 'Resume', exact: true }).first().click();
  await expect(steps.or(page.getByTestId('results'))).toBeVisible();
  expect(await resultsOf(page)).toBe(plain);
});
