/** The table of bad inputs, row by row, and what holds for every file: faults, cancellation, chunk sizes, flipped bytes. */
import fc from 'fast-check';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { StudioError } from '../base/errors.ts';
import type { Dataset } from './dataset.ts';
import { IntakeRefused, readDataset } from './intake.ts';
import { pace } from './limits.ts';
import type { NamedBlob } from './source.ts';
import { badFiles } from './testing/badFiles.ts';
import { arrays, bytesOf, fileOf, npz, partsOf, pixels, zip, type NpyParts, type Part } from './testing/build.ts';
import { goodFiles } from './testing/goodFiles.ts';

/** The refusal of a file; fails the test where there is none. */
async function refusal(bytes: Uint8Array, name = 'small.npz', options = {}): Promise<IntakeRefused> {
  const thrown: unknown = await readDataset(fileOf(bytes, name), options).then(
    () => null,
    (cause: unknown) => cause,
  );
  expect(thrown).toBeInstanceOf(IntakeRefused);
  return thrown as IntakeRefused;
}

/** Everything of a dataset but its names and hash. */
function contents({ task, classNames, height, width, channels, splits }: Dataset) {
  return { task, classNames, height, width, channels, splits };
}

const banned = /\b(invalid|failed|oops)\b/i;

describe('files that must be refused', () => {
  it.each(badFiles().map((file) => [`row ${file.row}: ${file.name} is refused as ${file.code}`, file] as const))(
    '%s',
    async (_, { code, bytes }) => {
      const { problems } = await refusal(bytes);
      expect(problems.map((problem) => problem.code)[0]).toBe(code);
      for (const problem of problems) {
        expect(problem.details?.length).toBeGreaterThan(0);
        expect(problem.remedy).toBeTruthy();
        expect(JSON.stringify(problem)).not.toMatch(banned);
        if (problem.fix !== undefined) expect(problem.fix).not.toContain('\n');
      }
    },
  );

  it('covers every row that the table refuses', () => {
    const refused = [
      ...Array.from({ length: 21 }, (_, row) => row + 1),
      25,
      26,
      27,
      28,
      30,
      31,
      34,
      35,
      37,
      38,
      39,
      40,
      41,
      42,
      44,
      45,
      46,
      47,
      48,
    ];
    refused.push(49, 51, 52, 53, 55, 57, 60, 61, 62, 64, 65, 68, 69, 72, 73, 74, 75, 76, 77, 78);
    const rows = new Set(badFiles().map(({ row }) => row));
    expect(refused.filter((row) => !rows.has(row))).toEqual([]);
  });
});

