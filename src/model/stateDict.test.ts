/** Weights to torchvision's state_dict and back: layouts, names, and every difference named. */
import { describe, expect, test } from 'vitest';
import { StudioError } from '../base/errors.ts';
import { initialWeights, type Weights } from './initialWeights.ts';
import { parameters, type Network } from './network.ts';
import { resnet } from './resnet.ts';
import { SafetensorsFile } from './safetensors.ts';
import { safetensorsPieces, type TensorToWrite } from './safetensorsWriter.ts';
import { fileShape, fromFileLayout, readStateDict, stateDictPieces, toFileLayout } from './stateDict.ts';
import { vgg } from './vgg.ts';

const small = vgg([4, 'M', 6], true, 'linear', [8, 8, 3], 5);
const residual = resnet({ blocks: [1, 1], widths: [4, 6] }, 'imagenet', [16, 16, 3], 3);

const open = (pieces: Uint8Array<ArrayBuffer>[]) => SafetensorsFile.open(new Blob(pieces));

async function tensorsOf(network: Network, weights: Weights): Promise<Map<string, TensorToWrite>> {
  const file = await open(stateDictPieces(network, weights));
  const tensors = new Map<string, TensorToWrite>();
  for (const [name, { shape }] of file.tensors) tensors.set(name, { shape, values: await file.values(name) });
  return tensors;
}

async function refusal(network: Network, tensors: ReadonlyMap<string, TensorToWrite>): Promise<StudioError> {
  const error: unknown = await readStateDict(await open(safetensorsPieces(tensors)), network).catch((caught: unknown) => caught);
  if (error instanceof StudioError) return error;
  throw new Error('The file was taken.');
}

describe('layouts', () => {
  test('a convolution goes from HWIO to OIHW', () => {
    const shape = [2, 3, 4, 5];
    const values = Float32Array.from({ length: 120 }, (_, at) => at);
    const turned = toFileLayout(values, shape);
    expect(fileShape(shape)).toEqual([5, 4, 2, 3]);
    for (let row = 0; row < 2; row++) {
      for (let column = 0; column < 3; column++) {
        for (let input = 0; input < 4; input++) {
          for (let output = 0; output < 5; output++) {
            const ours = values[((row * 3 + column) * 4 + input) * 5 + output];
            expect(turned[((output * 4 + input) * 2 + row) * 3 + column]).toBe(ours);
          }
        }
      }
    }
    expect(fromFileLayout(turned, shape)).toEqual(values);
  });

  test('a linear layer goes from [in, out] to [out, in]', () => {
    expect(fileShape([2, 3])).toEqual([3, 2]);
    expect(toFileLayout(Float32Array.of(1, 2, 3, 4, 5, 6), [2, 3])).toEqual(Float32Array.of(1, 4, 2, 5, 3, 6));
    expect(fromFileLayout(Float32Array.of(1, 4, 2, 5, 3, 6), [2, 3])).toEqual(Float32Array.of(1, 2, 3, 4, 5, 6));
  });

  test('a vector stays, in memory of its own', () => {
    const values = Float32Array.of(1, 2);
    const written = toFileLayout(values, [2]);
    expect(written).toEqual(values);
    expect(written.buffer).not.toBe(values.buffer);
  });
});

