/**
 * The trainer for WebGPU: the network's whole step as one fixed list of dispatches over buffers that are allocated once
 * (`gpu/compiled`). Held to the tape trainer and to PyTorch by tests. Its state has the tape's names, its dropout the
 * tape's draws, and its results are the same bits however a run is paused, saved or watched.
 */
import type { BatchSource } from '../data/batches.ts';
import { fold, keyOf, purposes } from '../base/threefry.ts';
import { CompiledNetwork } from '../gpu/compiled/compiledNetwork.ts';
import type { CompileProgress } from '../gpu/compiled/pipelines.ts';
import type { KernelChoice } from '../gpu/compiled/tiles.ts';
import { heldOn, holdImages, type HoldLimits } from '../gpu/heldImages.ts';
import { isSoftware } from '../gpu/webgpu.ts';
import { GpuMerger } from '../merge/gpuMerger.ts';
import type { MergeLog } from '../merge/mergeLog.ts';
import { GpuSimilarity } from '../merge/similarity.ts';
import type { Weights } from '../model/initialWeights.ts';
import {
  convolutions,
  flatLayers,
  mergedConvolutions,
  type CountedConvLayer,
  type DropoutLayer,
  type Network,
} from '../model/network.ts';
import { FloatBatch, floatImages } from './floatBatch.ts';
import { noFloat16 } from './mapStorage.ts';
import { mergeRule, type RunMerging } from './runMerging.ts';
import type { TapeTrainerOptions } from './tapeTrainer.ts';
import type { Batch, Hold, ImageBatch, MergeStep, StepLosses, Trainer, TrainerState } from './trainer.ts';

export interface CompiledTrainerOptions extends TapeTrainerOptions {
  readonly device: GPUDevice;
  /** Told how many of the step's shaders are compiled. */
  readonly progress?: CompileProgress | undefined;
  /** Absent: what is taken where nothing was measured. */
  readonly kernels?: KernelChoice | undefined;
  /** For tests: images of a chunk, where it should be less than the device allows. */
  readonly mostImagesOfChunk?: number | undefined;
  /** For tests: what of a split may be held, where it should be less than the device allows. */
  readonly holdLimits?: HoldLimits | undefined;
}

const lossWindow = 64;

function mergerOf(device: GPUDevice, merging: RunMerging, merged: readonly CountedConvLayer[]): Promise<GpuMerger> {
  const { rule, layers } = mergeRule(merging, merged);
  return GpuMerger.create(device, layers, rule);
}

interface Parts {
  readonly compiled: CompiledNetwork;
  readonly similarity: GpuSimilarity;
  readonly merger: GpuMerger | null;
  readonly merged: readonly CountedConvLayer[];
}

export class CompiledTrainer implements Trainer {
  readonly network: Network;
  readonly lossWindow: number;
  readonly #options: CompiledTrainerOptions;
  readonly #parts: Parts;
  readonly #dropouts: readonly DropoutLayer[];
  readonly #floats: FloatBatch;
  #pendingLosses = 0;
  #steps = 0;

  /** Weights start at zero: call `load` before the first step. */
  static async create(options: CompiledTrainerOptions): Promise<CompiledTrainer> {
    const { device, kernels, maps, merging, mostImagesOfChunk, network, progress, task } = options;
    if (maps === 'float16' && !device.features.has('shader-f16')) throw noFloat16('This GPU offers no float16');
    const adapterInfo = device.adapterInfo as GPUAdapterInfo | undefined;
    const merged = merging === null ? [] : mergedConvolutions(network, merging.firstLayer);
    const compiled = await CompiledNetwork.create(
      {
        device,
        network,
        multiLabel: task === 'multi-label',
        lossWindow,
        // Not every browser tells a device's adapter; those emulate none.
        software: adapterInfo !== undefined && isSoftware(adapterInfo),
        kernels: kernels ?? null,
        half: maps === 'float16',
        mostImagesOfChunk,
      },
      progress ?? (() => {}),
    );
    const similarity = await GpuSimilarity.create(device);
    const merger = merging === null || merged.length === 0 ? null : await mergerOf(device, merging, merged);
    return new CompiledTrainer(options, { compiled, similarity, merger, merged });
  }

  private constructor(options: CompiledTrainerOptions, parts: Parts) {
    this.#options = options;
    this.#parts = parts;
    this.network = options.network;
    this.lossWindow = Math.min(lossWindow, parts.merger?.logSteps ?? lossWindow);
    this.#floats = new FloatBatch(options.network.classes);
    this.#dropouts = flatLayers(options.network).filter((layer): layer is DropoutLayer => layer.kind === 'dropout');
  }

  load(weights: Weights): Promise<void> {
    const { parameters } = this.#parts.compiled;
    for (const { name, values } of parameters.arrays) {
      const loaded = weights.get(name);
      if (loaded === undefined) throw new Error(`No values for “${name}”.`);
      parameters.write(values, loaded);
    }
    parameters.clearMomentum();
    this.#steps = 0;
    return Promise.resolve();
  }

  async weights(): Promise<Weights> {
    const { compiled } = this.#parts;
    const read = compiled.parameters.arrays.map(async ({ count, name, values }): Promise<[string, Float32Array]> => [
      name,
      await compiled.read(values, count),
    ]);
    return new Map(await Promise.all(read));
  }

