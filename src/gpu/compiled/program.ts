/**
 * Operations with their memory: buffers placed, bind groups made, ready to be recorded again and again. A program owns no
 * buffers but borrows places from an arena, so that training and evaluation, which never run at once, share theirs.
 */
import { planMemory, type MemoryPlan, type Outside } from './memoryPlan.ts';
import { isPlanned, type Operation, type Resource } from './operation.ts';
import type { Pipelines } from './pipelines.ts';

/** GPU buffers that programs of one trainer lay their plans over: never two at once. */
export class Arena {
  readonly #device: GPUDevice;
  #buffers: GPUBuffer[] = [];
  /** Buffers made so far. */
  made = 0;

  constructor(device: GPUDevice) {
    this.#device = device;
  }

  get bytes(): number {
    return this.#buffers.reduce((sum, { size }) => sum + size, 0);
  }

  /** A buffer for each place; the present ones are used where they are large enough. */
  lay(plan: MemoryPlan): GPUBuffer[] {
    const free = this.#buffers.toSorted((a, b) => a.size - b.size);
    const order = plan.places.map((place, at) => ({ bytes: place.bytes, at })).sort((a, b) => a.bytes - b.bytes);
    const laid: GPUBuffer[] = [];
    // The largest place takes the largest buffer, and so on down: if any laying over works, this does.
    for (const { at, bytes } of order.toReversed()) {
      const largest = free.pop();
      if (largest !== undefined && largest.size >= bytes) {
        laid[at] = largest;
        continue;
      }
      if (largest !== undefined) free.push(largest);
      laid[at] = this.#make(bytes);
    }
    return laid;
  }

  destroy(): void {
    for (const buffer of this.#buffers) buffer.destroy();
    this.#buffers = [];
  }

  #make(bytes: number): GPUBuffer {
    const usage = GPUBufferUsage.STORAGE | GPUBufferUsage.COPY_SRC | GPUBufferUsage.COPY_DST;
    const buffer = this.#device.createBuffer({ label: 'step', size: Math.max(16, bytes), usage });
    this.#buffers.push(buffer);
    this.made++;
    return buffer;
  }
}

interface Bound {
  readonly operation: Operation;
  readonly pipeline: GPUComputePipeline;
  readonly group: GPUBindGroup;
}

/** Multiply-accumulates of one submission: about a quarter of a second, so that no watchdog fires and the page stays smooth. */
const macsOfSubmission = { software: 1e9, hardware: 2e11 } as const;

export class Program {
  readonly plan: MemoryPlan;
  readonly #device: GPUDevice;
  readonly #bound: readonly Bound[];
  readonly #buffers: readonly GPUBuffer[];

  constructor(device: GPUDevice, pipelines: Pipelines, arena: Arena, operations: readonly Operation[], outside: Outside) {
    this.#device = device;
    this.plan = planMemory(operations, outside);
    this.#buffers = arena.lay(this.plan);
    this.#bound = operations.map((operation) => {
      const { layout, pipeline } = pipelines.get(operation);
      const entries = operation.bindings.map(({ bytes, resource }, binding) => {
        const buffer = this.buffer(resource);
        const planned = isPlanned(resource);
        const offset = planned ? (this.plan.spotOf.get(resource)?.offset ?? 0) : 0;
        return { binding, resource: { buffer, offset, size: bytes ?? (planned ? resource.bytes : buffer.size) } };
      });
      return { operation, pipeline, group: device.createBindGroup({ label: operation.label, layout, entries }) };
    });
  }

  get dispatches(): number {
    return this.#bound.length;
  }

  /** Where a resource lies: of what is used outside the program, from the start of the buffer. */
  buffer(resource: Resource): GPUBuffer {
    if (!isPlanned(resource)) return resource as GPUBuffer;
    const spot = this.plan.spotOf.get(resource);
    if (spot === undefined) throw new Error(`“${resource.label}” is not in the plan.`);
    return this.#buffers[spot.place] as GPUBuffer;
  }

  /** Records all operations into a pass of its own, to be submitted with what follows. */
  record(encoder: GPUCommandEncoder, images: readonly number[]): void {
    const pass = encoder.beginComputePass({ label: 'step' });
    for (const bound of this.#bound) dispatch(pass, bound, images[bound.operation.chunk] ?? 0);
    pass.end();
  }

  /**
   * Submits all operations, in several command buffers where they take long.
   * @param images of each chunk
   * @param before records what comes first into the first command buffer
   * @returns the number of submissions
   */
  run(images: readonly number[], software: boolean, before?: (encoder: GPUCommandEncoder) => void): number {
    const most = macsOfSubmission[software ? 'software' : 'hardware'];
    let submissions = 0;
    let encoder = this.#device.createCommandEncoder({ label: 'step' });
    before?.(encoder);
    let pass = encoder.beginComputePass({ label: 'step' });
    let macs = 0;
    for (const bound of this.#bound) {
      const { operation } = bound;
      const count = images[operation.chunk] ?? 0;
      const cost = operation.macs * count;
      if (macs > 0 && macs + cost > most) {
        pass.end();
        this.#device.queue.submit([encoder.finish()]);
        submissions++;
        encoder = this.#device.createCommandEncoder({ label: 'step' });
        pass = encoder.beginComputePass({ label: 'step' });
        macs = 0;
      }
      macs += cost;
      dispatch(pass, bound, count);
    }
    pass.end();
    this.#device.queue.submit([encoder.finish()]);
    return submissions + 1;
  }
}

function dispatch(pass: GPUComputePassEncoder, { group, operation, pipeline }: Bound, images: number): void {
  pass.setPipeline(pipeline);
  pass.setBindGroup(0, group);
  pass.dispatchWorkgroups(...operation.groups(images));
}
