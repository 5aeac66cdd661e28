/**
 * ResNet (He et al. 2016) with BasicBlocks, in torchvision's configurations and parameter names. Convolutions have no
 * bias, since batch normalisation follows each. The 1 x 1 convolutions of shortcuts do not merge and have no index: the
 * numbering runs over the stem and the main paths, 0 to 32 for ResNet-34.
 */
import type { BatchNormLayer, ConvLayer, Layer, Network, ReluLayer, ResidualLayer, Shape } from './network.ts';

export interface ResnetPlan {
  /** BasicBlocks of each stage. */
  readonly blocks: readonly number[];
  /** Kernels of each stage; every stage after the first halves the map. */
  readonly widths: readonly number[];
}

export const resnetPlans = {
  resnet18: { blocks: [2, 2, 2, 2], widths: [64, 128, 256, 512] },
  resnet34: { blocks: [3, 4, 6, 3], widths: [64, 128, 256, 512] },
} as const satisfies Record<string, ResnetPlan>;

/** `imagenet`: 7 x 7, stride 2, then 3 x 3 max-pool, stride 2. `small`: one 3 x 3 convolution, for small images. */
export type ResnetStem = 'imagenet' | 'small';

/** Images under this many pixels a side would be a few points after the large stem. */
const largeStemFrom = 64;

/** The stem for images of that size, as MedMNIST's baselines choose it (28 px: small; 224 px: torchvision's). */
export const stemFor = ([height, width]: Shape): ResnetStem => (Math.min(height, width) < largeStemFrom ? 'small' : 'imagenet');

/** A ResNet from any plan: stem, stages of BasicBlocks, global average pool and one linear layer named `fc`. */
export function resnet(plan: ResnetPlan, stem: ResnetStem, input: Shape, classes: number): Network {
  const layers: (Layer | ResidualLayer)[] = stemLayers(stem, input, plan.widths[0] ?? 1);
  let shape = last(layers).output;
  let index = 1;
  plan.widths.forEach((width, stage) => {
    for (let block = 0; block < (plan.blocks[stage] ?? 0); block++) {
      const residual = basicBlock(`layer${stage + 1}.${block}`, index, shape, width, stage > 0 && block === 0 ? 2 : 1);
      layers.push(residual, relu(residual.output));
      shape = residual.output;
      index += 2;
    }
  });
  const pooled: Shape = [1, 1, shape[2]];
  layers.push(
    { kind: 'globalAveragePool', input: shape, output: pooled },
    { kind: 'linear', name: 'fc', input: pooled, output: [1, 1, classes] },
  );
  return { title: 'ResNet', input, classes, layers, droppedPools: 0 };
}

function stemLayers(stem: ResnetStem, input: Shape, width: number): Layer[] {
  const window = stem === 'small' ? { kernelSize: 3, stride: 1, padding: 1 } : { kernelSize: 7, stride: 2, padding: 3 };
  const conv = convolution('conv1', 0, input, width, window);
  const layers: Layer[] = [conv, batchNorm('bn1', conv.output), relu(conv.output)];
  if (stem === 'imagenet') {
    const pool = { kernelSize: 3, stride: 2, padding: 1 };
    layers.push({
      kind: 'maxPool',
      size: 3,
      stride: 2,
      padding: 1,
      input: conv.output,
      output: afterWindow(conv.output, width, pool),
    });
  }
  return layers;
}

/** Two 3 x 3 convolutions around which the input is added; a 1 x 1 convolution brings it to size where it differs. */
function basicBlock(name: string, index: number, input: Shape, width: number, stride: number): ResidualLayer {
  const first = convolution(`${name}.conv1`, index, input, width, { kernelSize: 3, stride, padding: 1 });
  const second = convolution(`${name}.conv2`, index + 1, first.output, width, { kernelSize: 3, stride: 1, padding: 1 });
  const main: Layer[] = [
    first,
    batchNorm(`${name}.bn1`, first.output),
    relu(first.output),
    second,
    batchNorm(`${name}.bn2`, second.output),
  ];
  const fits = stride === 1 && input[2] === width;
  const projection = convolution(`${name}.downsample.0`, null, input, width, { kernelSize: 1, stride, padding: 0 });
  const shortcut: Layer[] = fits ? [] : [projection, batchNorm(`${name}.downsample.1`, projection.output)];
  return { kind: 'residual', name, main, shortcut, input, output: second.output };
}

interface Window {
  readonly kernelSize: number;
  readonly stride: number;
  readonly padding: number;
}

function convolution(name: string, index: number | null, input: Shape, kernels: number, window: Window): ConvLayer {
  return { kind: 'conv', name, title: name, index, ...window, bias: false, input, output: afterWindow(input, kernels, window) };
}

const batchNorm = (name: string, shape: Shape): BatchNormLayer => ({ kind: 'batchNorm', name, input: shape, output: shape });

const relu = (shape: Shape): ReluLayer => ({ kind: 'relu', input: shape, output: shape });

function afterWindow([height, width]: Shape, channels: number, { kernelSize, stride, padding }: Window): Shape {
  const length = (side: number) => Math.floor((side + 2 * padding - kernelSize) / stride) + 1;
  return [length(height), length(width), channels];
}

function last(layers: readonly (Layer | ResidualLayer)[]): Layer | ResidualLayer {
  return layers[layers.length - 1] as Layer | ResidualLayer;
}
