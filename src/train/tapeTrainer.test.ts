import { beforeAll, describe, expect, it } from 'vitest';
import { openBackend } from '../gpu/backends.ts';
import { tf } from '../gpu/tfjs.ts';
import { initialWeights } from '../model/initialWeights.ts';
import { vgg } from '../model/vgg.ts';
import { TapeTrainer } from './tapeTrainer.ts';
import { purposes } from '../base/threefry.ts';

const plan = [16, 16, 'M', 32, 32, 'M', 64, 64, 'M'] as const;
describe('speed', () => {
  it('wasm', async () => {
    await openBackend('wasm', { paths: null, threads: 1 });
    const network = vgg(plan, true, 'linear', [28, 28, 3], 8);
    const trainer = await TapeTrainer.create({
      network,
      task: 'multi-class',
      optimiser: { momentum: 0.9, weightDecay: 1e-4 },
      seed: 0,
      merging: { firstLayer: 4, alpha: 0.8, p: 0.3, tau: 0.1, mergeDuringValidation: false },
    });
    await trainer.load(initialWeights(network, 'pytorch', 0));
    const inputs = Float32Array.from({ length: 64 * 28 * 28 * 3 }, (_, i) => Math.sin(i));
    const targets = new Float32Array(64 * 8);
    for (let i = 0; i < 64; i++) targets[i * 8 + (i % 8)] = 1;
    for (let s = 0; s < 5; s++) {
      const t = performance.now();
      trainer.step({ size: 64, inputs, targets }, 0.05, { purpose: purposes.merge, step: s });
      console.log('step', (performance.now() - t).toFixed(0), tf.memory().numTensors);
    }
    console.log(await trainer.takeLosses());
    const profile = await tf.profile(() => {
      trainer.step({ size: 64, inputs, targets }, 0.05, null);
    });
    const by = new Map<string, [number, number]>();
    for (const k of profile.kernels) {
      const e = by.get(k.name) ?? [0, 0];
      e[0]++;
      e[1] += Number(await k.kernelTimeMs);
      by.set(k.name, e);
    }
    console.log([...by].sort((a, b) => b[1][1] - a[1][1]).slice(0, 16));
  });
});
