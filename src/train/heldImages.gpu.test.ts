/** Splits held on the device: the same bits as batches made on the processor, one copy however many train on it, no uploads. */
import type { WebGPUBackend } from '@tensorflow/tfjs-backend-webgpu';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { BatchSource, epochFlips, epochOrder, type EpochOrder } from '../data/batches.ts';
import type { Dataset, Task } from '../data/dataset.ts';
import { heldBytes, heldOn, type HoldLimits } from '../gpu/heldImages.ts';
import { openTestBackend, type TestBackend } from '../gpu/testing/testBackend.ts';
import { tf } from '../gpu/tfjs.ts';
import { initialWeights } from '../model/initialWeights.ts';
import { vgg } from '../model/vgg.ts';
import type { Recipe } from '../recipe/recipe.ts';
import { CompiledTrainer, type CompiledTrainerOptions } from './compiledTrainer.ts';
import type { Trainer } from './trainer.ts';

vi.setConfig({ testTimeout: 240_000 });

const count = 23;
const size = 5;
const classes = 3;

/** Sides that are no words, and bytes all over. */
function datasetOf(channels: 1 | 3, height: number, width: number, task: Task = 'multi-class'): Dataset {
  const columns = task === 'multi-label' ? classes : 1;
  const split = {
    count,
    images: Uint8Array.from({ length: count * height * width * channels }, (_, at) => (at * 89 + (at >> 4)) % 256),
    labels: Uint16Array.from({ length: count * columns }, (_, at) => (columns === 1 ? (at * 7) % classes : (at >> 1) % 2)),
  };
  const classNames = ['a', 'b', 'c'];
  const facts = { name: 'd', title: 'D', sha256: '', synthetic: true, task, classNames, channels, height, width };
  return { ...facts, splits: { train: split, val: split, test: null } };
}

const input: Recipe['input'] = { side: null, channels: 'native', normalise: 'half', horizontalFlip: true };
const rgb = { ...input, channels: 'rgb', normalise: 'imagenet' } as const;

/** All of them 7 x 7, so that two networks do for all. */
const cases: Readonly<Record<string, { readonly source: () => BatchSource; readonly task?: Task }>> = {
  grey: { source: () => new BatchSource(datasetOf(1, 7, 7), 'train', input, null) },
  'grey repeated to RGB': { source: () => new BatchSource(datasetOf(1, 7, 7), 'train', rgb, null) },
  RGB: { source: () => new BatchSource(datasetOf(3, 7, 7), 'train', rgb, null) },
  'RGB, resized, a part of the split, some left out': {
    source: () => new BatchSource(datasetOf(3, 5, 9), 'train', { ...rgb, side: 7 }, 17, new Uint32Array([0, 4])),
  },
  'RGB with labels for each class': {
    source: () => new BatchSource(datasetOf(3, 7, 7, 'multi-label'), 'train', rgb, null),
    task: 'multi-label',
  },
};

const orderOf = ({ count: images }: BatchSource, epoch: number): EpochOrder => ({
  images: epochOrder(1, 'backbone', epoch, images),
  flips: epochFlips(1, 'backbone', epoch, images),
});

/** Two epochs of three batches, and the whole split evaluated. */
async function work(trainer: Trainer, source: BatchSource) {
  for (const epoch of [0, 1]) {
    const order = orderOf(source, epoch);
    for (let first = 0; first < 3 * size; first += size) trainer.step({ source, order, first, size }, 0.05, null);
  }
  const plain = { images: orderOf(source, 2).images, flips: null };
  trainer.step({ source, order: plain, first: source.count - size, size }, 0.05, null);
  const { correct, losses } = await trainer.takeLosses();
  return { correct, losses, state: await trainer.state(), logits: await trainer.imageLogits(source, 2, source.count - 2) };
}

