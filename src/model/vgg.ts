/**
 * VGG (Simonyan and Zisserman 2015) in torchvision's configurations and parameter names, and a small VGG-8 for quick
 * runs. Pools that no longer fit a small image are dropped, and counted; the numbering of the parameters stays
 * torchvision's, as if they were there.
 */
import type { NetworkSettings } from '../recipe/recipe.ts';
import type { Layer, Network, Shape } from './network.ts';

/** Kernels per convolution, 'M' for a 2 x 2 max-pool with stride 2. */
export type VggPlan = readonly (number | 'M')[];

export const vggPlans = {
  vgg8: [16, 16, 'M', 32, 32, 'M', 64, 64, 'M'],
  vgg11: [64, 'M', 128, 'M', 256, 256, 'M', 512, 512, 'M', 512, 512, 'M'],
  vgg13: [64, 64, 'M', 128, 128, 'M', 256, 256, 'M', 512, 512, 'M', 512, 512, 'M'],
  vgg16: [64, 64, 'M', 128, 128, 'M', 256, 256, 256, 'M', 512, 512, 512, 'M', 512, 512, 512, 'M'],
  vgg19: [64, 64, 'M', 128, 128, 'M', 256, 256, 256, 256, 'M', 512, 512, 512, 512, 'M', 512, 512, 512, 512, 'M'],
} as const satisfies Record<string, VggPlan>;

/** torchvision's classifier: 7 x 7 map, two hidden layers this wide, dropout one half. */
const headPool = 7;
const headWidth = 4096;
const headDropout = 0.5;

/** A VGG from any plan. `head` 'linear' is global average pooling and one linear layer named `classifier`. */
export function vgg(plan: VggPlan, batchNorm: boolean, head: NetworkSettings['head'], input: Shape, classes: number): Network {
  const layers: Layer[] = [];
  let shape = input;
  let position = 0; // index in torchvision's `features`
  let index = 0;
  let block = 1;
  let inBlock = 1;
  let droppedPools = 0;

  for (const entry of plan) {
    if (entry === 'M') {
      const pooled: Shape = [Math.floor(shape[0] / 2), Math.floor(shape[1] / 2), shape[2]];
      if (pooled[0] === 0 || pooled[1] === 0) droppedPools++;
      else {
        layers.push({ kind: 'maxPool', size: 2, stride: 2, padding: 0, input: shape, output: pooled });
        shape = pooled;
      }
      position++;
      block++;
      inBlock = 1;
      continue;
    }
    const output: Shape = [shape[0], shape[1], entry];
    layers.push({
      kind: 'conv',
      name: `features.${position++}`,
      title: `conv${block}_${inBlock++}`,
      index: index++,
      kernelSize: 3,
      stride: 1,
      padding: 1,
      bias: true,
      input: shape,
      output,
    });
    if (batchNorm) layers.push({ kind: 'batchNorm', name: `features.${position++}`, input: output, output });
    layers.push({ kind: 'relu', input: output, output });
    position++;
    shape = output;
  }

  layers.push(...(head === 'vgg' ? torchvisionHead(shape, classes) : linearHead(shape, classes)));
  return { title: 'VGG', input, classes, layers, droppedPools };
}

function linearHead(shape: Shape, classes: number): Layer[] {
  const pooled: Shape = [1, 1, shape[2]];
  return [
    { kind: 'globalAveragePool', input: shape, output: pooled },
    { kind: 'linear', name: 'classifier', input: pooled, output: [1, 1, classes] },
  ];
}

function torchvisionHead(shape: Shape, classes: number): Layer[] {
  const pooled: Shape = [headPool, headPool, shape[2]];
  const flat: Shape = [1, 1, headPool * headPool * shape[2]];
  const hidden: Shape = [1, 1, headWidth];
  return [
    { kind: 'adaptiveAveragePool', input: shape, output: pooled },
    { kind: 'flatten', input: pooled, output: flat },
    { kind: 'linear', name: 'classifier.0', input: flat, output: hidden },
    { kind: 'relu', input: hidden, output: hidden },
    { kind: 'dropout', rate: headDropout, index: 0, input: hidden, output: hidden },
    { kind: 'linear', name: 'classifier.3', input: hidden, output: hidden },
    { kind: 'relu', input: hidden, output: hidden },
    { kind: 'dropout', rate: headDropout, index: 1, input: hidden, output: hidden },
    { kind: 'linear', name: 'classifier.6', input: hidden, output: [1, 1, classes] },
  ];
}
