/**
 * The Merges screen on an experiment with a million merges (made up, opened as results are): the list scrolls and filters
 * smoothly, the counts and the graph follow the one selection and the epoch that is played, and axe finds nothing grave.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { AxeBuilder } from '@axe-core/playwright';
import type { Page } from '@playwright/test';
import type { ExperimentEvent } from '../src/experiment/events.ts';
import { encodeResults } from '../src/experiment/resultsFile.ts';
import { presets } from '../src/recipe/presets.ts';
import type { Recipe } from '../src/recipe/recipe.ts';
import { dropFile, expect, longTasks, pageNow, test } from './testing/studio.ts';

const folder = fileURLToPath(new URL('../test-results/recipes/', import.meta.url));
const pictures = fileURLToPath(new URL('../test-results/pictures/', import.meta.url));
const kernels = 512;
const layers = [10, 11, 12, 13, 14, 15];
const epochs = 5;
const perEpoch = 200_000;
const run = { seed: 0, phase: 'finetune', arm: 'inmerge' } as const;

/** Kernels of one of twelve families merge with one another, as alike kernels do. */
function mergesOf(epoch: number): ExperimentEvent {
  const mixed = (k: number, salt: number) => {
    let x = (k * epochs + epoch) ^ Math.imul(salt, 0x9e3779b1);
    x = Math.imul(x ^ (x >>> 16), 0x85ebca6b);
    x = Math.imul(x ^ (x >>> 13), 0xc2b2ae35);
    return (x ^ (x >>> 16)) >>> 0;
  };
  const family = (k: number) => (mixed(k, 1) % 12) ** 2 % 12;
  const member = (k: number, salt: number) => ((mixed(k, salt) % 42) * 12 + family(k)) % kernels;
  const column = <T>(make: (length: number, value: (k: number) => number) => T, value: (k: number) => number) =>
    make(perEpoch, value);
  const u16 = (length: number, value: (k: number) => number) => Uint16Array.from({ length }, (_, k) => value(k));
  const partner = (k: number) => (member(k, 3) === member(k, 2) ? (member(k, 2) + 12) % kernels : member(k, 3));
  return {
    at: 'merges',
    run,
    epoch,
    merges: {
      step: Uint32Array.from({ length: perEpoch }, (_, k) => (epoch - 1) * 100 + Math.floor((k / perEpoch) * 100)),
      layer: column(u16, (k) => layers[mixed(k, 4) % layers.length] ?? 10),
      i: column(u16, (k) => member(k, 2)),
      j: column(u16, partner),
      similarity: Float32Array.from({ length: perEpoch }, (_, k) => 0.3 + (mixed(k, 5) % 600) / 1000),
    },
    layers: layers.map((layer) => ({ layer, tried: perEpoch, merged: Math.floor(perEpoch / 6), highest: 0.9 })),
  };
}

async function million(): Promise<string> {
  const paper = presets.find(({ recipe }) => recipe.name === 'paper-medmnist')?.recipe;
  if (paper === undefined) throw new Error('no such preset');
  const recipe: Recipe = { ...paper, name: 'million', seeds: [0] };
  const started: ExperimentEvent = {
    at: 'started',
    recipe,
    backboneSteps: 400,
    finetuneSteps: 100 * epochs,
    stepsPerEpoch: 100,
    trainableParameters: 20_000_000,
    mergedLayers: layers,
    trainImages: 12_000,
  };
  const val = { loss: 0.3, accuracy: 0.9, auc: 0.95 };
  const told = (epoch: number): ExperimentEvent[] => [
    { at: 'epoch', run, epoch, trainLoss: 0.3, learningRate: 0.01, val, best: true, trainMs: 1000 },
    mergesOf(epoch),
  ];
  const history = [started, ...Array.from({ length: epochs }, (_, k) => told(k + 1)).flat()];
  const record = {
    name: 'million',
    datasetTitle: 'Made up',
    startedAt: 0,
    savedAt: 0,
    state: 'finished',
    fraction: 1,
    seeds: 1,
    difference: null,
  } as const;
  mkdirSync(folder, { recursive: true });
  const path = `${folder}million.inmerge`;
  const finished = [...history, { at: 'finished', elapsedMs: 1000 } as const];
  writeFileSync(path, Buffer.concat(await encodeResults({ format: 'inmerge-experiment', recipe, history: finished, record })));
  return path;
}

async function expectNoViolations(page: Page, view: string): Promise<void> {
  await page.mouse.move(0, 0);
  const { violations } = await new AxeBuilder({ page }).withTags(['wcag2a', 'wcag2aa', 'wcag21aa', 'wcag22aa']).analyze();
  const grave = violations.filter(({ impact }) => impact === 'serious' || impact === 'critical');
  expect(grave.flatMap(({ id, nodes }) => nodes.map((node) => `${view}: ${id}: ${node.html.slice(0, 160)}`))).toEqual([]);
}

