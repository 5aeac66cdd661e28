import { describe, expect, test } from 'vitest';
import { countMatrix, everything, filteredRows, topTakings } from './mergeFilter.ts';
import { MergeLog } from './mergeLog.ts';

const kernels = 512;

/** Merges that look random and are not: three layers, five epochs, two seeds. */
function logOf(perEpoch: number): MergeLog {
  const log = new MergeLog();
  const mixed = (k: number, salt: number) => (Math.imul(k + salt, 0x9e3779b1) >>> 8) % kernels;
  for (const seed of [1, 2]) {
    for (let epoch = 1; epoch <= 5; epoch++) {
      log.append(seed, 'inmerge', epoch, {
        step: Uint32Array.from({ length: perEpoch }, (_, k) => epoch * 1000 + Math.floor(k / 100)),
        layer: Uint16Array.from({ length: perEpoch }, (_, k) => 10 + (k % 3)),
        i: Uint16Array.from({ length: perEpoch }, (_, k) => mixed(k, epoch)),
        j: Uint16Array.from({ length: perEpoch }, (_, k) => mixed(k, 7 * epoch + seed)),
        similarity: Float32Array.from({ length: perEpoch }, (_, k) => 0.3 + (k % 60) / 100),
      });
    }
  }
  return log;
}

describe('merges that are looked at', () => {
  const small = logOf(300);
  const rows = (filter: Partial<typeof everything>) => filteredRows(small, { ...everything, ...filter });
  const all = Array.from({ length: small.length }, (_, k) => small.row(k, null)).map((row) => row ?? never());

  test('are those that fit all of seed, layer, epochs, kernels and similarity', () => {
    const kernel = all[4]?.i ?? 0;
    const filter = { ...everything, seed: 2, layer: 11, fromEpoch: 2, toEpoch: 4, kernels: [kernel], atLeast: 0.4 };
    const expected = all.flatMap((row, at) =>
      row.seed === 2 &&
      row.layer === 11 &&
      row.epoch >= 2 &&
      row.epoch <= 4 &&
      row.similarity >= Math.fround(0.4) &&
      (row.i === kernel || row.j === kernel)
        ? [at]
        : [],
    );
    expect([...(rows(filter) ?? [])]).toEqual(expected);
    expect(rows(everything)).toBeNull();
    expect(rows({ layer: 10 })).toHaveLength(small.count(10));
    expect(rows({ layer: 99 })).toHaveLength(0);
    expect(rows({ arm: 'inmerge' })).toHaveLength(small.length);
    expect(rows({ arm: 'baseline' })).toHaveLength(0);
  });

  test('of several kernels are those among them', () => {
    const chosen = [...new Set(all.slice(0, 40).flatMap(({ i, j }) => [i, j]))];
    const expected = all.flatMap(({ i, j }, at) => (chosen.includes(i) && chosen.includes(j) ? [at] : []));
    expect(expected.length).toBeGreaterThan(0);
    expect([...(rows({ kernels: chosen }) ?? [])]).toEqual(expected);
  });

  test('add up to who took from whom how often, the most frequent first', () => {
    const counts = countMatrix(small, rows({ layer: 10 }), kernels);
    expect(counts.reduce((sum, times) => sum + times, 0)).toBe(small.count(10));
    const top = topTakings(counts, kernels, 20);
    expect(top).toHaveLength(20);
    for (const { i, j, times } of top) {
      expect(times).toBe(all.filter((row) => row.layer === 10 && row.i === i && row.j === j).length);
    }
    const least = top.at(-1)?.times ?? 0;
    expect(counts.filter((times) => times > least).length).toBeLessThan(20);
    expect(top.map(({ times }) => times)).toEqual(top.map(({ times }) => times).toSorted((a, b) => b - a));
  });
});

test('a million merges are filtered and counted well within a frame or two', () => {
  const log = logOf(100_000);
  expect(log.length).toBe(1_000_000);
  const filters = [
    { ...everything, layer: 11 },
    { ...everything, toEpoch: 3 },
    { ...everything, kernels: [5], atLeast: 0.4 },
    { ...everything, layer: 12, seed: 2, kernels: Array.from({ length: 40 }, (_, k) => k * 3) },
  ];
  const times = Array.from({ length: 9 }, () => {
    const start = performance.now();
    for (const filter of filters) countMatrix(log, filteredRows(log, filter), kernels);
    return (performance.now() - start) / filters.length;
  }).toSorted((a, b) => a - b);
  console.log(`filtering and counting 1,000,000 merges: median ${(times[4] as number).toFixed(1)} ms`);
  // The fastest is held to it: on a busy machine the median tells of the machine.
  expect(times[0]).toBeLessThan(60);
});

function never(): never {
  throw new Error('no such row');
}
