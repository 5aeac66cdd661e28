/**
 * Two networks in one experiment, one of them from a file of weights: told what of the file fits, trained, and each shown as if
 * it were the only one; a link names the file and waits for it.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import type { Page } from '@playwright/test';
import { buildNetwork } from '../src/model/buildNetwork.ts';
import { initialWeights } from '../src/model/initialWeights.ts';
import { stateDictPieces } from '../src/model/stateDict.ts';
import type { Recipe } from '../src/recipe/recipe.ts';
import { dropFile, expect, test } from './testing/studio.ts';
import { tiny } from './testing/tiny.ts';

const folder = fileURLToPath(new URL('../test-results/recipes/', import.meta.url));

const recipe: Recipe = {
  ...tiny,
  name: 'two networks',
  dataset: { ...tiny.dataset, take: { train: 16, val: 40, test: 40 } },
  seeds: [51],
};

/** Weights of a network for colour images of 28 pixels, as PyTorch names them. */
function weightsFile(name: string, network: Recipe['network'], classes: number): string {
  const built = buildNetwork(network, [28, 28, 3], classes);
  mkdirSync(folder, { recursive: true });
  const path = `${folder}${name}.safetensors`;
  writeFileSync(path, Buffer.concat(stateDictPieces(built, initialWeights(built, 'he', 7))));
  return path;
}

async function openSample(page: Page, hash = ''): Promise<void> {
  await page.goto('about:blank');
  await page.goto(`/?device=wasm${hash}`);
  await expect(page.getByTestId('device')).toHaveAttribute('data-device', 'wasm', { timeout: 30_000 });
  await page.getByRole('button', { name: 'Try the sample' }).click();
  await expect(page.getByTestId('dataset')).toBeVisible({ timeout: 30_000 });
}

/** Test accuracy of every run, by base and arm, as it is exported. */
async function testAccuracies(page: Page): Promise<Map<string, number>> {
  await page.getByRole('button', { name: 'Export', exact: true }).click();
  await page.getByRole('menuitem', { name: /^Results/ }).click();
  const [download] = await Promise.all([
    page.waitForEvent('download'),
    page.getByTestId('export').getByRole('button', { name: 'Save CSV', exact: true }).click(),
  ]);
  await page.keyboard.press('Escape');
  const [head = '', ...rows] = (await readFile(await download.path(), 'utf8')).trim().split('\n');
  const column = (name: string) => head.split(',').indexOf(name);
  const cells = rows.map((row) => row.split(','));
  return new Map(
    cells
      .filter((row) => row[column('split')] === 'test' && row[column('arm')] !== '')
      .map((row) => [`${row[column('base')]} ${row[column('arm')]}`, Number(row[column('accuracy')])]),
  );
}

