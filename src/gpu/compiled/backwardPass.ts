/**
 * The backward pass of a lowering, from the loss to the first convolution. Each layer's weights are updated as soon as its
 * gradients are known: after its input gradient, which still needs them as they were.
 */
import { plain, type Contribution, type Load } from './activation.ts';
import { normGradientLoad, normInputGradient, normUpdate, sumsFours, sumsTally } from './batchNormGradient.ts';
import { convShape } from './convShape.ts';
import { gradientRows } from './directFilterGradient.ts';
import { loaded, type Activations } from './forwardPass.ts';
import type { Node } from './graph.ts';
import { crossEntropy } from './loss.ts';
import type { Chunk, Gathered, Lowering } from './lowering.ts';
import { dropoutGradient, flattenGradient, passGradient } from './maps.ts';
import { reads, type PlannedBuffer, type Resource } from './operation.ts';
import { averageGradient, maxPoolGradient } from './pooling.ts';
import { ownSlots, slotsOf, tallyMap, type Slots, type Tally } from './tally.ts';
import { convUpdate } from './update.ts';

export function lowerBackward(lowering: Lowering, multiLabel: boolean): void {
  const { graph } = lowering;
  const { output } = graph;
  const gradient = lowering.maps('gradient', output);
  lowering.gradients.set(output, { buffers: gradient, contributions: 0, shared: false, sums: null });
  for (const chunk of lowering.chunks) {
    const { losses, now, targets } = lowering.step;
    const buffers = { batch: chunk.batch, chunk: chunk.number, logits: lowering.values(output, chunk), losses, now, targets };
    const target = { ...buffers, gradient: gradient[chunk.number] as PlannedBuffer };
    lowering.emit(crossEntropy(output.shape[2], multiLabel, target, lowering.gradientScale));
  }
  for (const node of graph.nodes.toReversed()) if (node.trains) backwardOf(lowering, node);
}

