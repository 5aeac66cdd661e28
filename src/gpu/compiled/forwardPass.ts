/**
 * The forward pass of a lowering, in training or in evaluation. In training a normalisation takes the batch's statistics
 * and moves the running ones; in evaluation it takes the running ones, and dropout is left out.
 */
import { normBytes, normFinish, normFromRunning, normSlices, normStatistics, statisticsBytes } from './batchNorm.ts';
import { convShape } from './convShape.ts';
import type { Node } from './graph.ts';
import { activate, addMaps, dropout, flatten } from './maps.ts';
import { mapBytes, type Chunk, type Lowering } from './lowering.ts';
import type { PlannedBuffer } from './operation.ts';
import { average, maxPool } from './pooling.ts';

export type Mode = 'train' | 'evaluate';

/** Passing copies of normalised maps that stand ready. */
export type Activations = Map<Node, Map<Chunk, PlannedBuffer>>;

/** @returns the input's buffers, one a chunk, which the feeder fills */
export function lowerForward(lowering: Lowering, mode: Mode): readonly PlannedBuffer[] {
  const { graph } = lowering;
  const input = graph.nodes[0] as Node;
  const images = lowering.maps('input', input);
  lowering.setValues(input, images);
  if (mode === 'evaluate') for (const node of graph.nodes) if (node.norm !== null) normFromStatistics(lowering, node);
  const activations: Activations = new Map();
  for (const node of graph.nodes.slice(1)) {
    if (mode === 'evaluate' && node.does.kind === 'dropout') {
      const [from] = node.inputs;
      lowering.setValues(
        node,
        lowering.chunks.map((chunk) => lowering.values(from as Node, chunk)),
      );
      continue;
    }
    lowering.setValues(node, lowering.maps('map', node));
    for (const chunk of lowering.chunks) lowerNode(lowering, node, chunk, activations);
    if (mode === 'train' && node.norm !== null) normOfBatch(lowering, node);
  }
  return images;
}

function lowerNode(lowering: Lowering, node: Node, chunk: Chunk, activations: Activations): void {
  const { does } = node;
  const [first, second] = node.inputs as [Node, Node];
  const y = lowering.values(node, chunk);
  const buffers = { batch: chunk.batch, chunk: chunk.number, y };
  switch (does.kind) {
    case 'input':
      break;
    case 'conv': {
      const shape = convShape(node);
      const x = readable(lowering, first, chunk, activations);
      const weights = lowering.parameters.get(`${does.name}.weight`).values;
      const bias = does.bias ? lowering.parameters.get(`${does.name}.bias`).values : null;
      lowering.emit(lowering.kernels.forward(shape, { ...buffers, x, weights, bias }, node.relu && node.norm === null));
      break;
    }
    case 'maxPool':
      lowering.emit(maxPool(does.window, lowering.stored(first, chunk), node.shape, buffers));
      break;
    case 'average':
      lowering.emit(average(lowering.stored(first, chunk), node.shape, buffers));
      break;
    case 'flatten':
      lowering.emit(flatten(lowering.stored(first, chunk), node.shape, buffers));
      break;
    case 'dropout':
      lowering.emit(dropout(lowering.stored(first, chunk), does, { ...buffers, now: lowering.step.now }));
      break;
    case 'add':
      lowering.emit(addMaps(lowering.stored(first, chunk), lowering.stored(second, chunk), node.relu, buffers));
      break;
  }
}

/** A node's map as a convolution can read it: what is stored, or a passing copy normalised and rectified. */
export function readable(lowering: Lowering, node: Node, chunk: Chunk, activations: Activations): PlannedBuffer {
  if (node.norm === null) return lowering.values(node, chunk);
  const copies = activations.get(node) ?? new Map<Chunk, PlannedBuffer>();
  activations.set(node, copies);
  const known = copies.get(chunk);
  if (known !== undefined) return known;
  const y = { label: `activation ${node.number}.${chunk.number}`, bytes: chunk.images * mapBytes(node) };
  copies.set(chunk, y);
  lowering.emit(activate(lowering.stored(node, chunk), { batch: chunk.batch, chunk: chunk.number, y }));
  return y;
}

function normBuffer(lowering: Lowering, node: Node): PlannedBuffer {
  const norm = { label: `norm ${node.number}`, bytes: normBytes(node.shape[2]) };
  lowering.setNorm(node, norm);
  return norm;
}

function normFromStatistics(lowering: Lowering, node: Node): void {
  const norm = normBuffer(lowering, node);
  lowering.emit(normFromRunning(lowering.normShape(node), { norm, arrays: lowering.normArrays(node) }));
}

function normOfBatch(lowering: Lowering, node: Node): void {
  const norm = normBuffer(lowering, node);
  const shape = lowering.normShape(node);
  const slices = normSlices(shape, lowering.chunkImages);
  const bytes = statisticsBytes(shape, slices, lowering.chunks.length);
  const statistics = { label: `statistics ${node.number}`, bytes };
  for (const chunk of lowering.chunks) {
    const x = lowering.values(node, chunk);
    lowering.emit(normStatistics(shape, slices, { batch: chunk.batch, chunk: chunk.number, x, statistics }));
  }
  lowering.emit(normFinish(shape, bytes, { statistics, norm, arrays: lowering.normArrays(node) }));
}
