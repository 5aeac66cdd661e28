/**
 * A step whose maps are float16 against the same step in float32, where the device has `shader-f16` (lavapipe has, SwiftShader
 * has not). The bounds follow from the rounding: a stored number is off by at most u = 2^-11 of itself.
 */
import type { WebGPUBackend } from '@tensorflow/tfjs-backend-webgpu';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { patterned } from '../gpu/testing/patterned.ts';
import { openTestBackend, type TestBackend } from '../gpu/testing/testBackend.ts';
import { tf } from '../gpu/tfjs.ts';
import { buildNetwork } from '../model/buildNetwork.ts';
import { initialWeights, type Weights } from '../model/initialWeights.ts';
import { CompiledTrainer } from './compiledTrainer.ts';
import { defaultChoice, type KernelChoice } from '../gpu/compiled/tiles.ts';
import type { MapStorage } from './mapStorage.ts';

// Shaders are compiled twice, which an emulated GPU on a busy machine takes its time over; the tiled ones, minutes.
vi.setConfig({ testTimeout: process.env['TEST_TILED'] === '1' ? 900_000 : 240_000 });

const settings = { name: 'vgg8', batchNorm: true, widthMultiplier: 0.125, head: 'linear' } as const;
const network = buildNetwork(settings, [28, 28, 1], 3);
const size = 8;
const batch = {
  size,
  inputs: patterned([size, ...network.input], 3),
  targets: Float32Array.from({ length: size * 3 }, (_, at) => (Math.floor(at / 3) % 3 === at % 3 ? 1 : 0)),
};
const start = initialWeights(network, 'he', 5);
const u = 2 ** -11;
/** ReLUs and max-pools between a layer's output and the loss, at most. */
const decisions = 9;

const device = () => (tf.backend() as WebGPUBackend).device;

async function trained(maps: MapStorage, steps: number, kernels?: KernelChoice) {
  const optimiser = { momentum: 0, weightDecay: 0 };
  const options = { network, task: 'multi-class', optimiser, seed: 1, merging: null, device: device(), maps, kernels } as const;
  const trainer = await CompiledTrainer.create(options);
  await trainer.load(start);
  for (let step = 0; step < steps; step++) trainer.step(batch, 0.0625, null);
  const { losses } = await trainer.takeLosses();
  const found = { losses, weights: await trainer.weights(), bytes: trainer.counters.stepBytes };
  trainer.dispose();
  return found;
}

/** Length of the difference of two steps by that of the first; without momentum a step is the gradient. */
function distance(name: string, a: Weights, b: Weights): number {
  const [from, one, other] = [start.get(name), a.get(name), b.get(name)] as [Float32Array, Float32Array, Float32Array];
  let [apart, length] = [0, 0];
  one.forEach((value, at) => {
    apart += (value - (other[at] as number)) ** 2;
    length += (value - (from[at] as number)) ** 2;
  });
  return Math.sqrt(apart / length);
}

describe.skipIf(process.env['INMERGE_NO_GPU'] === '1')('with maps of float16', () => {
  let backend: TestBackend | null = null;
  beforeAll(async () => {
    backend = await openTestBackend('webgpu');
  });
  afterAll(async () => backend?.close());

  // The tiled kernels load and store in other ways, and are no emulated GPU's own.
  const choices = [['the device’s own', undefined] as const, ['the tiled', defaultChoice.hardware] as const];
  const title = 'gradients of %s kernels are float32’s within what the rounding explains, and 20 steps learn as much';
  test.for(choices)(title, async ([, kernels], { skip }) => {
    if (!device().features.has('shader-f16')) skip('this device has no shader-f16');
    if (kernels !== undefined && process.env['TEST_TILED'] !== '1') skip('TEST_TILED=1 runs it');
    const [whole, half] = [await trained('float32', 1, kernels), await trained('float16', 1, kernels)];
    expect(half.bytes).toBeLessThan(0.65 * whole.bytes);
    // Behind the last decision only rounding counts: of a layer's input, of its normalised map's gradient, and their sums.
    expect(distance('classifier.weight', whole.weights, half.weights)).toBeLessThan(4 * u);
    // Before it, a ReLU or max-pool decides otherwise where its margin is within the rounding: a share of about u of them at
    // each, and a share s of gradients that go another way is sqrt(s) of the length.
    for (const name of network.layers.flatMap((layer) => (layer.kind === 'conv' ? [`${layer.name}.weight`] : [])))
      expect(distance(name, whole.weights, half.weights), name).toBeLessThan(1.5 * Math.sqrt(decisions * u));

    const [long, longHalf] = [(await trained('float32', 20, kernels)).losses, (await trained('float16', 20, kernels)).losses];
    const gained = (long[0] as number) - (long[19] as number);
    expect(gained).toBeGreaterThan(0.05);
    expect(Math.abs((longHalf[0] as number) - (longHalf[19] as number) - gained)).toBeLessThan(0.02 * gained);
  });

  test('are refused where the device has none, with what to do', async ({ skip }) => {
    if (device().features.has('shader-f16')) skip('this device has shader-f16');
    await expect(trained('float16', 1)).rejects.toMatchObject({ code: 'float16-absent' });
  });
});