function backwardOf(lowering: Lowering, node: Node): void {
  const gathered = lowering.gradients.get(node);
  if (gathered === undefined) return;
  const { does } = node;
  if (does.kind === 'add') {
    for (const input of node.inputs) passOn(lowering, node, gathered, input);
    return;
  }
  if (does.kind === 'conv') {
    backwardOfConv(lowering, node, node.norm === null ? gathered.buffers.map(plain) : throughNorm(lowering, node, gathered));
    return;
  }
  const [input] = node.inputs as [Node];
  if (!input.trains) return;
  const target = begin(lowering, input);
  for (const chunk of lowering.chunks) {
    const buffers = { batch: chunk.batch, chunk: chunk.number, dy: gathered.buffers[chunk.number] as PlannedBuffer };
    const from = lowering.stored(input, chunk);
    const contribution = contributionTo(lowering, input, target, chunk);
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

function backwardOfConv(lowering: Lowering, node: Node, dy: readonly Load[]): void {
  const shape = convShape(node);
  const [input] = node.inputs as [Node];
  const { kernels } = lowering;
  const chunks = lowering.chunks.length;
  const slices = kernels.slices(shape, lowering.chunkImages, chunks);
  const partials = {
    label: `partial gradients ${node.number}`,
    bytes: slices * chunks * gradientRows(shape) * shape.outQuads * 16,
  };
  const activations: Activations = new Map();
  const weights = lowering.parameters.trained(`${shape.name}.weight`);
  const bias = shape.bias ? lowering.parameters.trained(`${shape.name}.bias`) : null;
  // The filter gradient first: the passing copy of its input is then free for the input gradient.
  for (const chunk of lowering.chunks) {
    const x = loaded(lowering, input, chunk, kernels.fuses('filterGradient', shape), activations);
    const buffers = { batch: chunk.batch, chunk: chunk.number, x, dy: dy[chunk.number] as Load, partials };
    lowering.emit(kernels.filterGradient(shape, buffers, slices));
  }
  if (input.trains) {
    const target = begin(lowering, input);
    const count = input.norm === null || !isLast(input, target) ? null : kernels.inputGradientSlots(shape, lowering.chunkImages);
    if (count !== null) target.sums = sumSlots(lowering, input, count);
    for (const chunk of lowering.chunks) {
      const buffers = { batch: chunk.batch, chunk: chunk.number, weights: weights.values, dy: dy[chunk.number] as Load };
      const contribution = contributionTo(lowering, input, target, chunk);
      const tally = target.sums === null ? null : sumsTallyOf(lowering, input, chunk, target.sums, 'gradient');
      lowering.emit(kernels.inputGradient(shape, buffers, contribution, tally));
    }
    target.contributions++;
  }
  lowering.emit(convUpdate(shape, { now: lowering.step.now, partials, weights, bias }, slices * chunks, lowering.gradientScale));
}

/** A sum hands its gradient to both paths: the buffers themselves to whom has no other gradient yet. */
function passOn(lowering: Lowering, node: Node, gathered: Gathered, input: Node): void {
  if (!input.trains) return;
  const known = lowering.gradients.get(input);
  // Where nobody else adds to it, it is to be masked here, and the other path must not see that.
  if (known === undefined && (input.readers > 1 || !input.relu)) {
    lowering.gradients.set(input, { buffers: gathered.buffers, contributions: 1, shared: true, sums: null });
    return;
  }
  const target = begin(lowering, input);
  for (const chunk of lowering.chunks) {
    const buffers = { batch: chunk.batch, chunk: chunk.number, dy: gathered.buffers[chunk.number] as PlannedBuffer };
    lowering.emit(passGradient(node.shape, buffers, contributionTo(lowering, input, target, chunk)));
  }
  target.contributions++;
}

function begin(lowering: Lowering, node: Node): Gathered {
  const known = lowering.gradients.get(node);
  if (known !== undefined) return known;
  const fresh = { buffers: lowering.maps('gradient', node), contributions: 0, shared: false, sums: null };
  lowering.gradients.set(node, fresh);
  return fresh;
}

const isLast = (node: Node, { contributions }: Gathered): boolean => contributions === node.readers - 1;

function contributionTo(lowering: Lowering, node: Node, gathered: Gathered, chunk: Chunk): Contribution {
  const { buffers, contributions } = gathered;
  return {
    gradient: buffers[chunk.number] as PlannedBuffer,
    adds: contributions > 0,
    rectifiedBy: node.relu && isLast(node, gathered) ? lowering.stored(node, chunk) : null,
  };
}

function sumSlots(lowering: Lowering, node: Node, count: number): Slots {
  return slotsOf(`gradient sums ${node.number}`, lowering.tallied(node), sumsFours, count, lowering.chunks.length);
}

/** @param of dy's name in WGSL: `gradient` where a sink has just stored it, with its ReLU's numbers bound already */
function sumsTallyOf(lowering: Lowering, node: Node, chunk: Chunk, slots: Slots, of: 'dy' | 'gradient'): Tally {
  const { norm, values } = lowering.stored(node, chunk);
  const own = { x: 'x', norm: 'norm', bindings: [reads('x', values), reads('norm', norm as Resource)] };
  const bound = of === 'gradient' && node.relu ? { x: 'rectifiedValues', norm: 'rectifiedNorm', bindings: [] } : own;
  return sumsTally(lowering.tallied(node), of, bound, slots, lowering.chunkImages);
}

/** From the gradient of a normalised map to that of the map; steps the normalisation's weight and bias. */
function throughNorm(lowering: Lowering, node: Node, gathered: Gathered): Load[] {
  const { chunkImages, chunks, kernels } = lowering;
  const map = lowering.tallied(node);
  const norm = lowering.norm(node);
  const dyOf = (chunk: Chunk) => gathered.buffers[chunk.number] as PlannedBuffer;
  const slots = gathered.sums ?? sumSlots(lowering, node, ownSlots(map, chunkImages));
  if (gathered.sums === null)
    for (const chunk of chunks) {
      const tally = sumsTallyOf(lowering, node, chunk, slots, 'dy');
      lowering.emit(tallyMap(tally, { batch: chunk.batch, chunk: chunk.number, map: dyOf(chunk) }));
    }
  const [first] = chunks as [Chunk];
  lowering.emit(
    normUpdate(
      map,
      slots,
      { batch: first.batch, now: lowering.step.now, norm, arrays: lowering.normArrays(node) },
      lowering.gradientScale,
    ),
  );
  const from = (chunk: Chunk) => ({ map, dy: dyOf(chunk), x: lowering.values(node, chunk), norm });
  const shape = convShape(node);
  if (kernels.fuses('inputGradient', shape) && kernels.fuses('filterGradient', shape))
    return chunks.map((chunk) => normGradientLoad(from(chunk)));
  const target = gathered.shared ? lowering.maps('gradient', node) : gathered.buffers;
  return chunks.map((chunk) => {
    const dx = target[chunk.number] as PlannedBuffer;
    lowering.emit(normInputGradient(from(chunk), { batch: chunk.batch, chunk: chunk.number, dx }));
    return plain(dx);
  });
}