describe('state_dict files', () => {
  test.each([
    ['a VGG with batch norm', small],
    ['a ResNet', residual],
    ['a VGG with torchvision’s head, narrow', vgg([2, 'M'], false, 'linear', [4, 4, 1], 2)],
  ])('%s: what is written is read back, bit for bit', async (_, network) => {
    const weights = initialWeights(network, 'pytorch', 1);
    const { notFinite, weights: found } = await readStateDict(await open(stateDictPieces(network, weights)), network);
    expect([...found]).toEqual([...weights]);
    expect(notFinite).toEqual([]);
  });

  test('has exactly the keys that PyTorch expects with strict=True, num_batches_tracked among them', async () => {
    const tensors = await tensorsOf(residual, initialWeights(residual, 'he', 1));
    const norms = ['bn1', 'layer1.0.bn1', 'layer1.0.bn2', 'layer2.0.bn1', 'layer2.0.bn2', 'layer2.0.downsample.1'];
    const expected = [...parameters(residual).map(({ name }) => name), ...norms.map((name) => `${name}.num_batches_tracked`)];
    expect([...tensors.keys()].sort()).toEqual(expected.sort());
    expect(tensors.get('bn1.num_batches_tracked')).toEqual({ shape: [], values: BigInt64Array.of(0n) });
    expect(tensors.get('conv1.weight')?.shape).toEqual([4, 3, 7, 7]);
    expect(tensors.get('fc.weight')?.shape).toEqual([3, 6]);
  });

  test('carries metadata, and the number of batches where it is given', async () => {
    const file = await open(stateDictPieces(small, initialWeights(small, 'he', 1), new Map([['seed', '1']]), 120));
    expect(file.metadata).toEqual(new Map([['format', 'pt'], ['seed', '1']])); // prettier-ignore
    expect(await file.values('features.1.num_batches_tracked')).toEqual(BigInt64Array.of(120n));
  });

  test('num_batches_tracked may be absent', async () => {
    const tensors = await tensorsOf(small, initialWeights(small, 'he', 1));
    for (const name of tensors.keys()) if (name.endsWith('num_batches_tracked')) tensors.delete(name);
    expect((await readStateDict(await open(safetensorsPieces(tensors)), small)).weights.size).toBe(parameters(small).length);
  });

  test('every difference is named: missing, left over, other shape, other type', async () => {
    const tensors = await tensorsOf(small, initialWeights(small, 'he', 1));
    tensors.delete('features.0.bias');
    tensors.delete('features.1.running_var');
    tensors.set('features.9.weight', { shape: [2], values: new Float32Array(2) });
    tensors.set('classifier.weight', { shape: [7, 6], values: new Float32Array(42) });
    tensors.set('classifier.bias', { shape: [5], values: new Int32Array(5) });
    tensors.set('features.1.num_batches_tracked', { shape: [1], values: BigInt64Array.of(0n) });
    const error = await refusal(small, tensors);
    expect(error.code).toBe('weights-differ');
    expect(error.message).toContain('2 missing, 1 left over, 3 of another shape or type');
    expect(error.details).toEqual([
      { where: 'features.0.bias', found: 'missing', expected: 'F32 [4]' },
      { where: 'features.1.running_var', found: 'missing', expected: 'F32 [4]' },
      { where: 'classifier.weight', found: 'F32 [7, 6]', expected: 'F32 [5, 6]' },
      { where: 'classifier.bias', found: 'I32 [5]', expected: 'F32 [5]' },
      { where: 'features.1.num_batches_tracked', found: 'I64 [1]', expected: 'I64 []' },
      { where: 'features.9.weight', found: 'F32 [2]', expected: 'no such array' },
    ]);
  });

  test('a convolution in the studio’s own layout is of another shape', async () => {
    const tensors = await tensorsOf(small, initialWeights(small, 'he', 1));
    tensors.set('features.0.weight', { shape: [3, 3, 3, 4], values: new Float32Array(108) });
    expect((await refusal(small, tensors)).details).toEqual([
      { where: 'features.0.weight', found: 'F32 [3, 3, 3, 4]', expected: 'F32 [4, 3, 3, 3]' },
    ]);
  });

  test('arrays with NaN or infinite values are read, and counted', async () => {
    const weights = initialWeights(small, 'he', 1);
    (weights.get('features.0.weight') as Float32Array).set([Number.NaN, Number.POSITIVE_INFINITY]);
    const { notFinite } = await readStateDict(await open(stateDictPieces(small, weights)), small);
    expect(notFinite).toEqual([{ name: 'features.0.weight', count: 2 }]);
  });
});
