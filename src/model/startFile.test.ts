import { describe, expect, it } from 'vitest';
import { StudioError } from '../base/errors.ts';
import { quick } from '../recipe/presets.ts';
import type { NetworkSettings } from '../recipe/recipe.ts';
import { buildNetwork } from './buildNetwork.ts';
import { initialWeights, type Weights } from './initialWeights.ts';
import type { Network, Shape } from './network.ts';
import { SafetensorsFile } from './safetensors.ts';
import { drawnArrays, weightsFromFile } from './startFile.ts';
import { stateDictPieces } from './stateDict.ts';

const small: NetworkSettings = { ...quick.network, widthMultiplier: 0.125 };
const networkOf = (settings: NetworkSettings = small, classes = 2, input: Shape = [16, 16, 3]) =>
  buildNetwork(settings, input, classes);
const fileOf = (network: Network, weights: Weights = initialWeights(network, 'pytorch', 9)) =>
  SafetensorsFile.open(new Blob(stateDictPieces(network, weights)));
const name = { name: 'x.safetensors', distribution: 'he' } as const;

async function refusal(file: SafetensorsFile, network: Network): Promise<StudioError> {
  const thrown: unknown = await weightsFromFile(file, network, name, 0).then(
    () => null,
    (error: unknown) => error,
  );
  if (thrown instanceof StudioError) return thrown;
  throw new Error('was accepted');
}

describe('start weights of a file', () => {
  it('of the same network and classes are taken whole', async () => {
    const network = networkOf();
    const weights = initialWeights(network, 'pytorch', 9);
    const file = await fileOf(network, weights);
    expect(drawnArrays(file, network, name.name)).toEqual([]);
    expect(await weightsFromFile(file, network, name, 3)).toEqual(weights);
  });

  it('of other classes keep all but the last layer, which is drawn of the seed as it is among all', async () => {
    const [network, other] = [networkOf(), networkOf(small, 5)];
    const file = await fileOf(other);
    expect(drawnArrays(file, network, name.name)).toEqual(['classifier.weight', 'classifier.bias']);
    const taken = initialWeights(other, 'pytorch', 9);
    for (const seed of [0, 1]) {
      const fresh = initialWeights(network, 'he', seed);
      const weights = await weightsFromFile(file, network, name, seed);
      for (const [array, values] of weights)
        expect(values, array).toEqual(array.startsWith('classifier') ? fresh.get(array) : taken.get(array));
    }
  });

  it('with another head, as torchvision’s VGG has, give the convolutions and leave their head behind', async () => {
    // A stand-in for the wide head: its names, in small.
    const network = networkOf();
    const weights = initialWeights(network, 'pytorch', 9);
    const file = await fileOf(network, weights);
    const tensors = new Map([...file.tensors].filter(([array]) => !array.startsWith('classifier')));
    for (const layer of [0, 3, 6])
      for (const role of ['weight', 'bias']) {
        const entry = { name: `classifier.${layer}.${role}`, dtype: 'F32', shape: [4096], begin: 0, end: 0 } as const;
        tensors.set(entry.name, entry);
      }
    expect(drawnArrays({ tensors }, network, name.name)).toEqual(['classifier.weight', 'classifier.bias']);
    // The other way: a head of one layer for a network whose head has three.
    const wide = networkOf({ ...small, head: 'vgg' });
    const layers = ['classifier.0', 'classifier.3', 'classifier.6'];
    expect(drawnArrays(file, wide, name.name)).toEqual(layers.flatMap((layer) => [`${layer}.weight`, `${layer}.bias`]));
  });

  it('of colour images are refused for grey ones, and the way to take them is told', async () => {
    const { code, details, message, remedy } = await refusal(await fileOf(networkOf()), networkOf(small, 2, [16, 16, 1]));
    expect(code).toBe('start-file-differs');
    expect(details).toEqual([{ where: 'features.0.weight', found: 'F32 [2, 3, 3, 3]', expected: 'F32 [2, 1, 3, 3]' }]);
    expect(message).toContain('features.0.weight is F32 [2, 3, 3, 3], expected F32 [2, 1, 3, 3]');
    expect(remedy).toContain('set input.channels to rgb');
  });

  it('of a ResNet for large images are refused for small ones, and the way to take them is told', async () => {
    const resnet: NetworkSettings = { ...small, name: 'resnet18', widthMultiplier: 0.0625 };
    const file = await fileOf(networkOf(resnet, 2, [64, 64, 3]));
    expect((await refusal(file, networkOf(resnet))).remedy).toContain('set input.side to 64 or more');
    expect(drawnArrays(file, networkOf(resnet, 3, [96, 96, 3]), name.name)).toEqual(['fc.weight', 'fc.bias']);
  });

  it('of another network are refused with every array that is missing, left over or of another shape', async () => {
    const { details, message } = await refusal(await fileOf(networkOf({ ...small, batchNorm: false })), networkOf());
    expect(message).toMatch(/^“x.safetensors” does not hold the convolutions of VGG-8 with batch norm, width × 0.125: /);
    expect(details.filter(({ found }) => found === 'missing').length).toBeGreaterThan(10);
    expect(details.every(({ where }) => !where.startsWith('classifier'))).toBe(true);
  });

  it('that are not numbers are refused by their place', async () => {
    const network = networkOf();
    const weights = initialWeights(network, 'pytorch', 9);
    (weights.get('features.1.running_var') as Float32Array)[1] = Number.NaN;
    const { code, message } = await refusal(await fileOf(network, weights), network);
    expect(code).toBe('start-file-not-finite');
    expect(message).toContain('NaN in features.1.running_var, at position 1');
  });
});
