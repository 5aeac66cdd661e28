/**
 * What a contender asks of the GPU, seen from outside: every device opened through `watched` reports its dispatches,
 * submissions, readbacks and buffers here. Counting encoders costs time, so it is off unless `count` or `profile` is on;
 * only buffers are always followed, since their bytes are counted from the first to the last.
 */
import { KernelClock, type KernelTime } from './kernelClock.ts';
import { override } from './override.ts';

export interface Counts {
  readonly dispatches: number;
  readonly submits: number;
  /** Buffers mapped for reading. */
  readonly readbacks: number;
  readonly newBuffers: number;
  readonly newBufferBytes: number;
  /** Bytes written from the CPU, through the queue or into mapped buffers. */
  readonly uploadedBytes: number;
}

const countKeys = ['dispatches', 'submits', 'readbacks', 'newBuffers', 'newBufferBytes', 'uploadedBytes'] as const;
type Tally = Record<(typeof countKeys)[number], number>;
const nothing = (): Tally => ({ dispatches: 0, submits: 0, readbacks: 0, newBuffers: 0, newBufferBytes: 0, uploadedBytes: 0 });

export class GpuLedger {
  #owner = '';
  #tally: Tally | null = null;
  #clock: KernelClock | null = null;
  readonly #live = new Map<string, { now: number; most: number }>();
  readonly #labels = new WeakMap<GPUComputePipeline, string>();

  /** Whose buffers are made from here on. */
  enter(owner: string): void {
    this.#owner = owner;
  }

  /** Bytes of this owner's buffers that were alive at once, at the most. */
  mostBytes(owner: string): number {
    return this.#live.get(owner)?.most ?? 0;
  }

  async count(work: () => Promise<void>): Promise<Counts> {
    const tally = nothing();
    this.#tally = tally;
    try {
      await work();
    } finally {
      this.#tally = null;
    }
    return tally;
  }

  /** Time of each kernel, each dispatch in a pass of its own; null where nothing could be timed. */
  async profile(work: () => Promise<void>): Promise<readonly KernelTime[] | null> {
    const clock = new KernelClock();
    this.#clock = clock;
    try {
      await work();
    } finally {
      this.#clock = null;
    }
    return clock.times();
  }

  /** A GPU whose devices report here. */
  watched(gpu: GPU): GPU {
    const watchAdapter = (adapter: GPUAdapter): GPUAdapter => {
      const request = adapter.requestDevice.bind(adapter);
      return override(adapter, {
        requestDevice: async (descriptor?: GPUDeviceDescriptor) => this.#watch(await request(descriptor)),
      });
    };
    return {
      requestAdapter: async (options?: GPURequestAdapterOptions) => {
        const adapter = await gpu.requestAdapter(options);
        return adapter === null ? null : watchAdapter(adapter);
      },
      getPreferredCanvasFormat: () => 'bgra8unorm',
      wgslLanguageFeatures: gpu.wgslLanguageFeatures,
    } as GPU;
  }

  #add(key: keyof Tally, amount = 1): void {
    if (this.#tally !== null) this.#tally[key] += amount;
  }

  #watch(device: GPUDevice): GPUDevice {
    const { queue } = device;
    const createBuffer = device.createBuffer.bind(device);
    const createCommandEncoder = device.createCommandEncoder.bind(device);
    const createPipeline = device.createComputePipeline.bind(device);
    const createPipelineAsync = device.createComputePipelineAsync.bind(device);
    const submit = queue.submit.bind(queue);
    const writeBuffer = queue.writeBuffer.bind(queue) as (...args: unknown[]) => undefined;
    const named = (pipeline: GPUComputePipeline, { compute, label }: GPUComputePipelineDescriptor): GPUComputePipeline => {
      const name = [label, compute.module.label, compute.entryPoint].find((each) => each !== undefined && each !== '');
      this.#labels.set(pipeline, name ?? 'unnamed');
      return pipeline;
    };
    override(queue, {
      submit: (buffers: Iterable<GPUCommandBuffer>) => {
        this.#add('submits');
        submit(buffers);
      },
      writeBuffer: (buffer: GPUBuffer, offset: number, data: ArrayBufferView | ArrayBuffer, from?: number, size?: number) => {
        this.#add('uploadedBytes', writtenBytes(data, from, size));
        return writeBuffer(buffer, offset, data, from ?? 0, size);
      },
    });
    return override(device, {
      queue,
      createBuffer: (descriptor: GPUBufferDescriptor) => this.#follow(createBuffer(descriptor), descriptor),
      createCommandEncoder: (descriptor?: GPUObjectDescriptorBase) =>
        this.#encoder(device, createCommandEncoder(descriptor), createBuffer),
      createComputePipeline: (descriptor: GPUComputePipelineDescriptor) => named(createPipeline(descriptor), descriptor),
      createComputePipelineAsync: async (descriptor: GPUComputePipelineDescriptor) =>
        named(await createPipelineAsync(descriptor), descriptor),
    });
  }

  #follow(buffer: GPUBuffer, { mappedAtCreation, size }: GPUBufferDescriptor): GPUBuffer {
    this.#add('newBuffers');
    this.#add('newBufferBytes', size);
    if (mappedAtCreation === true) this.#add('uploadedBytes', size);
    const account = this.#live.get(this.#owner) ?? { now: 0, most: 0 };
    this.#live.set(this.#owner, account);
    account.now += size;
    account.most = Math.max(account.most, account.now);
    let alive = true;
    const destroy = buffer.destroy.bind(buffer);
    const mapAsync = buffer.mapAsync.bind(buffer);
    return override(buffer, {
      destroy: () => {
        if (alive) account.now -= size;
        alive = false;
        destroy();
      },
      mapAsync: (mode: number, ...range: [number?, number?]) => {
        if (mode === GPUMapMode.READ) this.#add('readbacks');
        return mapAsync(mode, ...range);
      },
    });
  }

  #encoder(device: GPUDevice, encoder: GPUCommandEncoder, createBuffer: GPUDevice['createBuffer']): GPUCommandEncoder {
    const clock = this.#clock;
    if (clock !== null && device.features.has('timestamp-query'))
      return clock.timed(device, encoder, createBuffer, (pipeline) => this.#labels.get(pipeline) ?? 'unnamed');
    if (this.#tally === null) return encoder;
    const begin = encoder.beginComputePass.bind(encoder);
    return override(encoder, {
      beginComputePass: (descriptor?: GPUComputePassDescriptor) => {
        const pass = begin(descriptor);
        const dispatch = pass.dispatchWorkgroups.bind(pass);
        const indirect = pass.dispatchWorkgroupsIndirect.bind(pass);
        return override(pass, {
          dispatchWorkgroups: (...size: [number, number?, number?]) => {
            this.#add('dispatches');
            dispatch(...size);
          },
          dispatchWorkgroupsIndirect: (buffer: GPUBuffer, offset: number) => {
            this.#add('dispatches');
            indirect(buffer, offset);
          },
        });
      },
    });
  }
}

/** The counts that one more step adds: those of `more` steps less those of `fewer`, shared out. */
export function perStep(more: Counts, fewer: Counts, steps: number): Counts {
  return Object.fromEntries(countKeys.map((key) => [key, (more[key] - fewer[key]) / steps])) as unknown as Counts;
}

function writtenBytes(data: ArrayBufferView | ArrayBuffer, from = 0, size?: number): number {
  // Offset and size are counted in elements where the data has elements.
  const each = 'BYTES_PER_ELEMENT' in data ? (data.BYTES_PER_ELEMENT as number) : 1;
  return size === undefined ? data.byteLength - from * each : size * each;
}
