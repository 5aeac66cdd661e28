/** File names and rows as MedMNIST's evaluator writes them. */
import { expect, test } from 'vitest';
import { scoresCsv, scoresFileName, thousandths } from './scoresCsv.ts';

const metrics = { loss: 0.3, accuracy: 0.8461538461538461, auc: 0.9129072681704261, classAuc: [] };

test('the name is the one of MedMNIST’s published scores', () => {
  expect(scoresFileName('breastmnist', metrics, 'inmerge_seed0')).toBe(
    'breastmnist_test_[AUC]0.913_[ACC]0.846@inmerge_seed0.csv',
  );
  expect(scoresFileName('../my set/é', { ...metrics, auc: null }, 'a_seed1')).toBe(
    'my-set-_test_[AUC]nan_[ACC]0.846@a_seed1.csv',
  );
});

test('ties round as Python rounds them', () => {
  // f'{x:.3f}' of odd sixteenths.
  expect([1, 3, 5, 7, 9, 11, 13, 15].map((k) => thousandths(k / 16))).toEqual([
    '0.062',
    '0.188',
    '0.312',
    '0.438',
    '0.562',
    '0.688',
    '0.812',
    '0.938',
  ]);
  expect(thousandths(1)).toBe('1.000');
  expect(thousandths(0.0005)).toBe('0.001');
});

test('a row is the index and the scores', () => {
  expect(scoresCsv(Float64Array.of(0.25, 0.75, 1, 0), 2)).toBe('0,0.25,0.75\n1,1,0\n');
});
