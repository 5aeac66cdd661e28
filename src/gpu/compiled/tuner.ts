/**
 * Measures the candidates of each class of convolution kernels on a device, at a shape of each stage: kernels of one shape
 * after another, candidates in turns, the median counts. The shapes are always the same, so that the choice says something
 * of the adapter and does not depend on what happened to be trained first.
 */
import { plain } from './activation.ts';
import { convKernels, stageFor } from './convKernels.ts';
import type { ConvShape } from './convShape.ts';
import { gradientRows } from './directFilterGradient.ts';
import { isPlanned, quads, type Operation, type PlannedBuffer, type Resource } from './operation.ts';
import { Pipelines } from './pipelines.ts';
import { DispatchClock, type Dispatch } from './dispatchClock.ts';
import { allOf, kernelClasses, type KernelChoice, type KernelClass, type Stage, type TileName } from './tiles.ts';

export interface TuningOptions {
  readonly device: GPUDevice;
  /** The first is what is taken where nothing else is clearly faster. */
  readonly candidates: readonly [TileName, ...TileName[]];
  /** No shape is begun that would end later. */
  readonly budgetMs: number;
  readonly images: number;
  readonly shapes?: readonly ConvShape[];
  /** Told how many candidates of how many are measured. */
  readonly progress?: ((done: number, total: number) => void) | undefined;
}

/** Milliseconds of one dispatch, by class, stage and candidate, of every shape that was measured. */
export type Timings = Readonly<Record<KernelClass, Readonly<Record<Stage, ReadonlyMap<TileName, readonly number[]>>>>>;

/**
 * A 3 x 3 convolution of each stage of a VGG, as many multiplications each; the stages that most of a step goes into first,
 * since a slow card may not come to the last. With six candidates and three classes that is 54 measurements.
 */
export const tuningShapes: readonly ConvShape[] = [square(16, 128), square(8, 256), square(32, 64)];

function square(side: number, channels: number): ConvShape {
  const rows = 9 * channels;
  const map = { inHeight: side, inWidth: side, inChannels: channels, outHeight: side, outWidth: side, outChannels: channels };
  const fours = { inQuads: quads(channels), outQuads: quads(channels) };
  const macs = side * side * channels * rows;
  return { name: `tuning ${side} ${channels}`, ...map, ...fours, size: 3, stride: 1, padding: 1, bias: false, rows, macs };
}

const rounds = 3;
/** A candidate that gains less than this is not worth leaving the first one for: measuring is not that exact. */
const leastGain = 0.03;

export async function measureTiles(options: TuningOptions): Promise<Timings> {
  const { budgetMs, candidates, device, images, progress, shapes = tuningShapes } = options;
  const none = () => ({ early: new Map(), middle: new Map(), late: new Map() });
  const timings: Record<KernelClass, Record<Stage, Map<TileName, number[]>>> = {
    forward: none(),
    inputGradient: none(),
    filterGradient: none(),
  };
  const clock = new DispatchClock(device, candidates.length * kernelClasses.length);
  const begun = performance.now();
  const total = shapes.length * candidates.length * kernelClasses.length;
  let done = 0;
  try {
    for (const shape of shapes) {
      const startedAt = performance.now();
      const bench = new Workbench(device, shape, images);
      try {
        const entries = await bench.dispatches(candidates);
        const found = await clock.measure(
          entries.map(({ dispatch }) => dispatch),
          rounds,
        );
        entries.forEach(({ kernels, name }, at) => {
          const ofStage = timings[kernels][stageFor(kernels, shape)];
          ofStage.set(name, [...(ofStage.get(name) ?? []), found[at] as number]);
        });
        progress?.((done += entries.length), total);
      } finally {
        bench.destroy();
      }
      const now = performance.now();
      if (now - begun + (now - startedAt) > budgetMs) break;
    }
  } finally {
    clock.destroy();
  }
  return timings;
}

/** The fastest of each class and stage, by the geometric mean over shapes; where a stage was not measured, the first. */
export function fastest(timings: Timings, candidates: TuningOptions['candidates']): KernelChoice {
  const [first] = candidates;
  const best = (kernels: KernelClass, stage: Stage): TileName => {
    const cost = (name: TileName) => {
      const measured = timings[kernels][stage].get(name) ?? [];
      return measured.length === 0 ? Infinity : measured.reduce((sum, ms) => sum + Math.log(ms), 0) / measured.length;
    };
    const quickest = candidates.reduce((a, b) => (cost(b) < cost(a) ? b : a));
    return cost(first) - cost(quickest) > Math.log1p(leastGain) ? quickest : first;
  };
  const ofStages = (kernels: KernelClass) => ({
    early: best(kernels, 'early'),
    middle: best(kernels, 'middle'),
    late: best(kernels, 'late'),
  });
  return {
    forward: ofStages('forward'),
    inputGradient: ofStages('inputGradient'),
    filterGradient: ofStages('filterGradient'),
  };
}

