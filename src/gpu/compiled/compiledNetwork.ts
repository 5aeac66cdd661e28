/**
 * One network compiled for one device: its parameters, its pipelines, and programs for training and for evaluation, made
 * for a size of batch when that size is first asked for. Knows buffers and dispatches; what a run is, its trainer knows.
 */
import type { Network } from '../../model/network.ts';
import type { HeldImages } from '../heldImages.ts';
import { outOfMemory } from '../webgpu.ts';
import { lowerBackward } from './backwardPass.ts';
import { chunksOf, evaluationImages, imagesAtOnce } from './chunks.ts';
import { lowerForward } from './forwardPass.ts';
import { convKernels, type ConvKernels } from './convKernels.ts';
import { Feeder, type FedOrder } from './feeder.ts';
import type { GatherShape } from './gather.ts';
import { graphOf, type Graph } from './graph.ts';
import { Lowering, type Chunk } from './lowering.ts';
import { lossesBytes } from './loss.ts';
import { batchBytes, nowBytes, quads, type Operation, type PlannedBuffer, type Resource } from './operation.ts';
import { ParameterBuffers } from './parameterBuffers.ts';
import { Pipelines, type CompileProgress } from './pipelines.ts';
import { Arena, Program } from './program.ts';
import { defaultChoice, softwareChoice, type KernelChoice } from './tiles.ts';

export interface CompiledOptions {
  readonly device: GPUDevice;
  readonly network: Network;
  readonly multiLabel: boolean;
  /** Losses are kept for that many steps. */
  readonly lossWindow: number;
  readonly software: boolean;
  /** Null: what is taken where nothing was measured. */
  readonly kernels: KernelChoice | null;
  /** Maps and their gradients stored as float16: the device must have `shader-f16`. */
  readonly half: boolean;
  /** For tests: images of a chunk, where it should be less than the device allows. */
  readonly mostImagesOfChunk?: number | undefined;
}

/** What differs from step to step. */
export interface StepNumbers {
  readonly rate: number;
  readonly momentum: number;
  readonly decay: number;
  readonly slot: number;
  /** Draws of each dropout layer, by its index. */
  readonly dropoutKeys: readonly (readonly [number, number])[];
}

interface Lowered {
  readonly operations: readonly Operation[];
  readonly input: readonly PlannedBuffer[];
  readonly output: readonly PlannedBuffer[];
}

interface Ready {
  readonly program: Program;
  /** Of each chunk. */
  readonly images: readonly number[];
  readonly input: readonly GPUBuffer[];
  readonly output: readonly GPUBuffer[];
  readonly batches: readonly GPUBuffer[];
}

interface Training extends Ready {
  readonly size: number;
  readonly targets: GPUBuffer;
  readonly losses: GPUBuffer;
  /** What its counter of right answers was at when it was last read. */
  counted: number;
}

/** As the loss kernel left them. */
export interface ReadLosses {
  /** [steps, batch]. */
  readonly ofImages: Float32Array;
  /** Right answers since the last read: images, or in multi-label training cells (image, label). */
  readonly correct: number;
}

export class CompiledNetwork {
  readonly parameters: ParameterBuffers;
  readonly graph: Graph;
  readonly #options: CompiledOptions;
  readonly #pipelines: Pipelines;
  readonly #arena: Arena;
  readonly #now: GPUBuffer;
  readonly #atOnce: number;
  readonly #kernels: ConvKernels;
  readonly #feeder: Feeder;
  /** Makes the batch of the next step on the device; null where it was uploaded. */
  #feed: Program | null = null;
  #training: Training | null = null;
  #evaluation: Ready | null = null;
  /** Made since the start, for tests and the status line. */
  readonly counters = { dispatches: 0, submissions: 0, buffers: 0 };

  /** @throws StudioError `gpu-out-of-memory` where there is no room for its weights: then nothing of them is left */
  static async create(options: CompiledOptions, progress: CompileProgress): Promise<CompiledNetwork> {
    const { device } = options;
    device.pushErrorScope('out-of-memory');
    const compiled = new CompiledNetwork(options);
    if ((await device.popErrorScope()) !== null) {
      compiled.destroy();
      await device.queue.onSubmittedWorkDone();
      throw outOfMemory();
    }
    await compiled.#compile(progress);
    return compiled;
  }

