import { afterAll, beforeAll, describe, it } from 'vitest';
import { openTestBackend, type TestBackend } from '../gpu/testing/testBackend.ts';
import { TapeTrainer } from '../train/tapeTrainer.ts';
import { expectOwnNextStep } from './testing/ownNextStep.ts';
import { halves, tinyRecipe } from './testing/tiny.ts';

describe.skipIf(process.env['INMERGE_NO_GPU'] === '1')('single steps on a copy, on WebGPU', () => {
  let backend: TestBackend | null = null;
  beforeAll(async () => {
    backend = await openTestBackend('webgpu');
  });
  afterAll(async () => backend?.close());

  it('merge, then gradient, is the run’s own next step to the bit', { timeout: 120_000 }, () =>
    expectOwnNextStep({
      recipe: { ...tinyRecipe, backbone: { ...tinyRecipe.backbone, epochs: 1 }, merging: { ...tinyRecipe.merging, tau: 0 } },
      dataset: halves,
      createTrainer: (settings) => TapeTrainer.create(settings),
      maxBindingBytes: null,
    }),
  );
});
