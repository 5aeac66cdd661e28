import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { purposes } from '../base/threefry.ts';
import { openTestBackend, type TestBackend } from '../gpu/testing/testBackend.ts';
import { mergeOnCpu } from '../merge/cpuMerger.ts';
import { kernelSimilarity } from '../merge/similarity.ref.ts';
import { initialWeights, type Weights } from '../model/initialWeights.ts';
import { mergedConvolutions } from '../model/network.ts';
import { vgg } from '../model/vgg.ts';
import { TapeTrainer } from './tapeTrainer.ts';

const network = vgg([6, 'M', 10, 12], true, 'linear', [8, 8, 3], 3);
const settings = { firstLayer: 1, alpha: 0.8, p: 0.7, tau: -0.1, condition: 'similar', mergeDuringValidation: false } as const;
const start = initialWeights(network, 'pytorch', 3);
const layers = mergedConvolutions(network, settings.firstLayer);

const arraysOf = (weights: Weights) => layers.map((layer) => weights.get(`${layer.name}.weight`) as Float32Array);

describe.skipIf(process.env['INMERGE_NO_GPU'] === '1')('merging in a trainer on WebGPU', () => {
  let backend: TestBackend | null = null;
  let trainer: TapeTrainer;

  beforeAll(async () => {
    backend = await openTestBackend('webgpu');
    const optimiser = { momentum: 0.9, weightDecay: 0 };
    trainer = await TapeTrainer.create({ network, task: 'multi-class', optimiser, seed: 5, merging: settings });
  });
  afterAll(async () => backend?.close());

  it('sees the weights just loaded, which tfjs has not yet copied to the GPU by itself', async () => {
    await trainer.load(start);
    trainer.mergeOnly({ purpose: purposes.merge, step: 0 });
    const merged = arraysOf(await trainer.weights());
    const expected = arraysOf(start).map((values) => values.slice());
    const shapes = layers.map((layer) => ({ layer: layer.index, kernels: layer.output[2], rows: 9 * layer.input[2] }));
    const log = mergeOnCpu(expected, shapes, settings, 0, 5, purposes.merge);
    expect(log.merges.step.length).toBeGreaterThan(0);
    merged.forEach((values, at) =>
      values.forEach((value, k) => expect(value).toBeCloseTo((expected[at] as Float32Array)[k] as number, 6)),
    );
    const taken = await trainer.takeMerges();
    expect(taken?.merges.i).toEqual(log.merges.i);
    expect(taken?.merges.j).toEqual(log.merges.j);
  });

  it('drops the values that tfjs remembers: weights read after a merge are the merged ones', async () => {
    await trainer.load(start);
    const before = arraysOf(await trainer.weights());
    trainer.mergeOnly({ purpose: purposes.merge, step: 1 });
    expect(arraysOf(await trainer.weights())).not.toEqual(before);
    await trainer.takeMerges();
  });

  it('measures similarity of weights just loaded', async () => {
    await trainer.load(start);
    const [layer] = layers;
    const expected = kernelSimilarity(arraysOf(start)[0] as Float32Array, layer?.output[2] ?? 0);
    const values = await trainer.similarity(layer?.index ?? 0);
    values.forEach((value, at) => expect(value).toBeCloseTo(expected[at] as number, 5));
  });
});
