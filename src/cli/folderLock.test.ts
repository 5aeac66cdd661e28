/** One process at a time in a results folder: who holds it, who may take it over, and what the command says to a second one. */
import { existsSync, mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { FolderLock, lockName } from './folderLock.ts';
import { NodeFolder } from './nodeFolder.ts';
import { filesOf, inmerge, start, workplace, writeDataset } from './testing/command.ts';

const { folder, data, at } = workplace();
const few = ['network.widthMultiplier=0.25', 'optimiser.batchSize=16', 'backbone.epochs=2', 'finetune.epochs=2'];
const run = ['run', 'quick', '--data', data, '--device', 'wasm', ...few.flatMap((each) => ['--set', each])];
const refusal = (taking: Promise<void>): Promise<unknown> => taking.then(() => null).catch((thrown: unknown) => thrown);

beforeAll(() => writeDataset(data));
afterAll(() => folder.remove());

test('of many that take a folder at once one has it, and the next when that one lets go', async () => {
  const locks = Array.from({ length: 8 }, () => new FolderLock(new NodeFolder(at('many'))));
  const refused = await Promise.all(locks.map((lock) => refusal(lock.take())));
  expect(refused.filter((each) => each === null)).toHaveLength(1);
  for (const each of refused) if (each !== null) expect(each).toMatchObject({ code: 'out-in-use' });
  const holder = locks[refused.indexOf(null)] as FolderLock;
  await holder.take();
  await holder.refuseHeld();
  await holder.release();
  expect(readdirSync(at('many'))).toEqual([]);
  expect(await refusal((locks[0] as FolderLock).take())).toBeNull();
});

test('what a dead process left is taken over by one of many, also where its number lives on in another', async () => {
  const dead = { pid: 2 ** 30, host: hostname(), born: null, since: '2026-01-01T00:00:00.000Z', token: 'x' };
  const reborn = { ...dead, pid: process.pid, born: 'another boot/1' };
  for (const left of [JSON.stringify(dead), JSON.stringify(reborn), '', '{"pid":']) {
    if (left.includes('another boot') && !existsSync('/proc/self/stat')) continue;
    mkdirSync(at('stale'), { recursive: true });
    writeFileSync(join(at('stale'), lockName), left);
    const locks = Array.from({ length: 6 }, () => new FolderLock(new NodeFolder(at('stale'))));
    const refused = await Promise.all(locks.map((lock) => refusal(lock.take())));
    expect(refused.filter((each) => each === null)).toHaveLength(1);
    expect(JSON.parse(readFileSync(join(at('stale'), lockName), 'utf8'))).toMatchObject({ pid: process.pid });
    for (const lock of locks) await lock.release();
    expect(readdirSync(at('stale'))).toEqual([]);
  }
});

test('a lock of another machine stands, and says how to be rid of it', async () => {
  const foreign = { pid: 1, host: 'elsewhere', born: null, since: '2026-01-01T00:00:00.000Z', token: 'x' };
  mkdirSync(at('foreign'));
  writeFileSync(join(at('foreign'), lockName), JSON.stringify(foreign));
  expect(await refusal(new FolderLock(new NodeFolder(at('foreign'))).take())).toMatchObject({
    code: 'out-in-use',
    message: expect.stringContaining('Process 1 on “elsewhere”') as string,
    remedy: expect.stringContaining(`remove “${lockName}”`) as string,
  });
});

test('a folder that a run is writing is left alone by every other command, which says who is there', async () => {
  const command = start([...run, '--checkpoint-seconds', '0', '--out', at('busy')]);
  await command.said('backbone epoch 1');
  command.process.kill('SIGSTOP');
  try {
    const before = filesOf(at('busy'));
    for (const more of [[], ['--resume'], ['--overwrite']]) {
      const { code, stderr } = await inmerge(...run, '--out', at('busy'), ...more);
      expect(stderr).toMatch(/^error out-in-use: Process \d+ on /);
      expect(stderr).toContain(`Process ${command.process.pid} `);
      expect(code).toBe(1);
    }
    expect(filesOf(at('busy'))).toEqual(before);
  } finally {
    command.process.kill('SIGCONT');
  }
  const { code, stderr } = await command.ended;
  expect(code, stderr).toBe(0);
  expect(readdirSync(at('busy'))).not.toContain(lockName);
}, 60_000);

test('where no lock can be written, that is what is said', async () => {
  mkdirSync(join(at('odd'), lockName), { recursive: true });
  expect(await refusal(new FolderLock(new NodeFolder(at('odd'))).take())).toMatchObject({ code: 'write-refused' });
  // Nobody can make a file there, whoever runs the test.
  if (existsSync('/proc/self/fd'))
    expect(await refusal(new FolderLock(new NodeFolder('/proc/self/fd')).take())).toMatchObject({ code: 'write-refused' });
});
