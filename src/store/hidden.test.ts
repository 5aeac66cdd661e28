import { expect, test } from 'vitest';
import { hiddenIn, hiddenPart } from './hidden.ts';

test('what a link hides comes back, and stands before the recipe', () => {
  expect(hiddenIn(`#${hiddenPart(['network', 'merging']).join('')}&r=2.abc`)).toEqual(['network', 'merging']);
  expect(hiddenPart([])).toEqual([]);
});

test('names that are not known hide nothing', () => {
  expect(hiddenIn('#hide=train.__proto__.device.data&r=2.abc')).toEqual(['data']);
  expect(hiddenIn('#hide=&r=2.abc')).toEqual([]);
  expect(hiddenIn('#r=2.abc')).toEqual([]);
  expect(hiddenIn(`#hide=${'x.'.repeat(10_000)}network`)).toEqual([]);
});
