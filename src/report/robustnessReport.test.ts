import { describe, expect, it } from 'vitest';
import type { ResultsFile } from '../experiment/resultsFile.ts';
import { quick } from '../recipe/presets.ts';
import { robustnessReportTable } from './robustnessReport.ts';
import { Study } from './study.ts';
import { tableCsv } from './table.ts';

const run = (seed: number, arm: string, clean: number, error: number) => ({
  run: { seed, phase: 'finetune' as const, arm },
  clean,
  errors: [[error, error, error, error, error]],
});

const results: ResultsFile = {
  format: 'inmerge-experiment',
  recipe: { ...quick, seeds: [0, 1] },
  history: [],
  record: {
    name: 'quick',
    datasetTitle: 'D',
    startedAt: 0,
    savedAt: 0,
    state: 'finished',
    fraction: 1,
    seeds: 2,
    difference: null,
  },
  robustness: {
    format: 'inmerge-robustness',
    version: 1,
    source: 'bloodmnist',
    corruptions: ['jpeg_compression'],
    images: 10,
    height: 28,
    width: 28,
    runs: [run(0, 'baseline', 0.1, 0.3), run(0, 'inmerge', 0.1, 0.2), run(1, 'baseline', 0.2, 0.5), run(1, 'inmerge', 0.1, 0.3)],
  },
};

describe('robustness in a report', () => {
  it('is one row a corruption, each arm set against the baseline seed by seed', () => {
    const table = robustnessReportTable(new Study(results));
    if (table === null) throw new Error('There is no table.');
    const [head, none, jpeg, mean] = tableCsv(table).trim().split('\n');
    expect(head).toBe('Corruption,"Baseline, %","InMerge, %","InMerge − Baseline, pp","95 % CI, pp"');
    expect(none?.split(',').slice(0, 2)).toEqual(['none', String((100 * (0.1 + 0.2)) / 2)]);
    expect(jpeg?.split(',').slice(0, 3)).toEqual(['jpeg compression', '40', '25']);
    expect(Number(jpeg?.split(',')[3])).toBeCloseTo(-15, 12);
    expect(mean?.startsWith('mean of all,40,25')).toBe(true);
    expect(table.notes[0]).toContain('224 px');
  });

  it('is left out where it was not measured', () => {
    const { robustness: _, ...without } = results;
    expect(robustnessReportTable(new Study(without))).toBeNull();
  });
});
