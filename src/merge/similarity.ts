/**
 * Similarity of all kernel pairs of one layer on WebGPU (similarity.wgsl), read back as float32. For looking at, once an
 * epoch or on demand: merging itself never needs the whole matrix. Equal bits from equal weights on one device.
 */
import source from './similarity.wgsl?raw';

/** Kernels on a side of a block, and threads, as in similarity.wgsl. */
const side = 32;
const threads = 64;
/** Rows of one partial Gram matrix: short sums are accurate and give the GPU more to do at once. */
const usualSpanRows = 512;
/** Bound on the memory of all partial Gram matrices, unless a single one is larger. */
const maxGramBytes = 2 ** 26;

type Pipelines = Readonly<Record<'gram' | 'measure' | 'normalise', GPUComputePipeline>>;

export class GpuSimilarity {
  readonly #device: GPUDevice;
  readonly #layout: GPUBindGroupLayout;
  readonly #pipelines: Pipelines;

  private constructor(device: GPUDevice, layout: GPUBindGroupLayout, pipelines: Pipelines) {
    this.#device = device;
    this.#layout = layout;
    this.#pipelines = pipelines;
  }

  static async create(device: GPUDevice): Promise<GpuSimilarity> {
    const entry = (binding: number, type: GPUBufferBindingType) => ({
      binding,
      visibility: GPUShaderStage.COMPUTE,
      buffer: { type },
    });
    const storage = ([1, 2, 3, 4] as const).map((binding) => entry(binding, binding === 1 ? 'read-only-storage' : 'storage'));
    const layout = device.createBindGroupLayout({ label: 'similarity', entries: [entry(0, 'uniform'), ...storage] });
    const module = device.createShaderModule({ label: 'similarity', code: source });
    const build = (entryPoint: string) =>
      device.createComputePipelineAsync({
        label: `similarity ${entryPoint}`,
        layout: device.createPipelineLayout({ bindGroupLayouts: [layout] }),
        compute: { module, entryPoint },
      });
    const [gram, measure, normalise] = await Promise.all([build('gram'), build('measure'), build('normalise')]);
    return new GpuSimilarity(device, layout, { gram, measure, normalise });
  }

  /**
   * @param weights HWIO buffer (STORAGE, from offset 0) of `rows` rows of `kernels` floats
   * @returns `values[i * kernels + j]`, symmetric, exactly 1 on the diagonal; 0 in the rows and columns of kernels that are
   * zero or not finite. Of the weights as they are after all work submitted so far.
   */
  async compute(weights: GPUBuffer, kernels: number, rows: number): Promise<Float32Array> {
    const bytes = kernels * kernels * 4;
    const mostSpans = Math.max(1, Math.floor(maxGramBytes / bytes));
    const spanRows = Math.max(usualSpanRows, Math.ceil(rows / mostSpans));
    const spans = Math.ceil(rows / spanRows);
    const buffers: GPUBuffer[] = [];
    const buffer = (label: string, size: number, usage: number) => {
      buffers.push(this.#device.createBuffer({ label: `similarity ${label}`, size, usage }));
      return buffers.at(-1) as GPUBuffer;
    };
    try {
      const shape = buffer('shape', 16, GPUBufferUsage.UNIFORM | GPUBufferUsage.COPY_DST);
      const grams = buffer('partial Gram matrices', spans * bytes, GPUBufferUsage.STORAGE);
      const lengths = buffer('lengths', kernels * 4, GPUBufferUsage.STORAGE);
      const values = buffer('values', bytes, GPUBufferUsage.STORAGE | GPUBufferUsage.COPY_SRC);
      const staging = buffer('read', bytes, GPUBufferUsage.MAP_READ | GPUBufferUsage.COPY_DST);
      this.#device.queue.writeBuffer(shape, 0, new Uint32Array([kernels, rows, spanRows, spans]));
      const encoder = this.#device.createCommandEncoder({ label: 'similarity' });
      const pass = encoder.beginComputePass({ label: 'similarity' });
      const bound = [shape, weights, grams, lengths, values];
      const entries = bound.map((resource, binding) => ({ binding, resource: { buffer: resource } }));
      pass.setBindGroup(0, this.#device.createBindGroup({ layout: this.#layout, entries }));
      pass.setPipeline(this.#pipelines.gram);
      pass.dispatchWorkgroups(Math.ceil(kernels / side), Math.ceil(kernels / side), spans);
      pass.setPipeline(this.#pipelines.measure);
      pass.dispatchWorkgroups(Math.ceil(kernels / threads));
      pass.setPipeline(this.#pipelines.normalise);
      pass.dispatchWorkgroups(Math.ceil(kernels / threads), kernels);
      pass.end();
      encoder.copyBufferToBuffer(values, 0, staging, 0, bytes);
      this.#device.queue.submit([encoder.finish()]);
      await staging.mapAsync(GPUMapMode.READ);
      return new Float32Array(staging.getMappedRange().slice(0));
    } finally {
      for (const made of buffers) made.destroy();
    }
  }
}
