/**
 * Past experiments: what is listed after a reload, opened and deleted; and what an interruption costs: nothing. A resumed
 * run ends in the same numbers, losses and merges as one that nobody disturbed, whatever it was that ended the page.
 */
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import type { Page } from '@playwright/test';
import { quick } from '../src/recipe/presets.ts';
import type { Recipe } from '../src/recipe/recipe.ts';
import { readBundle } from '../src/report/bundle.ts';
import { encodeResults } from '../src/experiment/resultsFile.ts';
import { epochOf, recordOf, resultOf } from '../src/store/testRecord.ts';
import { dropFile, expect, test } from './testing/studio.ts';

const folder = fileURLToPath(new URL('../test-results/recipes/', import.meta.url));
const dataFolder = process.env['DATA_DIR'] ?? fileURLToPath(new URL('../../shared/data/', import.meta.url));
const breast = `${dataFolder}/breastmnist.npz`;

/** A quarter of VGG-8 on a few images, over in seconds; tau 0, since a small fresh network may have no pair above 0.3. */
const tiny: Recipe = {
  ...quick,
  name: 'tiny past',
  dataset: { ...quick.dataset, take: { train: 24, val: 12, test: 12 } },
  network: { ...quick.network, widthMultiplier: 0.25 },
  optimiser: { ...quick.optimiser, batchSize: 8 },
  backbone: { epochs: 1, learningRate: 0.05, schedule: { kind: 'constant' } },
  finetune: { epochs: 2, learningRate: 0.005, schedule: { kind: 'constant' } },
  merging: { ...quick.merging, firstLayer: 2, tau: 0 },
};

/** The same with epochs enough to be interrupted in the middle of both arms, on a fast machine, too. */
const long: Recipe = {
  ...tiny,
  name: 'long past',
  dataset: { ...tiny.dataset, take: { train: 64, val: 12, test: 12 } },
  backbone: { ...tiny.backbone, epochs: 2 },
  finetune: { ...tiny.finetune, epochs: 16 },
};

function recipeFile(recipe: Recipe): string {
  mkdirSync(folder, { recursive: true });
  const path = `${folder}${recipe.name}.json`;
  writeFileSync(path, JSON.stringify(recipe));
  return path;
}

async function openPage(page: Page): Promise<void> {
  await page.goto('/?device=wasm');
  await expect(page.getByTestId('device')).toHaveAttribute('data-device', 'wasm', { timeout: 30_000 });
}

/** Opens the page, a dataset (the sample where `file` is null) and a recipe, and presses Train. */
async function begin(page: Page, recipe: Recipe, file: string | null = null): Promise<void> {
  await openPage(page);
  if (file === null) await page.getByRole('button', { name: 'Try the sample' }).click();
  else await dropFile(page, file);
  await expect(page.getByTestId('dataset')).toBeVisible({ timeout: 30_000 });
  await dropFile(page, recipeFile(recipe));
  await expect(page.getByTestId('recipe')).toContainText(`${recipe.backbone.epochs} + ${recipe.finetune.epochs} epochs`);
  await page.getByRole('button', { name: 'Train', exact: true }).click();
}

const finish = (page: Page): Promise<void> =>
  expect(page.getByTestId('status')).toHaveAttribute('data-at', 'finished', { timeout: 150_000 });

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

const row = (page: Page, state: string) => page.locator(`[data-testid=past-row][data-state=${state}]`);

