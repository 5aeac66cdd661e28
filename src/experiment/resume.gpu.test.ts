import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openTestBackend, type TestBackend } from '../gpu/testing/testBackend.ts';
import { TapeTrainer } from '../train/tapeTrainer.ts';
import type { ExperimentOptions } from './experimentOptions.ts';
import { Experiment } from './experiment.ts';
import { runTo, timeless } from './testing/runTo.ts';
import { halves, tinyRecipe } from './testing/tiny.ts';

const options: ExperimentOptions = {
  recipe: { ...tinyRecipe, backbone: { ...tinyRecipe.backbone, epochs: 1 }, finetune: { ...tinyRecipe.finetune, epochs: 1 } },
  dataset: halves,
  createTrainer: (settings) => TapeTrainer.create(settings),
  maxBindingBytes: null,
};

describe.skipIf(process.env['INMERGE_NO_GPU'] === '1')('on WebGPU, with merging', () => {
  let backend: TestBackend | null = null;
  beforeAll(async () => {
    backend = await openTestBackend('webgpu');
  });
  afterAll(async () => backend?.close());

  it('two runs are bit-equal, and so is one interrupted at every second safe point', { timeout: 240_000 }, async () => {
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
