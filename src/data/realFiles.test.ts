/** Files that others wrote: NumPy's own fixtures in this repository, and the MedMNIST files where a copy lies beside it. */
import { existsSync, readFileSync } from 'node:fs';
import { inflateRawSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { readDataset } from './intake.ts';
import { Source } from './source.ts';
import { fileOf } from './testing/build.ts';
import { readZip } from './zip.ts';

interface Expected {
  readonly pixels: Record<'rgb' | 'grey', Record<string, string>>;
  readonly files: Record<
    string,
    { shape: number[]; images: 'rgb' | 'grey' | Record<string, string>; labels: Record<string, number[]> }
  >;
}

const fixtures = new URL('./testing/fixtures/', import.meta.url);
const expected = JSON.parse(readFileSync(new URL('expected.json', fixtures), 'utf8')) as Expected;

describe('files written by NumPy', () => {
  it.each(Object.keys(expected.files))('%s comes out as NumPy put it in', async (name) => {
    const file = expected.files[name]!;
    const { dataset } = await readDataset(fileOf(readFileSync(new URL(`${name}.npz`, fixtures)), `${name}.npz`));
    expect([dataset.height, dataset.width, dataset.channels]).toEqual([file.shape[0], file.shape[1], file.shape[2] ?? 1]);
    const images = typeof file.images === 'string' ? expected.pixels[file.images] : file.images;
    for (const split of ['train', 'val', 'test'] as const) {
      expect(Buffer.from(dataset.splits[split]!.images).toString('base64')).toBe(images[split]);
      expect([...dataset.splits[split]!.labels]).toEqual(file.labels[split]);
    }
  });
});

const folder = process.env['DATA_DIR'] ?? new URL('../../../shared/data', import.meta.url).pathname;
const present = existsSync(`${folder}/bloodmnist_remade.npz`);
if (!present) console.warn(`No MedMNIST files in ${folder}: their tests are skipped. Set DATA_DIR to a folder that has them.`);

const load = (name: string): File => fileOf(readFileSync(`${folder}/${name}.npz`), `${name}.npz`);

describe.skipIf(!present)('MedMNIST files', () => {
  it('breastmnist is known as the official file, with its counts and classes', async () => {
    const { dataset, summary } = await readDataset(load('breastmnist'));
    expect(summary).toMatchObject({
      match: 'official',
      md5: '750601b1f35ba3300ea97c75c52ff8f6',
      licence: 'CC BY 4.0',
      task: 'binary-class',
      counts: { train: 546, val: 78, test: 156 },
      classCounts: { train: [147, 399], val: [21, 57], test: [42, 114] },
      classNames: ['malignant', 'normal, benign'],
    });
    expect(dataset).toMatchObject({
      name: 'breastmnist',
      title: 'BreastMNIST',
      height: 28,
      width: 28,
      channels: 1,
      synthetic: false,
    });
    expect(summary.thumbnails.map(({ count, rgba }) => [count, rgba.length])).toEqual([
      [8, 8 * 28 * 28 * 4],
      [8, 8 * 28 * 28 * 4],
    ]);
  });

  it('pneumoniamnist is known as the official file, with its counts', async () => {
    const { summary } = await readDataset(load('pneumoniamnist'));
    expect(summary).toMatchObject({
      match: 'official',
      counts: { train: 4708, val: 524, test: 624 },
      classCounts: { train: [1214, 3494], val: [135, 389], test: [234, 390] },
    });
  });

  it('a re-made BloodMNIST is known by its shapes and not taken for the official file', async () => {
    const { dataset, summary } = await readDataset(load('bloodmnist_remade'));
    expect(summary).toMatchObject({
      match: 'same-shape',
      source: null,
      counts: { train: 11_959, val: 1712, test: 3421 },
      channels: 3,
    });
    expect(dataset.name).toBe('bloodmnist_remade');
    expect(dataset.classNames[7]).toBe('platelet');
    expect(Math.max(...summary.classCounts.test!)).toBe(666);
  });

  it('reading 32 MB takes a small multiple of inflating them', async () => {
    const file = load('bloodmnist_remade');
    const bytes = new Uint8Array(await file.arrayBuffer());
    const { members } = await readZip(new Source(file));
    const inflate = (): void =>
      members.forEach((member) => void inflateRawSync(bytes.subarray(member.dataFrom, member.dataFrom + member.compressedBytes)));
    const ratios: number[] = [];
    for (let round = 0; round < 4; round++) {
      const began = performance.now();
      inflate();
      const between = performance.now();
      await readDataset(file);
      ratios.push((performance.now() - between) / (between - began));
    }
    console.info(`reading / zlib.inflateRawSync: ${ratios.map((ratio) => ratio.toFixed(2)).join(', ')}`);
    // The aim is 3; a machine that does other work beside this one disturbs two threads more than one.
    expect(Math.min(...ratios)).toBeLessThan(6);
  });
});
