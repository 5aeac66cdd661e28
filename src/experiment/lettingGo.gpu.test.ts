/** Images that are held, on a device that then has no memory for training beside them: they give way, and results stay. */
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

describe.skipIf(process.env['INMERGE_NO_GPU'] === '1')('a device without memory beside the images', () => {
  let backend: TestBackend | null = null;
  beforeAll(async () => {
    backend = await openTestBackend('webgpu');
  });
  afterAll(async () => backend?.close());

  async function run(limit: number, wanted: (label: string) => boolean) {
    const { device } = tf.backend() as WebGPUBackend;
    const told: StudioErrorData[] = [];
    const trainers = await trainerFactory(device, { tiles: null, memory: null });
    const options = { ...trainers, recipe, dataset: halves, maxBindingBytes: null };
    const experiment = new Experiment({ ...options, onNotHeld: (error) => void told.push(error) });
    const memory = limitMemory(device, limit, wanted);
    try {
      const { checkpoint } = await runTo(experiment, Number.POSITIVE_INFINITY);
      return { told, peak: memory.peak(), refused: memory.refused(), checkpoint: timeless(checkpoint) };
    } finally {
      experiment.dispose();
      memory.restore();
    }
  }

  const buffers: readonly (readonly [string, (label: string) => boolean])[] = [
    ['a step', (label) => label === 'step'],
    ['weights', (label) => label.endsWith('weight')],
  ];
  it.each(buffers)('for %s lets the images go, says so once, and trains to the same bits', async (_, wanted) => {
    const roomy = await run(Number.POSITIVE_INFINITY, wanted);
    expect(roomy.told).toEqual([]);
    const tight = await run(roomy.peak - 1, wanted);
    expect(tight.refused).toBeGreaterThan(0);
    expect(tight.told).toHaveLength(1);
    expect(tight.told[0]).toMatchObject({
      code: 'images-not-held',
      message: expect.stringContaining('no memory left for training'),
    });
    expect(tight.checkpoint).toEqual(roomy.checkpoint);
  });

  it.each(buffers)('and none for %s alone says that', async (_, wanted) => {
    await expect(run(1000, wanted)).rejects.toMatchObject({ code: 'gpu-out-of-memory' });
  });
});
