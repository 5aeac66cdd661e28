import { describe, expect, test } from 'vitest';
import { headline, results } from './comparison.ts';
import { merging } from './merging.ts';
import { epochOf, mergesOf, recordOf, resultOf } from './testRecord.ts';

describe('the live headline', () => {
  test('one arm alone is shown without a difference', () => {
    const record = recordOf([0]);
    record.take(epochOf(0, 'baseline', 1, 0.9));
    expect(headline(record)).toMatchObject({ baseline: { n: 1, mean: 0.9 }, inmerge: null, difference: null });
  });

  test('the arms are compared at the last epoch that both have', () => {
    const record = recordOf([0]);
    record.take(epochOf(0, 'baseline', 1, 0.9));
    record.take(epochOf(0, 'baseline', 2, 0.95));
    record.take(epochOf(0, 'inmerge', 1, 0.92));
    const live = headline(record);
    expect(live).toMatchObject({ baselineEpoch: 1, inmergeEpoch: 1, completeSeeds: [] });
    expect(live.difference?.mean).toBeCloseTo(0.02, 10);
  });

  test('once a seed is complete, a half-done seed does not enter the mean', () => {
    const record = recordOf([0, 1]);
    for (const [arm, accuracy] of [
      ['baseline', 0.9],
      ['inmerge', 0.93],
    ] as const)
      record.take(epochOf(0, arm, 2, accuracy));
    record.take(epochOf(1, 'baseline', 2, 0.1));
    record.take(epochOf(1, 'inmerge', 1, 0.1));
    const live = headline(record);
    expect(live.completeSeeds).toEqual([0]);
    expect(live.difference).toMatchObject({ n: 1, interval: null });
    expect(live.difference?.mean).toBeCloseTo(0.03, 10);
  });
});

describe('training accuracy beside the live headline', () => {
  test('is the mean over the same seeds at the same epoch', () => {
    const record = recordOf([0, 1, 2]);
    for (const [seed, trained] of [
      [0, 0.8],
      [1, 0.9],
    ] as const) {
      record.take(epochOf(seed, 'baseline', 1, 0.5, 0.5, 0.1));
      for (const arm of ['baseline', 'inmerge']) record.take(epochOf(seed, arm, 2, 0.6, 0.6, arm === 'baseline' ? trained : 0.7));
    }
    record.take(epochOf(2, 'baseline', 2, 0.6, 0.6, 0.2));
    const live = headline(record);
    expect([live.baselineEpoch, live.completeSeeds]).toEqual([2, [0, 1]]);
    expect(live.baselineTraining).toBeCloseTo(0.85, 12);
    expect(live.inmergeTraining).toBeCloseTo(0.7, 12);
  });

  test('is none where a seed has none: at epoch 0, and in experiments of older builds', () => {
    const record = recordOf([0]);
    const { trainAccuracy: _, ...older } = epochOf(0, 'baseline', 2, 0.9) as { trainAccuracy: null } & ReturnType<typeof epochOf>;
    record.take(older as ReturnType<typeof epochOf>);
    expect(headline(record)).toMatchObject({ baselineTraining: null, inmergeTraining: null, baselineEpoch: 2 });
  });
});

describe('the results', () => {
  test('differences are paired by seed; a seed with one arm counts in its arm only', () => {
    const record = recordOf([0, 1, 2]);
    for (const event of [
      resultOf(0, 'baseline', 0.9),
      resultOf(0, 'inmerge', 0.92),
      resultOf(1, 'baseline', 0.8),
      resultOf(1, 'inmerge', 0.84),
      resultOf(2, 'baseline', 0.1),
    ])
      record.take(event);
    const found = results(record);
    expect(found?.arms.map((arm) => [arm.arm, arm.accuracy.n, arm.mergeCount])).toEqual([
      ['baseline', 3, 0],
      ['inmerge', 2, 6],
    ]);
    expect(found?.accuracy).toMatchObject({ n: 2 });
    expect(found?.accuracy?.mean).toBeCloseTo(0.03, 10);
    // half-width t(0.95, 1) * 0.0141421 / sqrt(2)
    expect(found?.accuracy?.interval?.[1]).toBeCloseTo(0.03 + 12.7062 * 0.01, 5);
    expect(found?.split).toBe('test');
  });

  test('without a test split the numbers are called validation', () => {
    const record = recordOf([0]);
    const event = resultOf(0, 'baseline', 0.9);
    if (event.at === 'result') record.take({ ...event, test: null });
    expect(results(record)?.split).toBe('validation');
  });

  test('there are none before the first arm is complete', () => {
    expect(results(recordOf([0]))).toBeNull();
  });
});

describe('merging in numbers', () => {
  test('an epoch that tried and merged nothing keeps the highest similarity it saw', () => {
    const record = recordOf([0]);
    record.take(mergesOf(0, 1, []));
    expect(merging(record)).toMatchObject({ tried: 40, merged: 0, highest: expect.closeTo(0.27, 6) as number });
  });

  test('the seed before is the ghost of the one shown', () => {
    const record = recordOf([5, 6]);
    record.take(mergesOf(5, 1, [[1, 4, 0, 1, 0.5]]));
    record.take(
      mergesOf(6, 1, [
        [1, 4, 0, 1, 0.5],
        [2, 4, 2, 3, 0.4],
      ]),
    );
    const found = merging(record);
    expect(found).toMatchObject({ seed: 6, seedBefore: 5, peak: 2 });
    expect(found.layers[0]).toMatchObject({ byEpoch: [2, null], before: [1, null] });
  });
});
