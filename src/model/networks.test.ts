/** Networks as torchvision has them: counts, names, shapes, and the numbering that merging uses. */
import { describe, expect, test } from 'vitest';
import type { NetworkSettings } from '../recipe/recipe.ts';
import { parseRecipe } from '../recipe/recipe.ts';
import { quick } from '../recipe/presets.ts';
import { buildNetwork } from './buildNetwork.ts';
import { initialWeights } from './initialWeights.ts';
import {
  convolutions,
  elements,
  flatLayers,
  forwardMacs,
  mergedConvolutions,
  parameters,
  trainableCount,
  type Network,
  type Shape,
} from './network.ts';
import { resnet } from './resnet.ts';

const large: Shape = [224, 224, 3];

function network(name: NetworkSettings['name'], settings: Partial<NetworkSettings> = {}, input = large, classes = 1000): Network {
  return buildNetwork({ name, batchNorm: false, widthMultiplier: 1, head: 'vgg', ...settings }, input, classes);
}

describe('torchvision’s networks', () => {
  test.each([
    ['vgg11', false, 132_863_336],
    ['vgg13', false, 133_047_848],
    ['vgg16', false, 138_357_544],
    ['vgg19', false, 143_667_240],
    ['vgg11', true, 132_868_840],
    ['vgg13', true, 133_053_736],
    ['vgg16', true, 138_365_992],
    ['vgg19', true, 143_678_248],
    ['resnet18', true, 11_689_512],
    ['resnet34', true, 21_797_672],
  ] as const)('%s, batch norm %s: %i trainable parameters', (name, batchNorm, count) => {
    expect(trainableCount(network(name, { batchNorm }))).toBe(count);
  });

  // The GFLOPS (multiply-accumulates) that torchvision publishes with its weights.
  test.each([
    ['vgg11', 7.609],
    ['vgg13', 11.308],
    ['vgg16', 15.47],
    ['vgg19', 19.632],
    ['resnet18', 1.814],
    ['resnet34', 3.664],
  ] as const)('%s: %f billion multiply-accumulates an image', (name, billions) => {
    expect(forwardMacs(network(name)) / 1e9).toBeCloseTo(billions, 3);
  });

  test('parameter names of VGG are those of its state_dict, pools and activations counted', () => {
    const names = parameters(network('vgg11', { batchNorm: true })).map(({ name }) => name);
    expect(names.slice(0, 7)).toEqual([
      'features.0.weight',
      'features.0.bias',
      'features.1.weight',
      'features.1.bias',
      'features.1.running_mean',
      'features.1.running_var',
      'features.4.weight',
    ]);
    expect(names.slice(-6)).toEqual(
      ['0.weight', '0.bias', '3.weight', '3.bias', '6.weight', '6.bias'].map((end) => `classifier.${end}`),
    );
  });

  test('parameter names of ResNet-18 are those of its state_dict', () => {
    const names = parameters(network('resnet18')).map(({ name }) => name);
    expect(names).toHaveLength(102); // 122 keys of torchvision's, less 20 num_batches_tracked
    expect(names.filter((name) => name.startsWith('layer2.0.'))).toEqual([
      'layer2.0.conv1.weight',
      ...['weight', 'bias', 'running_mean', 'running_var'].map((end) => `layer2.0.bn1.${end}`),
      'layer2.0.conv2.weight',
      ...['weight', 'bias', 'running_mean', 'running_var'].map((end) => `layer2.0.bn2.${end}`),
      'layer2.0.downsample.0.weight',
      ...['weight', 'bias', 'running_mean', 'running_var'].map((end) => `layer2.0.downsample.1.${end}`),
    ]);
    expect([names[0], names.at(-2), names.at(-1)]).toEqual(['conv1.weight', 'fc.weight', 'fc.bias']);
    expect(names.some((name) => name.startsWith('layer1.0.downsample'))).toBe(false);
  });
});

describe('every layer takes what the one before it gives', () => {
  const small: Shape = [28, 28, 1];
  const odd: Shape = [37, 41, 3];
  test.each([
    ['vgg19', large],
    ['vgg8', small],
    ['resnet18', large],
    ['resnet34', small],
    ['resnet18', [65, 97, 3] satisfies Shape],
    ['vgg11', odd],
  ] as const)('%s at %j', (name, input) => {
    const built = network(name, {}, input, 5);
    let shape = input as Shape;
    for (const layer of built.layers) {
      expect(layer.input).toEqual(shape);
      if (layer.kind === 'residual') {
        for (const path of [layer.main, layer.shortcut]) {
          let inside = shape;
          for (const part of path) {
            expect(part.input).toEqual(inside);
            inside = part.output;
          }
          if (path.length > 0) expect(inside).toEqual(layer.output);
          else expect(layer.output).toEqual(layer.input);
        }
      }
      shape = layer.output;
    }
    expect(shape).toEqual([1, 1, 5]);
  });
});

