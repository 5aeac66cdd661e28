/** Headers: the grammar takes what Python prints and nothing else, and no text makes it throw anything but a StudioError. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { StudioError } from '../base/errors.ts';
import { dtypeOf, halfToNumber, itemsIn } from './dtype.ts';
import { parseNpy } from './npy.ts';
import { literalText, NotLiteral, parseDict } from './pythonLiteral.ts';
import { npy } from './testing/build.ts';

describe('the grammar', () => {
  it.each(["{'a': (1, 2,), 'b': [True, None], 'c': -1.5e3}", '{"a": ((1,), ()), "b": ["x", False], "c": .5}', '{}', ' { } \n'])(
    'takes %s',
    (text) => {
      expect(parseDict(text)).toBeInstanceOf(Map);
    },
  );

  it.each([
    "{'a': 1",
    "{'a' 1}",
    "{'a': 1,, }",
    '{a: 1}',
    "{'a': b}",
    "{'a': 1} x",
    "{'a': 'x\\'y'}",
    "{'a': 1 + 1}",
    "{'a': --1}",
    "{'a': 0x1}",
    "['a']",
    '',
  ])('refuses %s', (text) => {
    expect(() => parseDict(text)).toThrow(NotLiteral);
  });

  it('refuses brackets without end quickly', () => {
    expect(() => parseDict(`{'a': ${'('.repeat(9000)}`)).toThrow(NotLiteral);
  });

  it('reads back the literals that it prints', () => {
    const text = "(1, (2,), ['x', True], None, -3)";
    const literal = parseDict(`{'a': ${text}}`).get('a')!;
    expect(literalText(literal)).toBe(text);
  });

  it('keeps a key called __proto__ a mere key', () => {
    expect([...parseDict("{'__proto__': 1}").keys()]).toEqual(['__proto__']);
  });
});

describe('headers', () => {
  it('reads back any shape, order and number format', () => {
    const descrs = ['|u1', '|b1', '<i2', '>i4', '<i8', '<f2', '>f4', '<f8'];
    fc.assert(
      fc.property(
        fc.array(fc.nat(9), { maxLength: 8 }),
        fc.constantFrom(...descrs),
        fc.boolean(),
        fc.constantFrom(1, 2, 3),
        (shape, descr, fortran, version) => {
          const items = shape.reduce((product, size) => product * size, 1) * dtypeOf(descr)!.itemBytes;
          const bytes = npy({ descr, shape, fortran, version: [version, 0], data: new Uint8Array(Math.min(items, 2 ** 20)) });
          if (items > 2 ** 20) return;
          const header = parseNpy(bytes.subarray(0, 10_012), 'a.npy', bytes.length, 'f.npz');
          expect(header).toMatchObject({ shape, fortranOrder: fortran, dtype: dtypeOf(descr) });
          expect(header.dataFrom % 64).toBe(0);
        },
      ),
    );
  });

  it('any header text is read or refused by a StudioError', () => {
    const word = fc.constantFrom(
      "'descr'",
      "'fortran_order'",
      "'shape'",
      ':',
      ',',
      '{',
      '}',
      '(',
      ')',
      '[',
      ']',
      'True',
      '1',
      "'|u1'",
      "'<f4'",
      ' ',
      '-',
      'L',
      '1e9',
      '"',
    );
    fc.assert(
      fc.property(
        fc.oneof(
          fc.array(word, { maxLength: 30 }).map((words) => words.join('')),
          fc.string({ unit: 'binary' }),
        ),
        (header) => {
          const bytes = npy({ header, version: [3, 0], data: new Uint8Array(4) });
          try {
            parseNpy(bytes, 'a.npy', bytes.length, 'f.npz');
          } catch (thrown) {
            expect(thrown).toBeInstanceOf(StudioError);
          }
        },
      ),
      { numRuns: 2000 },
    );
  });
});

describe('number formats', () => {
  it('reads every binary16 as the standard has it', () => {
    expect([0, 0x3c00, 0xc000, 0x7bff, 0x0001, 0x8000].map(halfToNumber)).toEqual([0, 1, -2, 65504, 2 ** -24, -0]);
    expect([0x7c00, 0xfc00, 0x7e00].map(halfToNumber)).toEqual([Infinity, -Infinity, NaN]);
  });

  it('reads integers of both byte orders and signs', () => {
    const bytes = Uint8Array.of(0xff, 0xfe, 0xfd, 0xfc, 0xfb, 0xfa, 0xf9, 0xf8);
    const first = (descr: string): number => itemsIn(bytes, dtypeOf(descr)!)(0);
    expect([first('<i2'), first('>i2'), first('<u4'), first('>u4'), first('|i1')]).toEqual([
      -257, -2, 0xfcfdfeff, 0xfffefdfc, -1,
    ]);
  });

  it.each(['|O', '<U2', '<M8', '|V2', '<c8', '<f16', '<i3', 'u', '', '|u1 '])('does not take %s for a number', (descr) => {
    expect(dtypeOf(descr)).toBeNull();
  });
});
