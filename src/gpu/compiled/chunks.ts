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

/** Of one evaluation: images, and bytes of its largest map. */
const mostEvaluationImages = 256;
const evaluationMapBytes = 2 ** 27;

export const mostBytes = ({ maxBufferSize, maxStorageBufferBindingSize }: BindingLimits): number =>
  Math.min(maxBufferSize, maxStorageBufferBindingSize);

/** Images whose largest map can be bound; 0 where not even one can. */
export function imagesAtOnce(graph: Graph, limits: BindingLimits): number {
  return Math.floor(mostBytes(limits) / Math.max(...graph.nodes.map(mapBytes)));
}

/** Images of one evaluation, whose logits do not depend on it: enough to keep a GPU busy, without more memory than training. */
export function evaluationImages(graph: Graph, limits: BindingLimits): number {
  const modest = Math.floor(evaluationMapBytes / Math.max(...graph.nodes.map(mapBytes)));
  return Math.max(1, Math.min(mostEvaluationImages, modest, imagesAtOnce(graph, limits)));
}

/** Images of each chunk: as few chunks as fit, as even as can be. */
export function chunksOf(images: number, atOnce: number): number[] {
  const count = Math.ceil(images / atOnce);
  return Array.from({ length: count }, (_, at) => Math.floor(((at + 1) * images) / count) - Math.floor((at * images) / count));
}
