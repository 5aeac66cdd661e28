/** Threefry against Random123's published answers, and the draws made from it against what they promise. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { below, fold, keyOf, permutation, purposes, threefry2x32, unit, type Key } from './threefry.ts';

const word = fc.integer({ min: 0, max: 0xffffffff });

test("gives Random123's published answers for 20 rounds", () => {
  expect(threefry2x32([0, 0], [0, 0])).toEqual([0x6b200159, 0x99ba4efe]);
  expect(threefry2x32([0xffffffff, 0xffffffff], [0xffffffff, 0xffffffff])).toEqual([0x1cb996fc, 0xbb002be7]);
  expect(threefry2x32([0x13198a2e, 0x03707344], [0x243f6a88, 0x85a308d3])).toEqual([0xc4923a9c, 0x483df7a0]);
});

test('is the same function written with a round loop and big integers', () => {
  const rotations = [
    [13, 15, 26, 6],
    [17, 29, 16, 24],
  ] as const;
  const mask = 0xffffffffn;
  const slow = (key: Key, counter: Key): number[] => {
    const k0 = BigInt(key[0]);
    const k1 = BigInt(key[1]);
    const schedule = [k0, k1, 0x1bd11bdan ^ k0 ^ k1] as const;
    let x = (BigInt(counter[0]) + k0) & mask;
    let y = (BigInt(counter[1]) + k1) & mask;
    for (let block = 0; block < 5; block++) {
      for (const bits of rotations[(block % 2) as 0 | 1]) {
        x = (x + y) & mask;
        y = (((y << BigInt(bits)) | (y >> BigInt(32 - bits))) & mask) ^ x;
      }
      x = (x + (schedule[((block + 1) % 3) as 0 | 1 | 2] ?? 0n)) & mask;
      y = (y + (schedule[((block + 2) % 3) as 0 | 1 | 2] ?? 0n) + BigInt(block + 1)) & mask;
    }
    return [Number(x), Number(y)];
  };
  fc.assert(
    fc.property(word, word, word, word, (a, b, c, d) => {
      expect(threefry2x32([a, b], [c, d])).toEqual(slow([a, b], [c, d]));
    }),
  );
});

test('folds are threefry of (0, data) and every purpose has a stream of its own', () => {
  expect(keyOf(-1)).toEqual([0, 0xffffffff]);
  expect(fold(keyOf(7), 3)).toEqual(threefry2x32([0, 7], [0, 3]));
  const values = Object.values(purposes);
  expect(new Set(values).size).toBe(values.length);
});

test('unit is in [0, 1) and exact in float32', () => {
  expect(unit(0)).toBe(0);
  expect(unit(0xffffffff)).toBe(1 - 2 ** -24);
  fc.assert(fc.property(word, (w) => unit(w) >= 0 && unit(w) < 1 && Math.fround(unit(w)) === unit(w)));
});

test('below is the high word of word times bound, and stays under the bound', () => {
  fc.assert(
    fc.property(word, word, fc.integer({ min: 1, max: 0xffffffff }), (seed, index, bound) => {
      const drawn = below(keyOf(seed), index, bound);
      expect(drawn).toBeGreaterThanOrEqual(0);
      expect(drawn).toBeLessThan(bound);
      const rejectBelow = (2n ** 32n - BigInt(bound)) % BigInt(bound);
      for (let retry = 0; ; retry++) {
        const product = BigInt(threefry2x32(keyOf(seed), [retry, index])[0]) * BigInt(bound);
        if ((product & 0xffffffffn) < rejectBelow) continue;
        expect(drawn).toBe(Number(product >> 32n));
        break;
      }
    }),
  );
});

test('below is even over a small bound', () => {
  const counts = new Array<number>(6).fill(0);
  for (let index = 0; index < 60_000; index++) {
    const face = below(keyOf(1), index, 6);
    counts[face] = (counts[face] ?? 0) + 1;
  }
  // 10,000 each expected, standard deviation 91: six of them off is a fault, not chance.
  for (const count of counts) expect(Math.abs(count - 10_000)).toBeLessThan(550);
});

test('a permutation holds every index once and moves with its key', () => {
  for (const count of [0, 1, 2, 1000]) {
    const order = permutation(keyOf(5), count);
    expect([...order].toSorted((a, b) => a - b)).toEqual(Array.from({ length: count }, (_, i) => i));
  }
  expect(permutation(keyOf(5), 1000)).toEqual(permutation(keyOf(5), 1000));
  expect(permutation(keyOf(5), 1000)).not.toEqual(permutation(keyOf(6), 1000));
});
