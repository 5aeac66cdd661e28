/** Measuring itself, on shapes so small that a software device is done at once: what is fastest is not the question here. */
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { closeDawn, openDawn } from '../testing/dawn.ts';
import { quads } from './operation.ts';
import { kernelClasses, stages } from './tiles.ts';
import { stageFor } from './convKernels.ts';
import { measureTiles, tuningShapes, type TuningOptions } from './tuner.ts';

const shapes = tuningShapes.slice(0, 2).map((shape, at) => {
  const [side, channels] = [3 + at, 4];
  const map = { inHeight: side, inWidth: side, inChannels: channels, outHeight: side, outWidth: side, outChannels: channels };
  return { ...shape, ...map, inQuads: quads(channels), outQuads: quads(channels), rows: 9 * channels };
});

test('a shape of every stage is measured', () => {
  for (const kernels of kernelClasses)
    expect(tuningShapes.map((shape) => stageFor(kernels, shape)).toSorted()).toEqual(stages.toSorted());
});

describe.skipIf(process.env['INMERGE_NO_GPU'] === '1').each(['with timestamps', 'without'])('measuring, %s', (clock) => {
  let device: GPUDevice;
  beforeAll(async () => {
    device = (await openDawn({ features: clock === 'without' ? [] : ['timestamp-query'] })) as GPUDevice;
  });
  afterAll(() => closeDawn(device));

  const measure = (more: Partial<TuningOptions> = {}) =>
    measureTiles({ device, candidates: ['direct-4x4'], budgetMs: Infinity, images: 2, shapes, ...more });

  test('times every candidate of every class at every shape, tells how far it is, and leaves no buffer behind', async () => {
    const told: number[][] = [];
    const left = new Set<GPUBuffer>();
    const create = device.createBuffer.bind(device);
    const made = vi.spyOn(device, 'createBuffer').mockImplementation((descriptor) => {
      const buffer = create(descriptor);
      const destroy = buffer.destroy.bind(buffer);
      left.add(buffer);
      vi.spyOn(buffer, 'destroy').mockImplementation(() => {
        left.delete(buffer);
        destroy();
      });
      return buffer;
    });
    const timings = await measure({ progress: (done, total) => void told.push([done, total]) });
    expect(made.mock.calls.length).toBeGreaterThan(4);
    expect(left.size).toBe(0);
    made.mockRestore();
    for (const kernels of kernelClasses) {
      expect(timings[kernels].late.get('direct-4x4')).toHaveLength(2);
      for (const ms of timings[kernels].late.get('direct-4x4') ?? []) expect(ms).toBeGreaterThan(0);
    }
    expect(told).toEqual([
      [3, 6],
      [6, 6],
    ]);
  });

  test('begins no second shape where the time is up', async () => {
    const timings = await measure({ budgetMs: 0 });
    for (const kernels of kernelClasses) expect(timings[kernels].late.get('direct-4x4')).toHaveLength(1);
  });
});
