/**
 * PyTorch's training steps (golden `*_step.safetensors`) as tests for one trainer on one backend: the same network,
 * weights and batch in; logits, loss, gradients, weights and statistics out, each against PyTorch's. GOLDEN_REPORT=1
 * prints how far apart they are.
 */
import { existsSync, readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { goldenFile } from '../../base/testing/golden.ts';
import { openTestBackend, type TestBackend, type TestBackendName } from '../../gpu/testing/testBackend.ts';
import { tf } from '../../gpu/tfjs.ts';
import type { Weights } from '../../model/initialWeights.ts';
import { parameters, type Network } from '../../model/network.ts';
import { resnet } from '../../model/resnet.ts';
import { SafetensorsFile } from '../../model/safetensors.ts';
import { fromFileLayout } from '../../model/stateDict.ts';
import { vgg } from '../../model/vgg.ts';
import { adaptiveAveragePool, forward } from '../forward.ts';
import { TapeTrainer, type TapeTrainerOptions } from '../tapeTrainer.ts';
import type { Batch, OptimiserSettings, Trainer } from '../trainer.ts';

/** The networks of make_golden.py. */
const networks: Readonly<Record<string, Network>> = {
  vgg_step: vgg([8, 'M', 12, 'M', 16, 16, 'M'], false, 'linear', [28, 28, 3], 5),
  vgg_bn_step: vgg([8, 8, 'M', 12, 'M', 16, 'M'], true, 'linear', [28, 28, 3], 5),
  vgg_bn_multilabel_step: vgg([8, 'M', 12, 'M'], true, 'linear', [32, 32, 3], 14),
  resnet_step: resnet({ blocks: [1, 1, 1, 1], widths: [8, 12, 16, 20] }, 'imagenet', [64, 64, 3], 5),
};

const path = (name: string) => goldenFile(`${name}.safetensors`);
const missing = [...Object.keys(networks), 'adaptive_pool_7x7'].some((name) => !existsSync(path(name)));

/** |found - expected| may be `absolute + relative |expected|`, as numpy.allclose has it. */
export interface Tolerance {
  readonly relative: number;
  readonly absolute: number;
}

/** About three times what CPU, WASM and WebGPU (SwiftShader) were seen to need, all of it rounding of float32 sums. */
const tolerances = {
  /** Logits are around 1, losses around 2. */
  logits: { relative: 1e-5, absolute: 1e-5 },
  /** The largest gradients are around 1. The bias of a convolution before BatchNorm has the gradient 0, and noise of 1e-6. */
  gradients: { relative: 1e-4, absolute: 1e-5 },
  afterOne: { relative: 1e-5, absolute: 1e-6 },
  afterThree: { relative: 1e-5, absolute: 1e-6 },
  pooled: { relative: 0, absolute: 1e-6 },
} satisfies Record<string, Tolerance>;

type CreateTrainer = (options: TapeTrainerOptions) => Promise<Trainer>;

/** The tape trainer on one backend, with what only it shows of itself. */
export function describeGoldenSteps(backendName: TestBackendName): void {
  const create: CreateTrainer = (options) => TapeTrainer.create(options);
  describeSteps(`PyTorch's steps on ${backendName}`, backendName, { tape: create }, describeTape);
}

/** Other trainers, on WebGPU. */
export function describeGoldenStepsOf(trainers: Readonly<Record<string, CreateTrainer>>): void {
  describeSteps(`PyTorch's steps on webgpu`, 'webgpu', trainers, () => {});
}

type SkipWithoutDevice = (skip: (note: string) => void) => void;

function describeTape(skipWithoutDevice: SkipWithoutDevice): void {
  test('adaptive average pooling to 7 x 7, of smaller and larger maps', async ({ skip }) => {
    skipWithoutDevice(skip);
    const file = await SafetensorsFile.open(new Blob([readFileSync(path('adaptive_pool_7x7'))]));
    for (const name of file.tensors.keys()) {
      if (!name.startsWith('in.')) continue;
      const expected = name.replace('in.', 'out.');
      const values = await file.floats(name);
      const pooled = tf.tidy(() => {
        const maps = tf.tensor4d(values, file.tensors.get(name)?.shape as [number, number, number, number]);
        return tf.transpose(adaptiveAveragePool(tf.transpose(maps, [0, 2, 3, 1]), [7, 7, 3]), [0, 3, 1, 2]);
      });
      close(expected, await pooled.data<'float32'>(), await file.floats(expected), tolerances.pooled);
      pooled.dispose();
    }
  });

  describe.each(Object.keys(networks))('%s', (name) => {
    test('training logits', async ({ skip }) => {
      skipWithoutDevice(skip);
      const golden = await GoldenStep.open(name);
      close('logits.train', await golden.trainingLogits(), await golden.floats('logits.train'), tolerances.logits);
    });
  });
}

function describeSteps(
  title: string,
  backendName: TestBackendName,
  trainers: Readonly<Record<string, CreateTrainer>>,
  more: (skipWithoutDevice: SkipWithoutDevice) => void,
): void {
  const skipped = missing ? ' (skipped: the reference cases are not in ../shared/reference/golden, nor in GOLDEN_DIR)' : '';
  describe.skipIf(missing)(`${title}${skipped}`, () => {
    let backend: TestBackend | null = null;
    beforeAll(async () => {
      backend = await openTestBackend(backendName);
    });
    afterAll(async () => backend?.close());

    const skipWithoutDevice = (skip: (note: string) => void) => {
      if (backend === null) skip('INMERGE_NO_GPU=1');
    };

    more(skipWithoutDevice);

    const cases = Object.keys(networks).flatMap((name) => Object.keys(trainers).map((trainer) => [name, trainer] as const));
    describe.each(cases)('%s, %s', (name, trainerName) => {
      const create = trainers[trainerName] as CreateTrainer;
      let golden: GoldenStep;
      beforeAll(async () => {
        golden = await GoldenStep.open(name);
      });
      test('evaluation logits', async ({ skip }) => {
        skipWithoutDevice(skip);
        const trainer = await golden.trainer(create, { momentum: 0.9, weightDecay: 1e-4 });
        const logits = await trainer.logits(golden.batch.inputs, golden.batch.size);
        trainer.dispose();
        close('logits.eval', logits, await golden.floats('logits.eval'), tolerances.logits);
      });

      test('every gradient', async ({ skip }) => {
        skipWithoutDevice(skip);
        // Without momentum and decay, w - w' = rate x gradient. A rate of 2^10 leaves the gradient's own bits standing.
        const rate = 1024;
        const trainer = await golden.trainer(create, { momentum: 0, weightDecay: 0 });
        trainer.step(golden.batch, rate, null);
        const after = await trainer.weights();
        trainer.dispose();
        for (const { name: array, trainable } of parameters(golden.network)) {
          if (!trainable) continue;
          const before = golden.before.get(array) as Float32Array;
          const gradient = before.map((weight, at) => (weight - (after.get(array)?.[at] as number)) / rate);
          close(`grad.${array}`, gradient, (await golden.weights('grad')).get(array), tolerances.gradients);
        }
      });

      test('losses, and every weight and statistic after 1 and 3 steps', async ({ skip }) => {
        skipWithoutDevice(skip);
        const trainer = await golden.trainer(create, { momentum: 0.9, weightDecay: 1e-4 });
        for (const steps of [1, 3]) {
          for (let step = steps === 1 ? 0 : 1; step < steps; step++) trainer.step(golden.batch, golden.rate, null);
          const found = await trainer.weights();
          const expected = await golden.weights(`after${steps}`);
          expect([...found.keys()]).toEqual([...expected.keys()]);
          for (const [array, values] of found) {
            close(
              `after${steps}.${array}`,
              values,
              expected.get(array),
              steps === 1 ? tolerances.afterOne : tolerances.afterThree,
            );
          }
        }
        close('losses', (await trainer.takeLosses()).losses, Float32Array.from(golden.losses), tolerances.logits);
        trainer.dispose();
      });
    });
  });
}

/** One golden file, in the studio's layouts. */
class GoldenStep {
  readonly network: Network;
  readonly batch: Batch;
  readonly before: Weights;
  readonly losses: readonly number[];
  readonly rate: number;
  readonly #file: SafetensorsFile;

  static async open(name: string): Promise<GoldenStep> {
    const network = networks[name] as Network;
    const file = await SafetensorsFile.open(new Blob([readFileSync(path(name))]));
    return new GoldenStep(network, file, await batchOf(file, network), await weightsOf(file, network, 'before'));
  }

  private constructor(network: Network, file: SafetensorsFile, batch: Batch, before: Weights) {
    this.network = network;
    this.#file = file;
    this.batch = batch;
    this.before = before;
    this.losses = JSON.parse(file.metadata.get('losses') ?? '[]') as number[];
    this.rate = Number(file.metadata.get('lr'));
  }

  floats(name: string): Promise<Float32Array> {
    return this.#file.floats(name);
  }

  /** The arrays `before.*`, `grad.*`, `after1.*` or `after3.*`. */
  weights(group: string): Promise<Weights> {
    return weightsOf(this.#file, this.network, group);
  }

  async trainer(create: CreateTrainer, optimiser: OptimiserSettings): Promise<Trainer> {
    const task = this.#file.metadata.get('loss') === 'BCEWithLogitsLoss' ? 'multi-label' : 'multi-class';
    const trainer = await create({ network: this.network, task, optimiser, seed: 0, merging: null });
    await trainer.load(this.before);
    return trainer;
  }

  /** The network's own forward pass in training mode, which the trainer shows only through its loss. */
  async trainingLogits(): Promise<Float32Array> {
    const shapes = new Map(parameters(this.network).map(({ name, shape }) => [name, [...shape]]));
    const logits = tf.tidy(() => {
      const arrays = new Map([...this.before].map(([name, values]) => [name, tf.tensor(values, shapes.get(name))]));
      const inputs = tf.tensor4d(this.batch.inputs, [this.batch.size, ...this.network.input]);
      return forward(this.network, arrays, inputs, {
        batchStatistics: (_, mean, variance) => tf.dispose([mean, variance]),
        dropoutMask: () => {
          throw new Error('No golden network has dropout.');
        },
      });
    });
    const values = await logits.data<'float32'>();
    logits.dispose();
    return values;
  }
}

async function batchOf(file: SafetensorsFile, { classes, input }: Network): Promise<Batch> {
  const [height, width, channels] = input;
  const planes = await file.floats('input.nchw');
  const size = planes.length / (height * width * channels);
  const inputs = new Float32Array(planes.length);
  for (let at = 0; at < inputs.length; at++) {
    const channel = at % channels;
    const pixel = Math.floor(at / channels) % (height * width);
    const image = Math.floor(at / (channels * height * width));
    inputs[at] = planes[(image * channels + channel) * height * width + pixel] as number;
  }
  const target = await file.values('target');
  if (target instanceof Float32Array) return { size, inputs, targets: target };
  const targets = new Float32Array(size * classes);
  for (let image = 0; image < size; image++) targets[image * classes + Number(target[image])] = 1;
  return { size, inputs, targets };
}

async function weightsOf(file: SafetensorsFile, network: Network, group: string): Promise<Weights> {
  const weights: Weights = new Map();
  for (const { name, shape, trainable } of parameters(network)) {
    if (group === 'grad' && !trainable) continue;
    weights.set(name, fromFileLayout(await file.floats(`${group}.${name}`), shape));
  }
  return weights;
}

function close(what: string, found: Float32Array, expected: Float32Array | undefined, { absolute, relative }: Tolerance): void {
  if (expected === undefined) throw new Error(`PyTorch's file has no ${what}.`);
  expect(found.length, what).toBe(expected.length);
  const excess = found.map((value, at) => {
    const truth = expected[at] as number;
    return Math.abs(value - truth) / (absolute + relative * Math.abs(truth));
  });
  if (process.env['GOLDEN_REPORT'] === '1') report(what, found, expected);
  // NaN is not <= 1 either.
  const worst = excess.findIndex((value) => !(value <= 1));
  expect(worst === -1 ? 'close' : `[${worst}] is ${found[worst]}, PyTorch has ${expected[worst]}`, what).toBe('close');
}

function report(what: string, found: Float32Array, expected: Float32Array): void {
  const size = Math.max(...expected.map(Math.abs));
  const difference = Math.max(...found.map((value, at) => Math.abs(value - (expected[at] as number))));
  console.log(
    what,
    'largest',
    size.toExponential(1),
    'difference',
    difference.toExponential(1),
    'ratio',
    (difference / size).toExponential(1),
  );
}
