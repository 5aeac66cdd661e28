import { describe, expect, test } from 'vitest';
import { centralProbability, tQuantile } from './student.ts';
import { pairedDifference, sampleStd } from './statistics.ts';

describe('Student’s t', () => {
  // Published tables of the two-sided quantiles.
  test.each([
    [0.95, 1, 12.7062047364],
    [0.95, 2, 4.3026527297],
    [0.95, 3, 3.1824463053],
    [0.95, 4, 2.7764451052],
    [0.95, 9, 2.2621571628],
    [0.95, 30, 2.0422724563],
    [0.95, 99, 1.9842169516],
    [0.99, 5, 4.0321429836],
  ])('the %s quantile at %i degrees of freedom is %f', (probability, dof, t) => {
    expect(tQuantile(probability, dof)).toBeCloseTo(t, 8);
  });

  test('the quantile inverts the probability', () => {
    for (const dof of [1, 2, 5, 8, 17]) expect(centralProbability(tQuantile(0.9, dof), dof)).toBeCloseTo(0.9, 10);
  });
});

describe('the paired difference', () => {
  test('five seeds give the interval of a paired t test', () => {
    // Deviations −20, 32, −61, 61, −12 (1e-4): variance 9010 / 4 (1e-8), half-width 2.7764 std / √5.
    const found = pairedDifference([
      { before: 0.9585, after: 0.9635 },
      { before: 0.9544, after: 0.9646 },
      { before: 0.9611, after: 0.962 },
      { before: 0.9559, after: 0.969 },
      { before: 0.9594, after: 0.9652 },
    ]);
    expect(found?.mean).toBeCloseTo(0.007, 10);
    expect(found?.std).toBeCloseTo(Math.sqrt(9010 / 4) * 1e-4, 10);
    expect(found?.interval?.[0]).toBeCloseTo(0.007 - 0.005893, 6);
    expect(found?.interval?.[1]).toBeCloseTo(0.007 + 0.005893, 6);
  });

  test('one seed has a difference and no interval, none has nothing', () => {
    expect(pairedDifference([{ before: 0.9, after: 0.91 }])).toMatchObject({ n: 1, std: null, interval: null });
    expect(pairedDifference([])).toBeNull();
    expect(sampleStd([1])).toBeNull();
  });
});
