import { expect, test } from 'vitest';
import { endPlaces } from './endPlaces.ts';

const at = (...ys: number[]) => ys.map((y) => ({ y, height: 10 }));

test('labels that do not meet stay where they are', () => {
  expect(endPlaces(at(0, 20, 40), 0, 100)).toEqual([0, 20, 40]);
});

test('labels that would meet are moved apart by the least that will do', () => {
  expect(endPlaces(at(50, 50), 0, 100)).toEqual([45, 55]);
  // The third is met by the other two, and moves with them.
  expect(endPlaces(at(50, 50, 58), 0, 100)[2]).toBeCloseTo(62.67, 2);
});

test('none leaves the plot while there is room', () => {
  expect(endPlaces(at(98, 99, 99), 0, 100)).toEqual([70, 80, 90]);
  expect(endPlaces(at(-5, -4, 2), 0, 100)).toEqual([0, 10, 20]);
});

test('any number of labels keeps its order and its distance', () => {
  const places = endPlaces(at(...Array.from({ length: 9 }, (_, k) => 40 + k * k * 0.7)), 0, 120);
  for (let k = 1; k < places.length; k++) expect((places[k] ?? 0) - (places[k - 1] ?? 0)).toBeGreaterThanOrEqual(10 - 1e-9);
  expect(places[0]).toBeGreaterThanOrEqual(0);
  expect(places.at(-1)).toBeLessThanOrEqual(110);
});
