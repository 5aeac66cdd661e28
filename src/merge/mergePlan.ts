/**
 * How the merge shaders cut a list of layers: rows of a workgroup, chunks of partial sums, places in the buffers. A pure
 * function of the layers, chosen so that default WebGPU limits hold for any layer up to 4096 kernels.
 */
import type { MergeLayer } from './mergeSettings.ts';

/** Threads of a blend's workgroup, and values that each holds in registers, as in mergeBlend.wgsl. */
const maxThreads = 256;
const heldValues = 16;
/** Rows in a chunk; more only where a layer would have more chunks than `maxChunks`. */
const usualChunkRows = 32;
const maxChunks = 256;
/** Words before a layer's choices in a slot: stamp and number merged. */
const headerWords = 2;
/** Bytes of `Layer` in slot.wgsl: the alignment that lets one entry of the table be bound alone. */
export const layerBytes = 256;

export interface PlannedLayer extends MergeLayer {
  /** A blend's workgroup: its threads, kernels of one thread, and rows. */
  readonly threads: number;
  readonly columns: number;
  readonly blendRows: number;
  /** Rows in one partial sum, and partial sums of a kernel. */
  readonly chunkRows: number;
  readonly chunks: number;
  /** First partial sum of this layer, in pairs of floats. */
  readonly partials: number;
  /** First word of this layer within a slot of the log. */
  readonly log: number;
}

export interface MergePlan {
  readonly layers: readonly PlannedLayer[];
  /** Pairs of floats for all partial sums. */
  readonly partials: number;
  /** 32-bit words of one slot of the log. */
  readonly slotWords: number;
  readonly widest: number;
}

export function planMerge(layers: readonly MergeLayer[]): MergePlan {
  let partials = 0;
  let log = 0;
  const planned = layers.map((given): PlannedLayer => {
    const { kernels, rows } = given;
    const threads = Math.min(maxThreads, Math.ceil(kernels / 32) * 32);
    const chunkRows = Math.min(rows, Math.max(usualChunkRows, Math.ceil(rows / maxChunks)));
    const chunks = Math.ceil(rows / chunkRows);
    const columns = Math.ceil(kernels / threads);
    const blendRows = Math.floor(heldValues / columns);
    const plan = { ...given, threads, columns, blendRows, chunkRows, chunks, partials, log };
    partials += chunks * kernels;
    log += headerWords + 2 * kernels;
    return plan;
  });
  return { layers: planned, partials, slotWords: log, widest: layers.reduce((most, { kernels }) => Math.max(most, kernels), 0) };
}

/** The layers as slot.wgsl's `array<Layer>`; `tau` for those that have none of their own. */
export function layerTable(plan: MergePlan, tau: number): Uint32Array<ArrayBuffer> {
  const table = new Uint32Array((plan.layers.length * layerBytes) / 4);
  const floats = new Float32Array(table.buffer);
  plan.layers.forEach((l, at) => {
    table.set([l.layer, l.kernels, l.rows, l.chunks, l.chunkRows, l.partials, l.log], (at * layerBytes) / 4);
    floats[(at * layerBytes) / 4 + 7] = l.tau ?? tau;
  });
  return table;
}

/** Where a layer's words stand within a slot: choices, then similarities as float32 bits. */
export function slotParts(layer: PlannedLayer): { stamp: number; merged: number; choice: number; similarity: number } {
  const choice = layer.log + headerWords;
  return { stamp: layer.log, merged: layer.log + 1, choice, similarity: choice + layer.kernels };
}
