import { describe, expect, it } from 'vitest';
import type { Robustness } from '../experiment/robustness.ts';
import { robustnessCsv, robustnessTable } from './robustness.ts';

const run = (seed: number, arm: string, clean: number, ...errors: number[][]) => ({
  run: { seed, phase: 'finetune' as const, arm },
  clean,
  errors,
});

const measured: Robustness = {
  format: 'inmerge-robustness',
  version: 1,
  source: 'bloodmnist',
  corruptions: ['pixelate', 'saturate'],
  images: 100,
  height: 28,
  width: 28,
  runs: [
    run(0, 'baseline', 0.1, [0.2, 0.3, 0.4, 0.5, 0.6], [0.1, 0.1, 0.1, 0.1, 0.1]),
    run(0, 'inmerge', 0.2, [0.3, 0.3, 0.3, 0.3, 0.3], [0.2, 0.2, 0.2, 0.2, 0.2]),
    run(1, 'baseline', 0.2, [0.5, 0.5, 0.5, 0.5, 0.5], [0.3, 0.3, 0.3, 0.3, 0.3]),
    run(1, 'inmerge', 0.1, [0.3, 0.3, 0.3, 0.3, 0.3], [0.1, 0.1, 0.1, 0.1, 0.1]),
    run(2, 'baseline', 0.9, [0.9, 0.9, 0.9, 0.9, 0.9], [0.9, 0.9, 0.9, 0.9, 0.9]),
  ],
};

describe('the robustness table', () => {
  const table = robustnessTable(measured, ['baseline', 'inmerge']);
  const [pixelate] = table.rows;

  it('gives each arm its mean error over severities and seeds, and the rise over its own clean error', () => {
    expect(pixelate?.arms[0]?.error.mean).toBeCloseTo((0.4 + 0.5 + 0.9) / 3, 12);
    expect(pixelate?.arms[1]?.rise.mean).toBeCloseTo((0.1 + 0.2) / 2, 12);
    expect(table.clean.map(({ error }) => error.n)).toEqual([3, 2]);
  });

  it('pairs the seeds that both arms have', () => {
    expect(pixelate?.error).toMatchObject({ n: 2, wins: 0, losses: 2 });
    expect(pixelate?.error?.mean).toBeCloseTo((0.3 - 0.4 + (0.3 - 0.5)) / 2, 12);
    expect(pixelate?.rise?.mean).toBeCloseTo((0.1 - 0.3 + (0.2 - 0.3)) / 2, 12);
  });

  it('ends with the mean over corruptions', () => {
    const last = table.rows.at(-1);
    expect(last?.corruption).toBeNull();
    expect(last?.arms[1]?.error.mean).toBeCloseTo(((0.3 + 0.2) / 2 + (0.3 + 0.1) / 2) / 2, 12);
  });

  it('goes with one arm, without a difference', () => {
    expect(robustnessTable(measured, ['inmerge', 'absent']).rows[0]).toMatchObject({ error: null, rise: null });
  });

  it('is one line a measurement as CSV', () => {
    const lines = robustnessCsv(measured).trim().split('\n');
    expect(lines).toHaveLength(1 + 5 * 11);
    expect(lines.slice(0, 3)).toEqual([
      'seed,arm,corruption,severity,balanced_error',
      '0,baseline,clean,0,0.1',
      '0,baseline,pixelate,1,0.2',
    ]);
  });
});
