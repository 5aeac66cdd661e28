/**
 * A network as the compiler sees it: one node for each map that is stored, with the batch normalisation and the ReLU that
 * stand between the stored numbers and what the next layers read. Normalised maps are never stored for good.
 */
import type { BatchNormLayer, Layer, Network, ResidualLayer, Shape } from '../../model/network.ts';

export interface Window {
  readonly size: number;
  readonly stride: number;
  readonly padding: number;
}

export type NodeKind =
  | { readonly kind: 'input' }
  /** A linear layer is a convolution of a 1 x 1 map. */
  | { readonly kind: 'conv'; readonly name: string; readonly window: Window; readonly bias: boolean }
  | { readonly kind: 'maxPool'; readonly window: Window }
  /** Means over bins as AdaptiveAvgPool2d cuts them; a global average is one bin. */
  | { readonly kind: 'average' }
  | { readonly kind: 'flatten' }
  | { readonly kind: 'dropout'; readonly rate: number; readonly index: number }
  | { readonly kind: 'add' };

export interface Node {
  readonly does: NodeKind;
  readonly number: number;
  readonly shape: Shape;
  readonly inputs: readonly Node[];
  /** Normalisation between what is stored and what is read. */
  norm: BatchNormLayer | null;
  /** With `norm`: applied after it, on reading. Without: already applied to what is stored. */
  relu: boolean;
  /** Nodes that read this one. */
  readers: number;
  /** False where no parameter lies before it: then nobody needs its gradient. */
  readonly trains: boolean;
}

export interface Graph {
  /** In forward order; the first is the input, the last the logits. */
  readonly nodes: readonly Node[];
  readonly output: Node;
}

export function graphOf(network: Network): Graph {
  const nodes: Node[] = [];
  const add = (does: NodeKind, shape: Shape, inputs: readonly Node[]): Node => {
    for (const input of inputs) input.readers++;
    const trains = does.kind === 'conv' || inputs.some((input) => input.trains);
    const node = { does, number: nodes.length, shape, inputs, norm: null, relu: false, readers: 0, trains };
    nodes.push(node);
    return node;
  };
  const along = (layers: readonly (Layer | ResidualLayer)[], from: Node): Node =>
    layers.reduce((node, layer) => {
      if (layer.kind !== 'residual') return after(layer, node, add);
      const main = along(layer.main, node);
      const shortcut = along(layer.shortcut, node);
      return add({ kind: 'add' }, layer.output, [main, shortcut]);
    }, from);
  const output = along(network.layers, add({ kind: 'input' }, network.input, []));
  return { nodes, output };
}

function after(layer: Layer, node: Node, add: (does: NodeKind, shape: Shape, inputs: readonly Node[]) => Node): Node {
  switch (layer.kind) {
    case 'conv': {
      const { bias, kernelSize, name, padding, stride } = layer;
      return add({ kind: 'conv', name, bias, window: { size: kernelSize, stride, padding } }, layer.output, [node]);
    }
    case 'linear':
      return add({ kind: 'conv', name: layer.name, bias: true, window: { size: 1, stride: 1, padding: 0 } }, layer.output, [
        node,
      ]);
    case 'batchNorm':
      if (node.relu || node.norm !== null || node.readers > 0 || node.does.kind !== 'conv') throw unsupported(layer);
      node.norm = layer;
      return node;
    case 'relu':
      if (node.readers > 0 || (node.does.kind !== 'conv' && node.does.kind !== 'add')) throw unsupported(layer);
      node.relu = true;
      return node;
    case 'maxPool': {
      const { padding, size, stride } = layer;
      return add({ kind: 'maxPool', window: { size, stride, padding } }, layer.output, [node]);
    }
    case 'globalAveragePool':
    case 'adaptiveAveragePool':
      return add({ kind: 'average' }, layer.output, [node]);
    case 'flatten':
      return add({ kind: 'flatten' }, layer.output, [node]);
    case 'dropout':
      return add({ kind: 'dropout', rate: layer.rate, index: layer.index }, layer.output, [node]);
  }
}

function unsupported(layer: Layer): Error {
  return new Error(`The compiled step has no place for a ${layer.kind} layer here.`);
}
