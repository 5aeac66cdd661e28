import { describe, expect, test } from 'vitest';
import { expectedMerges, layerSeries, numbersAt } from './layerSeries.ts';
import { mergeCounts } from './mergeCounts.ts';
import { mergesOf, recordOf, runKey } from './testRecord.ts';

const numbers = (layer: number, pairsAbove: number, moved: number[] | null = null) => ({
  layer,
  kernels: 5,
  pairsAbove,
  meanAbsolute: 0.1,
  highest: 0.5,
  effectiveRank: 4,
  meanNorm: 1,
  moved: moved === null ? null : Float32Array.from(moved),
});

describe('the figures of a layer', () => {
  const record = recordOf([0]);
  for (const epoch of [2, 0, 1])
    record.take({
      at: 'layers',
      run: runKey(0, 'inmerge'),
      epoch,
      layers: [numbers(3, 9, [epoch, epoch]), numbers(4, 2 * epoch, [epoch, 0, 0, 0])],
    });
  const run = { seed: 0, arm: 'inmerge' };

  test('come by epoch, as the mean over the kernels where each has its own', () => {
    expect(layerSeries(record, run, 4, 'pairsAbove')).toEqual([
      { epoch: 0, value: 0 },
      { epoch: 1, value: 2 },
      { epoch: 2, value: 4 },
    ]);
    expect(layerSeries(record, run, 4, 'moved').at(-1)).toEqual({ epoch: 2, value: 0.5 });
    expect(layerSeries(record, { seed: 0, arm: 'baseline' }, 4, 'moved')).toEqual([]);
    expect(numbersAt(record, { ...run, epoch: 1 }, 4)?.pairsAbove).toBe(2);
    expect(numbersAt(record, { ...run, epoch: 5 }, 4)).toBeNull();
  });

  test('say how many merges a step is expected to make, in the layers that merge', () => {
    // Layers 4 and 5 merge; p 0.3, 5 kernels, 4 of 10 pairs above τ: 0.3 × 5 × 0.4.
    expect(expectedMerges(record, { ...run, epoch: 2 })).toBeCloseTo(0.6, 9);
    expect(expectedMerges(record, { ...run, epoch: 9 })).toBeNull();
  });
});

test('merges are counted for each pair either way, of one run and up to an epoch', () => {
  const record = recordOf([0, 1]);
  record.take(
    mergesOf(0, 1, [
      [1, 4, 0, 2, 0.5],
      [2, 4, 2, 0, 0.5],
      [3, 5, 0, 1, 0.5],
    ]),
  );
  record.take(mergesOf(0, 2, [[9, 4, 1, 2, 0.5]]));
  record.take(mergesOf(1, 1, [[1, 4, 1, 2, 0.5]]));
  const of = { seed: 0, arm: 'inmerge', epoch: 1 };
  expect([...mergeCounts(record, of, 4, 3)]).toEqual([0, 0, 2, 0, 0, 0, 2, 0, 0]);
  expect([...mergeCounts(record, { ...of, epoch: 2 }, 4, 3)]).toEqual([0, 0, 2, 0, 0, 1, 2, 1, 0]);
});
