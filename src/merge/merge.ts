/**
 * Builds the pipelines of one merge and records its dispatches: draw, dots, decide, blend (CPU truth: draws.ref.ts and
 * merge.ref.ts). Knows bind groups and grids; buffers and the log are GpuMerger's.
 */
import blendSource from './mergeBlend.wgsl?raw';
import decideSource from './mergeDecide.wgsl?raw';
import dotsSource from './mergeDots.wgsl?raw';
import slotSource from './slot.wgsl?raw';
import { createDrawsPipeline, drawsWorkgroup } from './draws.ts';
import { layerBytes, type MergePlan, type PlannedLayer } from './mergePlan.ts';
import { stepBytes } from './mergeSlot.ts';

/** Kernels of one workgroup in mergeDots.wgsl and mergeDecide.wgsl. */
const dotsWorkgroup = 64;
const decideWorkgroup = 16;
/** Workgroups of a blend; each walks on over the rows, so that no number of rows exceeds a dispatch. */
const maxBlendGroups = 2048;

export interface MergeBuffers {
  /** One `Step` every `stepStride` bytes, bound with a dynamic offset. */
  readonly steps: GPUBuffer;
  readonly layers: GPUBuffer;
  readonly slots: GPUBuffer;
  readonly partials: GPUBuffer;
}

interface LayerGroups {
  readonly weights: GPUBuffer;
  readonly dots: GPUBindGroup;
  readonly blend: GPUBindGroup;
}

export class MergeKernels {
  readonly #device: GPUDevice;
  readonly #plan: MergePlan;
  readonly #buffers: MergeBuffers;
  readonly #layouts: Layouts;
  readonly #pipelines: Pipelines;
  readonly #shared: GPUBindGroup;
  readonly #groups: (LayerGroups | undefined)[] = [];

