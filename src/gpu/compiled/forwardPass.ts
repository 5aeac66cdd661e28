/**
 * The forward pass of a lowering, in training or in evaluation. In training a normalisation takes the batch's statistics
 * and moves the running ones; in evaluation it takes the running ones, and dropout is left out.
 */
import { activated, plain, type Load } from './activation.ts';
import { normBytes, normFinish, normFromRunning, statisticsFours, statisticsTally } from './batchNorm.ts';
import { convShape } from './convShape.ts';
import type { Node } from './graph.ts';
import { activate, addMaps, dropout, flatten } from './maps.ts';
import type { Chunk, Lowering } from './lowering.ts';
import type { PlannedBuffer } from './operation.ts';
import { average, maxPool } from './pooling.ts';
import { ownSlots, slotsOf, tallyMap, type Slots, type Tally } from './tally.ts';

export type Mode = 'train' | 'evaluate';

/** Passing copies of normalised maps that stand ready. */
export type Activations = Map<Node, Map<Chunk, PlannedBuffer>>;

/** A normalised node's statistics on their way. */
interface Statistics {
  readonly slots: Slots;
  readonly tally: Tally;
  /** The convolution tallies what it stores; else the map is gone over once more. */
  readonly rides: boolean;
}

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
    const statistics = mode === 'train' && node.norm !== null ? statisticsOf(lowering, node) : null;
    for (const chunk of lowering.chunks) lowerNode(lowering, node, chunk, activations, statistics);
    if (statistics !== null) normOfBatch(lowering, node, statistics);
  }
  return images;
}

function lowerNode(lowering: Lowering, node: Node, chunk: Chunk, activations: Activations, statistics: Statistics | null): void {
  const { does } = node;
  const [first, second] = node.inputs as [Node, Node];
  const y = lowering.values(node, chunk);
  const buffers = { batch: chunk.batch, chunk: chunk.number, y };
  switch (does.kind) {
    case 'input':
      break;
    case 'conv': {
      const shape = convShape(node);
      const x = loaded(lowering, first, chunk, lowering.kernels.fuses('forward', shape), activations);
      const weights = lowering.parameters.get(`${does.name}.weight`).values;
      const bias = does.bias ? lowering.parameters.get(`${does.name}.bias`).values : null;
      const tally = statistics?.rides === true ? statistics.tally : null;
      lowering.emit(lowering.kernels.forward(shape, { ...buffers, x, weights, bias }, node.relu && node.norm === null, tally));
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

/**
 * A node's map as a convolution loads it: normalised and rectified on the way, or, where the kernel would do so once for
 * every tap and channel, from a passing copy.
 */
export function loaded(lowering: Lowering, node: Node, chunk: Chunk, fuses: boolean, activations: Activations): Load {
  const stored = lowering.stored(node, chunk);
  if (node.norm === null || fuses) return (name, width) => activated(name, stored, width);
  const copies = activations.get(node) ?? new Map<Chunk, PlannedBuffer>();
  activations.set(node, copies);
  const known = copies.get(chunk);
  if (known !== undefined) return plain(known);
  const y = lowering.map('activation', node, chunk);
  copies.set(chunk, y);
  lowering.emit(activate(stored, { batch: chunk.batch, chunk: chunk.number, y }));
  return plain(y);
}

function normBuffer(lowering: Lowering, node: Node): PlannedBuffer {
  const norm = { label: `norm ${node.number}`, bytes: normBytes(node.shape[2]) };
  lowering.setNorm(node, norm);
  return norm;
}

function normFromStatistics(lowering: Lowering, node: Node): void {
  const norm = normBuffer(lowering, node);
  lowering.emit(normFromRunning(lowering.tallied(node), { norm, arrays: lowering.normArrays(node) }));
}

function statisticsOf(lowering: Lowering, node: Node): Statistics {
  const { chunkImages, chunks, kernels } = lowering;
  const map = lowering.tallied(node);
  const riding = kernels.forwardSlots(convShape(node), chunkImages);
  const count = riding ?? ownSlots(map, chunkImages);
  const slots = slotsOf(`statistics ${node.number}`, map, statisticsFours, count, chunks.length);
  return { slots, tally: statisticsTally(map, 'y', slots, chunkImages), rides: riding !== null };
}

function normOfBatch(lowering: Lowering, node: Node, { rides, slots, tally }: Statistics): void {
  const norm = normBuffer(lowering, node);
  if (!rides)
    for (const chunk of lowering.chunks)
      lowering.emit(tallyMap(tally, { batch: chunk.batch, chunk: chunk.number, map: lowering.values(node, chunk) }));
  lowering.emit(normFinish(lowering.tallied(node), slots, { norm, arrays: lowering.normArrays(node) }));
}