describe.skipIf(process.env['INMERGE_NO_GPU'] === '1')('held images', () => {
  let backend: TestBackend | null = null;
  beforeAll(async () => {
    backend = await openTestBackend('webgpu');
  });
  afterAll(async () => backend?.close());

  const device = () => (tf.backend() as WebGPUBackend).device;

  async function compiled(source: BatchSource, more: Partial<CompiledTrainerOptions> = {}): Promise<CompiledTrainer> {
    const network = vgg([4, 'M', 8], true, 'linear', [source.height, source.width, source.channels], classes);
    const optimiser = { momentum: 0.9, weightDecay: 1e-3 };
    const options = { network, task: 'multi-class', optimiser, seed: 3, merging: null, device: device() } as const;
    const trainer = await CompiledTrainer.create({ ...options, ...more });
    await trainer.load(initialWeights(network, 'pytorch', 5));
    return trainer;
  }

  test.each(Object.keys(cases))('give the bits of batches made on the processor: %s', async (name) => {
    const { source: open, task = 'multi-class' } = cases[name] as (typeof cases)[string];
    const source = open();
    const uploading = await compiled(source, { task });
    const expected = await work(uploading, source);
    expect(new Set(expected.losses).size).toBe(7);
    const trainer = await compiled(source, { task });
    const hold = await trainer.hold(source);
    expect(hold.refusal).toBeNull();
    expect(hold.bytes).toBeGreaterThanOrEqual(source.count * source.storedLength);
    expect(await work(trainer, source)).toEqual(expected);
    hold.release();
    uploading.dispose();
    trainer.dispose();
  });

  test('do so in chunks, in several buffers, and refused: then with the reason', async () => {
    const source = (cases['RGB'] as (typeof cases)[string]).source();
    const chunked = { mostImagesOfChunk: 2 };
    const uploading = await compiled(source, chunked);
    const expected = await work(uploading, source);
    const most = source.storedLength * 6 + 40;
    const limits: HoldLimits = { maxBufferSize: most, maxStorageBufferBindingSize: most, mostHeldBytes: 2 ** 20 };
    const trainer = await compiled(source, { ...chunked, holdLimits: limits });
    const hold = await trainer.hold(source);
    expect(heldOn(device(), source)?.parts.map(({ images }) => images)).toEqual([6, 6, 6, 5]);
    expect(await work(trainer, source)).toEqual(expected);
    hold.release();
    trainer.dispose();

    const needed = heldBytes(source);
    const refused = await compiled(source, { ...chunked, holdLimits: { ...limits, mostHeldBytes: needed - 1 } });
    const none = await refused.hold(source);
    expect(none.refusal).toContain(`${count} images take 1 MB`);
    expect(heldOn(device(), source)).toBeNull();
    expect(await work(refused, source)).toEqual(expected);
    none.release();
    refused.dispose();
    uploading.dispose();
  });

  test('are one copy for all who train on it, gone when the last has released it', async () => {
    const source = (cases['RGB'] as (typeof cases)[string]).source();
    const made = vi.spyOn(device(), 'createBuffer');
    const copies = () => made.mock.calls.filter(([{ label }]) => label === 'held images').length;
    const trainers = await Promise.all([1, 2, 3].map(() => compiled(source)));
    const holds = await Promise.all(trainers.map((trainer) => trainer.hold(source)));
    expect(copies()).toBe(1);
    made.mockRestore();
    const bits = await Promise.all(trainers.map((trainer) => work(trainer, source)));
    expect(bits[2]).toEqual(bits[0]);
    const destroyed = vi.spyOn(heldOn(device(), source)?.parts[0]?.bytes as GPUBuffer, 'destroy');
    holds[0]?.release();
    holds[0]?.release();
    holds[2]?.release();
    expect(heldOn(device(), source)).not.toBeNull();
    expect(destroyed).not.toHaveBeenCalled();
    holds[1]?.release();
    expect(heldOn(device(), source)).toBeNull();
    expect(destroyed).toHaveBeenCalledOnce();
    // Without them the next step is uploaded.
    const order = orderOf(source, 0);
    for (const trainer of trainers) trainer.step({ source, order, first: 0, size }, 0.05, null);
    expect(await trainers[0]?.takeLosses()).toEqual(await trainers[1]?.takeLosses());
    for (const trainer of trainers) trainer.dispose();
  });

  test('a step uploads its numbers alone, an epoch its order; no buffer is made, nothing is read', async () => {
    const source = (cases['RGB'] as (typeof cases)[string]).source();
    const trainer = await compiled(source);
    const hold = await trainer.hold(source);
    const orders = [0, 1].map((epoch) => orderOf(source, epoch));
    const [first, second] = orders as [EpochOrder, EpochOrder];
    trainer.step({ source, order: first, first: 0, size }, 0.05, null);
    const made = vi.spyOn(device(), 'createBuffer');
    const written = vi.spyOn(device().queue, 'writeBuffer');
    const uploaded = (step: () => void): number => {
      written.mockClear();
      step();
      return written.mock.calls.reduce((sum, [, , data]) => sum + data.byteLength, 0);
    };
    expect(uploaded(() => trainer.step({ source, order: first, first: size, size }, 0.05, null))).toBeLessThanOrEqual(200);
    const epoch = uploaded(() => trainer.step({ source, order: second, first: 0, size }, 0.05, null));
    expect(epoch).toBeLessThanOrEqual(200 + 4 * source.count);
    expect(made).not.toHaveBeenCalled();
    made.mockRestore();
    written.mockRestore();
    await trainer.takeLosses();
    hold.release();
    trainer.dispose();
  });
});
