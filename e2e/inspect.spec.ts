/**
 * Looking inside a real run: similarity map with its orders, τ, zoom and brush; pairs as pictures and over time; kernels as
 * pictures; figures of a layer; what a term means; and all of it again after a reload, from the kernels that were kept.
 * Pictures are kept in test-results/; the README's goes to docs/ with UPDATE_SCREENSHOTS=1.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { AxeBuilder } from '@axe-core/playwright';
import type { Page } from '@playwright/test';
import type { Recipe } from '../src/recipe/recipe.ts';
import { dropFile, expect, test } from './testing/studio.ts';
import { tiny } from './testing/tiny.ts';

const folder = fileURLToPath(new URL('../test-results/recipes/', import.meta.url));
const pictures = fileURLToPath(new URL('../test-results/pictures/', import.meta.url));
/** The one that the README shows. */
const shownInReadme = fileURLToPath(
  new URL(process.env['UPDATE_SCREENSHOTS'] === '1' ? '../docs/' : '../test-results/pictures/', import.meta.url),
);

/** Large enough for kernels to be seen, small enough for half a minute. */
const recipe: Recipe = {
  ...tiny,
  name: 'look inside',
  dataset: { ...tiny.dataset, take: { train: 320, val: 60, test: 60 } },
  network: { ...tiny.network, widthMultiplier: 0.5 },
  optimiser: { ...tiny.optimiser, batchSize: 16 },
  backbone: { epochs: 2, learningRate: 0.05, schedule: { kind: 'constant' } },
  finetune: { epochs: 3, learningRate: 0.02, schedule: { kind: 'constant' } },
  merging: { ...tiny.merging, firstLayer: 2, tau: 0.15, p: 0.5, alpha: 0.8 },
};

const picture = async (page: Page, name: string, folderOf = pictures) => page.screenshot({ path: `${folderOf}${name}.png` });
const heatmap = (page: Page) => page.getByTestId('heatmap');

async function seriousProblems(page: Page): Promise<string[]> {
  const { violations } = await new AxeBuilder({ page }).analyze();
  return violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .flatMap(({ id, nodes }) => nodes.map((node) => `${id}: ${node.target.join(' ')}`));
}

