/**
 * The backward pass of a lowering, from the loss to the first convolution. Each layer's weights are updated as soon as its
 * gradients are known: after its input gradient, which still needs them as they were.
 */
import type { Contribution } from './activation.ts';
import { normGradientBytes, normInputGradient, normSlices, normSums, normUpdate, sumsBytes } from './batchNorm.ts';
import { convShape } from './convShape.ts';
import { gradientRows } from './directFilterGradient.ts';
import { readable, type Activations } from './forwardPass.ts';
import type { Node } from './graph.ts';
import { crossEntropy } from './loss.ts';
import type { Chunk, Gathered, Lowering } from './lowering.ts';
import { dropoutGradient, flattenGradient, passGradient, rectifyGradient } from './maps.ts';
import type { PlannedBuffer } from './operation.ts';
import { averageGradient, maxPoolGradient } from './pooling.ts';
import { convUpdate } from './update.ts';

export function lowerBackward(lowering: Lowering, multiLabel: boolean): void {
  const { graph } = lowering;
  const { output } = graph;
  const gradient = lowering.maps('gradient', output);
  lowering.gradients.set(output, { buffers: gradient, contributions: 0, shared: false });
  for (const chunk of lowering.chunks) {
    const { losses, now, targets } = lowering.step;
    const buffers = { batch: chunk.batch, chunk: chunk.number, logits: lowering.values(output, chunk), losses, now, targets };
    lowering.emit(crossEntropy(output.shape[2], multiLabel, { ...buffers, gradient: gradient[chunk.number] as PlannedBuffer }));
  }
  for (const node of graph.nodes.toReversed()) if (node.trains) backwardOf(lowering, node);
}

function backwardOf(lowering: Lowering, node: Node): void {
  const gathered = lowering.gradients.get(node);
  if (gathered === undefined) return;
  const { does } = node;
  if (node.relu && node.norm === null) rectify(lowering, node, gathered);
  if (does.kind === 'add') {
    for (const input of node.inputs) passOn(lowering, node, gathered, input);
    return;
  }
  const incoming = node.norm === null ? gathered.buffers : throughNorm(lowering, node, gathered);
  if (does.kind === 'conv') {
    backwardOfConv(lowering, node, incoming);
    return;
  }
  const [input] = node.inputs as [Node];
  if (!input.trains) return;
  const target = begin(lowering, input);
  for (const chunk of lowering.chunks) {
    const buffers = { batch: chunk.batch, chunk: chunk.number, dy: incoming[chunk.number] as PlannedBuffer };
    const from = lowering.stored(input, chunk);
    const contribution = contributionTo(target, chunk);
    switch (does.kind) {
      case 'maxPool':
        lowering.emit(maxPoolGradient(does.window, from, node.shape, buffers, contribution));
        break;
      case 'average':
        lowering.emit(averageGradient(from, node.shape, buffers, contribution));
        break;
      case 'flatten':
        lowering.emit(flattenGradient(from, node.shape, buffers, contribution));
        break;
      case 'dropout':
        lowering.emit(dropoutGradient(from, does, { ...buffers, now: lowering.step.now }, contribution));
        break;
      case 'input':
        break;
    }
  }
  target.contributions++;
}

function backwardOfConv(lowering: Lowering, node: Node, dy: readonly PlannedBuffer[]): void {
  const shape = convShape(node);
  const [input] = node.inputs as [Node];
  const chunks = lowering.chunks.length;
  const slices = lowering.kernels.slices(shape, lowering.chunkImages, chunks);
  const partials = {
    label: `partial gradients ${node.number}`,
    bytes: slices * chunks * gradientRows(shape) * shape.outQuads * 16,
  };
  const activations: Activations = new Map();
  const weights = lowering.parameters.trained(`${shape.name}.weight`);
  const bias = shape.bias ? lowering.parameters.trained(`${shape.name}.bias`) : null;
  // The filter gradient first: the passing copy of its input is then free for the input gradient.
  for (const chunk of lowering.chunks) {
    const x = readable(lowering, input, chunk, activations);
    const buffers = { batch: chunk.batch, chunk: chunk.number, x, dy: dy[chunk.number] as PlannedBuffer, partials };
    lowering.emit(lowering.kernels.filterGradient(shape, buffers, slices));
  }
  if (input.trains) {
    const target = begin(lowering, input);
    for (const chunk of lowering.chunks) {
      const buffers = { batch: chunk.batch, chunk: chunk.number, weights: weights.values };
      const contribution = contributionTo(target, chunk);
      lowering.emit(lowering.kernels.inputGradient(shape, { ...buffers, dy: dy[chunk.number] as PlannedBuffer }, contribution));
    }
    target.contributions++;
  }
  lowering.emit(convUpdate(shape, { now: lowering.step.now, partials, weights, bias }, slices * chunks));
}

