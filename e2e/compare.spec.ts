/**
 * What is compared: the curves of every arm of a sweep with all their options, held against the numbers that the page
 * exports; the link that opens them as they were; and two past experiments side by side.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { AxeBuilder } from '@axe-core/playwright';
import type { Locator, Page } from '@playwright/test';
import type { Recipe } from '../src/recipe/recipe.ts';
import { auc, loss, percent } from '../src/ui/numbers.ts';
import { dropFile, expect, longTasks, pageNow, test } from './testing/studio.ts';
import { tiny } from './testing/tiny.ts';

const folder = fileURLToPath(new URL('../test-results/recipes/', import.meta.url));

/** Two seeds of four arms; seeds of its own, since runs are told again. */
const swept: Recipe = {
  ...tiny,
  name: 'all curves',
  dataset: { ...tiny.dataset, take: { train: 24, val: 60, test: 24 } },
  finetune: { ...tiny.finetune, epochs: 3 },
  sweep: { tau: [0.1, { quantile: 0.9 }] },
  seeds: [21, 22],
};
const shorter: Recipe = { ...swept, name: 'fewer curves', finetune: { ...swept.finetune, epochs: 2 }, sweep: { tau: [0.1] } };

const arms = ['baseline', 'inmerge', 'tau-0.1', 'tau-q0.9'] as const;
const titles: Readonly<Record<string, string>> = {
  baseline: 'Baseline',
  inmerge: 'InMerge',
  'tau-0.1': 'τ 0.1',
  'tau-q0.9': 'τ q 0.9',
};

async function openPage(page: Page, hash = ''): Promise<void> {
  await page.goto('about:blank');
  await page.goto(`/?device=wasm${hash}`);
  await expect(page.getByTestId('device')).toHaveAttribute('data-device', 'wasm', { timeout: 30_000 });
}

async function trainOn(page: Page, recipe: Recipe): Promise<void> {
  mkdirSync(folder, { recursive: true });
  writeFileSync(`${folder}${recipe.name}.json`, JSON.stringify(recipe));
  await dropFile(page, `${folder}${recipe.name}.json`);
  await expect(page.locator('#experiment-name')).toContainText(recipe.name);
  await page.getByRole('button', { name: 'Train', exact: true }).click();
  await expect(page.getByTestId('status')).not.toHaveAttribute('data-at', 'finished');
  await expect(page.getByTestId('status')).toHaveAttribute('data-at', 'finished', { timeout: 150_000 });
}

/** Rows of an exported table by their column's name. */
async function csv(page: Page, name: 'Epochs' | 'Losses'): Promise<Record<string, string>[]> {
  await page.getByRole('button', { name: 'Export', exact: true }).click();
  const [download] = await Promise.all([page.waitForEvent('download'), page.getByRole('menuitem', { name }).click()]);
  const [head = '', ...lines] = (await readFile(await download.path(), 'utf8')).trim().split('\n');
  const columns = head.split(',');
  return lines.map((line) => Object.fromEntries(line.split(',').map((cell, k) => [columns[k] ?? '', cell])));
}

const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;
const std = (values: readonly number[]): number =>
  Math.sqrt(values.reduce((sum, value) => sum + (value - mean(values)) ** 2, 0) / (values.length - 1));
/** Student's t at 95 % with one degree of freedom. */
const t1 = 12.706204736;

/** The debiased moving average of a raw series (Kingma and Ba), its last value. */
function smoothedEnd(values: readonly number[], weight: number): number {
  const average = values.reduce((sum, value) => weight * sum + (1 - weight) * value, 0);
  return average / (1 - weight ** values.length);
}

const chart = (page: Page, name: string): Locator => page.locator(`figure[aria-label^="${name}: "]`);

/** What the crosshair of a chart lists: arm, value, and the edges of its band. */
const listed = (of: Locator): Promise<string[][]> =>
  of
    .getByTestId('crosshair')
    .locator('tr')
    .evaluateAll((rows) =>
      rows.map((row) => [row.getAttribute('data-arm') ?? '', ...[...row.querySelectorAll('td')].map((cell) => cell.textContent)]),
    );