  private constructor(device: GPUDevice, plan: MergePlan, buffers: MergeBuffers, layouts: Layouts, pipelines: Pipelines) {
    this.#device = device;
    this.#plan = plan;
    this.#buffers = buffers;
    this.#layouts = layouts;
    this.#pipelines = pipelines;
    this.#shared = device.createBindGroup({
      label: 'merge, all layers',
      layout: layouts.shared,
      entries: [
        { binding: 0, resource: { buffer: buffers.steps, size: stepBytes } },
        { binding: 1, resource: { buffer: buffers.layers } },
        { binding: 2, resource: { buffer: buffers.slots } },
        { binding: 3, resource: { buffer: buffers.partials } },
      ],
    });
  }

  static async create(device: GPUDevice, plan: MergePlan, buffers: MergeBuffers): Promise<MergeKernels> {
    const layouts = createLayouts(device);
    return new MergeKernels(device, plan, buffers, layouts, await createPipelines(device, plan, layouts));
  }

  /**
   * @param stepOffset bytes to this merge's `Step`
   * @param draws false where the slot already holds partners
   */
  record(encoder: GPUCommandEncoder, stepOffset: number, weights: readonly GPUBuffer[], draws: boolean): void {
    const { layers, widest } = this.#plan;
    const pass = encoder.beginComputePass({ label: 'merge' });
    if (draws) {
      pass.setPipeline(this.#pipelines.draws);
      pass.setBindGroup(0, this.#shared, [stepOffset]);
      pass.dispatchWorkgroups(Math.ceil(widest / drawsWorkgroup), layers.length);
    }
    const groups = layers.map((layer, at) => this.#layerGroups(layer, at, weights[at] as GPUBuffer));
    pass.setPipeline(this.#pipelines.dots);
    layers.forEach((layer, at) => {
      pass.setBindGroup(0, (groups[at] as LayerGroups).dots, [stepOffset]);
      pass.dispatchWorkgroups(Math.ceil(layer.kernels / dotsWorkgroup), layer.chunks);
    });
    pass.setPipeline(this.#pipelines.decide);
    pass.setBindGroup(0, this.#shared, [stepOffset]);
    pass.dispatchWorkgroups(Math.ceil(widest / decideWorkgroup), layers.length);
    layers.forEach((layer, at) => {
      pass.setPipeline(this.#pipelines.blend[at] as GPUComputePipeline);
      pass.setBindGroup(0, (groups[at] as LayerGroups).blend, [stepOffset]);
      pass.dispatchWorkgroups(Math.min(maxBlendGroups, Math.ceil(layer.rows / layer.blendRows)));
    });
    pass.end();
  }

  /** Bind groups of a layer, made anew only where its weights live in another buffer than last time. */
  #layerGroups(layer: PlannedLayer, at: number, weights: GPUBuffer): LayerGroups {
    const known = this.#groups[at];
    if (known?.weights === weights) return known;
    const common = [
      { binding: 0, resource: { buffer: this.#buffers.steps, size: stepBytes } },
      { binding: 1, resource: { buffer: this.#buffers.layers, offset: at * layerBytes, size: layerBytes } },
      { binding: 2, resource: { buffer: this.#buffers.slots } },
      { binding: 3, resource: { buffer: weights, size: layer.kernels * layer.rows * 4 } },
    ];
    const label = `merge, layer ${layer.layer}`;
    const groups = {
      weights,
      dots: this.#device.createBindGroup({
        label,
        layout: this.#layouts.dots,
        entries: [...common, { binding: 4, resource: { buffer: this.#buffers.partials } }],
      }),
      blend: this.#device.createBindGroup({ label, layout: this.#layouts.blend, entries: common }),
    };
    this.#groups[at] = groups;
    return groups;
  }
}

interface Layouts {
  readonly shared: GPUBindGroupLayout;
  readonly dots: GPUBindGroupLayout;
  readonly blend: GPUBindGroupLayout;
}

interface Pipelines {
  readonly draws: GPUComputePipeline;
  readonly dots: GPUComputePipeline;
  readonly decide: GPUComputePipeline;
  /** One a layer; layers of one shape share theirs. */
  readonly blend: readonly GPUComputePipeline[];
}

function createLayouts(device: GPUDevice): Layouts {
  const entry = (binding: number, buffer: GPUBufferBindingLayout) => ({ binding, visibility: GPUShaderStage.COMPUTE, buffer });
  const step = entry(0, { type: 'uniform', hasDynamicOffset: true, minBindingSize: stepBytes });
  const layout = (label: string, ...types: GPUBufferBindingType[]) =>
    device.createBindGroupLayout({ label, entries: [step, ...types.map((type, at) => entry(at + 1, { type }))] });
  return {
    shared: layout('merge, all layers', 'read-only-storage', 'storage', 'read-only-storage'),
    dots: layout('merge dots', 'uniform', 'read-only-storage', 'read-only-storage', 'storage'),
    blend: layout('merge blend', 'uniform', 'read-only-storage', 'storage'),
  };
}

async function createPipelines(device: GPUDevice, plan: MergePlan, layouts: Layouts): Promise<Pipelines> {
  const over = (layout: GPUBindGroupLayout) => device.createPipelineLayout({ bindGroupLayouts: [layout] });
  const build = (label: string, source: string, entryPoint: string, layout: GPUPipelineLayout) => {
    const module = device.createShaderModule({ label, code: slotSource + source });
    return (constants: Record<string, number> = {}) =>
      device.createComputePipelineAsync({ label, layout, compute: { module, entryPoint, constants } });
  };
  const perLayer = (make: (constants: Record<string, number>) => Promise<GPUComputePipeline>) => {
    const made = new Map<string, Promise<GPUComputePipeline>>();
    return Promise.all(
      plan.layers.map(({ threads, columns, blendRows }) => {
        const constants = { threads, columns, rows: blendRows };
        const key = Object.values(constants).join();
        const pipeline = made.get(key) ?? make(constants);
        made.set(key, pipeline);
        return pipeline;
      }),
    );
  };
  const shared = over(layouts.shared);
  const [draws, dots, decide, blend] = await Promise.all([
    createDrawsPipeline(device, shared),
    build('merge dots', dotsSource, 'dots', over(layouts.dots))(),
    build('merge decide', decideSource, 'decide', shared)(),
    perLayer(build('merge blend', blendSource, 'blend', over(layouts.blend))),
  ]);
  return { draws, dots, decide, blend };
}
