import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { Recipe } from '../recipe/recipe.ts';
import { startFake } from '../worker/fake.ts';
import { isTrained, moreSeeds } from './moreSeeds.ts';
import { createStudio, type Studio } from './studio.ts';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

async function finished(seeds: string, sweep: Recipe['sweep'] = {}): Promise<Studio> {
  const studio = createStudio(startFake({ tickMs: 10, stepsPerTick: 50 }));
  await vi.advanceTimersByTimeAsync(10);
  studio.actions.makeSample();
  await vi.advanceTimersByTimeAsync(1000);
  studio.actions.type('seeds', seeds);
  studio.actions.setSweep(sweep);
  studio.actions.start();
  await vi.advanceTimersByTimeAsync(240_000);
  expect(studio.store.getState().status.at).toBe('finished');
  return studio;
}

describe('more seeds', () => {
  test('one seed is offered to become five: its own, then the lowest that are free', async () => {
    const { store } = await finished('2');
    expect(moreSeeds(store.getState())).toEqual([2, 0, 1, 3, 4]);
  });

  test('a sweep is offered more seeds of all its arms', async () => {
    const { store } = await finished('0, 1', { tau: [0.1, 0.2] });
    expect(store.getState().record?.arms).toHaveLength(4);
    expect(moreSeeds(store.getState())).toEqual([0, 1, 2, 3, 4]);
  });

  test('the offer starts the same recipe with those seeds', async () => {
    const { store, actions } = await finished('0');
    const { recipe } = store.getState();
    actions.trainMoreSeeds();
    expect(store.getState().status.at).toBe('preparing');
    expect(store.getState().recipe).toEqual({ ...recipe, seeds: [0, 1, 2, 3, 4] });
    await vi.advanceTimersByTimeAsync(120_000);
    expect(store.getState().record?.seeds).toEqual([0, 1, 2, 3, 4]);
  });

  test('nothing is offered while training, after another recipe was set, or before there is a difference', async () => {
    const studio = createStudio(startFake({ tickMs: 10, stepsPerTick: 50 }));
    expect(moreSeeds(studio.store.getState())).toBeNull();
    const { store, actions } = await finished('0');
    const offered = store.getState();
    expect(moreSeeds(offered)).not.toBeNull();
    actions.rename('another name');
    expect(moreSeeds(store.getState())).not.toBeNull();
    actions.type('merging.tau', '0.21');
    expect(moreSeeds(store.getState())).toBeNull();
    actions.trainMoreSeeds();
    expect(store.getState().status.at).toBe('finished');
    actions.reset('merging.tau');
    actions.start();
    expect(moreSeeds(store.getState())).toBeNull();
  });
});

describe('an experiment that is trained as it stands', () => {
  test('is so until a setting or the device is another, whatever it is called', async () => {
    const { store, actions } = await finished('0');
    expect(isTrained(store.getState())).toBe(true);
    actions.rename('another name');
    expect(isTrained(store.getState())).toBe(true);
    const { device } = store.getState();
    expect(isTrained({ ...store.getState(), device: device === null ? null : { ...device, device: 'cpu' } })).toBe(false);
    actions.type('merging.p', '0.5');
    expect(isTrained(store.getState())).toBe(false);
    actions.type('merging.p', '0.3');
    expect(isTrained(store.getState())).toBe(true);
    actions.start();
    expect(isTrained(store.getState())).toBe(false);
  });
});
