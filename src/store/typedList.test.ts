import { describe, expect, it } from 'vitest';
import { readList } from './typedList.ts';

const bounds = { min: 0, max: 1000, maxItems: 12 };

describe('a list of whole numbers', () => {
  it.each([
    ['', []],
    ['3', [3]],
    ['0 1,2; 5', [0, 1, 2, 5]],
    ['0-9', [0, 1, 2, 3, 4, 5, 6, 7, 8, 9]],
    ['7, 0 to 2', [7, 0, 1, 2]],
    ['1..3 8 – 9', [1, 2, 3, 8, 9]],
    ['4-4', [4]],
  ])('%j is read', (text, values) => {
    expect(readList(text, bounds)).toEqual({ values });
  });

  it.each([
    ['1, x', 'x'],
    ['1.5', '1.5'],
    ['9-0', '9-0'],
    ['-3', '-3'],
    ['0-1001', '0-1001'],
    ['1e400', '1e400'],
  ])('%j is handed back at what does not fit', (text, odd) => {
    expect(readList(text, bounds)).toEqual({ odd });
  });

  it('a span longer than the field takes is not written out', () => {
    expect(readList('0-999', bounds)).toEqual({ tooMany: true });
    expect(readList('0-4294967295', { min: 0, max: 4_294_967_295, maxItems: 100 })).toEqual({ tooMany: true });
  });
});