  private constructor(options: CompiledOptions) {
    const { device, network } = options;
    this.#options = options;
    const unmeasured = options.software ? softwareChoice(device.features) : defaultChoice.hardware;
    this.#kernels = convKernels(options.kernels ?? unmeasured);
    this.graph = graphOf(network);
    this.parameters = new ParameterBuffers(device, network);
    this.#pipelines = Pipelines.of(device);
    this.#arena = new Arena(device);
    this.#feeder = new Feeder(device, this.#pipelines, this.#gatherShape);
    this.#now = this.#uniform('now', nowBytes);
    const most = imagesAtOnce(this.graph, device.limits, options.half);
    this.#atOnce = Math.max(1, Math.min(most, options.mostImagesOfChunk ?? most));
  }

  /** Bytes that maps, gradients and partial sums take. */
  get stepBytes(): number {
    return this.#arena.bytes;
  }

  get plannedBytes(): number {
    return this.#training?.program.plan.bytes ?? 0;
  }

  /** Submits one step over the batch that was written last. */
  step(numbers: StepNumbers, merge?: (encoder: GPUCommandEncoder) => void): void {
    const { device, software } = this.#options;
    const training = this.#training;
    const feed = this.#feed;
    if (training === null) throw new Error('No batch was written.');
    const bytes = new ArrayBuffer(nowBytes);
    new Float32Array(bytes).set([numbers.rate, numbers.momentum, numbers.decay]);
    const words = new Uint32Array(bytes);
    words[3] = numbers.slot;
    numbers.dropoutKeys.forEach((key, index) => words.set(key, 4 + 4 * index));
    device.queue.writeBuffer(this.#now, 0, bytes);
    this.counters.submissions += training.program.run(training.images, software, (encoder) => {
      merge?.(encoder);
      feed?.record(encoder, training.images);
    });
    this.counters.dispatches += training.program.dispatches + (feed?.dispatches ?? 0);
  }

  /** Makes the program for batches of that size ready, if it is not. */
  prepare(size: number): Training {
    if (this.#training?.size === size) return this.#training;
    const { device, lossWindow, network } = this.#options;
    this.#destroyTraining();
    const targets = this.#storage('targets', size * network.classes * 4);
    const losses = this.#storage('losses', lossesBytes(lossWindow * size));
    const ready = this.#ready(chunksOf(size, this.#atOnce), (chunks) => this.#lowerTraining(chunks, targets, losses));
    this.#training = { ...ready, size, targets, losses, counted: 0 };
    ready.images.reduce((first, images, number) => {
      device.queue.writeBuffer(ready.batches[number] as GPUBuffer, 0, new Uint32Array([images, first, size, number]));
      return first + images;
    }, 0);
    return this.#training;
  }

  /**
   * Makes all that steps of batches of that size and evaluations need, if it is not there.
   * @returns false where the device has no memory for it: then none of it is there
   */
  async reserve(size: number): Promise<boolean> {
    if (this.#training?.size === size && this.#evaluation !== null) return true;
    const { device } = this.#options;
    // What cannot be allocated is invalid, and so is all that binds it.
    device.pushErrorScope('out-of-memory');
    device.pushErrorScope('validation');
    this.prepare(size);
    if (this.#evaluation === null) this.#prepareEvaluation();
    const [invalid, noMemory] = await Promise.all([device.popErrorScope(), device.popErrorScope()]);
    if (noMemory === null && invalid === null) return true;
    this.#destroyPrograms();
    if (noMemory === null) throw new Error(`The step cannot be made: ${invalid?.message}`);
    // What was destroyed is free once the device is done with it.
    await device.queue.onSubmittedWorkDone();
    return false;
  }

  /** A batch from arrays: inputs [size, h, w, c], targets [size, classes]. */
  writeBatch(size: number, inputs: Float32Array, targets: Float32Array): void {
    const { images, input, targets: buffer } = this.prepare(size);
    this.#feed = null;
    const { queue } = this.#options.device;
    queue.writeBuffer(buffer, 0, targets as Float32Array<ArrayBuffer>);
    const length = inputs.length / size;
    images.reduce((first, count, number) => {
      const chunk = this.#inFours(inputs.subarray(first * length, (first + count) * length));
      queue.writeBuffer(input[number] as GPUBuffer, 0, chunk);
      return first + count;
    }, 0);
  }

  /** A batch of held images, those from `first` on in that order: the step will gather them. */
  takeBatch(size: number, held: HeldImages, order: FedOrder, first: number): void {
    const training = this.prepare(size);
    this.#feed = this.#feeder.train(training, training.targets, held, order, first);
  }

  /** Of the steps since slot 0, which are all since the last call: losses and right answers in one read. */
  async losses(steps: number): Promise<ReadLosses> {
    const training = this.#training;
    if (training === null || steps === 0) return { ofImages: new Float32Array(0), correct: 0 };
    const read = await this.read(training.losses, lossesBytes(steps * training.size) / 4);
    const [counted = 0] = new Uint32Array(read.buffer, 0, 1);
    // Past 2^32 the counter begins again at 0; the difference is right all the same.
    const correct = (counted - training.counted) >>> 0;
    training.counted = counted;
    return { ofImages: read.subarray(1), correct };
  }

  get batchSize(): number {
    return this.#training?.size ?? 0;
  }

  /** Images that one evaluation takes. */
  get evaluationBatch(): number {
    return Math.min(
      evaluationImages(this.graph, this.#options.device.limits, this.#options.half),
      this.#options.mostImagesOfChunk ?? Infinity,
    );
  }

  /** Logits [size, classes] of at most `evaluationBatch` images, by running statistics and without dropout. */
  logits(inputs: Float32Array, size: number): Promise<Float32Array> {
    const evaluation = this.#evaluation ?? this.#prepareEvaluation();
    this.#options.device.queue.writeBuffer(evaluation.input[0] as GPUBuffer, 0, this.#inFours(inputs));
    return this.#evaluate(evaluation, size, null);
  }

  /** The same of held images, from `first` on. */
  heldLogits(held: HeldImages, first: number, size: number): Promise<Float32Array> {
    const evaluation = this.#evaluation ?? this.#prepareEvaluation();
    return this.#evaluate(evaluation, size, this.#feeder.evaluate(evaluation, held, first));
  }

  async #evaluate(evaluation: Ready, size: number, feed: Program | null): Promise<Float32Array> {
    const { device, network, software } = this.#options;
    const { classes } = network;
    device.queue.writeBuffer(evaluation.batches[0] as GPUBuffer, 0, new Uint32Array([size, 0, size, 0]));
    evaluation.program.run([size], software, (encoder) => feed?.record(encoder, [size]));
    const row = quads(classes) * 4;
    const padded = await this.read(evaluation.output[0] as GPUBuffer, size * row);
    if (row === classes) return padded;
    const logits = new Float32Array(size * classes);
    for (let image = 0; image < size; image++) logits.set(padded.subarray(image * row, image * row + classes), image * classes);
    return logits;
  }

  async read(buffer: GPUBuffer, count: number): Promise<Float32Array> {
    const { device } = this.#options;
    const usage = GPUBufferUsage.MAP_READ | GPUBufferUsage.COPY_DST;
    const staging = device.createBuffer({ label: 'read', size: count * 4, usage });
    const encoder = device.createCommandEncoder({ label: 'read' });
    encoder.copyBufferToBuffer(buffer, 0, staging, 0, count * 4);
    device.queue.submit([encoder.finish()]);
    try {
      await staging.mapAsync(GPUMapMode.READ);
      return new Float32Array(staging.getMappedRange().slice(0));
    } finally {
      staging.destroy();
    }
  }

  destroy(): void {
    this.#destroyPrograms();
    this.#feeder.destroy();
    this.#now.destroy();
    this.parameters.destroy();
  }

  #prepareEvaluation(): Ready {
    this.#evaluation = this.#ready([this.evaluationBatch], (chunks) => this.#lowerEvaluation(chunks));
    return this.#evaluation;
  }

  get #gatherShape(): GatherShape {
    const { multiLabel, network } = this.#options;
    return { input: network.input, classes: network.classes, multiLabel };
  }

  /** Pipelines depend on no batch: what one image needs, all sizes do. */
  async #compile(progress: CompileProgress): Promise<void> {
    const chunk = [{ number: 0, images: 1, batch: this.#now }];
    const operations = [
      ...this.#lowerTraining(chunk, this.#now, this.#now).operations,
      ...this.#lowerEvaluation(chunk).operations,
      ...Feeder.operations(this.#gatherShape, this.#now),
    ];
    await this.#pipelines.compile(operations, progress);
  }

  #lowerTraining(chunks: readonly Chunk[], targets: Resource, losses: Resource): Lowered {
    const { graph, parameters } = this;
    const lowering = new Lowering({
      kernels: this.#kernels,
      graph,
      parameters,
      chunks,
      half: this.#options.half,
      step: { now: this.#now, targets, losses },
    });
    const input = lowerForward(lowering, 'train');
    lowerBackward(lowering, this.#options.multiLabel);
    return { operations: lowering.operations, input, output: [] };
  }

  #lowerEvaluation(chunks: readonly Chunk[]): Lowered {
    const { graph, parameters } = this;
    const step = { now: this.#now, targets: this.#now, losses: this.#now };
    const lowering = new Lowering({ kernels: this.#kernels, graph, parameters, chunks, step, half: this.#options.half });
    const input = lowerForward(lowering, 'evaluate');
    return { operations: lowering.operations, input, output: chunks.map((chunk) => lowering.values(graph.output, chunk)) };
  }

  #ready(images: readonly number[], lower: (chunks: readonly Chunk[]) => Lowered): Ready {
    const { device } = this.#options;
    const batches = images.map((_, number) => this.#uniform(`batch ${number}`, batchBytes));
    const { input, operations, output } = lower(
      images.map((count, number) => ({ number, images: count, batch: batches[number] as GPUBuffer })),
    );
    const program = new Program(device, this.#pipelines, this.#arena, operations, { before: input, after: output });
    this.counters.buffers = this.#arena.made;
    return {
      program,
      images,
      batches,
      input: input.map((buffer) => program.buffer(buffer)),
      output: output.map((buffer) => program.buffer(buffer)),
    };
  }

  /** Channels in fours, as maps are stored. */
  #inFours(inputs: Float32Array): Float32Array<ArrayBuffer> {
    const channels = this.#options.network.input[2];
    const row = quads(channels) * 4;
    if (row === channels) return inputs as Float32Array<ArrayBuffer>;
    const padded = new Float32Array((inputs.length / channels) * row);
    for (let from = 0, to = 0; from < inputs.length; from += channels, to += row)
      for (let channel = 0; channel < channels; channel++) padded[to + channel] = inputs[from + channel] as number;
    return padded;
  }

  #destroyPrograms(): void {
    this.#destroyTraining();
    for (const buffer of this.#evaluation?.batches ?? []) buffer.destroy();
    this.#evaluation = null;
    this.#arena.destroy();
  }

  #destroyTraining(): void {
    if (this.#training === null) return;
    for (const buffer of [...this.#training.batches, this.#training.targets, this.#training.losses]) buffer.destroy();
    this.#training = null;
    this.#feed = null;
  }

  #uniform(label: string, size: number): GPUBuffer {
    return this.#options.device.createBuffer({ label, size, usage: GPUBufferUsage.UNIFORM | GPUBufferUsage.COPY_DST });
  }

  #storage(label: string, bytes: number): GPUBuffer {
    const usage = GPUBufferUsage.STORAGE | GPUBufferUsage.COPY_SRC | GPUBufferUsage.COPY_DST;
    return this.#options.device.createBuffer({ label, size: Math.ceil(bytes / 16) * 16, usage });
  }
}
