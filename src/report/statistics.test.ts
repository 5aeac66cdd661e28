import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { certainty, settles } from './certainty.ts';
import { beyondNormal, mcNemar, mcNemarOf } from './mcnemar.ts';
import { pairedDifference, sampleStd } from './statistics.ts';
import { tQuantile } from './student.ts';

/** Made by `testing/statistics.py` with SciPy. */
interface Golden {
  readonly tQuantile: readonly { dof: number; t: number }[];
  readonly normalTail: readonly { z: number; p: number }[];
  readonly paired: readonly { before: number[]; after: number[]; mean: number; std: number; interval: number[]; p: number }[];
  readonly mcnemar: readonly {
    onlyBefore: number;
    onlyAfter: number;
    exact: number;
    chiSquared: number | null;
    chiSquaredP: number | null;
  }[];
}
const golden = JSON.parse(readFileSync(new URL('./testing/statistics.json', import.meta.url), 'utf8')) as Golden;
const near = (found: number | null | undefined, expected: number, relative = 1e-9) =>
  expect(Math.abs((found ?? Number.NaN) - expected)).toBeLessThanOrEqual(relative * Math.max(Math.abs(expected), 1e-6));

describe('as SciPy says', () => {
  test.each(golden.tQuantile)('the 97.5 % point of t with $dof degrees of freedom', ({ dof, t }) =>
    near(tQuantile(0.95, dof), t),
  );

  test.each(golden.normalTail)('both tails of the normal beyond $z', ({ z, p }) => near(beyondNormal(z), p));

  test.each(golden.paired)('mean, deviation, interval and p of a paired difference, mean $mean', (row) => {
    const found = pairedDifference(row.before.map((before, at) => ({ before, after: row.after[at] as number })));
    near(found?.mean, row.mean);
    near(found?.std, row.std);
    near(found?.interval?.[0], row.interval[0] as number);
    near(found?.interval?.[1], row.interval[1] as number);
    near(found?.p, row.p, 1e-7);
  });

  test.each(golden.mcnemar)('McNemar’s p with $onlyBefore and $onlyAfter discordant images', (row) => {
    const found = mcNemarOf(row.onlyBefore, row.onlyAfter);
    const few = row.onlyBefore + row.onlyAfter < 25;
    expect(found.method).toBe(few ? 'exact' : 'chi-squared');
    near(found.p, few ? row.exact : (row.chiSquaredP as number));
    expect(found.chiSquared).toBe(few ? null : row.chiSquared);
  });
});

test('McNemar counts only the images that one of both got right', () => {
  expect(mcNemar([1, 1, 0, 0, 1], [1, 0, 1, 0, 0])).toMatchObject({ onlyBefore: 2, onlyAfter: 1 });
  expect(() => mcNemar([1], [1, 0])).toThrow('pairs 1 predictions with 2');
});

describe('what a difference settles', () => {
  const of = (...differences: number[]) => {
    const found = pairedDifference(differences.map((after) => ({ before: 0, after })));
    if (found === null) throw new Error('No pairs.');
    return found;
  };

  test('fewer than three seeds settle nothing, whatever their interval', () => {
    expect(certainty(of(0.01))).toContain('One seed settles nothing');
    expect(of(0.01, 0.0101).interval?.[0]).toBeGreaterThan(0);
    expect(certainty(of(0.01, 0.0101))).toContain('two seeds settle nothing');
    expect(settles(of(0.01, 0.0101))).toBe(false);
  });

  test('an interval across 0 settles nothing, and all-even seeds neither', () => {
    expect(settles(of(0.01, -0.02, 0.01, 0.03))).toBe(false);
    expect(certainty(of(0.01, -0.02, 0.01, 0.03))).toContain('Interval includes 0');
    expect(settles(of(0, 0, 0))).toBe(false);
  });

  test('three seeds whose interval excludes 0 settle it for one dataset and network', () => {
    expect(settles(of(0.01, 0.011, 0.012))).toBe(true);
    expect(certainty(of(0.01, 0.011, 0.012))).toContain('one dataset, one network');
  });

  test('differences that are the same but for rounding have no deviation and no p', () => {
    const images = [
      [60, 61],
      [62, 63],
      [80, 81],
      [85, 86],
    ] as const;
    const found = pairedDifference(images.map(([before, after]) => ({ before: before / 156, after: after / 156 })));
    expect(new Set(found?.differences).size).toBeGreaterThan(1);
    expect(found).toMatchObject({ std: 0, p: null });
    expect(found?.interval).toEqual([found?.mean, found?.mean]);
    // A difference of one image among very many is not taken for rounding.
    expect(pairedDifference([1, 2, 3].map((each) => ({ before: 0.5, after: 0.5 + each * 1e-9 })))?.std).toBeGreaterThan(0);
  });

  test('a p too small for a float64 is 0 and never below', () => {
    const found = of(...Array.from({ length: 40 }, (_, at) => 0.1 + (at % 2) * 1e-9));
    expect(found.p).toBeGreaterThanOrEqual(0);
    expect(found.p).toBeLessThan(1e-12);
  });

  test('wins, losses and ties are counted by sign', () => {
    expect(of(0.1, -0.2, 0, 0.3)).toMatchObject({ wins: 2, losses: 1, ties: 1 });
    expect(sampleStd([2, 2])).toBe(0);
  });
});
