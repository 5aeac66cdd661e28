import { expect, test } from 'vitest';
import { everyMerge, listFilter, mapFilter, mapOf, shownMap } from './mergeLook.ts';
import { filteredRows } from './mergeFilter.ts';
import { nothingSelected } from './selection.ts';
import { epochOf, recordOf, runKey } from './testRecord.ts';

function recordWithMerges() {
  const record = recordOf([1, 2]);
  for (const seed of [1, 2]) {
    for (const epoch of [1, 2]) {
      record.take(epochOf(seed, 'inmerge', epoch, 0.5));
      record.take({
        at: 'merges',
        run: runKey(seed, 'inmerge'),
        epoch,
        merges: {
          step: Uint32Array.of(epoch, epoch, epoch),
          layer: Uint16Array.of(4, 4, 5),
          i: Uint16Array.of(0, 1, 0),
          j: Uint16Array.of(1, 2, 3),
          similarity: Float32Array.of(0.4, 0.5, 0.6),
        },
        layers: [],
      });
    }
  }
  return record;
}

test('the list shows all layers and seeds until one is selected, and of selected kernels those of their layer', () => {
  const { log } = recordWithMerges();
  const count = (selection: Partial<typeof nothingSelected>, look: Partial<typeof everyMerge> = {}) =>
    filteredRows(log, listFilter({ ...nothingSelected, ...selection }, { ...everyMerge, ...look }))?.length ?? log.length;
  expect(count({ layer: 5 })).toBe(12);
  expect(count({ layer: 5 }, { allLayers: false })).toBe(4);
  expect(count({ layer: 4, kernels: [0] }, { kernelsOnly: true })).toBe(4);
  expect(count({ layer: 4, kernels: [0, 2] }, { kernelsOnly: true })).toBe(0);
  expect(count({ seed: 2, epoch: 1 })).toBe(3);
  expect(count({ epoch: 2 })).toBe(12);
  expect(count({ epoch: 2 }, { epochAlone: true })).toBe(6);
});

test('a map is of one run and one layer that merges: the selected ones, else the latest seed and the last layer', () => {
  const record = recordWithMerges();
  expect(mapOf(record, nothingSelected)).toEqual({ seed: 2, arm: 'inmerge', layer: 5 });
  expect(mapOf(record, { ...nothingSelected, seed: 1, arm: 'baseline', layer: 4 })).toEqual({
    seed: 1,
    arm: 'inmerge',
    layer: 4,
  });
  expect(mapOf(record, { ...nothingSelected, seed: 3, layer: 0 })).toEqual({ seed: 2, arm: 'inmerge', layer: 5 });
  expect(mapOf(recordOf([1]), nothingSelected)).toBeNull();
  const map = shownMap(record, null, { ...nothingSelected, layer: 4, epoch: 1 }, everyMerge);
  expect(map?.rows).toHaveLength(2);
  expect(map?.counts[1 * (map?.kernels ?? 0) + 2]).toBe(1);
  expect(mapFilter({ seed: 2, arm: 'inmerge', layer: 4 }, nothingSelected, everyMerge)).toMatchObject({ seed: 2, layer: 4 });
});