test('a run is looked into: pairs, orders, τ, pictures, figures; and again after a reload', async ({ page }) => {
  mkdirSync(folder, { recursive: true });
  await page.goto('/?device=wasm');
  await expect(page.getByTestId('device')).toHaveAttribute('data-device', 'wasm', { timeout: 30_000 });
  await page.getByRole('button', { name: 'Try the sample' }).click();
  await expect(page.getByTestId('dataset')).toBeVisible({ timeout: 30_000 });
  writeFileSync(`${folder}inside.json`, JSON.stringify(recipe));
  await dropFile(page, `${folder}inside.json`);
  await expect(page.getByTestId('recipe')).toContainText('2 + 3 epochs');
  await page.getByRole('button', { name: 'Train', exact: true }).click();
  await page.getByRole('tab', { name: 'Kernels' }).click();

  // Live, the map goes with the epochs.
  const scrubber = page.getByTestId('scrubber');
  await expect(scrubber).toContainText('live', { timeout: 60_000 });
  await expect(page.getByTestId('status')).toHaveAttribute('data-at', 'finished', { timeout: 150_000 });
  await expect(scrubber).toHaveAttribute('data-epochs', '0 1 2 3');
  await expect(scrubber).toContainText('8 bits a weight');
  await expect(heatmap(page)).toHaveAttribute('data-epoch', '3');
  // The order is kept from the epoch at which it was made; asked to, it is made of this one.
  await page.getByRole('button', { name: /order by this one/ }).click();
  await expect(page.getByTestId('order')).toHaveAttribute('data-pending', 'false');
  await expect(page.getByTestId('dendrogram')).toBeVisible();
  expect(Number(await heatmap(page).getAttribute('data-paint-ms'))).toBeLessThan(16);

  // A pair from the table: its address, its picture, its way over the run.
  await page.getByTestId('top-pairs').getByRole('button').first().click();
  const figure = page.getByTestId('pair-figure');
  await expect(figure.getByRole('img', { name: /^Blend of kernels/ })).toBeVisible();
  await expect(figure.getByTestId('pair-timeline')).toHaveAttribute('data-points', '4');
  const pair = await figure.getAttribute('data-pair');
  await expect(page).toHaveURL(new RegExp(`tab=kernels&layer=\\d+&kernels=${pair ?? ''}$`));
  await page.mouse.move(0, 0);
  await picture(page, 'kernels', shownInReadme);
  expect(await seriousProblems(page)).toEqual([]);

  // τ: another one, its pairs and the merges to be expected, and back.
  const above = page.getByTestId('above-tau');
  const before = (await above.textContent()) ?? '';
  await page.getByRole('slider', { name: 'Explore another τ' }).focus();
  for (let press = 0; press < 10; press++) await page.keyboard.press('ArrowLeft');
  await expect(above).toContainText('pairs above τ 0.05');
  await expect(page.getByTestId('expected')).toContainText(/0\.5 × \d+ × [\d.]+.% = [\d.]+/);
  await page.getByRole('button', { name: 'Back to 0.15' }).click();
  await expect(above).toHaveText(before);

  // Back to where the arms part, by key: there both are the same, and the order stays.
  await page.getByRole('heading', { name: /^conv/ }).click();
  await page.keyboard.press('ArrowLeft');
  await expect(heatmap(page)).toHaveAttribute('data-epoch', '2');
  await scrubber.getByRole('slider').fill('0');
  await expect(heatmap(page)).toHaveAttribute('data-epoch', '0');
  await expect(page.getByRole('button', { name: 'order of epoch 3; order by this one' })).toBeVisible();
  const cells = await page.getByTestId('top-pairs').locator('tbody tr').first().locator('td.num').allInnerTexts();
  expect(cells[0]).toBe(cells[1]);
  await scrubber.getByRole('button', { name: 'Play the epochs' }).click();
  await expect(heatmap(page)).toHaveAttribute('data-epoch', '3', { timeout: 15_000 });

  for (const order of ['spectral', 'norm', 'merges', 'index', 'cluster']) {
    await page.getByTestId('order').selectOption(order);
    await expect(page.getByTestId('order')).toHaveAttribute('data-pending', 'false');
  }

  // Zoom, and brush a cluster.
  const map = page.getByTestId('map');
  const box = await map.boundingBox();
  if (box === null) throw new Error('no map');
  const at = (share: number) => [box.x + share * box.width, box.y + share * box.height] as const;
  await page.mouse.move(...at(0.5));
  await page.mouse.wheel(0, -600);
  await expect(map).toHaveAttribute('data-zoom', /^([2-9]|\d\d)\./);
  await page.getByRole('button', { name: 'All', exact: true }).click();
  await page.mouse.move(...at(0.1));
  await page.mouse.down();
  await page.mouse.move(...at(0.25), { steps: 4 });
  await page.mouse.up();
  await expect(page.getByTestId('cluster-facts')).toHaveAttribute('data-kernels', /^([3-9]|\d\d)$/);
  await page.getByText('lower half: merges counted').click();
  await expect(page.getByText(/^Merges of InMerge up to epoch 3/)).toBeVisible();
  await page.mouse.move(0, 0);
  await picture(page, 'kernels-cluster');
  await page.getByText('lower half: merges counted').click();

  // Kernels as pictures, deep and in the first layer.
  await page.getByRole('button', { name: 'Pictures', exact: true }).click();
  const atlas = page.getByTestId('atlas');
  await expect(atlas).toHaveAttribute('data-basis', 'projection');
  await page.getByRole('navigation', { name: 'Layers' }).getByRole('button', { name: 'conv1_1' }).click();
  await expect(atlas).toHaveAttribute('data-basis', 'rgb');
  await expect(atlas).toHaveAttribute('data-kernels', /^\d+$/);
  await page.getByRole('img', { name: /kernels of the layer as pictures/ }).click({ position: { x: 12, y: 12 } });
  await expect(page.getByTestId('kernel-facts')).toContainText('Most alike');
  await picture(page, 'kernels-pictures');
  await page.getByRole('button', { name: 'As a table' }).click();
  await expect(atlas.getByRole('row')).toHaveCount(1 + Number(await atlas.getAttribute('data-kernels')));
  expect(await seriousProblems(page)).toEqual([]);

  // Figures, and what a word means.
  await page.getByRole('button', { name: 'Figures' }).click();
  const figures = page.getByTestId('layer-figures');
  // A figure that never moved is said in words.
  await expect(figures.locator('svg.recharts-surface, .figure-flat')).toHaveCount(5);
  await figures.getByRole('button', { name: 'Effective rank' }).click();
  await expect(page.getByText('(Σ λ)² / Σ λ²', { exact: false })).toBeVisible();
  await picture(page, 'kernels-figures');
  await page.keyboard.press('Escape');
  await figures.getByRole('button', { name: 'Table' }).click();
  await expect(figures.locator('tbody tr')).toHaveCount(4);
  expect(await seriousProblems(page)).toEqual([]);

  // The link, after a reload: the experiment is opened again, and the kernels are there.
  await page.getByRole('button', { name: 'Similarity', exact: true }).click();
  await page.getByTestId('top-pairs').getByRole('button').first().click();
  const chosen = await figure.getAttribute('data-pair');
  await expect(page).toHaveURL(new RegExp(`kernels=${chosen ?? ''}$`));
  await page.reload();
  await page
    .getByTestId('past')
    .getByRole('button', { name: /^Open / })
    .first()
    .click();
  await expect(heatmap(page)).toHaveAttribute('data-epoch', '3', { timeout: 30_000 });
  await expect(figure).toHaveAttribute('data-pair', chosen ?? '');
  await expect(scrubber).toHaveAttribute('data-epochs', '0 1 2 3');
  await scrubber.getByRole('slider').fill('1');
  await expect(heatmap(page)).toHaveAttribute('data-epoch', '1');
});
