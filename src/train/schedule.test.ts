import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { goldenFile } from '../base/testing/golden.ts';
import type { Schedule } from '../recipe/recipe.ts';
import { initialRate, nextRate } from './schedule.ts';

/** The rate of each epoch, given the validation loss at each epoch's end. */
function rates(schedule: Schedule, learningRate: number, losses: readonly number[]): number[] {
  let state = initialRate(schedule, learningRate);
  return losses.map((loss) => {
    const { rate } = state;
    state = nextRate(schedule, learningRate, state, loss);
    return rate;
  });
}

interface GoldenSchedule {
  readonly multistep: { lr: number; milestones: number[]; gamma: number; rates: number[] };
  readonly plateau: { lr: number; factor: number; patience: number; val_loss: number[]; rates: number[] };
}

const path = goldenFile('schedule.json');

describe.skipIf(!existsSync(path))('schedules against PyTorch (golden schedule.json)', () => {
  const golden = existsSync(path) ? (JSON.parse(readFileSync(path, 'utf8')) as GoldenSchedule) : null;

  it('MultiStepLR gives exactly its rates', () => {
    const { lr, milestones, gamma, rates: expected } = (golden as GoldenSchedule).multistep;
    expect(
      rates(
        { kind: 'multistep', milestones, gamma },
        lr,
        expected.map(() => 1),
      ),
    ).toEqual(expected);
  });

  it('ReduceLROnPlateau gives exactly its rates', () => {
    const { lr, factor, patience, val_loss: losses, rates: expected } = (golden as GoldenSchedule).plateau;
    expect(rates({ kind: 'plateau', factor, patience }, lr, losses)).toEqual(expected);
  });
});

describe('schedules', () => {
  it('multiplies twice where a milestone is named twice, as PyTorch does', () => {
    expect(rates({ kind: 'multistep', milestones: [1, 1], gamma: 0.5 }, 1, [1, 1])).toEqual([1, 0.25]);
  });

  it('keeps a constant rate', () => {
    expect(rates({ kind: 'constant' }, 0.01, [3, 2, 1])).toEqual([0.01, 0.01, 0.01]);
  });
});
