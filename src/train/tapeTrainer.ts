/**
 * The reference trainer: the network interpreted with tfjs operations and differentiated by tfjs, on any backend.
 * Tensors held from step to step are fixed in number; nothing is read back unless asked for.
 */
import type { WebGPUBackend } from '@tensorflow/tfjs-backend-webgpu';
import { fold, keyOf, purposes, threefry2x32, unit } from '../base/threefry.ts';
import type { BatchSource } from '../data/batches.ts';
import type { Task } from '../data/dataset.ts';
import { tf } from '../gpu/tfjs.ts';
import { GpuSimilarity } from '../merge/similarity.ts';
import { normalised } from '../merge/similarity.ref.ts';
import type { MergeLog } from '../merge/mergeLog.ts';
import type { Weights } from '../model/initialWeights.ts';
import {
  convolutions,
  mergedConvolutions,
  parameters,
  type ConvLayer,
  type DropoutLayer,
  type Network,
  type Parameter,
} from '../model/network.ts';
import { runningMomentum } from './batchNorm.ts';
import { FloatBatch, floatImages, heldByNobody } from './floatBatch.ts';
import { forward, type TrainingMode } from './forward.ts';
import { correctAnswers, crossEntropy } from './loss.ts';
import { gpuMerging, hostMerging, submittedBuffers, type Merging } from './merging.ts';
import { noFloat16, type MapStorage } from './mapStorage.ts';
import type { RunMerging } from './runMerging.ts';
import type { Batch, Hold, ImageBatch, MergeStep, OptimiserSettings, StepLosses, Trainer, TrainerState } from './trainer.ts';

export interface TapeTrainerOptions {
  readonly network: Network;
  readonly task: Task;
  readonly optimiser: OptimiserSettings;
  /** Float32 where absent. */
  readonly maps?: MapStorage;
  readonly seed: number;
  /** Null for runs that do not merge. */
  readonly merging: RunMerging | null;
}

/** Losses kept on the device until asked for. */
const lossWindow = 64;

export class TapeTrainer implements Trainer {
  readonly network: Network;
  readonly lossWindow: number;
  readonly #options: TapeTrainerOptions;
  readonly #parameters: readonly Parameter[];
  readonly #arrays = new Map<string, tf.Variable>();
  /** Each trained array with its momentum, in `state_dict` order. */
  readonly #trained: { readonly name: string; readonly weight: tf.Variable; readonly velocity: tf.Variable }[] = [];
  /** [steps, 2]: a step's mean loss and its right answers, the latest last. */
  readonly #losses: tf.Variable;
  readonly #floats: FloatBatch;
  #kept: Map<string, tf.Tensor> | null = null;
  #merging: Merging | null = null;
  #similarity: GpuSimilarity | null = null;
  #pendingLosses = 0;
  #steps = 0;

