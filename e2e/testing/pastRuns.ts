/**
 * What is done to experiments that are kept: begun on a dataset, waited for, read as tables and CSV. The recipes are over in
 * seconds; `longRun` is long enough to be interrupted.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import type { Locator, Page } from '@playwright/test';
import type { Recipe } from '../../src/recipe/recipe.ts';
import { dropFile, expect } from './studio.ts';
import { tiny } from './tiny.ts';

/** Where recipes and results of the tests lie. */
export const folder = fileURLToPath(new URL('../../test-results/recipes/', import.meta.url));

export const shortRun: Recipe = { ...tiny, name: 'tiny past' };

/** The same with epochs enough to be interrupted in the middle of both arms, on a fast machine, too. */
export const longRun: Recipe = {
  ...shortRun,
  name: 'long past',
  dataset: { ...shortRun.dataset, take: { train: 64, val: 12, test: 12 } },
  backbone: { ...shortRun.backbone, epochs: 2 },
  finetune: { ...shortRun.finetune, epochs: 16 },
};

function recipeFile(recipe: Recipe): string {
  mkdirSync(folder, { recursive: true });
  const path = `${folder}${recipe.name}.json`;
  writeFileSync(path, JSON.stringify(recipe));
  return path;
}

export async function openPage(page: Page): Promise<void> {
  await page.goto('/?device=wasm');
  await expect(page.getByTestId('device')).toHaveAttribute('data-device', 'wasm', { timeout: 30_000 });
}

/** Opens the page, a dataset (the sample where `file` is null) and a recipe, and presses Train. */
export async function begin(page: Page, recipe: Recipe, file: string | null = null): Promise<void> {
  await openPage(page);
  if (file === null) await page.getByRole('button', { name: 'Try the sample' }).click();
  else await dropFile(page, file);
  await expect(page.getByTestId('dataset')).toBeVisible({ timeout: 30_000 });
  await dropFile(page, recipeFile(recipe));
  await expect(page.getByTestId('recipe')).toContainText(`${recipe.backbone.epochs} + ${recipe.finetune.epochs} epochs`);
  await page.getByRole('button', { name: 'Train', exact: true }).click();
}

export const finish = (page: Page): Promise<void> =>
  expect(page.getByTestId('status')).toHaveAttribute('data-at', 'finished', { timeout: 150_000 });

/** Rows of the list of past experiments that are in this state. */
export const pastRows = (page: Page, state: string): Locator => page.locator(`[data-testid=past-row][data-state=${state}]`);

/** The results table without how long it took, which no run shares with another. */
export async function resultsTable(page: Page, withTime: boolean): Promise<string[][]> {
  await page.getByRole('tab', { name: 'Results' }).click();
  await expect(page.getByTestId('results')).toHaveAttribute('data-complete', 'true');
  const rows = await page
    .getByTestId('results')
    .locator('table.summary tr')
    .evaluateAll((all) => all.map((each) => [...each.children].map((cell) => cell.textContent)));
  const time = rows[0]?.indexOf('Time') ?? -1;
  expect(time).toBeGreaterThan(0);
  return withTime ? rows : rows.map((cells) => cells.filter((_, k) => k !== time));
}

export async function csv(page: Page, name: 'Epochs' | 'Losses' | 'Merges'): Promise<string> {
  await page.getByRole('button', { name: 'Export', exact: true }).click();
  const [download] = await Promise.all([page.waitForEvent('download'), page.getByRole('menuitem', { name }).click()]);
  return readFile(await download.path(), 'utf8');
}
