/** Adding merge logs over steps and epochs. */
import { expect, test } from 'vitest';
import { MergeTally } from './mergeLog.ts';

const pair = (i: number, similarity: number, merged: boolean) => ({ i, j: i + 1, similarity, merged });

test('pairs become columns and counts, and layers without tries are listed', () => {
  const tally = new MergeTally([4, 2]);
  tally.addPair(10, 2, pair(0, 0.5, true));
  tally.addPair(10, 2, pair(3, -0.25, false));
  tally.addPair(11, 2, pair(1, 0.75, true));
  const log = tally.log();
  expect(log.layers).toEqual([
    { layer: 2, tried: 3, merged: 2, highest: 0.75 },
    { layer: 4, tried: 0, merged: 0, highest: null },
  ]);
  expect(log.merges).toEqual({
    step: Uint32Array.of(10, 11),
    layer: Uint16Array.of(2, 2),
    i: Uint16Array.of(0, 1),
    j: Uint16Array.of(1, 2),
    similarity: Float32Array.of(0.5, 0.75),
  });
});

test('a tally of logs equals the tally of their pairs', () => {
  const whole = new MergeTally([1]);
  const sum = new MergeTally([1]);
  for (let step = 0; step < 5; step++) {
    const part = new MergeTally([1]);
    for (let i = 0; i < step; i++) {
      const tried = pair(i, step / 8 - i / 16, i % 2 === 0);
      part.addPair(step, 1, tried);
      whole.addPair(step, 1, tried);
    }
    sum.add(part.log());
  }
  expect(sum.log()).toEqual(whole.log());
  expect([sum.tried, sum.merged, sum.highest]).toEqual([10, 6, 0.5]);
  sum.clear();
  expect(sum.log()).toEqual(new MergeTally([1]).log());
});

test('a tally without events counts alike and keeps no columns; NaN is never the highest', () => {
  const tally = new MergeTally([], { keepEvents: false });
  tally.addPair(0, 7, pair(0, Number.NaN, false));
  expect(tally.highest).toBeNull();
  tally.addPair(0, 7, pair(1, 0.5, true));
  expect(tally.log().merges.step).toHaveLength(0);
  expect(tally.log().layers).toEqual([{ layer: 7, tried: 2, merged: 1, highest: 0.5 }]);
});
