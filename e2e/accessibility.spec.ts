/**
 * Every screen by axe's rules (WCAG 2.2 AA), in light and dark: nothing serious, nothing critical. And what axe cannot see:
 * that the keyboard alone reaches the recipe, Train and the tabs, and that focus comes back from a dialog.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { AxeBuilder } from '@axe-core/playwright';
import type { Page } from '@playwright/test';
import { quick } from '../src/recipe/presets.ts';
import type { Recipe } from '../src/recipe/recipe.ts';
import { dropFile, expect, test } from './testing/studio.ts';

const folder = fileURLToPath(new URL('../test-results/recipes/', import.meta.url));

const tiny: Recipe = {
  ...quick,
  name: 'axe',
  dataset: { ...quick.dataset, take: { train: 24, val: 12, test: 12 } },
  network: { ...quick.network, widthMultiplier: 0.25 },
  optimiser: { ...quick.optimiser, batchSize: 8 },
  backbone: { epochs: 1, learningRate: 0.05, schedule: { kind: 'constant' } },
  finetune: { epochs: 1, learningRate: 0.005, schedule: { kind: 'constant' } },
  merging: { ...quick.merging, firstLayer: 2, tau: 0 },
  seeds: [1, 2],
};

async function expectNoViolations(page: Page, screen: string): Promise<void> {
  // Where the pointer rests is nobody's business.
  await page.mouse.move(0, 0);
  const { violations } = await new AxeBuilder({ page })
    .withTags(['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'])
    .analyze();
  const grave = violations.filter(({ impact }) => impact === 'serious' || impact === 'critical');
  const said = grave.flatMap(({ id, help, nodes }) =>
    nodes.map((node) => `${screen}: ${id} (${help}): ${node.html.slice(0, 160)} ${node.any[0]?.message ?? ''}`),
  );
  expect(said).toEqual([]);
}

async function openPage(page: Page): Promise<void> {
  await page.goto('/?device=wasm');
  await expect(page.getByTestId('device')).toHaveAttribute('data-device', 'wasm', { timeout: 30_000 });
}

async function openSample(page: Page, recipe: Recipe): Promise<void> {
  await page.getByRole('button', { name: 'Try the sample' }).click();
  await expect(page.getByTestId('dataset')).toBeVisible({ timeout: 30_000 });
  mkdirSync(folder, { recursive: true });
  writeFileSync(`${folder}${recipe.name}.json`, JSON.stringify(recipe));
  await dropFile(page, `${folder}${recipe.name}.json`);
  await expect(page.getByTestId('recipe')).toContainText(`${recipe.backbone.epochs} + ${recipe.finetune.epochs} epochs`);
}

for (const colorScheme of ['light', 'dark'] as const) {
  test.describe(`in ${colorScheme}`, () => {
    test.use({ colorScheme });

    test('no screen has a serious or critical violation', async ({ page }) => {
      await openPage(page);
      await expect(page.getByTestId('past')).toBeVisible();
      await expectNoViolations(page, 'empty');
      await openSample(page, tiny);
      await expectNoViolations(page, 'data');
      for (const card of ['Data', 'Network', 'Training', 'Merging']) {
        await page.getByTestId('recipe').getByRole('button', { name: card }).first().click();
        await expectNoViolations(page, `recipe, ${card}`);
        // Its head is in view, and nothing has scrolled the frame away.
        await expect(page.getByTestId('recipe').getByRole('button', { name: card }).first()).toBeInViewport();
        expect(await page.evaluate(() => document.documentElement.scrollHeight - window.innerHeight)).toBeLessThanOrEqual(0);
      }
      await page.getByRole('button', { name: 'What merging does' }).click();
      await expect(page.getByRole('dialog')).toContainText('Pick a partner');
      await expectNoViolations(page, 'what merging does');
      await page.keyboard.press('Escape');
      await page.getByRole('button', { name: 'Train', exact: true }).click();
      await expect(page.getByTestId('status')).toHaveAttribute('data-at', 'finished', { timeout: 120_000 });
      for (const tab of ['Compare', 'Kernels', 'Merges', 'Results']) {
        await page.getByRole('tab', { name: tab }).click();
        if (tab === 'Compare') await expect(page.getByTestId('compare').locator('svg.recharts-surface')).toHaveCount(3);
        if (tab === 'Kernels') await expect(page.getByTestId('heatmap')).toBeVisible();
        await expectNoViolations(page, tab);
      }
      await page.getByRole('tab', { name: 'Data' }).click();
      await expect(page.getByTestId('past-row')).toHaveCount(1);
      await expectNoViolations(page, 'data, with a past experiment');
      await page.getByTestId('past-row').getByRole('button', { name: 'Delete' }).click();
      await expectNoViolations(page, 'delete');
    });
  });
}

test('the keyboard alone opens a card, trains and goes through the tabs', async ({ page }) => {
  await openPage(page);
  await openSample(page, { ...tiny, name: 'keys', seeds: [1] });
  const focused = () => page.evaluate(() => document.activeElement?.textContent ?? '');
  /** Presses Tab until what has focus says this; more than a hundred times means that it cannot be reached. */
  const tabTo = async (what: RegExp) => {
    for (let presses = 0; presses < 120; presses++) {
      if (what.test(await focused())) return;
      await page.keyboard.press('Tab');
    }
    throw new Error(`Tab never reached ${String(what)}.`);
  };
  await page.locator('body').press('Tab');
  await tabTo(/^Training/);
  await page.keyboard.press('Enter');
  await expect(page.getByTestId('recipe').getByRole('button', { name: 'Training' })).toHaveAttribute('aria-expanded', 'true');
  await page.keyboard.press('Enter');
  await tabTo(/^Train$/);
  await page.keyboard.press('Enter');
  await expect(page.getByTestId('status')).toHaveAttribute('data-at', 'finished', { timeout: 120_000 });
  // Where Train was pressed, the next step has the focus.
  expect(await focused()).toBe('See the results');

  await expect(page.getByRole('tab', { name: 'Compare' })).toHaveAttribute('aria-selected', 'true');
  await page.getByRole('tab', { name: 'Compare' }).focus();
  for (const tab of ['Kernels', 'Merges', 'Results', 'Predictions', 'Data']) {
    await page.keyboard.press('ArrowRight');
    await expect(page.getByRole('tab', { name: tab })).toBeFocused();
    await expect(page.getByRole('tab', { name: tab })).toHaveAttribute('aria-selected', 'true');
  }
  await tabTo(/^Delete$/);
  await page.keyboard.press('Enter');
  await expect(page.getByRole('dialog')).toBeVisible();
  await page.keyboard.press('Escape');
  await expect(page.getByRole('dialog')).toHaveCount(0);
  expect(await focused()).toBe('Delete');
});
