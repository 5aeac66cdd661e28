import { describe, expect, test } from 'vitest';
import { keyOf, threefry2x32, unit } from '../base/threefry.ts';
import { kernelSimilarity } from '../merge/similarity.ref.ts';
import { buildNetwork } from '../model/buildNetwork.ts';
import { initialWeights } from '../model/initialWeights.ts';
import { convolutions } from '../model/network.ts';
import { tinyRecipe } from './testing/tiny.ts';
import {
  encodeSnapshot,
  isKept,
  planSnapshots,
  readSnapshot,
  snapshotBytes,
  snapshotLayer,
  snapshotWeights,
} from './snapshots.ts';

const network = buildNetwork(tinyRecipe.network, [8, 8, 3], 2);
const weights = initialWeights(network, 'pytorch', 7);
const file = (pieces = encodeSnapshot(network, weights)) => new Blob(pieces);

describe('a snapshot', () => {
  test('gives back any layer, each weight to half a step of its kernel’s scale', async () => {
    for (const layer of convolutions(network)) {
      const read = await readSnapshot(file(), layer.index);
      expect(read).toMatchObject({ kernels: layer.output[2], side: 3, channels: layer.input[2] });
      if (read === null) return;
      const truth = weights.get(`${layer.name}.weight`) as Float32Array;
      const worst = snapshotWeights(read).reduce((most, value, at) => {
        const steps = Math.abs(value - (truth[at] as number)) / (read.scales[at % read.kernels] as number);
        return Math.max(most, steps);
      }, 0);
      expect(worst).toBeLessThan(0.5001);
      expect(worst).toBeGreaterThan(0.3);
    }
    expect(await readSnapshot(file(), 99)).toBeNull();
  });

  test('has the size that was announced, a quarter of the weights', () => {
    expect(file().size).toBe(snapshotBytes(network));
    expect(file().size).toBeLessThan(0.3 * [...weights.values()].reduce((sum, values) => sum + 4 * values.length, 0));
  });

  test('keeps similarities to 0.003, also between kernels of very different size', () => {
    const [n, rows] = [24, 144];
    const random = (at: number) => unit(threefry2x32(keyOf(3), [0, at])[0]) - 0.5;
    const drawn = Float32Array.from({ length: n * rows }, (_, at) => {
      const kernel = at % n;
      const shared = random(Math.floor(at / n) * n) * (kernel % 3);
      return (random(at) + shared) * 10 ** ((kernel % 7) - 3);
    });
    const { scales, codes } = snapshotLayer(drawn, n);
    const back = snapshotWeights({ layer: 0, kernels: n, side: 3, channels: 16, scales, codes });
    const truth = kernelSimilarity(drawn, n);
    const seen = kernelSimilarity(back, n);
    const worst = seen.reduce((most, value, at) => Math.max(most, Math.abs(value - (truth[at] as number))), 0);
    expect(worst).toBeLessThan(3e-3);
    expect(worst).toBeGreaterThan(0);
  });

  test('shows a kernel of zeros, and what is not a number, as zeros', () => {
    const { scales, codes } = snapshotLayer(Float32Array.of(0, Number.NaN, 0, 2, 0, Infinity), 2);
    const back = snapshotWeights({ layer: 0, kernels: 2, side: 1, channels: 3, scales, codes });
    expect([...back]).toEqual([0, 0, 0, 2, 0, 0]);
  });

  test('that was cut, or is none, is refused', async () => {
    await expect(readSnapshot(file().slice(0, 500), 4)).rejects.toMatchObject({ code: 'snapshot-damaged' });
    await expect(readSnapshot(new Blob(['x'.repeat(100)]), 0)).rejects.toMatchObject({ code: 'snapshot-damaged' });
  });
});

describe('the plan of what is kept', () => {
  const recipe = {
    ...tinyRecipe,
    seeds: [0, 1],
    backbone: { ...tinyRecipe.backbone, epochs: 8 },
    finetune: { ...tinyRecipe.finetune, epochs: 4 },
  };

  test('is every epoch where that fits, and says its bytes', () => {
    expect(planSnapshots(recipe, 10, 320)).toEqual({ every: { backbone: 1, finetune: 1 }, bytes: 320 });
  });

  test('thins the backbone first, then fine-tuning, and always keeps the last', () => {
    expect(planSnapshots(recipe, 10, 319)).toEqual({ every: { backbone: 2, finetune: 1 }, bytes: 240 });
    expect(planSnapshots(recipe, 10, 100)).toEqual({ every: { backbone: 8, finetune: 2 }, bytes: 100 });
    expect(planSnapshots(recipe, 10, 1)).toEqual({ every: { backbone: 8, finetune: 4 }, bytes: 60 });
    expect([1, 2, 3, 4, 5, 6, 7, 8].filter((epoch) => isKept(epoch, 8, 3))).toEqual([2, 5, 8]);
  });
});
