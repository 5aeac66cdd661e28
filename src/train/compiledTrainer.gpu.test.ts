/** What the compiled trainer promises beside PyTorch's steps: the tape's results, exact repeats, exact copies, no growth. */
import type { WebGPUBackend } from '@tensorflow/tfjs-backend-webgpu';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { purposes } from '../base/threefry.ts';
import { stepNeeds } from '../gpu/compiled/stepNeeds.ts';
import { foreseenTiles } from '../gpu/compiled/tileChoice.ts';
import { patterned } from '../gpu/testing/patterned.ts';
import { openTestBackend, type TestBackend } from '../gpu/testing/testBackend.ts';
import { tf } from '../gpu/tfjs.ts';
import { mergeOnCpu } from '../merge/cpuMerger.ts';
import { kernelSimilarity } from '../merge/similarity.ref.ts';
import { initialWeights, type Weights } from '../model/initialWeights.ts';
import { convolutions, mergedConvolutions, type Network } from '../model/network.ts';
import { CompiledTrainer, type CompiledTrainerOptions } from './compiledTrainer.ts';
import { mergeRule, type RunMerging } from './runMerging.ts';
import { TapeTrainer } from './tapeTrainer.ts';
import type { Batch, Trainer } from './trainer.ts';

// The first test compiles the shaders, which an emulated GPU on a busy machine takes its time over.
vi.setConfig({ testTimeout: 240_000 });

/** One of each: channels that are no fours, a pool that leaves a rest, a stretched adaptive pool, flattening, dropout. */
const network: Network = {
  title: 'one of each',
  input: [7, 6, 3],
  classes: 5,
  droppedPools: 0,
  layers: [
    {
      kind: 'conv',
      name: 'a',
      title: 'a',
      index: 0,
      kernelSize: 3,
      stride: 1,
      padding: 1,
      bias: false,
      input: [7, 6, 3],
      output: [7, 6, 6],
    },
    { kind: 'batchNorm', name: 'n', input: [7, 6, 6], output: [7, 6, 6] },
    { kind: 'relu', input: [7, 6, 6], output: [7, 6, 6] },
    {
      kind: 'conv',
      name: 'b',
      title: 'b',
      index: 1,
      kernelSize: 3,
      stride: 1,
      padding: 1,
      bias: true,
      input: [7, 6, 6],
      output: [7, 6, 8],
    },
    { kind: 'relu', input: [7, 6, 8], output: [7, 6, 8] },
    { kind: 'maxPool', size: 2, stride: 2, padding: 0, input: [7, 6, 8], output: [3, 3, 8] },
    { kind: 'adaptiveAveragePool', input: [3, 3, 8], output: [4, 2, 8] },
    { kind: 'flatten', input: [4, 2, 8], output: [1, 1, 64] },
    { kind: 'linear', name: 'c', input: [1, 1, 64], output: [1, 1, 10] },
    { kind: 'relu', input: [1, 1, 10], output: [1, 1, 10] },
    { kind: 'dropout', rate: 0.3, index: 0, input: [1, 1, 10], output: [1, 1, 10] },
    { kind: 'linear', name: 'd', input: [1, 1, 10], output: [1, 1, 5] },
  ],
};

const merging: RunMerging = { firstLayer: 1, alpha: 0.8, p: 0.8, tau: -1, condition: 'similar', mergeDuringValidation: false };
const merge = (step: number) => ({ purpose: purposes.merge, step });
const size = 5;

function batch(number: number): Batch {
  const targets = new Float32Array(size * network.classes);
  for (let image = 0; image < size; image++) targets[image * network.classes + ((image + number) % network.classes)] = 1;
  return { size, inputs: patterned([size, ...network.input], 100 + number), targets };
}

const options = { network, task: 'multi-class', optimiser: { momentum: 0.9, weightDecay: 1e-3 }, seed: 3, merging } as const;

async function compiled(more: Partial<CompiledTrainerOptions> = {}): Promise<CompiledTrainer> {
  const { device } = tf.backend() as WebGPUBackend;
  const trainer = await CompiledTrainer.create({ ...options, device, ...more });
  await trainer.load(initialWeights(network, 'pytorch', 5));
  return trainer;
}

async function steps(trainer: Trainer, from: number, to: number): Promise<Weights> {
  for (let step = from; step < to; step++) trainer.step(batch(step), 0.05, null);
  return trainer.weights();
}

function expectClose(found: Weights, expected: Weights, tolerance: number): void {
  for (const [name, values] of expected)
    values.forEach((value, at) => {
      const difference = Math.abs((found.get(name)?.[at] as number) - value);
      if (!(difference <= tolerance * (1 + Math.abs(value)))) expect(`${name}[${at}]: ${found.get(name)?.[at]}`).toBe(`${value}`);
    });
}

