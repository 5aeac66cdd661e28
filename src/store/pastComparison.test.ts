import { describe, expect, test } from 'vitest';
import { quick } from '../recipe/presets.ts';
import { differingSettings, foundBy } from './pastComparison.ts';
import { resultOf } from './testRecord.ts';

describe('two past experiments', () => {
  test('of one recipe differ in nothing, whatever they are called and whichever copy of the file they ran on', () => {
    const renamed = { ...quick, name: 'other', dataset: { ...quick.dataset, sha256: 'a'.repeat(64) } };
    expect(differingSettings(quick, renamed)).toEqual([]);
  });

  test('show only what differs, in the words and the order of the form', () => {
    const other = {
      ...quick,
      dataset: { ...quick.dataset, name: 'bloodmnist' },
      merging: { ...quick.merging, tau: 0.1 },
      finetune: { ...quick.finetune, epochs: 6, schedule: { kind: 'plateau', factor: 0.5, patience: 1 } as const },
      seeds: [1, 2],
    };
    expect(differingSettings(quick, other)).toEqual([
      { path: 'dataset.name', label: 'Dataset', values: ['any', 'bloodmnist'] },
      { path: 'seeds', label: 'Seeds', values: ['0', '1, 2'] },
      { path: 'finetune.epochs', label: 'Epochs, fine-tuning', values: ['4', '6'] },
      { path: 'finetune.schedule.kind', label: 'Rate schedule, fine-tuning', values: ['constant', 'plateau'] },
      { path: 'finetune.schedule.factor', label: 'Factor, fine-tuning', values: ['–', '0.5'] },
      { path: 'finetune.schedule.patience', label: 'Patience, fine-tuning', values: ['–', '1'] },
      { path: 'merging.tau', label: 'Similarity needed', values: ['0.3', '0.1'] },
    ]);
  });

  test('each have their arms’ means and their own paired difference', () => {
    const results = [resultOf(0, 'baseline', 0.8), resultOf(0, 'inmerge', 0.9), resultOf(1, 'baseline', 0.7)].flatMap((event) =>
      event.at === 'result' ? [event] : [],
    );
    const [found] = foundBy({ saved: {} as never, recipe: { ...quick, seeds: [0, 1] }, results, robustness: null });
    expect(found?.arms.map(({ accuracy }) => accuracy?.mean)).toEqual([0.75, 0.9]);
    expect(found?.difference?.n).toBe(1);
    expect(found?.difference?.mean).toBeCloseTo(0.1, 12);
    expect(found?.robustness).toBeNull();
  });

  test('of several networks have each network’s results apart', () => {
    const recipe = { ...quick, sweep: { network: [{ ...quick.network, name: 'vgg11' as const }] } };
    const results = [resultOf(0, 'baseline', 0.8), resultOf(0, 'inmerge', 0.9)].flatMap((event) =>
      event.at === 'result'
        ? [event, { ...event, run: { ...event.run, base: 'vgg11-bn' }, test: { ...event.val, accuracy: 0.5, classAuc: [] } }]
        : [],
    );
    const found = foundBy({ saved: {} as never, recipe, results, robustness: null });
    expect(found.map(({ title }) => title)).toEqual(['VGG-8-BN, random', 'VGG-11-BN, random']);
    expect(found.map(({ arms }) => arms.map(({ accuracy }) => accuracy?.mean))).toEqual([
      [0.8, 0.9],
      [0.5, 0.5],
    ]);
    expect(found.map(({ difference }) => difference?.mean.toFixed(3))).toEqual(['0.100', '0.000']);
    expect(differingSettings(quick, recipe)).toEqual([
      { path: 'sweep.network', label: 'Networks beside it', values: ['–', 'VGG-11-BN'] },
    ]);
  });
});
