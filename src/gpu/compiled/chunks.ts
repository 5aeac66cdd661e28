/**
 * Cuts a batch where one of its maps would exceed what the device can bind. Chunks are run layer by layer, and statistics
 * and gradients are summed over all of them: the step is that of the whole batch.
 */
import type { Graph } from './graph.ts';
import { mayBeHalf } from './halfMaps.ts';
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

/** @param half whether maps are stored as float16 */
const largestMap = (graph: Graph, half: boolean): number =>
  Math.max(...graph.nodes.map((node) => mapBytes(node) / (half && mayBeHalf(graph, node) ? 2 : 1)));

/** Images whose largest map can be bound; 0 where not even one can. */
export function imagesAtOnce(graph: Graph, limits: BindingLimits, half: boolean): number {
  return Math.floor(mostBytes(limits) / largestMap(graph, half));
}

/** Images of one evaluation, whose logits do not depend on it: enough to keep a GPU busy, without more memory than training. */
export function evaluationImages(graph: Graph, limits: BindingLimits, half: boolean): number {
  const modest = Math.floor(evaluationMapBytes / largestMap(graph, half));
  return Math.max(1, Math.min(mostEvaluationImages, modest, imagesAtOnce(graph, limits, half)));
}

/** Images of each chunk: as few chunks as fit, as even as can be. */
export function chunksOf(images: number, atOnce: number): number[] {
  const count = Math.ceil(images / atOnce);
  return Array.from({ length: count }, (_, at) => Math.floor(((at + 1) * images) / count) - Math.floor((at * images) / count));
}
