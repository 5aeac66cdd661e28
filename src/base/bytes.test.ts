/** Checksums against zlib, joins against the whole, and text that cannot deceive. */
import fc from 'fast-check';
import { deflateRawSync, gunzipSync } from 'node:zlib';
import { expect, it } from 'vitest';
import { countText, crc32, crc32Joined, joined, shown, sizeText } from './bytes.ts';

it('crc32 is the checksum that gzip ends with, in any number of pieces', () => {
  expect(crc32(new TextEncoder().encode('123456789'))).toBe(0xcbf43926);
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 300 }), fc.nat(300), (bytes, cut) => {
      const crc = crc32(bytes);
      expect(crc32(bytes.subarray(cut), crc32(bytes.subarray(0, cut)))).toBe(crc);
      const trailer = new DataView(new ArrayBuffer(8));
      trailer.setUint32(0, crc, true);
      trailer.setUint32(4, bytes.length, true);
      const gzip = joined([
        Uint8Array.of(31, 139, 8, 0, 0, 0, 0, 0, 0, 255),
        deflateRawSync(bytes),
        new Uint8Array(trailer.buffer),
      ]);
      expect(new Uint8Array(gunzipSync(gzip))).toEqual(bytes);
    }),
  );
});

it('crc32Joined is the checksum of both, from those of each', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 200 }), fc.uint8Array({ maxLength: 200 }), (a, b) => {
      expect(crc32Joined(crc32(a), crc32(b), b.length)).toBe(crc32(joined([a, b])));
    }),
  );
  // 4 GiB and one zero byte appended in one step equal two steps.
  const long = 2 ** 32 + 1;
  expect(crc32Joined(crc32Joined(0x1234, 0, 2 ** 31), 0, long - 2 ** 31)).toBe(crc32Joined(0x1234, 0, long));
});

it('shown spells out what could deceive, and cuts the middle of what is long', () => {
  expect(shown('a\u202eb\0c\n')).toBe('a\\u{202e}b\\u{0}c\\u{a}');
  expect(shown('Zelle ü 細胞 <b>')).toBe('Zelle ü 細胞 <b>');
  expect(shown('x'.repeat(500), 21)).toBe(`${'x'.repeat(10)}…${'x'.repeat(10)}`);
});

it('sizes and counts read the same in every locale', () => {
  expect([0, 1, 999, 1000, 12_345_678, 999_999, 2 ** 31].map(sizeText)).toEqual([
    '0 bytes',
    '1 byte',
    '999 bytes',
    '1.0 kB',
    '12.3 MB',
    '1.0 MB',
    '2.1 GB',
  ]);
  expect([0, 999, 1600, 1234567].map(countText)).toEqual(['0', '999', '1,600', '1,234,567']);
});