  /** Weights start at zero: call `load` before the first step. @throws StudioError `float16-absent` */
  static async create(options: TapeTrainerOptions): Promise<TapeTrainer> {
    if (options.maps === 'float16') throw noFloat16('Only the compiled step on WebGPU stores float16');
    const trainer = new TapeTrainer(options);
    const { merging, network } = options;
    const onGpu = tf.getBackend() === 'webgpu';
    if (onGpu) trainer.#similarity = await GpuSimilarity.create((tf.backend() as WebGPUBackend).device);
    const layers = merging === null ? [] : mergedConvolutions(network, merging.firstLayer);
    if (merging !== null && layers.length > 0) {
      const variables = layers.map((layer) => trainer.#array(`${layer.name}.weight`));
      const settings = { seed: options.seed, settings: merging, layers, variables };
      trainer.#merging = onGpu ? await gpuMerging(settings) : hostMerging(settings);
    }
    return trainer;
  }

  private constructor(options: TapeTrainerOptions) {
    this.#options = options;
    this.network = options.network;
    this.#parameters = parameters(options.network);
    for (const parameter of this.#parameters) {
      const array = variable(parameter.shape, parameter.trainable);
      this.#arrays.set(parameter.name, array);
      if (parameter.trainable)
        this.#trained.push({ name: parameter.name, weight: array, velocity: variable(parameter.shape, false) });
    }
    this.#losses = variable([lossWindow, 2], false);
    this.#floats = new FloatBatch(options.network.classes);
    this.lossWindow = lossWindow;
  }

  load(weights: Weights): Promise<void> {
    for (const parameter of this.#parameters) {
      const values = weights.get(parameter.name);
      if (values === undefined) throw new Error(`No values for “${parameter.name}”.`);
      tf.tidy(() => this.#array(parameter.name).assign(tf.tensor(values, [...parameter.shape])));
    }
    for (const { velocity } of this.#trained) tf.tidy(() => velocity.assign(tf.zeros(velocity.shape)));
    this.#steps = 0;
    return Promise.resolve();
  }

  async weights(): Promise<Weights> {
    const read = this.#parameters.map(async (parameter): Promise<[string, Float32Array]> => {
      const values = await this.#array(parameter.name).data<'float32'>();
      return [parameter.name, values.slice()];
    });
    return new Map(await Promise.all(read));
  }

  async state(): Promise<TrainerState> {
    const read = [...this.#named()].map(async ([name, array]): Promise<[string, Float32Array]> => [
      name,
      (await array.data<'float32'>()).slice(),
    ]);
    return { arrays: new Map(await Promise.all(read)), steps: this.#steps };
  }

  restore(state: TrainerState): void {
    if (state.arrays.has(`kept/${this.#parameters[0]?.name}`)) this.keep();
    for (const [name, array] of this.#named()) {
      const values = state.arrays.get(name);
      if (values === undefined) throw new Error(`The saved state has no “${name}”.`);
      const restored = tf.tidy(() => tf.keep(tf.tensor(values, array.shape)));
      if (array instanceof tf.Variable) {
        array.assign(restored);
        restored.dispose();
      } else {
        array.dispose();
        this.#kept?.set(name.slice('kept/'.length), restored);
      }
    }
    this.#steps = state.steps;
  }

  /** Every array of the state under its name there. */
  *#named(): Generator<[string, tf.Tensor]> {
    for (const [name, array] of this.#arrays) yield [`weight/${name}`, array];
    for (const { name, velocity } of this.#trained) yield [`momentum/${name}`, velocity];
    for (const [name, array] of this.#kept ?? []) yield [`kept/${name}`, array];
  }

  hold(): Promise<Hold> {
    return Promise.resolve(heldByNobody);
  }

  /** Tensors are made as a step goes on. */
  reserve(): Promise<boolean> {
    return Promise.resolve(true);
  }

  step(images: Batch | ImageBatch, learningRate: number, merge: MergeStep | null): void {
    const batch = this.#floats.of(images);
    if (merge !== null) this.mergeOnly(merge);
    const { momentum, weightDecay } = this.#options.optimiser;
    const weights = this.#trained.map(({ weight }) => weight);
    tf.tidy(() => {
      const [height, width, channels] = this.network.input;
      const x = tf.tensor4d(batch.inputs, [batch.size, height, width, channels]);
      const y = tf.tensor2d(batch.targets, [batch.size, this.network.classes]);
      const mode = this.#trainingMode();
      const { task } = this.#options;
      const counted: tf.Scalar[] = [];
      const { value, grads } = tf.variableGrads(() => {
        const logits = forward(this.network, this.#arrays, x, mode);
        counted.push(tf.keep(correctAnswers(logits, y, task)));
        return crossEntropy(logits, y, task);
      }, weights);
      for (const { weight, velocity } of this.#trained) {
        // PyTorch's SGD: v <- momentum v + (gradient + decay w); w <- w - rate v
        const gradient = grads[weight.name] as tf.Tensor;
        const decayed = weightDecay === 0 ? gradient : tf.add(gradient, tf.mul(weight, weightDecay));
        velocity.assign(tf.add(tf.mul(velocity, momentum), decayed));
        weight.assign(tf.sub(weight, tf.mul(velocity, learningRate)));
      }
      const taken = tf.reshape(tf.stack([value, ...counted]), [1, 2]);
      this.#losses.assign(tf.concat([tf.slice(this.#losses, [1, 0], [lossWindow - 1, 2]), taken]));
      tf.dispose(counted);
    });
    this.#pendingLosses = Math.min(lossWindow, this.#pendingLosses + 1);
    this.#steps++;
  }

  mergeOnly(merge: MergeStep): void {
    this.#merging?.merge(merge);
  }

  async takeLosses(): Promise<StepLosses> {
    const count = this.#pendingLosses;
    this.#pendingLosses = 0;
    const all = await this.#losses.data<'float32'>();
    const losses = new Float32Array(count);
    let correct = 0;
    for (let step = 0; step < count; step++) {
      const at = 2 * (lossWindow - count + step);
      losses[step] = all[at] as number;
      correct += all[at + 1] as number;
    }
    return { losses, correct };
  }

  async takeMerges(): Promise<MergeLog | null> {
    return this.#merging === null ? null : this.#merging.take();
  }

  async logits(inputs: Float32Array, size: number): Promise<Float32Array> {
    const output = tf.tidy(() => {
      const [height, width, channels] = this.network.input;
      return forward(this.network, this.#arrays, tf.tensor4d(inputs, [size, height, width, channels]), null);
    });
    try {
      return await output.data<'float32'>();
    } finally {
      output.dispose();
    }
  }

  imageLogits(source: BatchSource, first: number, count: number): Promise<Float32Array> {
    return this.logits(floatImages(source, first, count), count);
  }

  async similarity(convolution: number): Promise<Float32Array> {
    const layer = convolutions(this.network).find((each) => each.index === convolution) as ConvLayer;
    const weight = this.#array(`${layer.name}.weight`);
    const kernels = layer.output[2];
    if (this.#similarity === null) return hostSimilarity(weight, kernels);
    const backend = tf.backend() as WebGPUBackend;
    const [buffer] = submittedBuffers(backend, [weight]);
    return this.#similarity.compute(buffer as GPUBuffer, kernels, weight.size / kernels);
  }

  keep(): void {
    this.#disposeKept();
    // A copy of its own: a shared buffer would change with the next merge, which writes in place.
    this.#kept = new Map([...this.#arrays].map(([name, array]) => [name, tf.tidy(() => tf.add(array, 0))]));
  }

  restoreKept(): void {
    for (const [name, kept] of this.#kept ?? []) tf.tidy(() => this.#array(name).assign(tf.add(kept, 0)));
  }

  dispose(): void {
    this.#disposeKept();
    this.#merging?.dispose();
    for (const array of [...this.#arrays.values(), ...this.#trained.map(({ velocity }) => velocity), this.#losses])
      array.dispose();
  }

  #trainingMode(): TrainingMode {
    return {
      batchStatistics: (name, mean, variance, rows) => {
        // PyTorch keeps the unbiased variance in its running statistics.
        tf.tidy(() => {
          const unbiased = tf.mul(variance, rows / Math.max(1, rows - 1));
          this.#moveTowards(`${name}.running_mean`, mean);
          this.#moveTowards(`${name}.running_var`, unbiased);
        });
        mean.dispose();
        variance.dispose();
      },
      dropoutMask: (layer, batch) => dropoutMask(layer, batch, this.#options.seed, this.#steps),
    };
  }

  #moveTowards(name: string, value: tf.Tensor): void {
    const running = this.#array(name);
    running.assign(tf.add(tf.mul(running, 1 - runningMomentum), tf.mul(value, runningMomentum)));
  }

  #array(name: string): tf.Variable {
    const array = this.#arrays.get(name);
    if (array === undefined) throw new Error(`The network has no array “${name}”.`);
    return array;
  }

  #disposeKept(): void {
    for (const kept of this.#kept?.values() ?? []) kept.dispose();
    this.#kept = null;
  }
}

function variable(shape: readonly number[], trainable: boolean): tf.Variable {
  return tf.tidy(() => tf.variable(tf.zeros([...shape]), trainable));
}

/** Where there is no compute shader: the dot products as one matrix product, which WASM and WebGL do fast. */
async function hostSimilarity(weight: tf.Variable, kernels: number): Promise<Float32Array> {
  const gram = tf.tidy(() => {
    const rows = tf.reshape(weight, [weight.size / kernels, kernels]);
    return tf.matMul(rows, rows, true, false);
  });
  try {
    return normalised(await gram.data<'float32'>(), kernels);
  } finally {
    gram.dispose();
  }
}

/** 0 or 1/(1 - rate), drawn for (seed, layer, step): the same mask wherever and whenever the step is run. */
function dropoutMask(layer: DropoutLayer, batch: number, seed: number, step: number): tf.Tensor2D {
  const features = layer.output[2];
  const key = fold(fold(fold(keyOf(seed), purposes.dropout), step), layer.index);
  const values = new Float32Array(batch * features);
  const kept = 1 / (1 - layer.rate);
  for (let index = 0; index < values.length; index++)
    values[index] = unit(threefry2x32(key, [0, index])[0]) < layer.rate ? 0 : kept;
  return tf.tensor2d(values, [batch, features]);
}