  async state(): Promise<TrainerState> {
    const { compiled } = this.#parts;
    const read = [...compiled.parameters.named()].map(async ({ buffer, count, name }): Promise<[string, Float32Array]> => [
      name,
      await compiled.read(buffer, count),
    ]);
    return { arrays: new Map(await Promise.all(read)), steps: this.#steps };
  }

  restore(state: TrainerState): void {
    const { parameters } = this.#parts.compiled;
    if (state.arrays.has(`kept/${parameters.arrays[0]?.name}`)) this.keep();
    for (const { buffer, name } of parameters.named()) {
      const values = state.arrays.get(name);
      if (values === undefined) throw new Error(`The saved state has no “${name}”.`);
      parameters.write(buffer, values);
    }
    this.#steps = state.steps;
  }

  hold(source: BatchSource): Promise<Hold> {
    const { device, holdLimits } = this.#options;
    return holdImages(device, source, holdLimits);
  }

  reserve(size: number): Promise<boolean> {
    return this.#parts.compiled.reserve(size);
  }

  step(batch: Batch | ImageBatch, learningRate: number, merge: MergeStep | null): void {
    const { compiled } = this.#parts;
    const { momentum, weightDecay } = this.#options.optimiser;
    if (this.#pendingLosses >= this.lossWindow)
      throw new Error(`More than ${this.lossWindow} steps without taking their losses.`);
    if (this.#pendingLosses > 0 && compiled.batchSize !== batch.size)
      throw new Error('Take the losses before a batch of another size.');
    this.#feed(batch);
    const numbers = {
      rate: learningRate,
      momentum,
      decay: weightDecay,
      slot: this.#pendingLosses,
      dropoutKeys: this.#dropoutKeys(),
    };
    compiled.step(numbers, merge === null ? undefined : (encoder) => this.#merge(encoder, merge));
    this.#pendingLosses++;
    this.#steps++;
  }

  mergeOnly(merge: MergeStep): void {
    const { device } = this.#options;
    const encoder = device.createCommandEncoder({ label: 'merge' });
    this.#merge(encoder, merge);
    device.queue.submit([encoder.finish()]);
  }

  async takeLosses(): Promise<StepLosses> {
    const steps = this.#pendingLosses;
    this.#pendingLosses = 0;
    const { correct, ofImages } = await this.#parts.compiled.losses(steps);
    const size = ofImages.length / Math.max(1, steps);
    const losses = Float32Array.from({ length: steps }, (_, step) => {
      let sum = 0;
      for (let image = 0; image < size; image++) sum += ofImages[step * size + image] as number;
      return sum / size;
    });
    return { losses, correct };
  }

  takeMerges(): Promise<MergeLog | null> {
    return this.#parts.merger?.takeLog() ?? Promise.resolve(null);
  }

  logits(inputs: Float32Array, size: number): Promise<Float32Array> {
    const length = inputs.length / size;
    return this.#inParts(size, (first, count) =>
      this.#parts.compiled.logits(inputs.subarray(first * length, (first + count) * length), count),
    );
  }

  imageLogits(source: BatchSource, first: number, count: number): Promise<Float32Array> {
    const { compiled } = this.#parts;
    const held = heldOn(this.#options.device, source);
    return this.#inParts(count, (from, here) =>
      held === null
        ? compiled.logits(floatImages(source, first + from, here), here)
        : compiled.heldLogits(held, first + from, here),
    );
  }

  /** As many images at once as evaluation takes; the device has all of them before the first are read. */
  async #inParts(size: number, logitsOf: (first: number, count: number) => Promise<Float32Array>): Promise<Float32Array> {
    const { evaluationBatch } = this.#parts.compiled;
    const { classes } = this.network;
    const logits = new Float32Array(size * classes);
    const parts: Promise<void>[] = [];
    for (let first = 0; first < size; first += evaluationBatch) {
      const part = logitsOf(first, Math.min(evaluationBatch, size - first));
      parts.push(part.then((values) => logits.set(values, first * classes)));
    }
    await Promise.all(parts);
    return logits;
  }

  similarity(convolution: number): Promise<Float32Array> {
    const layer = convolutions(this.network).find(({ index }) => index === convolution) as CountedConvLayer;
    const { count, values } = this.#parts.compiled.parameters.get(`${layer.name}.weight`);
    return this.#parts.similarity.compute(values, layer.output[2], count / layer.output[2]);
  }

  keep(): void {
    this.#parts.compiled.parameters.keep();
  }

  restoreKept(): void {
    this.#parts.compiled.parameters.restoreKept();
  }

  /** For tests and the status line. */
  get counters(): CompiledNetwork['counters'] & { readonly stepBytes: number } {
    const { compiled } = this.#parts;
    return { ...compiled.counters, stepBytes: compiled.stepBytes };
  }

  dispose(): void {
    this.#parts.merger?.destroy();
    this.#parts.compiled.destroy();
  }

  #feed(batch: Batch | ImageBatch): void {
    const { compiled } = this.#parts;
    const held = 'inputs' in batch ? null : heldOn(this.#options.device, batch.source);
    if (held === null || 'inputs' in batch) {
      const { inputs, size, targets } = this.#floats.of(batch);
      compiled.writeBatch(size, inputs, targets);
    } else compiled.takeBatch(batch.size, held, batch.order, batch.first);
  }

  #merge(encoder: GPUCommandEncoder, { purpose, step }: MergeStep): void {
    const { compiled, merged, merger } = this.#parts;
    const weights = merged.map(({ name }) => compiled.parameters.get(`${name}.weight`).values);
    merger?.record(encoder, step, this.#options.seed, purpose, weights);
  }

  #dropoutKeys() {
    if (this.#dropouts.length === 0) return [];
    const key = fold(fold(keyOf(this.#options.seed), purposes.dropout), this.#steps);
    return this.#dropouts.map(({ index }) => fold(key, index));
  }
}
