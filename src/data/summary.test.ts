/** What the report says of a dataset, and the catalogue behind it. */
import { describe, expect, it } from 'vitest';
import { catalogue, sameShape, sourceOf } from './catalogue.ts';
import { readDataset } from './intake.ts';
import { fileOf, npz, pixels, type NpyParts } from './testing/build.ts';

describe('the catalogue', () => {
  it('knows the twelve 2D datasets of MedMNIST by counts and by 48 different MD5s', () => {
    expect(catalogue).toHaveLength(12);
    expect(new Set(catalogue.flatMap(({ md5 }) => Object.values(md5))).size).toBe(48);
    expect(new Set(catalogue.map(({ counts }) => JSON.stringify(counts))).size).toBe(12);
    expect(catalogue.find(({ name }) => name === 'chestmnist')).toMatchObject({ task: 'multi-label', channels: 1 });
    expect(catalogue.find(({ name }) => name === 'retinamnist')).toMatchObject({ task: 'ordinal-regression', channels: 3 });
    expect(sourceOf(catalogue[0]!, 64)).toBe('https://zenodo.org/records/10519652/files/pathmnist_64.npz');
  });

  it('takes a set for another only where counts, side, channels and labels all agree', () => {
    const retina = {
      height: 28,
      width: 28,
      channels: 3,
      counts: { train: 1080, val: 120, test: 400 },
      labelColumns: 1,
      classes: 5,
    } as const;
    expect(sameShape(retina)?.entry.name).toBe('retinamnist');
    expect(sameShape({ ...retina, classes: 6 })).toBeNull();
    expect(sameShape({ ...retina, channels: 1 })).toBeNull();
    expect(sameShape({ ...retina, height: 64 })).toBeNull();
    expect(sameShape({ ...retina, height: 64, width: 64 })?.side).toBe(64);
    expect(sameShape({ ...retina, counts: { ...retina.counts, test: null } })).toBeNull();
  });

  it('gives a set of RetinaMNIST’s shape its task and class names', async () => {
    const split = (count: number): { images: NpyParts; labels: NpyParts } => ({
      images: { shape: [count, 28, 28, 3], data: pixels(count * 2352, count) },
      labels: { shape: [count, 1], data: Uint8Array.from({ length: count }, (_, index) => index % 5) },
    });
    const [train, val, test] = [split(1080), split(120), split(400)];
    const file = npz({
      train_images: train.images,
      train_labels: train.labels,
      val_images: val.images,
      val_labels: val.labels,
      test_images: test.images,
      test_labels: test.labels,
    });
    const { dataset, summary } = await readDataset(fileOf(file, 'my retina (2).npz'));
    expect(dataset).toMatchObject({
      task: 'ordinal-regression',
      name: 'my-retina-2',
      title: 'my retina (2).npz',
      classNames: ['0', '1', '2', '3', '4'],
    });
    expect(summary.match).toBe('same-shape');
  });
});

describe('the report', () => {
  const texts = async (changes: Parameters<typeof npz>[0] = {}): Promise<string[]> =>
    (await readDataset(fileOf(npz(changes)))).summary.checks.map(({ level, text }) => `${level}: ${text}`);

  it('says what passed', async () => {
    const checks = await texts();
    for (const text of [
      'Labels 0 to 2, no gaps',
      'No blank images',
      'Every class in every split',
      'No training image again in validation or test',
    ]) {
      expect(checks).toContain(`passed: ${text}`);
    }
  });

  it('counts blank images', async () => {
    const images = pixels(576, 9).fill(7, 64, 192);
    expect(await texts({ train_images: { shape: [9, 8, 8], data: images } })).toContain(
      'review: 2 of 18 images are blank: every value the same',
    );
  });

  it('counts test images that are training images', async () => {
    const images = pixels(576, 9);
    const test = pixels(384, 6);
    test.set(images.subarray(64, 128), 128);
    const found = await texts({
      train_images: { shape: [9, 8, 8], data: images },
      test_images: { shape: [6, 8, 8], data: test },
    });
    expect(found[0]).toBe('review: 1 of 6 test images (16.7 %) are also training images, pixel for pixel');
  });

  it('names the score of always giving one answer', async () => {
    const found = await texts({ test_labels: { shape: [6], data: Uint8Array.of(0, 1, 1, 1, 1, 2) } });
    expect(found).toContain('note: Always answering “Class 1” would score ACC 0.667 on the test split.');
  });

  it('holds thumbnails of each class, large images made smaller', async () => {
    const of = (count: number): NpyParts => ({ shape: [count, 200, 100], data: pixels(count * 20_000, count) });
    const { summary } = await readDataset(fileOf(npz({ train_images: of(9), val_images: of(3), test_images: of(6) })));
    expect(summary.thumbnails).toHaveLength(3);
    expect(summary.thumbnails[0]).toMatchObject({ classIndex: 0, count: 3, height: 50, width: 25 });
    expect(summary.thumbnails[0]?.rgba).toHaveLength(3 * 50 * 25 * 4);
  });
});
