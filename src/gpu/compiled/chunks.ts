/**
 * Cuts a batch where one of its maps would exceed what the device can bind. Chunks are run layer by layer, and statistics
 * and gradients are summed over all of them: the step is that of the whole batch.
 */
import type { Graph } from './graph.ts';
import { mapBytes } from './lowering.ts';

export interface BindingLimits {
  readonly maxStorageBufferBindingSize: number;
  readonly maxBufferSize: number;
}

export const mostBytes = ({ maxBufferSize, maxStorageBufferBindingSize }: BindingLimits): number =>
  Math.min(maxBufferSize, maxStorageBufferBindingSize);

/** Images whose largest map can be bound; 0 where not even one can. */
export function imagesAtOnce(graph: Graph, limits: BindingLimits): number {
  return Math.floor(mostBytes(limits) / Math.max(...graph.nodes.map(mapBytes)));
}

/** Images of each chunk: as few chunks as fit, as even as can be. */
export function chunksOf(images: number, atOnce: number): number[] {
  const count = Math.ceil(images / atOnce);
  return Array.from({ length: count }, (_, at) => Math.floor(((at + 1) * images) / count) - Math.floor((at * images) / count));
}
