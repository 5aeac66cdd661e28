/** Both ways to a SHA-256 give what the tools print. */
import { createHash } from 'node:crypto';
import { expect, it } from 'vitest';
import { FileDigest, sha256Of } from './digest.ts';
import { pixels } from './testing/build.ts';

it.each([0, 2 ** 27])('digests equal OpenSSL’s, fed in uneven pieces, with files kept up to %d bytes', async (keepBytes) => {
  const bytes = pixels(100_003, 5);
  const digest = await FileDigest.begin(bytes.length, keepBytes);
  for (let at = 0, step = 1; at < bytes.length; at += step, step = (step * 3) % 4099)
    digest.update(bytes.subarray(at, at + step));
  const hash = (name: string): string => createHash(name).update(bytes).digest('hex');
  expect(await digest.end()).toEqual({ sha256: hash('sha256'), md5: hash('md5') });
  expect(await sha256Of([bytes.subarray(0, 10), bytes.subarray(10)])).toBe(hash('sha256'));
});
