/**
 * From a graph to operations: what both directions share. A lowering is for one batch, cut into chunks; buffers of maps
 * exist once a chunk, those of parameters and statistics once.
 */
import type { Stored } from './activation.ts';
import type { NormArrays } from './batchNorm.ts';
import type { ConvKernels } from './convKernels.ts';
import type { Graph, Node } from './graph.ts';
import { gradientScale, inHalves, mayBeHalf } from './halfMaps.ts';
import { quads, type Operation, type PlannedBuffer, type Resource } from './operation.ts';
import type { Slots, TalliedMap } from './tally.ts';
import type { Trained } from './update.ts';

export interface Chunk {
  readonly number: number;
  readonly images: number;
  /** Its `Batch` uniform. */
  readonly batch: Resource;
}

/** Buffers that come from outside the plan. */
export interface StepBuffers {
  readonly now: Resource;
  readonly targets: Resource;
  readonly losses: Resource;
}

/** Where a network's arrays lie: on the GPU, or in a plan. */
export interface ParameterSource {
  get(name: string): { readonly values: Resource };
  trained(name: string): Trained;
}

export interface LoweringOptions {
  readonly kernels: ConvKernels;
  readonly graph: Graph;
  readonly parameters: ParameterSource;
  readonly chunks: readonly Chunk[];
  readonly step: StepBuffers;
  /** Whether maps and their gradients are stored as float16. */
  readonly half: boolean;
}

/** The gradient of a node's stored numbers, or of what is read of them, while it is being gathered. */
export interface Gathered {
  readonly buffers: readonly PlannedBuffer[];
  /** Contributions so far, of `node.readers`. */
  contributions: number;
  /** True where another node's gradient lies in the same buffers: it must not be overwritten. */
  shared: boolean;
  /** The sums that a normalisation needs of it, where they were tallied as it was stored. */
  sums: Slots | null;
}

export class Lowering {
  readonly kernels: ConvKernels;
  readonly graph: Graph;
  readonly parameters: ParameterSource;
  readonly chunks: readonly Chunk[];
  readonly step: StepBuffers;
  readonly half: boolean;
  readonly operations: Operation[] = [];
  readonly #values = new Map<Node, readonly PlannedBuffer[]>();
  readonly #norms = new Map<Node, PlannedBuffer>();
  readonly gradients = new Map<Node, Gathered>();

  constructor(options: LoweringOptions) {
    this.kernels = options.kernels;
    this.graph = options.graph;
    this.parameters = options.parameters;
    this.chunks = options.chunks;
    this.step = options.step;
    this.half = options.half;
  }

  emit(operation: Operation): void {
    this.operations.push(inHalves(operation));
  }

  /** What gradients of maps are multiplied by. */
  get gradientScale(): number {
    return this.half ? gradientScale : 1;
  }

  /** Images of the largest chunk: what slices are cut for. */
  get chunkImages(): number {
    return Math.max(...this.chunks.map(({ images }) => images));
  }

  /** One buffer a chunk for a map of that many channels and pixels. */
  maps(label: string, node: Node): PlannedBuffer[] {
    return this.chunks.map((chunk) => this.map(label, node, chunk));
  }

  map(label: string, node: Node, { images, number }: Chunk): PlannedBuffer {
    const half = this.half && mayBeHalf(this.graph, node);
    const bytes = images * mapBytes(node);
    return { label: `${label} ${node.number}.${number}`, ...(half ? { bytes: bytes / 2, half } : { bytes }) };
  }

  setValues(node: Node, buffers: readonly PlannedBuffer[]): void {
    this.#values.set(node, buffers);
  }

  values(node: Node, chunk: Chunk): PlannedBuffer {
    const found = this.#values.get(node)?.[chunk.number];
    if (found === undefined) throw new Error(`Node ${node.number} has no values yet.`);
    return found;
  }

  setNorm(node: Node, buffer: PlannedBuffer): void {
    this.#norms.set(node, buffer);
  }

  norm(node: Node): PlannedBuffer {
    const found = this.#norms.get(node);
    if (found === undefined) throw new Error(`Node ${node.number} is not normalised.`);
    return found;
  }

  stored(node: Node, chunk: Chunk): Stored {
    return { node, values: this.values(node, chunk), norm: node.norm === null ? null : this.norm(node) };
  }

  tallied(node: Node): TalliedMap {
    const [height, width, channels] = node.shape;
    return { name: node.norm?.name ?? '', channels, pixels: height * width };
  }

  normArrays(node: Node): NormArrays {
    const name = node.norm?.name ?? '';
    return {
      weight: this.parameters.trained(`${name}.weight`),
      bias: this.parameters.trained(`${name}.bias`),
      runningMean: this.parameters.get(`${name}.running_mean`).values,
      runningVar: this.parameters.get(`${name}.running_var`).values,
    };
  }
}

/** Bytes of a node's map for one image, as float32. */
export function mapBytes({ shape: [height, width, channels] }: Node): number {
  return height * width * quads(channels) * 16;
}
