/** Images that are held, on a device that then has no memory for a step beside them: they give way, and results stay. */
import type { WebGPUBackend } from '@tensorflow/tfjs-backend-webgpu';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import type { StudioErrorData } from '../base/errors.ts';
import { limitMemory } from '../gpu/testing/limitedMemory.ts';
import { openTestBackend, type TestBackend } from '../gpu/testing/testBackend.ts';
import { tf } from '../gpu/tfjs.ts';
import { trainerFactory } from '../train/createTrainer.ts';
import { Experiment } from './experiment.ts';
import { runTo, timeless } from './testing/runTo.ts';
import { halves, tinyRecipe } from './testing/tiny.ts';

vi.setConfig({ testTimeout: 240_000 });

const recipe = {
  ...tinyRecipe,
  backbone: { ...tinyRecipe.backbone, epochs: 1 },
  finetune: { ...tinyRecipe.finetune, epochs: 1 },
};

describe.skipIf(process.env['INMERGE_NO_GPU'] === '1')('a device without memory for a step beside the images', () => {
  let backend: TestBackend | null = null;
  beforeAll(async () => {
    backend = await openTestBackend('webgpu');
  });
  afterAll(async () => backend?.close());

  async function run(limit: number) {
    const { device } = tf.backend() as WebGPUBackend;
    const told: StudioErrorData[] = [];
    const trainers = await trainerFactory(device, { tiles: null, memory: null });
    const options = { ...trainers, recipe, dataset: halves, maxBindingBytes: null };
    const experiment = new Experiment({ ...options, onNotHeld: (error) => void told.push(error) });
    const memory = limitMemory(device, limit);
    try {
      const { checkpoint } = await runTo(experiment, Number.POSITIVE_INFINITY);
      return { told, peak: memory.peak(), refused: memory.refused(), checkpoint: timeless(checkpoint) };
    } finally {
      experiment.dispose();
      memory.restore();
    }
  }

  it('lets the images go, says so once, and trains to the same bits; without room for the step alone it says that', async () => {
    const roomy = await run(Number.POSITIVE_INFINITY);
    expect(roomy.told).toEqual([]);
    const tight = await run(roomy.peak - 1);
    expect(tight.refused).toBeGreaterThan(0);
    expect(tight.peak).toBeLessThanOrEqual(roomy.peak);
    expect(tight.told).toHaveLength(1);
    expect(tight.told[0]).toMatchObject({
      code: 'images-not-held',
      message: expect.stringContaining('no memory left for a step'),
    });
    expect(tight.checkpoint).toEqual(roomy.checkpoint);
    await expect(run(1000)).rejects.toMatchObject({ code: 'gpu-out-of-memory' });
  });
});
