/** What the tape trainer promises, on tfjs's reference backend and on WebAssembly: no leaks, exact copies, exact repeats. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { purposes } from '../base/threefry.ts';
import { patterned } from '../gpu/testing/patterned.ts';
import { openTestBackend, type TestBackend } from '../gpu/testing/testBackend.ts';
import { tf } from '../gpu/tfjs.ts';
import { mergeOnCpu } from '../merge/cpuMerger.ts';
import { kernelSimilarity } from '../merge/similarity.ref.ts';
import { initialWeights, type Weights } from '../model/initialWeights.ts';
import { convolutions, mergedConvolutions, type Network } from '../model/network.ts';
import { resnet } from '../model/resnet.ts';
import { vgg } from '../model/vgg.ts';
import type { RunMerging } from './runMerging.ts';
import { TapeTrainer } from './tapeTrainer.ts';
import type { Batch } from './trainer.ts';

const plain = vgg([6, 'M', 8, 10, 'M'], true, 'linear', [12, 12, 3], 4);
const residual = resnet({ blocks: [1, 1], widths: [6, 8] }, 'imagenet', [16, 16, 3], 4);
/** Narrow, as no recipe makes it: dropout between two linear layers. */
const withDropout: Network = {
  ...plain,
  layers: [
    { kind: 'flatten', input: [12, 12, 3], output: [1, 1, 432] },
    { kind: 'linear', name: 'classifier.0', input: [1, 1, 432], output: [1, 1, 32] },
    { kind: 'dropout', rate: 0.5, index: 0, input: [1, 1, 32], output: [1, 1, 32] },
    { kind: 'linear', name: 'classifier.3', input: [1, 1, 32], output: [1, 1, 4] },
  ],
};

const merging = { firstLayer: 1, alpha: 0.8, p: 0.8, tau: -1, condition: 'similar', mergeDuringValidation: false } as const;
const merge = (step: number) => ({ purpose: purposes.merge, step });

/** Batch `number` of the same endless supply. */
function batch(network: Network, number = 0, size = 8): Batch {
  const targets = new Float32Array(size * network.classes);
  for (let image = 0; image < size; image++) targets[image * network.classes + ((image + number) % network.classes)] = 1;
  return { size, inputs: patterned([size, ...network.input], 100 + number), targets };
}

async function trainerOf(network: Network, options: { merging?: RunMerging | null; seed?: number } = {}): Promise<TapeTrainer> {
  const optimiser = { momentum: 0.9, weightDecay: 1e-4 };
  const trainer = await TapeTrainer.create({ network, task: 'multi-class', optimiser, seed: 1, merging: null, ...options });
  await trainer.load(initialWeights(network, 'pytorch', 5));
  return trainer;
}

/** Weights after a few merging steps. */
async function trained(network: Network, steps: number, seed = 1): Promise<Weights> {
  const trainer = await trainerOf(network, { merging, seed });
  for (let step = 0; step < steps; step++) trainer.step(batch(network, step), 0.05, merge(step));
  const weights = await trainer.weights();
  trainer.dispose();
  return weights;
}

