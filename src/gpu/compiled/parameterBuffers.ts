/**
 * A network's arrays on the GPU, in the studio's layouts (conv HWIO, linear [in, out]): weights and statistics, the
 * momentum of what is trained, and the kept copy. Allocated once; every kernel works on them in place.
 */
import { elements, parameters, type Network } from '../../model/network.ts';
import type { Trained } from './update.ts';

export interface ArrayBuffers {
  readonly name: string;
  readonly count: number;
  readonly values: GPUBuffer;
  /** Null for running statistics. */
  readonly velocity: GPUBuffer | null;
}

export class ParameterBuffers {
  readonly arrays: readonly ArrayBuffers[];
  readonly #device: GPUDevice;
  readonly #byName: ReadonlyMap<string, ArrayBuffers>;
  #kept: ReadonlyMap<string, GPUBuffer> | null = null;

  constructor(device: GPUDevice, network: Network) {
    this.#device = device;
    this.arrays = parameters(network).map(({ name, shape, trainable }) => {
      const count = elements(shape);
      const buffer = (label: string) => this.#buffer(label, count);
      return { name, count, values: buffer(name), velocity: trainable ? buffer(`${name}, momentum`) : null };
    });
    this.#byName = new Map(this.arrays.map((array) => [array.name, array]));
  }

  get(name: string): ArrayBuffers {
    const found = this.#byName.get(name);
    if (found === undefined) throw new Error(`The network has no array “${name}”.`);
    return found;
  }

  trained(name: string): Trained {
    const { values, velocity } = this.get(name);
    if (velocity === null) throw new Error(`“${name}” is not trained.`);
    return { values, velocity };
  }

  /** Every array of a trainer's state under its name there. */
  *named(): Generator<{ readonly name: string; readonly count: number; readonly buffer: GPUBuffer }> {
    for (const { count, name, values } of this.arrays) yield { name: `weight/${name}`, count, buffer: values };
    for (const { count, name, velocity } of this.arrays)
      if (velocity !== null) yield { name: `momentum/${name}`, count, buffer: velocity };
    for (const [name, buffer] of this.#kept ?? []) yield { name: `kept/${name}`, count: this.get(name).count, buffer };
  }

  write(buffer: GPUBuffer, values: Float32Array): void {
    this.#device.queue.writeBuffer(buffer, 0, values as Float32Array<ArrayBuffer>);
  }

  clearMomentum(): void {
    const encoder = this.#device.createCommandEncoder({ label: 'clear momentum' });
    for (const { velocity } of this.arrays) if (velocity !== null) encoder.clearBuffer(velocity);
    this.#device.queue.submit([encoder.finish()]);
  }

  keep(): void {
    this.#kept ??= new Map(this.arrays.map(({ count, name }) => [name, this.#buffer(`${name}, kept`, count)]));
    this.#copy((array, kept) => [array.values, kept]);
  }

  restoreKept(): void {
    this.#copy((array, kept) => [kept, array.values]);
  }

  destroy(): void {
    for (const { values, velocity } of this.arrays) {
      values.destroy();
      velocity?.destroy();
    }
    for (const kept of this.#kept?.values() ?? []) kept.destroy();
    this.#kept = null;
  }

  /** Room for whole fours of floats; what lies beyond the last is zero and stays so. */
  #buffer(label: string, count: number): GPUBuffer {
    const usage = GPUBufferUsage.STORAGE | GPUBufferUsage.COPY_SRC | GPUBufferUsage.COPY_DST;
    return this.#device.createBuffer({ label, size: Math.ceil(count / 4) * 16, usage });
  }

  #copy(way: (array: ArrayBuffers, kept: GPUBuffer) => readonly [GPUBuffer, GPUBuffer]): void {
    if (this.#kept === null) return;
    const encoder = this.#device.createCommandEncoder({ label: 'kept weights' });
    for (const array of this.arrays) {
      const [source, destination] = way(array, this.#kept.get(array.name) as GPUBuffer);
      encoder.copyBufferToBuffer(source, 0, destination, 0, source.size);
    }
    this.#device.queue.submit([encoder.finish()]);
  }
}