describe('what merging counts', () => {
  test('the main path of ResNet-34 is 0 to 32, shortcuts are left out', () => {
    const built = network('resnet34');
    expect(convolutions(built).map(({ index }) => index)).toEqual(Array.from({ length: 33 }, (_, index) => index));
    expect(flatLayers(built).filter((layer) => layer.kind === 'conv' && layer.index === null)).toHaveLength(3);
    expect(mergedConvolutions(built, 30).map(({ title }) => title)).toEqual([
      'layer4.1.conv2',
      'layer4.2.conv1',
      'layer4.2.conv2',
    ]);
  });

  test('VGG-19 merges 10 to 15 and VGG-16 10 to 12, as in the paper', () => {
    expect(mergedConvolutions(network('vgg19'), 10).map(({ index }) => index)).toEqual([10, 11, 12, 13, 14, 15]);
    expect(mergedConvolutions(network('vgg16'), 10).map(({ index }) => index)).toEqual([10, 11, 12]);
  });

  test('flatLayers lists a residual block’s main path, then its shortcut', () => {
    const built = resnet({ blocks: [1, 1], widths: [4, 8] }, 'small', [8, 8, 3], 2);
    const names = flatLayers(built).map((layer) => ('name' in layer ? layer.name : layer.kind));
    expect(names.slice(8)).toEqual([
      'relu',
      'layer2.0.conv1',
      'layer2.0.bn1',
      'relu',
      'layer2.0.conv2',
      'layer2.0.bn2',
      'layer2.0.downsample.0',
      'layer2.0.downsample.1',
      'relu',
      'globalAveragePool',
      'fc',
    ]);
  });
});

describe('recipes', () => {
  const recipe = (name: NetworkSettings['name'], batchNorm: boolean, head: NetworkSettings['head']) =>
    parseRecipe({ ...quick, network: { ...quick.network, name, batchNorm, head } }).network;

  test('a ResNet has batch normalisation and its own head whatever the recipe says of them', () => {
    const usual = buildNetwork(recipe('resnet18', true, 'linear'), large, 5);
    expect(buildNetwork(recipe('resnet18', false, 'vgg'), large, 5)).toEqual(usual);
    expect(flatLayers(usual).filter(({ kind }) => kind === 'batchNorm')).toHaveLength(20);
    expect(usual.layers.at(-1)).toMatchObject({ kind: 'linear', name: 'fc' });
  });

  test('a ResNet takes images under 64 pixels through one 3 x 3 convolution', () => {
    const below = network('resnet18', {}, [63, 80, 3], 5);
    expect(below.layers.filter(({ kind }) => kind === 'maxPool')).toHaveLength(0);
    expect(convolutions(below)[0]).toMatchObject({ kernelSize: 3, stride: 1, padding: 1, output: [63, 80, 64] });
    const from = network('resnet18', {}, [64, 64, 3], 5);
    expect(convolutions(from)[0]).toMatchObject({ kernelSize: 7, stride: 2, padding: 3, output: [32, 32, 64] });
    expect(from.layers[3]).toMatchObject({ kind: 'maxPool', size: 3, stride: 2, padding: 1, output: [16, 16, 64] });
  });

  test('the width multiplier narrows every stage, and never to nothing', () => {
    const widths = (factor: number) => [
      ...new Set(convolutions(network('resnet18', { widthMultiplier: factor })).map(({ output }) => output[2])),
    ];
    expect(widths(0.25)).toEqual([16, 32, 64, 128]);
    const narrow = buildNetwork({ name: 'vgg8', batchNorm: true, widthMultiplier: 0.0625, head: 'linear' }, [28, 28, 3], 2);
    expect(convolutions(narrow).map(({ output }) => output[2])).toEqual([1, 1, 2, 2, 4, 4]);
  });

  test('pools that no longer fit are dropped and counted', () => {
    const built = network('vgg11', { head: 'linear' }, [8, 8, 3], 5);
    expect(built.droppedPools).toBe(2);
    expect(built.layers.filter(({ kind }) => kind === 'maxPool')).toHaveLength(3);
  });
});

describe('initial weights', () => {
  const built = network('resnet18', { widthMultiplier: 0.0625 }, [28, 28, 3], 5);

  test.each(['pytorch', 'he'] as const)('%s: one array a parameter, within its bounds, and not all alike', (distribution) => {
    const weights = initialWeights(built, distribution, 3);
    expect([...weights.keys()]).toEqual(parameters(built).map(({ name }) => name));
    for (const { name, shape, layer, role } of parameters(built)) {
      const values = weights.get(name) as Float32Array;
      expect(values).toHaveLength(elements(shape));
      if (layer.kind === 'batchNorm') {
        const constant = role === 'runningVar' || role === 'weight' ? 1 : 0;
        expect(values.every((value) => value === constant)).toBe(true);
      } else if (role === 'weight') {
        expect(new Set(values).size).toBeGreaterThan(values.length / 2);
        expect(Math.max(...values.map(Math.abs))).toBeLessThanOrEqual(1);
      }
    }
  });

  test('the same seed gives the same bits, another seed others', () => {
    const bits = (seed: number) => initialWeights(built, 'he', seed).get('conv1.weight');
    expect(bits(3)).toEqual(bits(3));
    expect(bits(3)).not.toEqual(bits(4));
  });
});