describe('files that must be accepted', () => {
  it.each(goodFiles().map((file) => [`row ${file.row}: ${file.name} gives the same dataset as the plain file`, file] as const))(
    '%s',
    async (_, { bytes }) => {
      const [{ dataset }, plain] = await Promise.all([readDataset(fileOf(bytes)), readDataset(fileOf(npz()))]);
      expect(contents(dataset)).toEqual(contents(plain.dataset));
    },
  );

  it('row 29: a member called __proto__ pollutes nothing and is named as unused', async () => {
    const { summary } = await readDataset(fileOf(goodFiles().find(({ row }) => row === 29)?.bytes as Uint8Array));
    expect(({} as Record<string, unknown>)['shape']).toBeUndefined();
    expect(summary.checks.map(({ text }) => text)).toContain('Not used: “__proto__.npy”.');
  });

  it('row 30: a name that turns the text around is shown with its control character spelled out', async () => {
    const { summary } = await readDataset(fileOf(goodFiles().find(({ row }) => row === 30)?.bytes as Uint8Array));
    expect(JSON.stringify(summary.checks)).toContain('u{202e}');
    expect(JSON.stringify(summary)).not.toContain('\u202e');
  });

  it('row 32: folders and litter are passed over with a note', async () => {
    const { summary } = await readDataset(fileOf(goodFiles().find(({ row }) => row === 32)?.bytes as Uint8Array));
    expect(summary.checks.map(({ text }) => text)).toContain('Passed over: “d/”, “__MACOSX/._x.npy”, “.DS_Store”.');
  });

  it('row 56: float16 images are decoded and scaled, and the report says so', async () => {
    // 1, 0.5 and 0 in binary16.
    const halves = Uint8Array.from({ length: 576 * 2 }, (_, at) => (at % 2 === 0 ? 0 : [0x3c, 0x38, 0][(at >> 1) % 3])!);
    const { dataset, summary } = await readDataset(
      fileOf(npz({ train_images: { descr: '<f2', shape: [9, 8, 8], data: halves } })),
    );
    expect([...dataset.splits.train.images.subarray(0, 4)]).toEqual([255, 128, 0, 255]);
    expect(summary.checks.map(({ text }) => text).join()).toContain(
      'train_images: float16 images in [0, 1] were multiplied by 255',
    );
  });

  it('row 58: boolean labels are 0 and 1, boolean images 0 and 255', async () => {
    const labels = (count: number): NpyParts => ({
      descr: '|b1',
      shape: [count],
      data: Uint8Array.from({ length: count }, (_, index) => index % 2),
    });
    const bools = pixels(576, 3).map((value) => value & 1);
    const changes = { train_labels: labels(9), val_labels: labels(3), test_labels: labels(6) };
    const { dataset, summary } = await readDataset(
      fileOf(npz({ ...changes, train_images: { descr: '|b1', shape: [9, 8, 8], data: bools } })),
    );
    expect(dataset.task).toBe('binary-class');
    expect([...dataset.splits.train.images]).toEqual([...bools].map((value) => value * 255));
    expect(summary.checks.some(({ text }) => text.includes('boolean images'))).toBe(true);
  });

  it('row 63: a file without a test split is accepted, and the report says what is missing', async () => {
    const { dataset, summary } = await readDataset(fileOf(npz({ test_images: null, test_labels: null })));
    expect(dataset.splits.test).toBeNull();
    expect(summary.counts).toEqual({ train: 9, val: 3, test: null });
    expect(summary.checks.some(({ text }) => text.startsWith('No test split'))).toBe(true);
  });

  it('row 67: columns of 0 and 1 are a multi-label set', async () => {
    const bits = (count: number): NpyParts => ({ shape: [count, 5], data: pixels(count * 5, 7).map((value) => value & 1) });
    const { dataset, summary } = await readDataset(
      fileOf(npz({ train_labels: bits(9), val_labels: bits(3), test_labels: bits(6) })),
    );
    expect(dataset.task).toBe('multi-label');
    expect(dataset.classNames).toHaveLength(5);
    expect(dataset.splits.train.labels).toHaveLength(45);
    expect(summary.classCounts.train.reduce((sum, count) => sum + count, 0)).toBe(
      dataset.splits.train.labels.reduce((sum, bit) => sum + bit, 0),
    );
  });

  it('row 70: a gap in the labels is accepted with a warning, and keeps its class', async () => {
    const gap = (count: number): NpyParts => ({
      shape: [count, 1],
      data: Uint8Array.from({ length: count }, (_, index) => [0, 1, 3][index % 3]!),
    });
    const { dataset, summary } = await readDataset(
      fileOf(npz({ train_labels: gap(9), val_labels: gap(3), test_labels: gap(6) })),
    );
    expect(dataset.classNames).toHaveLength(4);
    expect(summary.checks[0]).toMatchObject({ level: 'review' });
    expect(summary.checks[0]?.text).toContain('2 (Class 2)');
  });

  it('row 71: a class that the training split lacks is accepted with a warning', async () => {
    const { summary } = await readDataset(fileOf(npz({ val_labels: { shape: [3], data: Uint8Array.of(0, 1, 3) } })));
    expect(summary.checks.some(({ level, text }) => level === 'review' && text.includes('absent from the train split'))).toBe(
      true,
    );
  });

  it.each([[[8, 8]], [[8, 8, 1]], [[8, 8, 3]], [[512, 8]]])('row 74: images of %j are accepted', async (shape) => {
    const of = (count: number): NpyParts => ({
      shape: [count, ...shape],
      data: pixels(count * shape.reduce((a, b) => a * b, 1), count),
    });
    const { dataset } = await readDataset(fileOf(npz({ train_images: of(9), val_images: of(3), test_images: of(6) })));
    expect([dataset.height, dataset.width, dataset.channels]).toEqual([shape[0], shape[1], shape[2] ?? 1]);
  });
});

