/**
 * A network as plain data: a list of layers with their shapes, each convolution with its 0-based index. Trainers
 * interpret it, the page lists it, exporters name its parameters. Layout is NHWC; parameter names are the keys of
 * torchvision's `state_dict`. Layers hold no state and no code, so a network crosses threads and files as it is.
 */

/** [height, width, channels] of one image's activation. */
export type Shape = readonly [number, number, number];

interface LayerBase {
  readonly input: Shape;
  readonly output: Shape;
}

export interface ConvLayer extends LayerBase {
  readonly kind: 'conv';
  /** Parameter prefix, e.g. `features.0`. */
  readonly name: string;
  /** What the page calls it, e.g. `conv3_2`. */
  readonly title: string;
  /** 0-based among the convolutions that merging counts; null for the 1 x 1 convolutions of shortcuts, which it does not. */
  readonly index: number | null;
  readonly kernelSize: number;
  readonly stride: number;
  readonly padding: number;
  readonly bias: boolean;
}

export interface BatchNormLayer extends LayerBase {
  readonly kind: 'batchNorm';
  readonly name: string;
}

export interface ReluLayer extends LayerBase {
  readonly kind: 'relu';
}

export interface MaxPoolLayer extends LayerBase {
  readonly kind: 'maxPool';
  readonly size: number;
  readonly stride: number;
  /** Rows and columns around the map that no maximum comes from. */
  readonly padding: number;
}

/** Mean over the whole map: [h, w, c] to [1, 1, c]. */
export interface GlobalAveragePoolLayer extends LayerBase {
  readonly kind: 'globalAveragePool';
}

/** PyTorch's AdaptiveAvgPool2d: bins from floor(i h / out) to ceil((i + 1) h / out), so that a smaller map is stretched. */
export interface AdaptiveAveragePoolLayer extends LayerBase {
  readonly kind: 'adaptiveAveragePool';
}

/** To [1, 1, h w c], in PyTorch's order (channel, row, column). */
export interface FlattenLayer extends LayerBase {
  readonly kind: 'flatten';
}

export interface LinearLayer extends LayerBase {
  readonly kind: 'linear';
  readonly name: string;
}

export interface DropoutLayer extends LayerBase {
  readonly kind: 'dropout';
  readonly rate: number;
  /** 0-based among the dropout layers: names its stream of draws. */
  readonly index: number;
}

/** One operation; what a residual block is made of too. */
export type Layer =
  | ConvLayer
  | BatchNormLayer
  | ReluLayer
  | MaxPoolLayer
  | GlobalAveragePoolLayer
  | AdaptiveAveragePoolLayer
  | FlattenLayer
  | LinearLayer
  | DropoutLayer;

/** Two paths from one input, added: main(x) + shortcut(x). An empty shortcut is x itself. The ReLU after it is a layer. */
export interface ResidualLayer extends LayerBase {
  readonly kind: 'residual';
  /** Parameter prefix of everything inside, e.g. `layer2.0`. */
  readonly name: string;
  readonly main: readonly Layer[];
  readonly shortcut: readonly Layer[];
}

export interface Network {
  /** E.g. `VGG-8 with batch norm`. */
  readonly title: string;
  readonly input: Shape;
  readonly classes: number;
  /** In forward order. For a list of plain layers, also those inside residual blocks, take `flatLayers`. */
  readonly layers: readonly (Layer | ResidualLayer)[];
  /** Pools left out because the map was already below their size; the page says so. */
  readonly droppedPools: number;
}

export type ParameterRole = 'weight' | 'bias' | 'runningMean' | 'runningVar';

/** One array of a network. Trainable are weight and bias (also BatchNorm's); the running statistics are not. */
export interface Parameter {
  /** torchvision's key, e.g. `features.0.weight`. */
  readonly name: string;
  readonly role: ParameterRole;
  /** In the studio's layout: conv HWIO, linear [in, out]. */
  readonly shape: readonly number[];
  readonly layer: Layer;
  readonly trainable: boolean;
}

