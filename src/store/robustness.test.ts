import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { startFake } from '../worker/fake.ts';
import { fakePast } from '../worker/fakePast.ts';
import { blocker } from './readiness.ts';
import { comparedRobustness } from './robustnessView.ts';
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