/** The results table without how long it took, which no run shares with another. */
async function resultsTable(page: Page, withTime: boolean): Promise<string[][]> {
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

async function csv(page: Page, name: 'Epochs' | 'Losses' | 'Merges'): Promise<string> {
  await page.getByRole('button', { name: 'Export', exact: true }).click();
  const [download] = await Promise.all([page.waitForEvent('download'), page.getByRole('menuitem', { name }).click()]);
  return readFile(await download.path(), 'utf8');
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

/** The outcome of `long` on this dataset where nothing happens to it. */
async function reference(page: Page, file: string | null = null): Promise<Outcome> {
  const known = undisturbed.get(file);
  if (known !== undefined) return known;
  await begin(page, long, file);
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
  const id = await row(page, 'interrupted').getAttribute('data-id');
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
  await begin(page, tiny);
  await finish(page);
  const before = await resultsTable(page, true);
  const curves = await csv(page, 'Losses');
  const errors = await robustness(page);
  await page.goto('about:blank');
  await openPage(page);

  await expect(row(page, 'finished')).toHaveCount(1);
  await expect(row(page, 'finished')).toContainText('tiny past');
  await expect(row(page, 'finished')).toContainText(/[+−]?\d+\.\d pp/);
  await expect(page.getByTestId('resume')).toHaveCount(0);
  await row(page, 'finished').getByRole('button', { name: 'Open' }).click();
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
  await row(page, 'finished').getByRole('button', { name: 'Rename' }).click();
  await page.getByLabel('Name', { exact: true }).fill('renamed past');
  await page.getByRole('dialog').getByRole('button', { name: 'Rename' }).click();
  await expect(row(page, 'finished')).toContainText('renamed past');
  await row(page, 'finished').getByRole('button', { name: 'Duplicate' }).click();
  await expect(page.locator('#experiment-name')).toContainText('renamed past copy');
  const [download] = await Promise.all([
    page.waitForEvent('download'),
    page.getByTestId('storage').getByRole('button', { name: 'Back up' }).click(),
  ]);
  const backup = await readFile(await download.path());
  const stored = await bytesStored(page);
  await expect(page.getByTestId('storage')).toHaveAttribute('data-bytes', String(stored));
  await row(page, 'finished').getByRole('button', { name: 'Delete' }).click();
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
  await expect(row(page, 'finished')).toContainText('renamed past');
  expect(await bytesStored(page)).toBe(stored);
  await row(page, 'finished').getByRole('button', { name: 'Open' }).click();
  expect(await resultsTable(page, true)).toEqual(before);
  expect(await robustnessRows(page)).toEqual(errors);

  // Its networks go along where that is wanted: a bundle that opens anywhere, also here.
  await page.getByRole('button', { name: 'Export', exact: true }).click();
  await page.getByRole('menuitem', { name: /^Results/ }).click();
  await expect(page.getByTestId('export')).toContainText(/3 networks more, \d+\skB/);
  const [bundle] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('button', { name: 'Save Bundle with weights' }).click(),
  ]);
  mkdirSync(folder, { recursive: true });
  await bundle.saveAs(`${folder}past.inmerge.zip`);
  const { manifest } = await readBundle(new File([await readFile(`${folder}past.inmerge.zip`)], 'past.inmerge.zip'));
  const networks = ['backbone', 'baseline', 'inmerge'].map((arm) => `weights/${arm}_seed0.safetensors`);
  expect(manifest.parts.map(({ path }) => path).filter((path) => path.startsWith('weights/'))).toEqual(networks);
  await page.reload();
  await dropFile(page, `${folder}past.inmerge.zip`);
  expect(await resultsTable(page, true)).toEqual(before);
});

test('a page closed in the middle: a new one resumes to the same numbers', async ({ page, context }) => {
  test.setTimeout(400_000);
  const expected = await reference(page);
  await begin(page, long);
  await untilSavedInArms(page);
  await page.close();
  const next = await context.newPage();
  await openPage(next);
  expect(await resume(next, 'Synthetic blood cells')).toEqual(expected);
});

test('a reload in the middle ends the worker: the run resumes to the same numbers', async ({ page }) => {
  test.setTimeout(400_000);
  const expected = await reference(page);
  await begin(page, long);
  await untilSavedInArms(page);
  await page.reload();
  expect(await resume(page, 'Synthetic blood cells')).toEqual(expected);
});

test('a dropped file is read again by itself', async ({ page, context }) => {
  test.skip(!existsSync(breast), `no ${breast}`);
  test.setTimeout(400_000);
  const expected = await reference(page, breast);
  await begin(page, long, breast);
  await untilSavedInArms(page);
  await page.close();
  const next = await context.newPage();
  await openPage(next);
  expect(await resume(next, 'BreastMNIST')).toEqual(expected);
});

