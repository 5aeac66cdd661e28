import { expect, test } from 'vitest';
import { aucDifference, bytes, duration, estimate, percent, points, similarity, timeLeft } from './numbers.ts';
import { shortName } from './parts/Name.tsx';

const plain = (text: string) => text.replaceAll('\u00a0', ' ');

test('differences carry their sign, a true minus, and none at zero', () => {
  expect([points(0.006), points(-0.001), points(0.00001)]).toEqual(['+0.6', '−0.1', '0.0']);
  expect([aucDifference(0.0016), aucDifference(-0.0001), aucDifference(-0.00001)]).toEqual(['+0.0016', '−0.0001', '0.0000']);
  expect([similarity(-0.204), similarity(-0.001)]).toEqual(['−0.20', '0.00']);
});

test('units stand after their numbers', () => {
  expect(plain(percent(0.9531))).toBe('95.3 %');
  expect(plain(bytes(35_461_855))).toBe('35.5 MB');
  expect(plain(duration(432_000))).toBe('7 min 12 s');
});

test('time left has no seconds', () => {
  expect([estimate(59_000), estimate(432_000), estimate(7_800_000)].map(plain)).toEqual([
    'under 1 min',
    'about 7 min',
    'about 2 h 10 min',
  ]);
  expect([timeLeft(59_000), timeLeft(240_000), timeLeft(7_800_000), timeLeft(null)].map(plain)).toEqual([
    'under 1 min left',
    '4 min left',
    '2 h 10 min left',
    'timing',
  ]);
});

test('a file’s name loses its middle and any mark that turns or hides text', () => {
  expect(shortName('cells_hospital_b_channels_first.npz', 20)).toBe('cells_hospit…rst.npz');
  expect(shortName('a\u202Egpj.npz\u0000', 40)).toBe('agpj.npz');
});
