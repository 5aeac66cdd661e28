import type { WebGPUBackend } from '@tensorflow/tfjs-backend-webgpu';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openTestBackend, type TestBackend } from '../gpu/testing/testBackend.ts';
import { tf } from '../gpu/tfjs.ts';
import { trainerFactory } from '../train/createTrainer.ts';
import { TapeTrainer } from '../train/tapeTrainer.ts';
import type { ExperimentOptions } from './experimentOptions.ts';
import { Experiment } from './experiment.ts';
import { runTo, timeless } from './testing/runTo.ts';
import { halves, tinyRecipe } from './testing/tiny.ts';

const common: Omit<ExperimentOptions, 'createTrainer'> = {
  recipe: { ...tinyRecipe, backbone: { ...tinyRecipe.backbone, epochs: 1 }, finetune: { ...tinyRecipe.finetune, epochs: 1 } },
  dataset: halves,
  maxBindingBytes: null,
};

const trainers: Readonly<Record<string, () => Promise<Pick<ExperimentOptions, 'createTrainer'>>>> = {
  tape: () => Promise.resolve({ createTrainer: (settings) => TapeTrainer.create(settings) }),
  /** What the page trains with on WebGPU. */
  compiled: () => trainerFactory((tf.backend() as WebGPUBackend).device, { tiles: null, memory: null }),
};

describe.skipIf(process.env['INMERGE_NO_GPU'] === '1')('on WebGPU, with merging', () => {
  let backend: TestBackend | null = null;
  beforeAll(async () => {
    backend = await openTestBackend('webgpu');
  });
  afterAll(async () => backend?.close());

  const promise = 'two runs are bit-equal, and so is one interrupted at every second safe point: the %s trainer';
  it.each(Object.keys(trainers))(promise, { timeout: 240_000 }, async (name) => {
    const options = { ...common, ...(await (trainers[name] as (typeof trainers)[string])()) };
    const whole = await runTo(new Experiment(options), Number.POSITIVE_INFINITY);
    const again = await runTo(new Experiment(options), Number.POSITIVE_INFINITY);
    expect(timeless(again.checkpoint)).toEqual(timeless(whole.checkpoint));
    let experiment = new Experiment(options);
    for (let interruptions = 0; ; interruptions++) {
      const part = await runTo(experiment, 1);
      if (!part.interrupted) {
        expect(interruptions).toBeGreaterThan(1);
        expect(timeless(part.checkpoint)).toEqual(timeless(whole.checkpoint));
        return;
      }
      experiment = await Experiment.resume(options, part.checkpoint);
    }
  });
});