describe.skipIf(process.env['INMERGE_NO_GPU'] === '1')('the compiled trainer', () => {
  let backend: TestBackend | null = null;
  beforeAll(async () => {
    backend = await openTestBackend('webgpu');
  });
  afterAll(async () => backend?.close());

  test('steps as the tape trainer does: the same dropout, adaptive pool, flattening and losses', async () => {
    const tape = await TapeTrainer.create(options);
    await tape.load(initialWeights(network, 'pytorch', 5));
    const trainer = await compiled();
    expectClose(await steps(trainer, 0, 3), await steps(tape, 0, 3), 2e-6);
    const [taken, expected] = [await trainer.takeLosses(), await tape.takeLosses()];
    expect(taken.losses).toHaveLength(3);
    taken.losses.forEach((loss, at) => expect(loss).toBeCloseTo(expected.losses[at] as number, 5));
    expect(taken.correct).toBe(expected.correct);
    const logits = await trainer.logits(batch(0).inputs, size);
    (await tape.logits(batch(0).inputs, size)).forEach((logit, at) => expect(logits[at]).toBeCloseTo(logit, 5));
    trainer.dispose();
    tape.dispose();
  });

  test('a batch in chunks is the same step but for the rounding of sums', async () => {
    const whole = await compiled();
    const chunks = await compiled({ mostImagesOfChunk: 2 });
    expectClose(await steps(chunks, 0, 3), await steps(whole, 0, 3), 2e-6);
    expect(await chunks.logits(batch(0).inputs, size)).toHaveLength(size * network.classes);
    whole.dispose();
    chunks.dispose();
  });

  test('gives the same bits twice, and goes on from a saved state, kept copy and all, as if never interrupted', async () => {
    const straight = await compiled();
    straight.step(batch(0), 0.05, merge(0));
    straight.keep();
    straight.step(batch(1), 0.05, merge(1));
    await straight.takeLosses();
    await straight.takeMerges();
    const state = await straight.state();
    straight.step(batch(2), 0.05, merge(2));
    const resumed = await compiled();
    resumed.restore(state);
    resumed.step(batch(2), 0.05, merge(2));
    expect(await resumed.state()).toEqual(await straight.state());
    expect(await resumed.takeLosses()).toEqual(await straight.takeLosses());
    resumed.restoreKept();
    straight.restoreKept();
    expect(await resumed.weights()).toEqual(await straight.weights());
    resumed.dispose();
    straight.dispose();
  });

  test('makes no buffer and reads nothing in a step after the first', async () => {
    const trainer = await compiled();
    trainer.step(batch(0), 0.05, merge(0));
    const { device } = tf.backend() as WebGPUBackend;
    const made = vi.spyOn(device, 'createBuffer');
    const before = trainer.counters.dispatches;
    for (let step = 1; step < 4; step++) trainer.step(batch(step), 0.05, merge(step));
    expect(made).not.toHaveBeenCalled();
    expect(trainer.counters.dispatches - before).toBe(3 * before);
    // Losses and right answers come in one read: one staging buffer, one submission.
    const submitted = vi.spyOn(device.queue, 'submit');
    expect((await trainer.takeLosses()).losses).toHaveLength(4);
    expect(made).toHaveBeenCalledTimes(1);
    expect(submitted).toHaveBeenCalledTimes(1);
    made.mockRestore();
    submitted.mockRestore();
    trainer.dispose();
  });

  test('takes the memory that is told before it starts', async () => {
    const { device } = tf.backend() as WebGPUBackend;
    const kernels = await foreseenTiles(device, { tiles: null, memory: null });
    const trainer = await compiled({ kernels });
    trainer.step(batch(0), 0.1, null);
    await trainer.takeLosses();
    expect(trainer.counters.stepBytes).toBe(stepNeeds(network, size, device.limits, kernels).stepBytes);
    trainer.dispose();
  });

  test('merges as mergeOnCpu does: the same weights to the last digits, the same log', async () => {
    const trainer = await compiled();
    const layers = mergedConvolutions(network, merging.firstLayer);
    const names = layers.map(({ name }) => `${name}.weight`);
    const before = await trainer.weights();
    const arrays = names.map((name) => (before.get(name) as Float32Array).slice());
    const told = mergeRule(merging, layers);
    const log = mergeOnCpu(arrays, told.layers, told.rule, 7, options.seed, purposes.merge);
    expect(log.merges.step.length).toBeGreaterThan(0);
    trainer.mergeOnly(merge(7));
    const after = await trainer.weights();
    expectClose(after, new Map([...before, ...names.map((name, at) => [name, arrays[at] as Float32Array] as const)]), 1e-6);
    const taken = await trainer.takeMerges();
    expect(taken?.merges.i).toEqual(log.merges.i);
    expect(taken?.merges.j).toEqual(log.merges.j);
    const values = kernelSimilarity(after.get('b.weight') as Float32Array, convolutions(network)[1]?.output[2] ?? 0);
    (await trainer.similarity(1)).forEach((value, at) => expect(value).toBeCloseTo(values[at] as number, 5));
    trainer.dispose();
  });
});