async function pointAt(page: Page, of: Locator, share: number): Promise<void> {
  const area = await of.locator('.recharts-cartesian-grid').boundingBox();
  if (area === null) throw new Error('The chart has no grid.');
  const y = area.y + area.height / 2;
  await page.mouse.move(area.x + area.width * share - 8, y);
  await page.mouse.move(area.x + area.width * share, y, { steps: 4 });
  await expect(of.getByTestId('crosshair')).toBeVisible();
}

test('curves of all arms say what the exported numbers say, a link opens them as they were, and two experiments are set side by side', async ({
  page,
}, info) => {
  test.setTimeout(240_000);
  await openPage(page);
  await page.getByRole('button', { name: 'Try the sample' }).click();
  await expect(page.getByTestId('dataset')).toBeVisible({ timeout: 30_000 });
  await trainOn(page, swept);

  const epochs = (await csv(page, 'Epochs')).filter(({ phase }) => phase === 'finetune');
  const losses = (await csv(page, 'Losses')).filter(({ phase }) => phase === 'finetune');
  const at = (arm: string, epoch: number, column = 'val_accuracy') =>
    epochs.filter((row) => row['arm'] === arm && row['epoch'] === String(epoch)).map((row) => Number(row[column]));
  expect(at('tau-q0.9', 3)).toHaveLength(2);
  const accuracy = chart(page, 'Validation accuracy');
  const trainLoss = chart(page, 'Training loss');

  await test.step('every arm ends where its mean over seeds is', async () => {
    for (const arm of arms) {
      await expect(accuracy).toHaveAttribute('aria-label', new RegExp(`${titles[arm]} ${percent(mean(at(arm, 3)), 2)}`));
      const end = auc(mean(at(arm, 3, 'val_auc')));
      await expect(chart(page, 'Validation AUC')).toHaveAttribute('aria-label', new RegExp(`${titles[arm]} ${end}`));
    }
  });

  const from = await pageNow(page);
  await test.step('the crosshair stands on all charts and lists the highest first', async () => {
    await pointAt(page, accuracy, 1);
    for (const name of ['Validation accuracy', 'Validation AUC'])
      await expect(chart(page, name).getByTestId('crosshair')).toHaveAttribute('data-x', '3');
    // The last step of the last epoch, of three steps each.
    await expect(trainLoss.getByTestId('crosshair')).toHaveAttribute('data-x', /^(2\.8|3)/);
    const rows = await listed(accuracy);
    expect(new Set(rows.map(([arm]) => arm))).toEqual(new Set(arms));
    for (const [arm = '', value] of rows) expect(value).toBe(percent(mean(at(arm, 3)), 2));
    const values = rows.map(([arm = '']) => mean(at(arm, 3)));
    expect(values).toEqual(values.toSorted((a, b) => b - a));
    await pointAt(page, trainLoss, 2 / 3);
    await expect(accuracy.getByTestId('crosshair')).toHaveAttribute('data-x', '2');
  });

  await test.step('training accuracy stands beside that of validation where it is asked for, of the arms compared', async () => {
    const dotted = accuracy.locator('.line-training');
    await expect(dotted).toHaveCount(0);
    await page.locator('.p-accuracy').getByRole('button', { name: 'Training', exact: true }).click();
    await expect(dotted).toHaveCount(3); // and the backbone
    await expect(accuracy).toContainText('dotted: training in passing');
    await pointAt(page, accuracy, 1);
    const rows = await listed(accuracy);
    for (const arm of ['baseline', 'inmerge']) {
      expect(at(arm, 3, 'train_accuracy')).toHaveLength(2);
      const trained = percent(mean(at(arm, 3, 'train_accuracy')), 2);
      expect(rows.find(([name]) => name === arm)?.at(-1)).toBe(trained);
      await expect(page.getByTestId(`live-${arm}`).locator('xpath=..')).toContainText(
        `training ${percent(mean(at(arm, 3, 'train_accuracy')))}`,
      );
    }
    expect(rows.find(([name]) => name === 'tau-0.1')?.at(-1)).toBe('–');
  });

  await test.step('every kind of band has the edges that its name says', async () => {
    const half: Readonly<Record<string, (values: readonly number[]) => number>> = {
      std,
      se: (values) => std(values) / Math.SQRT2,
      ci: (values) => (t1 * std(values)) / Math.SQRT2,
      range: (values) => (Math.max(...values) - Math.min(...values)) / 2,
    };
    for (const [band, of] of Object.entries(half)) {
      await page.getByLabel('Around the mean over seeds').selectOption(band);
      await pointAt(page, accuracy, 1);
      const rows = await listed(accuracy);
      for (const arm of ['baseline', 'inmerge']) {
        const [centre, spread] = [mean(at(arm, 3)), of(at(arm, 3))];
        const edges = spread === 0 ? '' : `${percent(centre - spread, 2)} – ${percent(centre + spread, 2)}`;
        expect(rows.find(([name]) => name === arm)?.[2] ?? '', `${band} of ${arm}`).toBe(edges);
      }
      for (const arm of ['tau-0.1', 'tau-q0.9']) expect(rows.find(([name]) => name === arm)?.[2] ?? '').toBe('');
    }
    const thin = accuracy.locator('path.recharts-curve[stroke-opacity]');
    await expect(thin).toHaveCount(0);
    await page.getByLabel('Around the mean over seeds').selectOption('seeds');
    await expect(thin).toHaveCount(4);
    await page.getByLabel('Around the mean over seeds').selectOption('std');
  });

  await test.step('smoothing is debiased, of each seed’s raw losses; a logarithmic axis is one', async () => {
    const of = (arm: string, seed: number) =>
      losses.filter((row) => row['arm'] === arm && row['seed'] === String(seed)).map((row) => Number(row['train_loss']));
    expect(of('inmerge', 21)).toHaveLength(9);
    for (const weight of [0.9, 0]) {
      await page.getByLabel('Smoothing').selectOption(String(weight));
      for (const arm of arms) {
        const end = mean(swept.seeds.map((seed) => smoothedEnd(of(arm, seed), weight)));
        await expect(trainLoss).toHaveAttribute('aria-label', new RegExp(`${titles[arm]} ${loss(end)}`));
      }
    }
    await page.getByLabel('Smoothing').selectOption('0.9');
    await page.getByRole('button', { name: 'Log', exact: true }).click();
    await expect(trainLoss).toContainText('log scale');
    const ticks = await trainLoss
      .locator('.recharts-yAxis-tick-labels text')
      .evaluateAll((all) => all.map((tick) => [Number.parseFloat(tick.textContent), Number(tick.getAttribute('y'))] as const));
    expect(ticks.length).toBeGreaterThan(1);
    const slopes = ticks.slice(1).map(([value, y], k) => {
      const [before = Number.NaN, above = Number.NaN] = ticks[k] ?? [];
      return (y - above) / Math.log10(value / before);
    });
    for (const slope of slopes) expect(slope).toBeCloseTo(slopes[0] ?? Number.NaN, 0);
  });

  const legend = page.getByTestId('arm-legend');
  await test.step('arms are switched off and on; the choice stands in the address and in what is exported', async () => {
    await legend.getByRole('button', { name: 'The two compared' }).click();
    await expect(accuracy.locator('[data-arm]')).toHaveCount(3); // and the backbone
    await legend.getByLabel('τ q 0.9').check();
    await expect(accuracy).not.toHaveAttribute('aria-label', /τ 0\.1/);
    await page.getByRole('combobox', { name: 'Merging arm that is compared' }).selectOption('τ q 0.9');
    await legend.getByLabel('InMerge').uncheck();
    await expect(page).toHaveURL(/lines=baseline,tau-q0\.9/);
    const blocked = Math.max(0, ...(await longTasks(page, from)));
    info.annotations.push({ type: 'main thread', description: `curve options, longest task ${blocked.toFixed(0)} ms` });
    expect(blocked).toBeLessThan(200);
    await page.getByRole('button', { name: 'Export', exact: true }).click();
    await page.getByRole('menuitem', { name: /^Results/ }).click();
    const dialog = page.getByTestId('export');
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      dialog.getByRole('button', { name: 'Save Training loss as SVG' }).click(),
    ]);
    const svg = await readFile(await download.path(), 'utf8');
    expect([...svg.matchAll(/<text[^>]*>(Baseline|InMerge|τ [^<]*)<\/text>/g)].map((match) => match[1])).toEqual([
      'Baseline',
      'τ q 0.9',
    ]);
    expect(svg).toContain('± standard deviation');
    expect(svg).toContain('debiased EMA of 0.9');
    expect(svg).toContain('Logarithmic');
    const [accuracies] = await Promise.all([
      page.waitForEvent('download'),
      dialog.getByRole('button', { name: 'Save Validation and training accuracy as SVG' }).click(),
    ]);
    expect(await readFile(await accuracies.path(), 'utf8')).toMatch(/Baseline<.*τ q 0\.9<.*training images</s);
    await page.keyboard.press('Escape');
    const { violations } = await new AxeBuilder({ page }).withTags(['wcag2a', 'wcag2aa', 'wcag21aa', 'wcag22aa']).analyze();
    expect(violations.filter(({ impact }) => impact === 'serious' || impact === 'critical').map(({ id }) => id)).toEqual([]);
  });
  await page.getByRole('tab', { name: 'Merges' }).click();
  await page.getByRole('button', { name: 'Counts', exact: true }).click();
  await expect(page).toHaveURL(/tab=merges&merges=counts/);
  const link = new URL(page.url()).hash;

  await page.getByRole('tab', { name: 'Results' }).click();
  const found: string[][] = [];
  const readResults = async () => {
    await expect(page.locator('tr[data-arm="inmerge"]').first()).toBeVisible();
    const accuracies = page.locator('table.summary tbody td[data-of=acc]');
    found.push(await accuracies.allTextContents());
  };
  await readResults();
  await trainOn(page, shorter);
  await page.getByRole('tab', { name: 'Results' }).click();
  await expect(page.getByTestId('results')).toHaveAttribute('data-complete', 'true');
  await readResults();

  await test.step('two past experiments: only what differs, and what each found', async () => {
    await page.getByRole('tab', { name: 'Data' }).click();
    await expect(page.locator('[data-testid=past-row][data-state=finished]')).toHaveCount(2);
    for (const name of [swept.name, shorter.name]) await page.getByLabel(`Compare Synthetic blood cells, ${name}`).check();
    await page.getByRole('button', { name: 'Compare the two' }).click();
    const table = page.getByTestId('past-comparison').locator('tbody tr:not(.group)');
    await expect(table.first()).toBeVisible();
    const rows = await table.evaluateAll((all) => all.map((row) => [...row.children].map((cell) => cell.textContent)));
    const differing = rows.findIndex(([label]) => label === 'Baseline, ACC');
    expect(rows.slice(0, differing)).toEqual([
      ['Epochs, fine-tuning', '3', '2'],
      ['Similarity needed, swept', '0.1, q 0.9', '0.1'],
    ]);
    const accuracies = rows.filter(([label]) => label?.endsWith(', ACC'));
    expect(accuracies.map(([label]) => label)).toEqual(arms.map((arm) => `${titles[arm]}, ACC`));
    accuracies.forEach(([, first, second], k) => {
      expect(first).toBe(found[0]?.[k]);
      expect(second).toBe(found[1]?.[k] ?? '–');
    });
    await page.keyboard.press('Escape');
  });

  await test.step('a link opens the arms, the one that is compared, and the view of the merges', async () => {
    await openPage(page, link);
    await page.getByRole('button', { name: `Open Synthetic blood cells, ${swept.name}` }).click();
    await expect(page.getByTestId('merge-counts')).toBeVisible();
    await page.getByRole('tab', { name: 'Compare' }).click();
    await expect(page.getByRole('combobox', { name: 'Merging arm that is compared' })).toHaveValue('tau-q0.9');
    for (const arm of arms)
      await expect(legend.getByLabel(titles[arm] ?? '')).toBeChecked({ checked: arm === 'baseline' || arm === 'tau-q0.9' });
    await expect(accuracy).toHaveAttribute('aria-label', new RegExp(`τ q 0.9 ${percent(mean(at('tau-q0.9', 3)), 2)}`));
  });
});