/** Scrolls the list by leaps over its whole length, one a frame; the time of each frame. */
const scrollFrames = (page: Page): Promise<number[]> =>
  page.evaluate(async () => {
    const list = document.querySelector('.merge-scroll');
    if (list === null) return [];
    const frame = () => new Promise<number>((resolve) => requestAnimationFrame(resolve));
    const times: number[] = [];
    let before = await frame();
    for (let k = 1; k <= 60; k++) {
      list.scrollTop = (list.scrollHeight * k) / 60;
      const now = await frame();
      times.push(now - before);
      before = now;
    }
    return times.sort((a, b) => a - b);
  });

test('a million merges scroll and filter smoothly, add up, and are told from one another', async ({ page }, info) => {
  const path = await million();
  await page.goto('/?device=wasm');
  await expect(page.getByTestId('device')).toHaveAttribute('data-device', 'wasm', { timeout: 30_000 });
  await dropFile(page, path);
  await page.getByRole('tab', { name: 'Merges' }).click({ timeout: 30_000 });
  const list = page.getByTestId('merges');
  await expect(list).toHaveAttribute('data-count', '1000000');

  const frames = await scrollFrames(page);
  const median = frames[30] ?? Number.NaN;
  await expect(list.locator('.merge-row').last()).toContainText('499');
  const from = await pageNow(page);
  await page.getByRole('combobox', { name: /^Layer/ }).selectOption({ label: 'conv5_1' });
  await expect(list).not.toHaveAttribute('data-count', '1000000');
  await page.getByLabel('Similarity from').fill('0.6');
  const listed = Number(await list.getAttribute('data-count'));
  expect(listed).toBeGreaterThan(10_000);
  expect(listed).toBeLessThan(1_000_000 / 6);
  const blocked = Math.max(0, ...(await longTasks(page, from)));
  const description = `scrolling, median frame ${median.toFixed(1)} ms; filtering, longest task ${blocked.toFixed(0)} ms`;
  info.annotations.push({ type: 'a million merges', description });
  console.log(description);
  expect(median).toBeLessThan(100);
  expect(blocked).toBeLessThan(200);
  await expectNoViolations(page, 'list');
  await page.getByLabel('Similarity from').fill('');

  await page.getByRole('button', { name: 'Counts', exact: true }).click();
  const matrix = page.getByTestId('count-matrix');
  await expect(matrix).toHaveAttribute('data-most', /^[1-9]/);
  const most = Number(await matrix.getAttribute('data-most'));
  await page.getByRole('slider', { name: 'Epoch' }).press('Home');
  await expect(page.getByTestId('merge-epoch')).toHaveText('up to epoch 1');
  await expect.poll(async () => Number(await matrix.getAttribute('data-most'))).toBeLessThan(most);
  await page.getByRole('button', { name: 'Play epoch by epoch' }).click();
  await expect(page.getByTestId('merge-epoch')).toHaveText('up to epoch 2');
  await expect(page.getByTestId('merge-epoch')).toHaveText(`up to epoch ${epochs}`);
  await page.getByRole('slider', { name: 'Epoch' }).press('End');
  const first = page.getByTestId('top-takings').getByRole('button').first();
  await first.click();
  await expect(first).toHaveAttribute('aria-pressed', 'true');
  await expect(page).toHaveURL(/kernels=\d+,\d+/);
  await page.screenshot({ path: `${pictures}merge-counts.png` });
  await expectNoViolations(page, 'counts');

  await page.getByRole('button', { name: 'Who from whom' }).click();
  const flow = page.getByTestId('merge-flow');
  await page.getByLabel('Kernels', { exact: true }).fill('16');
  await page.getByLabel('Kernels', { exact: true }).press('Enter');
  await expect(flow.getByRole('button', { name: /^Kernel 16: took/ })).toHaveAttribute('aria-pressed', 'true');
  await expect.poll(async () => Number(await flow.getAttribute('data-nodes'))).toBeGreaterThan(2);
  await expect(page.getByTestId('flow-table')).toContainText(/K16 ← K\d+/);
  await expect(page.getByTestId('merge-time')).toHaveAttribute('data-lanes', /^[1-9]/);
  await page.emulateMedia({ colorScheme: 'dark' });
  await page.setViewportSize({ width: 1280, height: 720 });
  await page.screenshot({ path: `${pictures}merge-flow.png` });
  await expectNoViolations(page, 'who from whom');
});
