/** Results that were made elsewhere: opened from their file and from their folder, refused where they are damaged. */
import { mkdirSync, writeFileSync } from 'node:fs';
import type { Recipe } from '../src/recipe/recipe.ts';
import { encodeResults } from '../src/experiment/resultsFile.ts';
import { epochOf, recordOf, resultOf } from '../src/store/testRecord.ts';
import { folder, openPage } from './testing/pastRuns.ts';
import { dropFile, expect, test } from './testing/studio.ts';

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
