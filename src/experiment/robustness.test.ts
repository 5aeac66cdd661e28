import { beforeAll, describe, expect, it } from 'vitest';
import { corruptedSplit } from '../data/corruption/corruptedSplit.ts';
import { suiteFor } from '../data/corruption/severities.ts';
import { openBackend } from '../gpu/backends.ts';
import { tf } from '../gpu/tfjs.ts';
import type { Weights } from '../model/initialWeights.ts';
import type { Network } from '../model/network.ts';
import { balancedError } from '../train/balancedError.ts';
import { TapeTrainer } from '../train/tapeTrainer.ts';
import type { RunKey } from './events.ts';
import { Experiment } from './experiment.ts';
import { measureRobustness, type Robustness, type RobustnessProgress } from './robustness.ts';
import { halves, tinyRecipe } from './testing/tiny.ts';

const createTrainer = TapeTrainer.create.bind(TapeTrainer);

describe('robustness', () => {
  const kept = new Map<string, Weights>();
  const cleanErrors = new Map<string, number>();
  let network: Network;
  const runs: readonly RunKey[] = ['baseline', 'inmerge'].map((arm) => ({ seed: 0, phase: 'finetune', arm }));
  const recipe = { ...tinyRecipe, dataset: { ...tinyRecipe.dataset, take: { train: null, val: null, test: 14 } } };

  const measure = async () => {
    const told: RobustnessProgress[] = [];
    const measuring = measureRobustness({
      recipe,
      dataset: halves,
      networkOf: () => network,
      runs,
      weightsOf: ({ arm }) => Promise.resolve(kept.get(arm ?? '') as Weights),
      createTrainer,
    });
    for (;;) {
      const next = await measuring.next();
      if (next.done === true) return { robustness: next.value as Robustness, told };
      told.push(next.value);
    }
  };

  beforeAll(async () => {
    await openBackend('wasm', { paths: null, threads: 1 });
    const experiment = new Experiment({
      recipe,
      dataset: halves,
      createTrainer,
      maxBindingBytes: null,
      onResult: ({ run, weights, testScores, network: built }) => {
        network = built;
        if (run.arm !== null) kept.set(run.arm, weights);
        return Promise.resolve(
          void cleanErrors.set(run.arm ?? '', balancedError(testScores as Float64Array, testLabels, 2, 'binary-class')),
        );
      },
    });
    const testLabels = new Uint16Array(14);
    for await (const event of experiment.run()) if (event.at === 'test-split') testLabels.set(event.labels);
    experiment.dispose();
  });

  it('measures every run on the clean split and under each corruption at five severities, the same again each time', async () => {
    const tensors = tf.memory().numTensors;
    const { robustness, told } = await measure();
    expect(tf.memory().numTensors).toBe(tensors);
    expect(robustness).toMatchObject({ source: 'general', images: 14, height: 8, width: 8 });
    expect(robustness.corruptions).toHaveLength(16);
    for (const { run, clean, errors } of robustness.runs) {
      expect(clean).toBe(cleanErrors.get(run.arm ?? ''));
      expect(errors.map((each) => each.length)).toEqual(Array(16).fill(5));
      expect(errors.flat().every((error) => error >= 0 && error <= 1)).toBe(true);
    }
    const fractions = told.map(({ fraction }) => fraction);
    expect(fractions.every((fraction, at) => at === 0 || fraction >= (fractions[at - 1] as number))).toBe(true);
    expect(fractions.at(-1)).toBeCloseTo(1, 9);
    expect((await measure()).robustness).toEqual(robustness);
  });

  it('finds that what lies in the difference of two halves is lost where they are pixelated into one', () => {
    const { test } = halves.splits;
    const steps = corruptedSplit(test as NonNullable<typeof test>, halves, 'pixelate', [0.1], 0);
    let step = steps.next();
    while (step.done !== true) step = steps.next();
    // 8 pixels at a tenth are one: every image is even.
    for (let image = 0; image < step.value.count; image++)
      expect(new Set(step.value.images.subarray(image * 64, (image + 1) * 64)).size).toBe(1);
  });

  it('stops when asked, and leaves nothing on the device', async () => {
    const tensors = tf.memory().numTensors;
    const measuring = measureRobustness({
      recipe,
      dataset: halves,
      networkOf: () => network,
      runs,
      weightsOf: () => Promise.resolve(kept.get('inmerge') as Weights),
      createTrainer,
    });
    await measuring.next();
    await measuring.next();
    await measuring.return(null);
    expect(tf.memory().numTensors).toBe(tensors);
  });

  it('of grey images is measured on grey images', () => {
    expect(suiteFor('halves', 1).corruptions.some(({ name }) => name === 'saturate')).toBe(false);
  });
});

describe('the balanced error', () => {
  it('weighs each class the same, however many images it has', () => {
    // Three of class 0 right, one of class 1 wrong: half, though three of four answers are right.
    const scores = Float64Array.of(0.9, 0.1, 0.9, 0.1, 0.9, 0.1, 0.9, 0.1);
    expect(balancedError(scores, Uint16Array.of(0, 0, 0, 1), 2, 'binary-class')).toBe(0.5);
    // A class without an image does not count.
    expect(balancedError(Float64Array.of(0.2, 0.5, 0.3, 0.6, 0.3, 0.1), Uint16Array.of(1, 1), 3, 'multi-class')).toBe(0.5);
    // Labels on their own: the first always right, the second never for those who carry it.
    const cells = Float64Array.of(0.9, 0.2, 0.1, 0.2, 0.9, 0.2);
    expect(balancedError(cells, Uint16Array.of(1, 1, 0, 0, 1, 0), 2, 'multi-label')).toBe(0.25);
  });
});
