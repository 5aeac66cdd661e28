import { expect, test } from 'vitest';
import { listWindow, rowHeight } from './listWindow.ts';

test('a short list scrolls as it is', () => {
  const window = listWindow(1000, 100 * rowHeight, 520);
  expect(window.space).toBe(1000 * rowHeight);
  expect(window.first).toBeLessThanOrEqual(100);
  expect(window.first + window.rows).toBeGreaterThanOrEqual(120);
  expect(window.offset).toBe(window.first * rowHeight);
});

test('a list of five million rows stays within what a browser can scroll, and its end is reached', () => {
  const height = 520;
  const { space } = listWindow(5_000_000, 0, height);
  expect(space).toBeLessThan(16_000_000);
  const end = listWindow(5_000_000, space - height, height);
  expect(end.first + end.rows).toBe(5_000_000);
  // The last row's lower edge meets the lower edge of the view.
  expect(end.offset + end.rows * rowHeight).toBeCloseTo(space, 0);
});

test('an empty list has no rows', () => {
  expect(listWindow(0, 0, 520)).toMatchObject({ first: 0, rows: 0 });
});
