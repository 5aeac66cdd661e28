import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { Robustness } from '../experiment/robustness.ts';
import { quick } from '../recipe/presets.ts';
import type { Recipe } from '../recipe/recipe.ts';
import { startFake } from '../worker/fake.ts';
import { fakePast } from '../worker/fakePast.ts';
import { blocker } from './readiness.ts';
import { comparedRobustness, errorNote, measuredArms } from './robustnessView.ts';
import { createStudio } from './studio.ts';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

const past = fakePast(1_800_000_000_000);

async function withFinished() {
  const studio = createStudio(startFake({ tickMs: 10, stepsPerTick: 50, past }));
  await vi.advanceTimersByTimeAsync(10);
  const finished = past.find((saved) => saved.state === 'finished');
  if (finished === undefined) throw new Error('No past experiment is finished.');
  studio.actions.openPast(finished);
  await vi.advanceTimersByTimeAsync(500);
  return studio;
}

describe('the arm that is set against the plain one', () => {
  const recipe: Recipe = {
    ...quick,
    sweep: { tau: [0.1, 0.2] },
    seeds: [0, 1],
  };
  /** Errors of 0.1 to 0.4, by arm and a little by seed. */
  const errors: Readonly<Record<string, number>> = { baseline: 0.4, inmerge: 0.3, 'tau-0.1': 0.2, 'tau-0.2': 0.1 };
  const measured = (...names: readonly string[]): Robustness => ({
    format: 'inmerge-robustness',
    version: 1,
    source: 'general',
    corruptions: ['pixelate'],
    images: 20,
    height: 28,
    width: 28,
    runs: names.flatMap((arm) =>
      [0, 1].map((seed) => {
        const error = (errors[arm] ?? 0) + seed / 100;
        return { run: { seed, phase: 'finetune', arm }, clean: error / 2, errors: [Array<number>(5).fill(error)] };
      }),
    ),
  });

  test('may be any merging arm that was measured, in the recipe’s order', () => {
    const all = measured('tau-0.2', 'baseline', 'inmerge');
    expect(measuredArms(all, recipe)).toEqual(['inmerge', 'tau-0.2']);
    expect(measuredArms(measured('baseline'), recipe)).toEqual([]);
  });

  test('has its own errors and its own difference in the table', () => {
    const all = measured('baseline', 'inmerge', 'tau-0.1', 'tau-0.2');
    for (const arm of ['inmerge', 'tau-0.1', 'tau-0.2']) {
      const { arms, clean, rows } = comparedRobustness(all, recipe, arm);
      expect(arms).toEqual(['baseline', arm]);
      expect(clean[1]?.error.mean).toBeCloseTo(((errors[arm] ?? 0) + 0.005) / 2, 12);
      expect(rows[0]?.arms[1]?.error.mean).toBeCloseTo((errors[arm] ?? 0) + 0.005, 12);
      expect(rows[0]?.error).toMatchObject({ n: 2 });
      expect(rows[0]?.error?.mean).toBeCloseTo((errors[arm] ?? 0) - 0.4, 12);
    }
    expect(comparedRobustness(all, recipe, null).arms).toEqual(['baseline', 'inmerge']);
  });

  test('of labels that may come together, it is said when one counts as present', () => {
    expect(errorNote('multi-label')).toContain('above 0.5');
    expect(errorNote('multi-class')).toBeNull();
  });
});

describe('measuring robustness', () => {
  test('goes on beside nothing else, and ends in a table of both arms', async () => {
    const { store, actions } = await withFinished();
    actions.measureRobustness();
    await vi.advanceTimersByTimeAsync(100);
    expect(store.getState().measuring?.fraction).toBeGreaterThan(0);
    expect(blocker(store.getState())?.text).toBe('Robustness is being measured');
    actions.openPast(past[1] ?? (past[0] as (typeof past)[number]));
    expect(store.getState().asked).toBeNull();
    await vi.advanceTimersByTimeAsync(2000);
    const { robustness, measuring, record } = store.getState();
    expect(measuring).toBeNull();
    if (robustness === null || record === null) throw new Error('Nothing was measured.');
    const table = comparedRobustness(robustness, record.started.recipe, null);
    expect(table.arms).toEqual(['baseline', 'inmerge']);
    expect(table.rows.at(-1)?.rise?.n).toBe(5);
  });

  test('cancelled leaves what was known; another experiment shows none of it', async () => {
    const { store, actions } = await withFinished();
    actions.measureRobustness();
    await vi.advanceTimersByTimeAsync(100);
    actions.cancelRobustness();
    await vi.advanceTimersByTimeAsync(1000);
    expect(store.getState()).toMatchObject({ measuring: null, robustness: null });
    actions.measureRobustness();
    await vi.advanceTimersByTimeAsync(2000);
    expect(store.getState().robustness).not.toBeNull();
    actions.openPast(past.find((saved) => saved.state === 'interrupted') as (typeof past)[number]);
    await vi.advanceTimersByTimeAsync(500);
    expect(store.getState().robustness).toBeNull();
  });
});
