/**
 * What the networks see, on a real run of the sample: confusion tables, ROC, the gallery of mistakes, an image and a
 * dropped picture under Grad-CAM; by keyboard too; and again after the experiment was reopened. Pictures of it go to
 * test-results/pictures/.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { AxeBuilder } from '@axe-core/playwright';
import type { Page } from '@playwright/test';
import { sample } from '../src/recipe/presets.ts';
import type { Recipe } from '../src/recipe/recipe.ts';
import { dropFile, expect, test } from './testing/studio.ts';

const folder = fileURLToPath(new URL('../test-results/pictures/', import.meta.url));

const testImages = 160;
/** Images of a gallery page at this width: four rows of three. */
const onePage = 12;

/** Enough of the sample for networks that are right often and wrong often. */
const short: Recipe = {
  ...sample,
  name: 'look',
  dataset: { ...sample.dataset, take: { train: 384, val: 48, test: testImages } },
  optimiser: { ...sample.optimiser, batchSize: 32 },
  backbone: { ...sample.backbone, epochs: 2 },
  finetune: { ...sample.finetune, epochs: 1 },
};

async function expectNothingGrave(page: Page): Promise<void> {
  const { violations } = await new AxeBuilder({ page })
    .withTags(['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'])
    .analyze();
  const grave = violations.filter(({ impact }) => impact === 'serious' || impact === 'critical');
  expect(grave.map(({ id, nodes }) => `${id}: ${nodes[0]?.html.slice(0, 160)}`)).toEqual([]);
}

const shot = async (page: Page, name: string) => {
  await page.mouse.move(0, 0);
  await page.screenshot({ path: `${folder}${name}.png` });
};

/** A picture that no dataset holds: a violet disc on pink, 200 x 140, drawn by the browser itself. */
async function drawPicture(page: Page): Promise<string> {
  const url = await page.evaluate(() => {
    const canvas = document.createElement('canvas');
    [canvas.width, canvas.height] = [200, 140];
    const context = canvas.getContext('2d');
    if (context === null) throw new Error('no canvas');
    context.fillStyle = '#eed8dc';
    context.fillRect(0, 0, 200, 140);
    context.fillStyle = '#5c308c';
    context.beginPath();
    context.arc(100, 70, 36, 0, 7);
    context.fill();
    return canvas.toDataURL('image/png');
  });
  mkdirSync(folder, { recursive: true });
  const path = `${folder}cell.png`;
  writeFileSync(path, Buffer.from(url.split(',')[1] ?? '', 'base64'));
  return path;
}

test('what both networks make of the test images, and of any picture', async ({ page }) => {
  await page.goto('/?device=wasm');
  await page.getByRole('button', { name: 'Try the sample' }).click();
  await expect(page.getByTestId('dataset')).toBeVisible({ timeout: 30_000 });
  mkdirSync(folder, { recursive: true });
  writeFileSync(`${folder}look.json`, JSON.stringify(short));
  await dropFile(page, `${folder}look.json`);
  const picture = await drawPicture(page);
  await dropFile(page, picture);
  await expect(page.getByText('cell.png is a picture.')).toBeVisible();
  await page.getByRole('button', { name: 'Train', exact: true }).click();
  await page.getByRole('tab', { name: 'Predictions' }).click({ timeout: 30_000 });
  await expect(page.getByTestId('no-predictions')).toBeVisible();
  await expect(page.getByTestId('status')).toHaveAttribute('data-at', 'finished', { timeout: 90_000 });

  // The three tables: each arm's counts sum to the test images, and the difference to nothing.
  const confusions = page.getByTestId('confusions');
  const sum = (of: string) =>
    confusions
      .locator(`[data-of=${of}] td button`)
      .evaluateAll((cells) => cells.reduce((total, cell) => total + Number((cell.textContent ?? '').replace('−', '-')), 0));
  await expect(confusions.locator('table')).toHaveCount(3);
  expect(await sum('first')).toBe(testImages);
  expect(await sum('second')).toBe(testImages);
  expect(await sum('difference')).toBe(0);

  // The gallery starts with mistakes, drawn.
  const gallery = page.getByTestId('gallery');
  await expect(gallery.locator('.gallery-tile canvas').first()).toBeVisible();
  const tops = await gallery
    .locator('.gallery-tile')
    .evaluateAll((tiles) => tiles.map((each) => each.getBoundingClientRect().top));
  expect(new Set(tops.slice(0, 3)).size, 'three images stand in a row').toBe(1);
  await shot(page, 'predictions');

  // A cell shows its images: as many as it counts.
  const cell = confusions.locator('[data-of=first] td:not(.right) button:not(:empty)').first();
  const count = Number(await cell.textContent());
  await cell.click();
  await expect(cell).toHaveAttribute('aria-pressed', 'true');
  await expect(gallery.locator('.gallery-tile')).toHaveCount(Math.min(count, onePage));
  // By keyboard: arrows go from cell to cell, Enter chooses.
  await cell.press('ArrowRight');
  await page.keyboard.press('ArrowLeft');
  await expect(cell).toBeFocused();
  await page.keyboard.press('Enter');
  await expect(cell).toHaveAttribute('aria-pressed', 'false');

  // One image, seen by both networks; its scores are those of the test.
  const tile = gallery.locator('.gallery-tile').first();
  const said = await tile.locator('.gallery-tile-answer .num').allTextContents();
  await tile.click();
  const one = page.getByTestId('one-image');
  await expect(one.locator('[data-at=answered]')).toBeVisible({ timeout: 20_000 });
  await expect(one.locator('canvas')).toHaveCount(3);
  const rows = one.locator('.class-scores li');
  await expect(rows).toHaveCount(8);
  const shown = await rows.locator('.num').evaluateAll((cells) => cells.map((each) => each.lastChild?.textContent ?? ''));
  for (const score of said) expect(shown).toContain(score);
  await rows.nth(2).getByRole('button').click();
  await expect(rows.nth(2).getByRole('button')).toHaveAttribute('aria-pressed', 'true');
  await expect(one.locator('[data-at=answered]')).toBeVisible();
  await expectNothingGrave(page);
  await shot(page, 'one-image');

  // Any picture, dropped anywhere.
  await page.getByRole('tab', { name: 'Compare' }).click();
  await dropFile(page, picture);
  await expect(page.getByRole('tab', { name: 'Predictions' })).toHaveAttribute('aria-selected', 'true');
  await expect(one).toContainText('200 × 140');
  await expect(one.locator('[data-at=answered] canvas')).toHaveCount(3);
  await page.emulateMedia({ colorScheme: 'dark' });
  await page.reload();

  // Opened again after a reload: the same from what was saved.
  await page.getByTestId('past-row').getByRole('button', { name: 'Open' }).first().click();
  await page.getByRole('tab', { name: 'Predictions' }).click();
  await expect(gallery.locator('.gallery-tile canvas').first()).toBeVisible({ timeout: 20_000 });
  await dropFile(page, picture);
  await expect(one.locator('[data-at=answered] canvas')).toHaveCount(3, { timeout: 20_000 });
  await expectNothingGrave(page);
  await shot(page, 'picture-dark');
  await page.setViewportSize({ width: 1280, height: 720 });
  await shot(page, 'predictions-1280');
});