test('two networks, one from a file: what fits is told, both train, and each is shown, compared and exported as its own', async ({
  page,
  browser,
  baseURL,
}) => {
  test.setTimeout(180_000);
  const own = weightsFile('five classes', recipe.network, 5);
  const larger = weightsFile('another network', { ...recipe.network, name: 'vgg11' }, 8);
  writeFileSync(`${folder}two networks.json`, JSON.stringify(recipe));
  await openSample(page);
  await dropFile(page, `${folder}two networks.json`);
  await expect(page.locator('#experiment-name')).toContainText('two networks');

  await test.step('a file is taken as far as it fits, or refused with what was found and expected', async () => {
    await page.getByRole('button', { name: /^Network/ }).click();
    await page.getByTestId('weights-recipe').setInputFiles(larger);
    await expect(page.getByTestId('weights-refused')).toContainText(/found F32 \[.*expected F32 \[/);
    await page.getByTestId('weights-recipe').setInputFiles(own);
    const fit = page.getByTestId('weights-fit');
    await expect(fit).toHaveAttribute('data-drawn', '2');
    const arrays = Number(await fit.getAttribute('data-taken'));
    // Six convolutions with their normalisation: weight, bias, and four arrays each.
    expect(arrays).toBe(6 * 6);
    await page.getByRole('button', { name: /^Network/ }).click();
  });

  await page.getByTestId('sweep').getByRole('button', { name: /Sweep/ }).click();
  await page.getByTestId('sweep-networks').getByRole('combobox').selectOption('VGG-11');
  await expect(page.getByTestId('sweep-networks')).toContainText('6 of 8 layers merge');
  await page.getByTestId('weights-0').setInputFiles(larger);
  await expect(page.getByTestId('weights-fit')).toHaveAttribute('data-drawn', '0');
  // A backbone and two arms on each.
  await expect(page.getByTestId('forecast')).toHaveAttribute('data-runs', '6');

  await test.step('a link waits for the files that it names, and takes no other', async () => {
    // What was typed last has settled in the address.
    await expect.poll(async () => (await page.evaluate(() => location.hash)).length).toBeGreaterThan(500);
    const made = await browser.newContext(baseURL === undefined ? {} : { baseURL });
    const other = await made.newPage();
    await openSample(other, new URL(page.url()).hash);
    const train = other.getByRole('button', { name: 'Train', exact: true });
    await expect(train).toBeDisabled();
    await expect(other.getByText(/starts from five classes\.safetensors \(SHA-256 [0-9a-f]{8}…\), and 1 more/)).toBeVisible();
    await dropFile(other, weightsFile('wrong', recipe.network, 3));
    await expect(other.getByTestId('notice')).toHaveAttribute('data-code', 'start-file-other');
    await dropFile(other, larger);
    await dropFile(other, own);
    await expect(train).toBeEnabled();
    await made.close();
  });

  await page.getByRole('button', { name: 'Train', exact: true }).click();
  await expect(page.getByTestId('status')).toHaveAttribute('data-at', 'finished', { timeout: 120_000 });
  await page.getByRole('tab', { name: 'Results' }).click();
  const results = page.getByTestId('results');
  await expect(results).toHaveAttribute('data-complete', 'true');
  const groups = results.locator('table.summary tbody');
  await expect(groups).toHaveCount(2);
  const found = await testAccuracies(page);
  expect(found.size).toBe(4);
  for (const group of await groups.all()) {
    const base = (await group.getAttribute('data-base')) ?? '';
    const [before = Number.NaN, after = Number.NaN] = ['baseline', 'inmerge'].map((arm) => found.get(`${base} ${arm}`));
    await expect(group.locator('tr[data-arm=baseline]')).toContainText(`${(before * 100).toFixed(2)} %`);
    await expect(group.locator('tr[data-arm=inmerge]')).toContainText(`${(after * 100).toFixed(2)} %`);
    // Against the arm without merging of the same network.
    const difference = ((after - before) * 100).toFixed(2).replace('-', '−');
    await expect(group.locator('tr[data-arm=difference]')).toContainText(`${difference} pp`);
  }

  await test.step('the base that is shown has its own layers, kernels, merges and predictions, and stands in the address', async () => {
    const shown = page.getByTestId('base');
    const layers = page.getByRole('navigation', { name: 'Layers' }).getByRole('button');
    await page.getByRole('tab', { name: 'Kernels' }).click();
    await expect(page.getByTestId('heatmap')).toHaveAttribute('data-kernels', '16');
    await shown.selectOption({ index: 1 });
    await expect(page).toHaveURL(/base=vgg11-bn-w0\.25_from-another-network/);
    await page.getByRole('button', { name: /^conv5_2/ }).click();
    await expect(page.getByTestId('heatmap')).toHaveAttribute('data-kernels', '128');
    await expect(page.getByTestId('scrubber')).toHaveAttribute('data-epochs', '0 1 2');
    await expect(layers).toHaveCount(8);
    await page.getByRole('tab', { name: 'Compare' }).click();
    await expect(page.locator('.p-merges')).toContainText('conv5_2');
    await page.getByRole('tab', { name: 'Merges' }).click();
    await expect(page.getByTestId('merges')).toContainText(/conv[45]_\d/);
    await page.getByRole('tab', { name: 'Predictions' }).click();
    const share = ((found.get('vgg11-bn-w0.25_from-another-network baseline') ?? Number.NaN) * 100).toFixed(2);
    await expect(page.getByTestId('agreement')).toContainText(`Baseline ${share} %`);
    // Asked again, the networks of this base say about an image what they said in the test.
    const tile = page.getByTestId('gallery').locator('.gallery-tile').first();
    const said = await tile.locator('.gallery-tile-answer .num').allTextContents();
    await tile.click();
    const one = page.getByTestId('one-image');
    await expect(one.locator('[data-at=answered]')).toBeVisible({ timeout: 20_000 });
    const scores = one.locator('.class-scores li .num');
    const told = await scores.evaluateAll((cells) => cells.map((each) => each.lastChild?.textContent ?? ''));
    for (const score of said) expect(told).toContain(score);
  });
});
