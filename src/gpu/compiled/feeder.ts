/**
 * Feeds programs from images held on the device. An epoch's order is uploaded once, when its first batch is asked for; a
 * batch is then sixteen bytes, its place in that order.
 */
import type { HeldImages } from '../heldImages.ts';
import { gather, gatherAll, mirroredBit, type Fed, type GatherShape, type TrainingGather } from './gather.ts';
import { feedBytes, type Operation, type Resource } from './operation.ts';
import type { Pipelines } from './pipelines.ts';
import { Arena, Program } from './program.ts';

/** Which images, in which order, and which of them (by image) are mirrored. */
export interface FedOrder {
  readonly images: Uint32Array;
  readonly flips: Uint8Array | null;
}

/** A program's gathers for one split. */
interface Source {
  readonly fed: Fed;
  readonly held: HeldImages;
  readonly program: Program;
}

export class Feeder {
  readonly #device: GPUDevice;
  readonly #pipelines: Pipelines;
  readonly #shape: GatherShape;
  readonly #arena: Arena;
  readonly #feed: GPUBuffer;
  #order: GPUBuffer | null = null;
  /** What `#order` holds. */
  #uploaded: FedOrder | null = null;
  #training: Source | null = null;
  #evaluating: Source | null = null;

  /** Gathers for any split, to be compiled beforehand. */
  static operations(shape: GatherShape, any: Resource): Operation[] {
    const all = { batch: any, chunk: 0, feed: any, part: any, bytes: any, table: any, labels: any, y: any, images: 1 };
    return [gather(shape, { ...all, training: { order: any, targets: any } }), gather(shape, { ...all, training: null })];
  }

  constructor(device: GPUDevice, pipelines: Pipelines, shape: GatherShape) {
    this.#device = device;
    this.#pipelines = pipelines;
    this.#shape = shape;
    // Gathers plan no memory of their own.
    this.#arena = new Arena(device);
    const usage = GPUBufferUsage.UNIFORM | GPUBufferUsage.COPY_DST;
    this.#feed = device.createBuffer({ label: 'feed', size: feedBytes, usage });
  }

  /** @returns the dispatches that fill a batch from `first` on in that order, with its targets */
  train(fed: Fed, targets: GPUBuffer, held: HeldImages, order: FedOrder, first: number): Program {
    const buffer = this.#upload(order);
    if (this.#training?.fed !== fed || this.#training.held !== held)
      this.#training = this.#source(fed, held, { order: buffer, targets });
    this.#write(first);
    return this.#training.program;
  }

  /** @returns the dispatches that fill a batch with the images from `first` on as they lie */
  evaluate(fed: Fed, held: HeldImages, first: number): Program {
    if (this.#evaluating?.fed !== fed || this.#evaluating.held !== held) this.#evaluating = this.#source(fed, held, null);
    this.#write(first);
    return this.#evaluating.program;
  }

  destroy(): void {
    this.#order?.destroy();
    this.#feed.destroy();
  }

  #write(first: number): void {
    this.#device.queue.writeBuffer(this.#feed, 0, new Uint32Array([first, 0, 0, 0]));
  }

  #source(fed: Fed, held: HeldImages, training: TrainingGather | null): Source {
    const operations = gatherAll(this.#shape, fed, held, this.#feed, training);
    return { fed, held, program: new Program(this.#device, this.#pipelines, this.#arena, operations, { before: [], after: [] }) };
  }

  #upload(order: FedOrder): GPUBuffer {
    const { flips, images } = order;
    if (this.#order === null || this.#order.size < images.byteLength) {
      this.#order?.destroy();
      const usage = GPUBufferUsage.STORAGE | GPUBufferUsage.COPY_DST;
      this.#order = this.#device.createBuffer({ label: 'order', size: Math.max(16, images.byteLength), usage });
      this.#uploaded = null;
      this.#training = null;
    }
    if (this.#uploaded !== order) {
      const words = flips === null ? images : images.map((image) => image + (flips[image] === 1 ? mirroredBit : 0));
      this.#device.queue.writeBuffer(this.#order, 0, words as Uint32Array<ArrayBuffer>);
      this.#uploaded = order;
    }
    return this.#order;
  }
}
