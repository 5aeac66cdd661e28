/** Archives beyond 4 GiB, and members that are exact to their last byte. */
import fc from 'fast-check';
import { deflateRawSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { crc32 } from '../base/bytes.ts';
import type { StudioError } from '../base/errors.ts';
import { headOf, readMember } from './member.ts';
import { Source } from './source.ts';
import { deflateStored, deflateZeros, fileOf, pixels, sparse, zip } from './testing/build.ts';
import { readZip, type ZipMember } from './zip.ts';

describe('archives', () => {
  it('row 22: members beyond 4 GiB are found and read', async () => {
    const holeBytes = 5 * 2 ** 30;
    const head = pixels(100, 1);
    const far = pixels(5000, 2);
    const bytes = zip(
      [
        {
          name: 'large.npy',
          data: head,
          sizeBytes: head.length + holeBytes,
          compressedBytes: head.length + holeBytes,
          zip64Entry: true,
        },
        { name: 'far.npy', data: far, deflated: true, zip64Entry: true },
      ],
      { zip64End: true, holeBytes },
    );
    const source = new Source(sparse(bytes, 30 + 9 + head.length, holeBytes));
    const { members } = await readZip(source);
    expect(members.map(({ name, sizeBytes }) => [name, sizeBytes])).toEqual([
      ['large.npy', head.length + holeBytes],
      ['far.npy', far.length],
    ]);
    const pieces: number[] = [];
    await readMember(source, members[1]!, (piece) => void pieces.push(...piece));
    expect(Uint8Array.from(pieces)).toEqual(far);
  });

  it('reads what zlib compressed at any level', async () => {
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 3000 }), fc.integer({ min: 0, max: 9 }), async (data, level) => {
        const source = new Source(
          fileOf(zip([{ name: 'a', data, raw: new Uint8Array(deflateRawSync(data, { level })), method: 8 }])),
        );
        const { members } = await readZip(source);
        const pieces: number[] = [];
        await readMember(source, members[0]!, (piece) => void pieces.push(...piece));
        expect(Uint8Array.from(pieces)).toEqual(data);
        expect(await headOf(source, members[0]!, 10)).toEqual(data.slice(0, 10));
      }),
      { numRuns: 60 },
    );
  });
});

describe('members', () => {
  const data = pixels(3000, 3);
  const read = async (raw: Uint8Array, declared: Partial<ZipMember> = {}): Promise<string> => {
    const file = fileOf(new Uint8Array([...raw, 1, 2, 3]));
    const member = {
      name: 'a.npy',
      method: 'deflated',
      crc32: crc32(data),
      compressedBytes: raw.length,
      sizeBytes: data.length,
      dataFrom: 0,
      ...declared,
    } satisfies ZipMember;
    return readMember(new Source(file), member, () => undefined).then(
      () => 'read',
      (cause: StudioError) => cause.code,
    );
  };

  it('any bytes after the end of the deflate stream are refused, in Node as in browsers', async () => {
    const whole = deflateStored(data);
    expect(await read(whole)).toBe('read');
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ minLength: 1, maxLength: 40 }), async (junk) => {
        expect(await read(Uint8Array.from([...whole, ...junk]))).toBe('zip-inflate');
      }),
      { numRuns: 60 },
    );
  });

  it('a stream cut at any byte is refused', async () => {
    const whole = new Uint8Array(deflateRawSync(data));
    for (let length = 0; length < whole.length; length += 97) expect(await read(whole.slice(0, length))).toBe('zip-inflate');
    expect(await read(whole.slice(0, -1))).toBe('zip-inflate');
  });

  it('a stream that gives more or fewer bytes than declared is refused', async () => {
    expect(await read(deflateStored(data), { sizeBytes: 2999 })).toBe('zip-size-lie');
    expect(await read(deflateStored(data), { sizeBytes: 3001 })).toBe('zip-size-lie');
    expect(await read(deflateZeros(1000))).toBe('zip-size-lie');
    expect(await read(deflateStored(data), { crc32: 1 })).toBe('zip-crc');
  });

  it('an error of the sink comes out as it is', async () => {
    const stop = new Error('enough');
    const file = fileOf(deflateStored(data));
    const member: ZipMember = {
      name: 'a',
      method: 'deflated',
      crc32: crc32(data),
      compressedBytes: file.size,
      sizeBytes: data.length,
      dataFrom: 0,
    };
    const reading = readMember(new Source(file), member, () => {
      throw stop;
    });
    await expect(reading).rejects.toBe(stop);
  });
});
