/** A save counts whole or not at all: whatever breaks and whenever, what is read is the save before it or the new one. */
import { describe, expect, test } from 'vitest';
import { load, Slots, type Folder } from './slots.ts';
import { memoryFolder } from './testing/memoryFolder.ts';

const bytesOf = async (folder: Folder, name: string) =>
  new Uint8Array((await (await folder.read(name))?.arrayBuffer()) ?? new ArrayBuffer(0));

async function saved(...values: readonly unknown[]): Promise<Folder> {
  const folder = memoryFolder();
  const slots = new Slots(folder);
  for (const value of values) await slots.save(value);
  return folder;
}

/** The folder, whose call number `broken` fails: a write leaves `left` of its bytes behind, as a killed process might. */
function failing(folder: Folder, broken: number, left: number): { readonly folder: Folder; readonly calls: () => number } {
  let calls = 0;
  const breaks = () => calls++ === broken;
  const refused = () => new DOMException('no room', 'QuotaExceededError');
  return {
    calls: () => calls,
    folder: {
      ...folder,
      read: (name) => (breaks() ? Promise.reject(refused()) : folder.read(name)),
      async write(name, pieces) {
        if (!breaks()) return folder.write(name, pieces);
        const whole = new Uint8Array(await new Blob([...pieces]).arrayBuffer());
        if (left > 0) await folder.write(name, [whole.slice(0, Math.floor(left * whole.length))]);
        throw refused();
      },
    },
  };
}

describe('two slots', () => {
  test('give the newest save back, also to whoever opens them later', async () => {
    const folder = await saved({ at: 1 }, { at: 2 }, { at: 3 });
    expect(await load(folder)).toEqual({ value: { at: 3 }, damaged: false });
    await new Slots(folder).save({ at: 4 });
    expect(await load(folder)).toEqual({ value: { at: 4 }, damaged: false });
    expect(await load(memoryFolder())).toBeNull();
  });

  test.each([0, 0.3, 0.99])('hold the old save or the new one, whichever call fails, with %d of a write done', async (left) => {
    for (let broken = 0; ; broken++) {
      const folder = await saved({ at: 1 }, { at: 2 });
      const { folder: breaking, calls } = failing(folder, broken, left);
      const error = await new Slots(breaking).save({ at: 3 }).then(
        () => null,
        (thrown: unknown) => thrown,
      );
      const found = (await load(folder))?.value;
      if (error === null) expect(found).toEqual({ at: 3 });
      else expect([{ at: 2 }, { at: 3 }]).toContainEqual(found);
      if (calls() <= broken) return expect(broken).toBeGreaterThan(3);
      // The next save stands, whatever the one before it left.
      await new Slots(folder).save({ at: 4 });
      expect((await load(folder))?.value).toEqual({ at: 4 });
    }
  });

  test('go on from the other where one is damaged, and say so; an empty file is no save', async () => {
    const folder = await saved({ at: 1 }, { at: 2 });
    for (const flipped of [0, 9, 40]) {
      const bytes = await bytesOf(folder, 'b.ckpt');
      bytes[flipped] = (bytes[flipped] as number) ^ 1;
      const other = await saved({ at: 1 }, { at: 2 });
      await other.write('b.ckpt', [bytes]);
      expect(await load(other)).toEqual({ value: { at: 1 }, damaged: true });
    }
    await folder.write('b.ckpt', []);
    expect(await load(folder)).toEqual({ value: { at: 1 }, damaged: false });
    await folder.write('a.ckpt', [new Uint8Array(50)]);
    expect(await load(folder)).toBeNull();
  });
});