describe('one report', () => {
  it('lists every problem of a file, not only the first', async () => {
    const { problems } = await refusal(
      npz({
        train_images: { descr: '<u2', shape: [9, 8, 8], data: new Uint8Array(1152) },
        val_images: { shape: [2, 8, 8] },
        test_labels: { descr: '<f4', shape: [6], data: bytesOf(Float32Array.of(0, 1, 2, 0, 1, 1.5)) },
      }),
    );
    expect(problems.map(({ code }) => code)).toEqual(['dtype', 'count-mismatch', 'label-float']);
  });

  it('names every damaged member of a file', async () => {
    const parts = partsOf(arrays()).map((part, index): Part => (index % 2 === 0 ? { ...part, crc: 7 } : part));
    const { problems } = await refusal(zip(parts));
    expect(problems.map(({ code, details }) => [code, details?.[0]?.where])).toEqual([
      ['zip-crc', 'train_images.npy, CRC-32'],
      ['zip-crc', 'val_images.npy, CRC-32'],
      ['zip-crc', 'test_images.npy, CRC-32'],
    ]);
  });

  it('never puts a hostile file name into a line of code', async () => {
    const name = "x'); import os; os.system('rm -rf ~')#.npz";
    const { problems } = await refusal(npz({ val_images: null, val_labels: null }), name);
    expect(problems[0]?.fix).toContain("np.load('your_file.npz')");
    expect(problems[0]?.fix).not.toContain('rm -rf');
  });

  it('says where a label is wrong and what it is', async () => {
    const labels = Uint8Array.of(0, 1, 2, 0, 254, 2, 0, 1, 2);
    const { problems } = await refusal(npz({ train_labels: { descr: '|i1', shape: [9, 1], data: labels } }));
    expect(problems[0]?.details?.[0]).toEqual({
      where: 'train_labels.npy',
      found: '-2 at [4]',
      expected: 'class numbers from 0 to 999',
    });
  });
});

describe('nothing is unpacked on a claim', () => {
  afterEach(() => vi.unstubAllGlobals());

  const early = badFiles().filter(({ row }) => row <= 12 || (row >= 19 && row <= 31));
  it.each(early.map((file) => [`row ${file.row}: ${file.name} is refused before any inflating`, file] as const))(
    '%s',
    async (_, { bytes }) => {
      const started = vi.fn();
      vi.stubGlobal('DecompressionStream', started);
      await refusal(bytes);
      expect(started).not.toHaveBeenCalled();
    },
  );

  it('refuses above the memory budget that it is given', async () => {
    const { problems } = await refusal(npz(), 'small.npz', { memoryBytes: 1000 });
    expect(problems[0]?.code).toBe('too-large');
  });

  it('stops a bomb of 256 MB that declares 704 bytes without holding it', async () => {
    const before = process.memoryUsage().arrayBuffers;
    await refusal(badFiles().find(({ row }) => row === 13)?.bytes as Uint8Array);
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(64e6);
  });
});

/** A file whose read number `broken` rejects; counts the reads. */
function flaky(bytes: Uint8Array, broken: number, reads = { count: 0 }, onRead: () => void = () => undefined): NamedBlob {
  const file = fileOf(bytes);
  const slice = (from: number, to: number) => ({
    arrayBuffer: async () => {
      onRead();
      if (reads.count++ === broken) throw new DOMException('The file changed.', 'NotReadableError');
      return file.slice(from, to).arrayBuffer();
    },
  });
  return { name: file.name, size: file.size, slice } as unknown as NamedBlob;
}

describe('faults and cancellation', () => {
  it('turns any one failing read into file-gone, never into a dataset or another error', async () => {
    for (let broken = 0; ; broken++) {
      const reads = { count: 0 };
      const thrown: unknown = await readDataset(flaky(npz(), broken, reads)).then(
        () => null,
        (cause: unknown) => cause,
      );
      if (thrown === null) {
        expect(reads.count).toBe(broken);
        expect(broken).toBeGreaterThan(10);
        return;
      }
      expect(thrown).toBeInstanceOf(IntakeRefused);
      expect((thrown as IntakeRefused).code).toBe('file-gone');
    }
  });

  it('refuses a file that has become shorter', async () => {
    const file = fileOf(npz());
    const shorter = {
      name: file.name,
      size: file.size,
      slice: (from: number, to: number) => file.slice(from, Math.min(to, 900)),
    } as unknown as NamedBlob;
    await expect(readDataset(shorter)).rejects.toMatchObject({ code: 'file-gone' });
  });

  it('stops with cancelled at whichever read the signal fires', async () => {
    for (let at = 0; ; at++) {
      const cancel = new AbortController();
      let count = 0;
      const file = flaky(npz(), -1, undefined, () => {
        if (count++ === at) cancel.abort();
      });
      const thrown: unknown = await readDataset(file, { signal: cancel.signal }).then(
        () => null,
        (cause: unknown) => cause,
      );
      if (thrown === null) return expect(count).toBe(at);
      expect(thrown).toMatchObject({ name: 'StudioError', code: 'cancelled' });
    }
  });

  it('tells its progress in order and ends with the whole file', async () => {
    const told: [string, number, number][] = [];
    const bytes = npz();
    await readDataset(fileOf(bytes), { onProgress: (...progress) => told.push(progress) });
    expect([...new Set(told.map(([stage]) => stage))]).toEqual([
      'Reading the directory',
      'Checking the labels',
      'Reading the images',
      'Looking through the images',
    ]);
    expect(told.at(-1)).toEqual(['Looking through the images', bytes.length, bytes.length]);
  });
});