describe.each(['cpu', 'wasm'] as const)('the tape trainer on %s', (backendName) => {
  let backend: TestBackend | null = null;
  beforeAll(async () => {
    backend = await openTestBackend(backendName);
  });
  afterAll(async () => backend?.close());

  test.each([
    ['a VGG', plain],
    ['a ResNet', residual],
  ])('holds as many tensors after a step as before it: %s', async (_, network) => {
    const trainer = await trainerOf(network, { merging });
    const held = () => [tf.memory().numTensors, tf.memory().numDataBuffers];
    const before = held();
    const counts: number[][] = [];
    for (let step = 0; step < 4; step++) {
      trainer.step(batch(network, step), 0.05, merge(step));
      if (step % 2 === 1) await trainer.takeLosses();
      await trainer.logits(batch(network).inputs, 8);
      counts.push(held());
    }
    expect(counts).toEqual(counts.map(() => before));
    trainer.dispose();
  });

  test('frees every tensor when disposed, a kept copy among them', async () => {
    const before = tf.memory();
    const trainer = await trainerOf(plain, { merging });
    trainer.step(batch(plain), 0.05, merge(0));
    trainer.keep();
    trainer.keep();
    trainer.dispose();
    expect(tf.memory().numTensors).toBe(before.numTensors);
    expect(tf.memory().numDataBuffers).toBe(before.numDataBuffers);
  });

  test('gives each loss once, in order, however many steps are taken together', async () => {
    const losses = async (groups: readonly number[]) => {
      const trainer = await trainerOf(plain);
      const all: number[] = [];
      let step = 0;
      for (const count of groups) {
        for (let each = 0; each < count; each++) trainer.step(batch(plain, step++), 0.05, null);
        const { losses: taken } = await trainer.takeLosses();
        expect(taken).toHaveLength(count);
        all.push(...taken);
      }
      expect(await trainer.takeLosses()).toEqual({ losses: new Float32Array(0), correct: 0 });
      trainer.dispose();
      return all;
    };
    const singly = await losses([1, 1, 1, 1, 1]);
    expect(new Set(singly).size).toBe(5);
    expect(await losses([5])).toEqual(singly);
    expect(await losses([3, 0, 2])).toEqual(singly);
  });

  test('keeps a whole window of losses', async () => {
    const tiny = vgg([2], false, 'linear', [2, 2, 1], 2);
    const losses = async (together: number) => {
      const trainer = await trainerOf(tiny);
      const all: number[] = [];
      for (let step = 1; step <= trainer.lossWindow; step++) {
        trainer.step(batch(tiny, step, 2), 0.05, null);
        if (step % together === 0) all.push(...(await trainer.takeLosses()).losses);
      }
      trainer.dispose();
      return all;
    };
    const window = await losses(64);
    expect(new Set(window).size).toBeGreaterThan(32);
    expect(window).toEqual(await losses(1));
  });

  test('goes back to the kept weights and statistics bit for bit, after steps and merges, and again', async () => {
    const trainer = await trainerOf(plain, { merging });
    trainer.step(batch(plain), 0.05, null);
    const kept = await trainer.weights();
    trainer.keep();
    for (let round = 0; round < 2; round++) {
      trainer.step(batch(plain, 1), 0.05, merge(round));
      expect(await trainer.weights()).not.toEqual(kept);
      trainer.restoreKept();
      expect(await trainer.weights()).toEqual(kept);
    }
    trainer.dispose();
  });

  test('merges as mergeOnCpu does: the same weights, the same log; earlier layers and shortcuts stay', async () => {
    const trainer = await trainerOf(residual, { merging });
    const before = await trainer.weights();
    const layers = mergedConvolutions(residual, merging.firstLayer);
    const names = layers.map(({ name }) => `${name}.weight`);
    const arrays = names.map((name) => (before.get(name) as Float32Array).slice());
    const shapes = layers.map(({ index, input, kernelSize, output }) => ({
      layer: index,
      kernels: output[2],
      rows: kernelSize ** 2 * input[2],
    }));
    const log = mergeOnCpu(arrays, shapes, merging, 7, 1, purposes.merge);
    expect(log.merges.step.length).toBeGreaterThan(0);

    trainer.mergeOnly(merge(7));
    const after = await trainer.weights();
    for (const [name, values] of after) {
      const merged = names.indexOf(name);
      expect(values, name).toEqual(merged === -1 ? before.get(name) : arrays[merged]);
    }
    expect(await trainer.takeMerges()).toEqual(log);
    expect((await trainer.takeMerges())?.merges.step).toHaveLength(0);
    trainer.dispose();
  });

  test('has no merges to report where the run does not merge', async () => {
    const trainer = await trainerOf(plain);
    trainer.step(batch(plain), 0.05, merge(0));
    expect(await trainer.takeMerges()).toBeNull();
    trainer.dispose();
  });

  test.each([
    ['a VGG', plain],
    ['a ResNet', residual],
    ['dropout', withDropout],
  ])('gives the same bits twice: %s', async (_, network) => {
    const first = await trained(network, 3);
    expect(await trained(network, 3)).toEqual(first);
  });

  test('draws its dropout from the seed and the step, and none in evaluation', async () => {
    expect(await trained(withDropout, 1, 1)).not.toEqual(await trained(withDropout, 1, 2));
    const trainer = await trainerOf(withDropout);
    const { inputs } = batch(withDropout);
    const logits = await trainer.logits(inputs, 8);
    trainer.step(batch(withDropout), 0, null);
    expect(await trainer.logits(inputs, 8)).toEqual(logits);
    trainer.dispose();
  });

  test('evaluating changes neither weights nor statistics', async () => {
    const trainer = await trainerOf(plain);
    trainer.step(batch(plain), 0.05, null);
    const before = await trainer.weights();
    await trainer.logits(batch(plain, 3).inputs, 8);
    expect(await trainer.weights()).toEqual(before);
    trainer.dispose();
  });

  test('loading sets weights, statistics and momentum: a used trainer then trains as a new one', async () => {
    const used = await trainerOf(plain);
    used.step(batch(plain, 9), 0.05, null);
    await used.load(initialWeights(plain, 'pytorch', 5));
    used.step(batch(plain), 0.05, null);
    const fresh = await trainerOf(plain);
    fresh.step(batch(plain), 0.05, null);
    expect(await used.weights()).toEqual(await fresh.weights());
    used.dispose();
    fresh.dispose();
  });

  test('maps of float16 are refused, with what to do', async () => {
    const options = { network: plain, task: 'multi-class', optimiser: { momentum: 0, weightDecay: 0 }, seed: 0 } as const;
    await expect(TapeTrainer.create({ ...options, merging: null, maps: 'float16' })).rejects.toMatchObject({
      code: 'float16-absent',
      remedy: expect.stringContaining('float32') as string,
    });
  });

  test('a rate of 0 leaves the weights and moves the running statistics', async () => {
    const trainer = await trainerOf(plain);
    const before = await trainer.weights();
    trainer.step(batch(plain), 0, null);
    const moved = [...(await trainer.weights())].filter(([name, values]) =>
      values.some((value, at) => value !== before.get(name)?.[at]),
    );
    expect(moved.map(([name]) => name)).toEqual([...before.keys()].filter((name) => /running/.test(name)));
    trainer.dispose();
  });

  test('similarities are those of the weights, to what the GPU is held to', async () => {
    const trainer = await trainerOf(residual);
    const layer = convolutions(residual)[3];
    const values = initialWeights(residual, 'pytorch', 5).get(`${layer?.name}.weight`) as Float32Array;
    const truth = kernelSimilarity(values, layer?.output[2] ?? 0);
    const found = await trainer.similarity(3);
    expect(found).toHaveLength(truth.length);
    expect(Math.max(...found.map((value, at) => Math.abs(value - (truth[at] ?? Number.NaN))))).toBeLessThan(1e-6);
    trainer.dispose();
  });
});
