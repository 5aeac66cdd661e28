import { expect, it } from 'vitest';
import { drawnBits, expectedBits } from './testing/drawnBits.ts';

it.each([...expectedBits])('seed %i draws these bits in a browser, as in Node', async (seed, expected) => {
  expect(await drawnBits(seed)).toBe(expected);
});