describe('what holds for every file', () => {
  const kept = { ...pace };
  const writable = pace as { -readonly [Key in keyof typeof pace]: number };
  afterEach(() => void Object.assign(writable, kept));

  it('gives the same dataset whatever the sizes of its reads and writes', async () => {
    const file = fileOf(
      npz({
        train_images: {
          descr: '<f4',
          shape: [9, 8, 8],
          data: bytesOf(Float32Array.from(pixels(576, 9), (value) => value / 255)),
        },
      }),
    );
    const whole = (await readDataset(file)).dataset;
    for (const bytes of [1, 7, 64, 1000]) {
      Object.assign(writable, { readBytes: bytes * 3, inflateBytes: bytes, peekBytes: bytes, hashBytes: bytes });
      expect((await readDataset(file)).dataset).toEqual(whole);
    }
  });

  it('reads back what was written: any shape, order, byte order and compression', async () => {
    const layout = fc.record({
      count: fc.integer({ min: 2, max: 5 }),
      height: fc.integer({ min: 8, max: 12 }),
      width: fc.integer({ min: 8, max: 12 }),
      channels: fc.constantFrom(null, 1, 3),
      deflated: fc.boolean(),
      wide: fc.boolean(),
      seed: fc.integer({ min: 1, max: 1000 }),
    });
    await fc.assert(
      fc.asyncProperty(layout, async ({ count, height, width, channels, deflated, wide, seed }) => {
        const shape = [height, width, ...(channels === null ? [] : [channels])];
        const images = pixels(count * height * width * (channels ?? 1), seed);
        const classes = Uint16Array.from({ length: count }, (_, index) => index);
        const split = (name: string): Record<string, NpyParts> => ({
          [`${name}_images`]: { shape: [count, ...shape], data: images },
          [`${name}_labels`]: { descr: wide ? '>u2' : '<u2', shape: [count], data: bytesOf(classes, wide) },
        });
        const { dataset } = await readDataset(fileOf(npz({ ...split('train'), ...split('val'), ...split('test') }, deflated)));
        expect(dataset.splits.train.images).toEqual(images);
        expect(dataset.splits.test?.labels).toEqual(classes);
        expect([dataset.height, dataset.width, dataset.channels]).toEqual([height, width, channels ?? 1]);
      }),
      { numRuns: 40 },
    );
  });

  it.each([true, false])('a flipped byte is refused or changes nothing (deflated: %s)', async (deflated) => {
    const good = npz({}, deflated);
    const plain = contents((await readDataset(fileOf(good))).dataset);
    await fc.assert(
      fc.asyncProperty(fc.nat(good.length - 1), fc.integer({ min: 1, max: 255 }), async (at, mask) => {
        const bytes = good.slice();
        bytes[at] = (bytes[at] as number) ^ mask;
        try {
          expect(contents((await readDataset(fileOf(bytes))).dataset)).toEqual(plain);
        } catch (thrown) {
          if (!(thrown instanceof IntakeRefused)) throw thrown;
          expect(thrown.problems.map(({ code }) => code)).not.toContain('unexpected');
        }
      }),
      { numRuns: 400 },
    );
  });

  it('bytes at random are refused with a code', async () => {
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 400 }), async (bytes) => {
        const thrown: unknown = await readDataset(fileOf(bytes)).catch((cause: unknown) => cause);
        expect(thrown).toBeInstanceOf(StudioError);
        expect((thrown as StudioError).code).not.toBe('unexpected');
      }),
    );
  });
});