export const tuneTiles = async (options: TuningOptions): Promise<KernelChoice> =>
  fastest(await measureTiles(options), options.candidates);

/** One shape's buffers, for all candidates: what is in them does not matter for the time. */
class Workbench {
  readonly #device: GPUDevice;
  readonly #shape: ConvShape;
  readonly #images: number;
  readonly #buffers = new Map<Resource, GPUBuffer>();

  constructor(device: GPUDevice, shape: ConvShape, images: number) {
    this.#device = device;
    this.#shape = shape;
    this.#images = images;
  }

  async dispatches(
    candidates: readonly TileName[],
  ): Promise<{ readonly kernels: KernelClass; readonly name: TileName; readonly dispatch: Dispatch }[]> {
    const operations = candidates.flatMap((name) => this.#operations(name));
    const pipelines = Pipelines.of(this.#device);
    await pipelines.compile(
      operations.map(({ operation }) => operation),
      () => {},
    );
    return operations.map(({ kernels, name, operation }) => {
      const { layout, pipeline } = pipelines.get(operation);
      const entries = operation.bindings.map(({ resource }, binding) => ({
        binding,
        resource: { buffer: this.#buffer(resource) },
      }));
      const group = this.#device.createBindGroup({ label: operation.label, layout, entries });
      return { kernels, name, dispatch: { pipeline, group, groups: operation.groups(this.#images) } };
    });
  }

  destroy(): void {
    for (const buffer of this.#buffers.values()) buffer.destroy();
  }

  #operations(name: TileName): { kernels: KernelClass; name: TileName; operation: Operation }[] {
    const images = this.#images;
    const shape = this.#shape;
    const { inHeight, inQuads, inWidth, outHeight, outQuads, outWidth } = shape;
    const kernels = convKernels(allOf(name));
    const slices = kernels.slices(shape, images, 1);
    const x = this.#planned('x', images * inHeight * inWidth * inQuads * 16);
    const y = this.#planned('y', images * outHeight * outWidth * outQuads * 16);
    const weights = this.#planned('weights', shape.rows * outQuads * 16);
    const partials = this.#planned('partials', slices * gradientRows(shape) * outQuads * 16);
    const at = { batch: this.#planned('batch', 16), chunk: 0 };
    return [
      {
        kernels: 'forward',
        name,
        operation: kernels.forward(shape, { ...at, x: plain(x), y, weights, bias: null }, false, null),
      },
      {
        kernels: 'inputGradient',
        name,
        operation: kernels.inputGradient(
          shape,
          { ...at, dy: plain(y), weights },
          { gradient: x, adds: false, rectifiedBy: null },
          null,
        ),
      },
      {
        kernels: 'filterGradient',
        name,
        operation: kernels.filterGradient(shape, { ...at, x: plain(x), dy: plain(y), partials }, slices),
      },
    ];
  }

  readonly #known = new Map<string, PlannedBuffer>();

  #planned(label: string, bytes: number): PlannedBuffer {
    const known = this.#known.get(`${label} ${bytes}`) ?? { label, bytes };
    this.#known.set(`${label} ${bytes}`, known);
    return known;
  }

  #buffer(resource: Resource): GPUBuffer {
    const known = this.#buffers.get(resource);
    if (known !== undefined) return known;
    if (!isPlanned(resource)) throw new Error('Only planned buffers are tuned with.');
    const ofBatch = resource.label === 'batch';
    const usage = (ofBatch ? GPUBufferUsage.UNIFORM : GPUBufferUsage.STORAGE) | GPUBufferUsage.COPY_DST;
    const buffer = this.#device.createBuffer({ label: `tuning ${resource.label}`, size: resource.bytes, usage });
    if (ofBatch) this.#device.queue.writeBuffer(buffer, 0, new Uint32Array([this.#images, 0, this.#images, 0]));
    this.#buffers.set(resource, buffer);
    return buffer;
  }
}