/** A convolution that merging counts. */
export type CountedConvLayer = ConvLayer & { readonly index: number };

/** Every plain layer in forward order, each with its shapes: a residual block's main path, then its shortcut. */
export function flatLayers(network: Network): Layer[] {
  return network.layers.flatMap((layer) => (layer.kind === 'residual' ? [...layer.main, ...layer.shortcut] : [layer]));
}

/** The convolutions that merging counts, by index; a ResNet's shortcuts are not among them. */
export function convolutions(network: Network): CountedConvLayer[] {
  return flatLayers(network).filter((layer): layer is CountedConvLayer => layer.kind === 'conv' && layer.index !== null);
}

/** The convolutions that merging touches: 0-based index at or after `firstLayer`. */
export function mergedConvolutions(network: Network, firstLayer: number): CountedConvLayer[] {
  return convolutions(network).filter((layer) => layer.index >= firstLayer);
}

/** Every array of the network in `state_dict` order. */
export function parameters(network: Network): Parameter[] {
  return flatLayers(network).flatMap((layer) => layerParameters(layer));
}

export function layerParameters(layer: Layer): Parameter[] {
  const inputs = layer.input[2];
  const outputs = layer.output[2];
  switch (layer.kind) {
    case 'conv': {
      const weight: Parameter = {
        name: `${layer.name}.weight`,
        role: 'weight',
        shape: [layer.kernelSize, layer.kernelSize, inputs, outputs],
        layer,
        trainable: true,
      };
      return layer.bias
        ? [weight, { name: `${layer.name}.bias`, role: 'bias', shape: [outputs], layer, trainable: true }]
        : [weight];
    }
    case 'batchNorm':
      return [
        { name: `${layer.name}.weight`, role: 'weight', shape: [outputs], layer, trainable: true },
        { name: `${layer.name}.bias`, role: 'bias', shape: [outputs], layer, trainable: true },
        { name: `${layer.name}.running_mean`, role: 'runningMean', shape: [outputs], layer, trainable: false },
        { name: `${layer.name}.running_var`, role: 'runningVar', shape: [outputs], layer, trainable: false },
      ];
    case 'linear':
      return [
        { name: `${layer.name}.weight`, role: 'weight', shape: [inputs, outputs], layer, trainable: true },
        { name: `${layer.name}.bias`, role: 'bias', shape: [outputs], layer, trainable: true },
      ];
    case 'relu':
    case 'maxPool':
    case 'globalAveragePool':
    case 'adaptiveAveragePool':
    case 'flatten':
    case 'dropout':
      return [];
  }
}

export const elements = (shape: readonly number[]): number => shape.reduce((product, side) => product * side, 1);

/** Trainable numbers of the network. */
export function trainableCount(network: Network): number {
  return parameters(network).reduce((sum, parameter) => sum + (parameter.trainable ? elements(parameter.shape) : 0), 0);
}

/** Multiply-accumulates of one image's forward pass, convolutions and linear layers. */
export function forwardMacs(network: Network): number {
  return flatLayers(network).reduce((sum, layer) => {
    if (layer.kind === 'conv') return sum + elements(layer.output) * layer.kernelSize ** 2 * layer.input[2];
    if (layer.kind === 'linear') return sum + layer.input[2] * layer.output[2];
    return sum;
  }, 0);
}

/**
 * Bytes a training step of the tape trainer keeps: outputs of every layer for backward, once more for their gradients,
 * and weights, momentum and gradients. An estimate from above for the panel, in bytes.
 */
export function trainingBytes(network: Network, batchSize: number): number {
  // tfjs keeps five copies of a batch-normalised activation for backward (conv, centred, squared, normalised, scaled).
  const kept = flatLayers(network).reduce((sum, layer) => sum + elements(layer.output) * (layer.kind === 'batchNorm' ? 3 : 1), 0);
  const sums = network.layers.reduce((sum, layer) => sum + (layer.kind === 'residual' ? elements(layer.output) : 0), 0);
  return 4 * (2 * batchSize * (kept + sums) + 3 * trainableCount(network));
}
