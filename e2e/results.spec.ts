/** Results made by the command line open on the page by drop: the folder, or the one file of it that holds everything. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { fileURLToPath } from 'node:url';
import { dropFile, expect, test } from './testing/studio.ts';

const command = fileURLToPath(new URL('../scripts/inmerge.mjs', import.meta.url));
const small = ['network.widthMultiplier=0.25', 'dataset.take.train=48', 'dataset.take.test=60', 'optimiser.batchSize=16'];
const short = ['backbone.epochs=1', 'finetune.epochs=2', 'merging.firstLayer=2', 'merging.tau=0'];
const overrides = [...small, ...short].flatMap((override) => ['--set', override]);

interface Summary {
  readonly runs: readonly { readonly arm: string | null; readonly test: { readonly accuracy: number } }[];
}

test('a folder of results, and its one file, open as an experiment', async ({ page }) => {
  const out = mkdtempSync(`${tmpdir()}/results-`);
  try {
    execFileSync(
      process.execPath,
      [command, 'run', 'quick', '--data', 'sample', '--device', 'wasm', '--out', out, ...overrides],
      { stdio: 'ignore' },
    );
    const summary = JSON.parse(readFileSync(`${out}/summary.json`, 'utf8')) as Summary;
    for (const dropped of [out, `${out}/experiment.inmerge`]) {
      await page.goto('/?device=wasm');
      await expect(page.getByTestId('device')).toHaveAttribute('data-device', 'wasm', { timeout: 30_000 });
      await dropFile(page, dropped);
      await page.getByRole('tab', { name: 'Results' }).click({ timeout: 30_000 });
      for (const arm of ['baseline', 'inmerge']) {
        const accuracy = summary.runs.find((run) => run.arm === arm)?.test.accuracy ?? Number.NaN;
        await expect(page.getByTestId('results').locator(`tr[data-arm="${arm}"]`).first()).toContainText(
          `${(accuracy * 100).toFixed(2)} %`,
        );
      }
    }
  } finally {
    rmSync(out, { recursive: true, force: true });
  }
});
