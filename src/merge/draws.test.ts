/** The draws on the CPU against written-down answers, the NumPy cases, and what a draw promises. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { fold, purposes } from '../base/threefry.ts';
import { drawCoins, drawPairs, stepKey } from './draws.ref.ts';
import { coinThreshold, notTried } from './mergeSettings.ts';
import { drawCases, triedPartners } from './testing/golden.ts';

test('written-down draws of two layers', () => {
  const [n, none] = [8, notTried];
  expect(fold(stepKey(1, purposes.merge, 0), 10)).toEqual([1132911060, 1821176770]);
  expect([...drawPairs(1, purposes.merge, 0, 10, n, 0.3).partner]).toEqual([none, 3, none, none, none, 7, 5, none]);
  expect([...drawPairs(1, purposes.merge, 0, 10, n, 1).partner]).toEqual([7, 3, 4, 7, 2, 7, 5, 1]);
  const wide = drawPairs(0xdeadbeef, purposes.merge, 7, 12, 512, 0.3).partner;
  expect(wide.filter((j) => j !== notTried)).toHaveLength(153);
  expect([...wide.subarray(0, 11)]).toEqual([none, 342, 43, none, none, 431, none, none, none, 154, 62]);
});

const uint32 = fc.integer({ min: 0, max: 0xffffffff });

describe.skipIf(drawCases === null)('NumPy cases (skipped where ../shared/reference/golden is missing)', () => {
  test.each(drawCases ?? [])('n $n, layer $layer, step $step, seed $seed: the same key, coins and partners', (example) => {
    const { seed, step, layer, n, p } = example;
    expect(fold(stepKey(seed, purposes.merge, step), layer)).toEqual(example.key);
    expect(drawPairs(seed, purposes.merge, step, layer, n, p).partner).toEqual(triedPartners(example));
    expect([...drawPairs(seed, purposes.merge, step, layer, n, 1).partner]).toEqual(example.partner);
  });
});

test('a partner is another kernel of the layer', () => {
  fc.assert(
    fc.property(uint32, uint32, fc.integer({ min: 2, max: 70 }), (seed, step, n) => {
      const { partner } = drawPairs(seed, purposes.merge, step, 3, n, 1);
      expect(partner.every((j, i) => j < n && j !== i)).toBe(true);
    }),
  );
});

test('a kernel tries exactly where its coin is below p', () => {
  fc.assert(
    fc.property(uint32, fc.integer({ min: 0, max: 70 }), fc.double({ min: 0, max: 1, noNaN: true }), (seed, n, p) => {
      const coins = drawCoins(seed, purposes.merge, 5, 3, n);
      const { partner } = drawPairs(seed, purposes.merge, 5, 3, n, p);
      expect([...coins].map((coin) => coin < p)).toEqual([...partner].map((j) => j !== notTried));
    }),
  );
});

test('partners are even over the others', () => {
  const counts = new Uint32Array(5);
  for (let step = 0; step < 20_000; step++) {
    const j = drawPairs(1, purposes.merge, step, 0, 5, 1).partner[2] as number;
    counts[j] = (counts[j] as number) + 1;
  }
  expect(counts[2]).toBe(0);
  // 5,000 each expected, standard deviation 61.
  for (const j of [0, 1, 3, 4]) expect(Math.abs((counts[j] as number) - 5_000)).toBeLessThan(370);
});

test('the coin falls where the 24-bit draw is below p * 2^24 as real numbers', () => {
  const coin = fc.integer({ min: 0, max: 2 ** 24 - 1 });
  fc.assert(
    fc.property(coin, fc.double({ min: 0, max: 1, noNaN: true }), (drawn, p) => {
      expect(drawn < coinThreshold(p)).toBe(drawn * 2 ** -24 < p);
    }),
  );
  fc.assert(
    fc.property(coin, (drawn) => {
      const p = drawn * 2 ** -24;
      expect(drawn < coinThreshold(p)).toBe(false);
      expect(drawn < coinThreshold(p + 2 ** -53)).toBe(true);
    }),
  );
});

test('p = 0 tries nothing, p = 1 everything, and a lone kernel has no partner', () => {
  expect(drawPairs(9, purposes.merge, 1, 2, 500, 0).partner.every((j) => j === notTried)).toBe(true);
  expect(drawPairs(9, purposes.merge, 1, 2, 500, 1).partner.every((j) => j !== notTried)).toBe(true);
  expect([...drawPairs(9, purposes.merge, 1, 2, 1, 1).partner]).toEqual([notTried]);
  expect(drawPairs(9, purposes.merge, 1, 2, 0, 1).partner).toHaveLength(0);
});

test('seed, purpose, step and layer each move the draws', () => {
  const draws = [
    drawPairs(1, purposes.merge, 2, 3, 64, 1),
    drawPairs(2, purposes.merge, 2, 3, 64, 1),
    drawPairs(1, purposes.validationMerge, 2, 3, 64, 1),
    drawPairs(1, purposes.merge, 3, 3, 64, 1),
    drawPairs(1, purposes.merge, 2, 4, 64, 1),
  ].map(({ partner }) => partner.join());
  expect(new Set(draws).size).toBe(draws.length);
});
