/** The network a recipe makes of a dataset, as rows for the page: shapes, parameters, memory, and what merges. */
import type { DatasetSummary } from '../data/dataset.ts';
import {
  convolutions,
  elements,
  flatLayers,
  forwardMacs,
  layerParameters,
  trainableCount,
  trainingBytes,
  type Layer,
  type Network,
  type Shape,
} from '../model/network.ts';
import { buildNetwork } from '../model/buildNetwork.ts';
import { inputShape } from '../recipe/inputShape.ts';
import type { Recipe } from '../recipe/recipe.ts';

export interface LayerRow {
  readonly title: string;
  readonly detail: string;
  readonly output: Shape;
  readonly parameters: number;
  /** Bytes of the outputs of one batch. */
  readonly outputBytes: number;
  /** 0-based index among the convolutions, null for other layers. */
  readonly convolution: number | null;
  readonly kernels: number | null;
  readonly merges: boolean;
}

export interface NetworkView {
  readonly title: string;
  readonly input: Shape;
  readonly rows: readonly LayerRow[];
  readonly convolutions: number;
  readonly merged: number;
  readonly parameters: number;
  readonly macs: number;
  readonly trainingBytes: number;
  readonly droppedPools: number;
}

/** What MedMNIST brings most often; used for the summary until a dataset is there. */
const usual = { height: 28, width: 28, channels: 3 };
const usualClasses = 8;

export function networkOf(recipe: Recipe, dataset: DatasetSummary | null): Network {
  return buildNetwork(recipe.network, inputShape(recipe.input, dataset ?? usual), dataset?.classNames.length ?? usualClasses);
}

export function networkView(recipe: Recipe, dataset: DatasetSummary | null): NetworkView {
  const network = networkOf(recipe, dataset);
  const batch = recipe.optimiser.batchSize;
  const convs = convolutions(network);
  return {
    title: network.title,
    input: network.input,
    rows: flatLayers(network).map((layer) => row(layer, batch, recipe.merging.firstLayer)),
    convolutions: convs.length,
    merged: convs.filter((layer) => layer.index >= recipe.merging.firstLayer).length,
    parameters: trainableCount(network),
    macs: forwardMacs(network),
    trainingBytes: trainingBytes(network, batch),
    droppedPools: network.droppedPools,
  };
}

function row(layer: Layer, batch: number, firstLayer: number): LayerRow {
  const parameters = layerParameters(layer).reduce(
    (sum, parameter) => sum + (parameter.trainable ? elements(parameter.shape) : 0),
    0,
  );
  const convolution = layer.kind === 'conv' ? layer.index : null;
  return {
    ...naming(layer),
    output: layer.output,
    parameters,
    outputBytes: 4 * batch * elements(layer.output),
    convolution,
    kernels: layer.kind === 'conv' ? layer.output[2] : null,
    merges: convolution !== null && convolution >= firstLayer,
  };
}

function naming(layer: Layer): { title: string; detail: string } {
  switch (layer.kind) {
    case 'conv':
      return { title: layer.title, detail: `${layer.kernelSize} × ${layer.kernelSize} convolution, ${layer.output[2]} kernels` };
    case 'batchNorm':
      return { title: 'batch norm', detail: 'normalises over the batch' };
    case 'relu':
      return { title: 'ReLU', detail: 'max(x, 0)' };
    case 'maxPool':
      return { title: 'max pool', detail: `${layer.size} × ${layer.size}, stride ${layer.stride}` };
    case 'globalAveragePool':
      return { title: 'global average pool', detail: 'mean over the map' };
    case 'adaptiveAveragePool':
      return { title: 'average pool', detail: `to ${layer.output[0]} × ${layer.output[1]}` };
    case 'flatten':
      return { title: 'flatten', detail: 'map to vector' };
    case 'linear':
      return { title: 'linear', detail: `${layer.input[2].toLocaleString('en')} to ${layer.output[2].toLocaleString('en')}` };
    case 'dropout':
      return { title: 'dropout', detail: `rate ${layer.rate}` };
  }
}

/** Titles of the convolutions by index, e.g. `conv3_2`. */
export function convolutionTitles(network: Network): string[] {
  return convolutions(network).map((layer) => layer.title);
}