/** The ReLU's mask, in place; with a normalisation, its kernels apply it as they read. */
function rectify(lowering: Lowering, node: Node, gathered: Gathered): void {
  for (const chunk of lowering.chunks) {
    const gradient = gathered.buffers[chunk.number] as PlannedBuffer;
    const buffers = { batch: chunk.batch, chunk: chunk.number, y: lowering.values(node, chunk), gradient };
    lowering.emit(rectifyGradient(node.shape, buffers));
  }
}

/** A sum hands its gradient to both paths: the buffers themselves to whom has no other gradient yet. */
function passOn(lowering: Lowering, node: Node, gathered: Gathered, input: Node): void {
  if (!input.trains) return;
  const known = lowering.gradients.get(input);
  // Where the input is rectified in place and nobody else adds to it, the other path would see its mask.
  if (known === undefined && (input.norm !== null || input.readers > 1 || !input.relu)) {
    lowering.gradients.set(input, { buffers: gathered.buffers, contributions: 1, shared: true });
    return;
  }
  const target = begin(lowering, input);
  for (const chunk of lowering.chunks) {
    const buffers = { batch: chunk.batch, chunk: chunk.number, dy: gathered.buffers[chunk.number] as PlannedBuffer };
    lowering.emit(passGradient(node.shape, buffers, contributionTo(target, chunk)));
  }
  target.contributions++;
}

function begin(lowering: Lowering, node: Node): Gathered {
  const known = lowering.gradients.get(node);
  if (known !== undefined) return known;
  const fresh = { buffers: lowering.maps('gradient', node), contributions: 0, shared: false };
  lowering.gradients.set(node, fresh);
  return fresh;
}

function contributionTo({ buffers, contributions }: Gathered, chunk: Chunk): Contribution {
  return { gradient: buffers[chunk.number] as PlannedBuffer, adds: contributions > 0 };
}

/** From the gradient of a normalised map to that of the map; steps the normalisation's weight and bias. */
function throughNorm(lowering: Lowering, node: Node, gathered: Gathered): readonly PlannedBuffer[] {
  const shape = lowering.normShape(node);
  const slices = normSlices(shape, lowering.chunkImages);
  const bytes = sumsBytes(shape, slices, lowering.chunks.length);
  const sums = { label: `gradient sums ${node.number}`, bytes };
  const gradient = { label: `norm gradient ${node.number}`, bytes: normGradientBytes(node.shape[2]) };
  const norm = lowering.norm(node);
  const of = (chunk: Chunk) => ({
    batch: chunk.batch,
    chunk: chunk.number,
    x: lowering.values(node, chunk),
    dy: gathered.buffers[chunk.number] as PlannedBuffer,
    norm,
  });
  for (const chunk of lowering.chunks) lowering.emit(normSums(shape, node.relu, slices, { ...of(chunk), sums }));
  const [first] = lowering.chunks as [Chunk];
  const arrays = lowering.normArrays(node);
  lowering.emit(normUpdate(shape, bytes, { batch: first.batch, now: lowering.step.now, norm, sums, gradient, arrays }));
  const target = gathered.shared ? lowering.maps('gradient', node) : gathered.buffers;
  for (const chunk of lowering.chunks)
    lowering.emit(normInputGradient(shape, node.relu, { ...of(chunk), dx: target[chunk.number] as PlannedBuffer, gradient }));
  return target;
}
