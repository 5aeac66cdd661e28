import type { WebGPUBackend } from '@tensorflow/tfjs-backend-webgpu';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openTestBackend, type TestBackend } from '../gpu/testing/testBackend.ts';
import { tf } from '../gpu/tfjs.ts';
import { trainerFactory } from '../train/createTrainer.ts';
import { TapeTrainer } from '../train/tapeTrainer.ts';
import type { ExperimentOptions } from './experimentOptions.ts';
import { Experiment } from './experiment.ts';
import { expectOwnNextStep, mustStep, toRest } from './testing/ownNextStep.ts';
import { halves, tinyRecipe } from './testing/tiny.ts';

const options: Omit<ExperimentOptions, 'createTrainer'> = {
  recipe: {
    ...tinyRecipe,
    input: { ...tinyRecipe.input, horizontalFlip: true },
    backbone: { ...tinyRecipe.backbone, epochs: 1 },
    merging: { ...tinyRecipe.merging, tau: 0 },
  },
  dataset: halves,
  maxBindingBytes: null,
};

describe.skipIf(process.env['INMERGE_NO_GPU'] === '1')('single steps on a copy, on WebGPU', () => {
  let backend: TestBackend | null = null;
  beforeAll(async () => {
    backend = await openTestBackend('webgpu');
  });
  afterAll(async () => backend?.close());

  it('merge, then gradient, is the run’s own next step to the bit: the tape trainer', { timeout: 120_000 }, () =>
    expectOwnNextStep({ ...options, createTrainer: (settings) => TapeTrainer.create(settings) }),
  );

  /** What the page trains with on WebGPU. */
  const compiled = async (): Promise<ExperimentOptions> => ({
    ...options,
    ...(await trainerFactory((tf.backend() as WebGPUBackend).device, { tiles: null, memory: null })),
  });

  // Its first test compiles the shaders.
  it('merge, then gradient, is the run’s own next step to the bit: the compiled trainer', { timeout: 240_000 }, async () => {
    await expectOwnNextStep(await compiled());
  });

  it('the compiled trainer’s steps, taken back and taken again, are the same bits', { timeout: 240_000 }, async () => {
    const experiment = new Experiment(await compiled());
    const events = experiment.run();
    await toRest(events, 1);
    const stepping = await mustStep(experiment, null);
    const start = stepping.state;
    const steps = async () => [
      await stepping.gradientStep(),
      await stepping.mergeStep(),
      await stepping.gradientStep(),
      stepping.state,
    ];
    const first = await steps();
    expect(first[3]).not.toEqual(start);
    stepping.reset();
    expect(stepping.state).toBe(start);
    expect(await steps()).toEqual(first);
    stepping.dispose();
    await events.return();
    experiment.dispose();
  });
});
