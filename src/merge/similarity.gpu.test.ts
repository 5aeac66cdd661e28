/** The similarity shaders on a real device against the CPU's float64. */
import { afterAll, describe, expect, test } from 'vitest';
import { closeDawn, openDawn } from '../gpu/testing/dawn.ts';
import { kernelSimilarity } from './similarity.ref.ts';
import { GpuSimilarity } from './similarity.ts';
import { alikeKernels, firstDifference, largestDifference } from './testing/weights.ts';
import { upload } from './testing/weightBuffers.ts';

const device = await openDawn();
afterAll(() => closeDawn(device));

describe.skipIf(device === null)('on a WebGPU device', () => {
  const gpu = device as GPUDevice;

  test.each([
    [1, 1],
    [8, 27],
    [33, 9],
    [33, 4608],
    [65, 600],
    [512, 576],
    [1025, 9],
  ])('%i kernels of %i weights: within 1e-6 of float64, symmetric, 1 on the diagonal, twice the same bits', async (n, d) => {
    const similarity = await GpuSimilarity.create(gpu);
    const weights = alikeKernels(n + d, n, d);
    const buffer = upload(gpu, weights as Float32Array<ArrayBuffer>);
    const values = await similarity.compute(buffer, n, d);
    expect(largestDifference(values, kernelSimilarity(weights, n))).toBeLessThan(1e-6);
    for (let i = 0; i < n; i++) {
      if (values[i * n + i] !== 1) expect(values[i * n + i]).toBe(1);
      for (let j = 0; j < i; j++) if (values[i * n + j] !== values[j * n + i]) expect(values[i * n + j]).toBe(values[j * n + i]);
    }
    expect(firstDifference(await similarity.compute(buffer, n, d), values)).toBe(-1);
    buffer.destroy();
  });

  test('zero kernels and kernels with NaN or infinity are 0 to everything, themselves included', async () => {
    const [n, d] = [9, 20];
    const weights = alikeKernels(2, n, d);
    for (let r = 0; r < d; r++) weights[r * n + 1] = 0;
    weights[3 * n + 4] = Number.NaN;
    weights[7 * n + 6] = Infinity;
    const buffer = upload(gpu, weights as Float32Array<ArrayBuffer>);
    const values = await (await GpuSimilarity.create(gpu)).compute(buffer, n, d);
    expect(largestDifference(values, kernelSimilarity(weights, n))).toBeLessThan(1e-6);
    for (const i of [1, 4, 6]) expect([...values.subarray(i * n, (i + 1) * n)]).toEqual(new Array(n).fill(0));
    buffer.destroy();
  });
});