test('what trains in one tab cannot be resumed, opened or deleted in another', async ({ page, context }) => {
  await begin(page, long);
  await expect(page.getByTestId('saved')).toBeVisible({ timeout: 60_000 });
  const other = await context.newPage();
  await openPage(other);
  const running = row(other, 'running');
  await expect(running).toContainText('running in another tab');
  await expect(other.getByTestId('resume')).toHaveCount(0);
  for (const name of ['Open', 'Delete']) await expect(running.getByRole('button', { name })).toBeDisabled();
  await expect(running.getByRole('button', { name: 'Resume' })).toHaveCount(0);
  // The first tab goes: the other one hears of it by itself.
  await page.close();
  await expect(row(other, 'interrupted')).toHaveCount(1, { timeout: 20_000 });
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
  await begin(page, long);
  await untilSavedInArms(page);
  await page.reload();
  await expect(page.getByTestId('resume')).toBeVisible({ timeout: 20_000 });
  await damage(page, ['a.ckpt']);
  expect(await resume(page, 'Synthetic blood cells')).toEqual(expected);

  await forgetRuns(page);
  await begin(page, long);
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

test('results made elsewhere open from their file and from their folder; a damaged file is refused in words', async ({
  page,
}) => {
  const { started } = recordOf([0]);
  const history = [
    started,
    ...['baseline', 'inmerge'].flatMap((arm) => [epochOf(0, arm, 0, 0.8), epochOf(0, arm, 1, 0.9), epochOf(0, arm, 2, 0.91)]),
    resultOf(0, 'baseline', 0.9012),
    resultOf(0, 'inmerge', 0.9134, 0.4),
    { at: 'finished', elapsedMs: 61_000 } as const,
  ];
  const pieces = await encodeResults({
    format: 'inmerge-experiment',
    recipe: { ...started.recipe, name: 'elsewhere' },
    history,
    record: {
      name: 'elsewhere',
      datasetTitle: 'OrganAMNIST',
      startedAt: Date.UTC(2026, 0, 2),
      savedAt: Date.UTC(2026, 0, 2),
      state: 'finished',
      fraction: 1,
      seeds: 1,
      difference: 0.0122,
    },
  });
  const whole = Buffer.concat(pieces);
  const home = `${folder}run-of-elsewhere/`;
  mkdirSync(home, { recursive: true });
  writeFileSync(`${home}experiment.inmerge`, whole);
  writeFileSync(`${home}metrics.csv`, 'seed\n');
  const broken = Buffer.from(whole);
  broken[broken.length >> 1] = (broken[broken.length >> 1] ?? 0) ^ 1;
  writeFileSync(`${folder}broken.inmerge`, broken);

  await openPage(page);
  await dropFile(page, `${folder}broken.inmerge`);
  await expect(page.getByTestId('notice')).toContainText('broken.inmerge was not opened');
  await expect(page.getByTestId('status')).toHaveAttribute('data-at', 'empty');

  for (const path of [`${home}experiment.inmerge`, home]) {
    await page.reload();
    await openPage(page);
    await dropFile(page, path);
    await expect(page.getByTestId('verdict')).toContainText('+1.22 pp');
    await expect(page.getByTestId('details')).toContainText('OrganAMNIST');
    await expect(page.getByTestId('notice')).toHaveCount(0);
  }
});

test('robustness that was measured elsewhere: the arm set against Baseline is chosen, and its errors are shown', async ({
  page,
}) => {
  const { started } = recordOf([0]);
  const recipe: Recipe = { ...started.recipe, name: 'robust elsewhere', sweep: { tau: [0.1] } };
  const arms = ['baseline', 'inmerge', 'tau-0.1'];
  const classNames = ['one', 'two'];
  const labels = {
    at: 'test-split',
    task: 'multi-label',
    classNames,
    images: Uint32Array.of(0),
    labels: Uint16Array.of(1, 0),
  } as const;
  const pieces = await encodeResults({
    format: 'inmerge-experiment',
    recipe,
    history: [{ ...started, recipe }, labels, ...arms.map((arm) => resultOf(0, arm, 0.9)), { at: 'finished', elapsedMs: 1000 }],
    record: {
      name: recipe.name,
      datasetTitle: 'Chest',
      startedAt: 0,
      savedAt: 0,
      state: 'finished',
      fraction: 1,
      seeds: 1,
      difference: 0,
    },
    robustness: {
      format: 'inmerge-robustness',
      version: 1,
      source: 'general',
      corruptions: ['pixelate'],
      images: 1,
      height: 28,
      width: 28,
      runs: arms.map((arm, k) => ({
        run: { seed: 0, phase: 'finetune', arm },
        clean: 0.1,
        errors: [[1, 2, 3, 4, 5].map(() => 0.5 - k / 10)],
      })),
    },
  });
  mkdirSync(folder, { recursive: true });
  writeFileSync(`${folder}robust.inmerge`, Buffer.concat(pieces));
  await openPage(page);
  await dropFile(page, `${folder}robust.inmerge`);
  const panel = page.getByTestId('robustness');
  const pixelation = panel.locator('tr[data-corruption=pixelate]');
  await expect(pixelation).toContainText('50.0');
  await expect(pixelation).toContainText('40.0');
  await expect(panel).toContainText('present where its score is above 0.5');
  await panel.getByLabel('Arm set against Baseline').selectOption('tau-0.1');
  await expect(panel.locator('thead')).toContainText('τ 0.1');
  await expect(pixelation).toContainText('30.0');
  await panel.getByText('Rise over clean').click();
  await expect(pixelation).toContainText('+20.0');
  // All that stands at the end of its head has room there.
  const ends = panel.locator('.panel-head .end').locator('select, button');
  const cut = await ends.evaluateAll((all) =>
    all.filter((each) => each.scrollWidth > each.clientWidth + 1).map((each) => each.textContent),
  );
  expect(cut).toEqual([]);
  await expect(panel.getByText('Error', { exact: true })).toBeInViewport();
  await panel.screenshot({ path: `${folder}robust.png` });
});
