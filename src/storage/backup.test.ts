import { describe, expect, it } from 'vitest';
import { filesBelow, makeBackup, readBackup } from './backup.ts';
import { memoryFolder } from './testing/memoryFolder.ts';

const blob = (...bytes: number[]) => new Blob([Uint8Array.from(bytes)]);
const files = [
  { path: ['experiments', 'a', 'record.json'], file: blob(1, 2, 3) },
  { path: ['datasets', 'f00'], file: new Blob([new Uint8Array(9_000_000).fill(7)]) },
  { path: ['experiments', 'a', 'empty'], file: blob() },
];

async function plain(named: Awaited<ReturnType<typeof readBackup>>) {
  return Promise.all(
    named.map(async ({ path, file }) => [path.join('/'), file.size, new Uint8Array(await file.arrayBuffer())[0]]),
  );
}

describe('a backup', () => {
  it('gives back every file as it was', async () => {
    expect(await plain(await readBackup(await makeBackup(files)))).toEqual(await plain(files));
  });

  it('is refused as a whole where one byte is missing, altered or too many', async () => {
    const bytes = new Uint8Array(await (await makeBackup(files.slice(0, 1))).arrayBuffer());
    const refusal = (changed: Uint8Array<ArrayBuffer>) =>
      expect(readBackup(new Blob([changed]))).rejects.toMatchObject({ code: 'backup-damaged' });
    for (let at = 0; at < bytes.length; at += 3) {
      const altered = bytes.slice();
      altered[at] = (altered[at] as number) ^ 1;
      await refusal(altered);
      await refusal(bytes.slice(0, at));
    }
    await refusal(Uint8Array.from([...bytes, 0]));
  });

  it('holds all that lies below a folder, however deep', async () => {
    const root = memoryFolder();
    await root
      .folder('experiments')
      .folder('a')
      .write('record.json', [Uint8Array.of(1)]);
    await root
      .folder('experiments')
      .folder('a')
      .folder('kernels')
      .write('0', [Uint8Array.of(2)]);
    await root.folder('datasets').write('f00', [Uint8Array.of(3)]);
    expect((await filesBelow(root)).map(({ path }) => path.join('/'))).toEqual([
      'datasets/f00',
      'experiments/a/kernels/0',
      'experiments/a/record.json',
    ]);
  });
});
