import { beforeAll, describe, expect, it } from 'vitest';
import { openBackend } from '../gpu/backends.ts';
import { tf } from '../gpu/tfjs.ts';
import { TapeTrainer } from '../train/tapeTrainer.ts';
import type { TrainerState } from '../train/trainer.ts';
import type { ExperimentOptions } from './experimentOptions.ts';
import { Experiment } from './experiment.ts';
import { copyOfRun } from './stepping.ts';
import { expectOwnNextStep, mustStep, toRest } from './testing/ownNextStep.ts';
import { runTo, timeless } from './testing/runTo.ts';
import { halves, tinyRecipe } from './testing/tiny.ts';

const options: ExperimentOptions = {
  recipe: { ...tinyRecipe, merging: { ...tinyRecipe.merging, tau: 0 }, input: { ...tinyRecipe.input, horizontalFlip: true } },
  dataset: halves,
  createTrainer: (settings) => TapeTrainer.create(settings),
  maxBindingBytes: null,
};

describe('single steps on a copy', () => {
  beforeAll(async () => {
    await openBackend('wasm', { paths: null, threads: 1 });
  });

  it('leave the run as it was: it goes on to the same bits, wherever it was stepped beside', async () => {
    const whole = await runTo(new Experiment(options), Number.POSITIVE_INFINITY);
    const experiment = new Experiment(options);
    const events = experiment.run();
    for (let turn = 0; await toRest(events, 5); turn++) {
      const arms = [null, 'baseline', 'inmerge'];
      for (const arm of arms) {
        const stepping = await copyOfRun(experiment, arm);
        if (stepping === null) continue;
        if (turn % 2 === 0) await stepping.mergeStep();
        await stepping.gradientStep();
        if (turn % 3 === 0) stepping.reset();
        stepping.dispose();
      }
    }
    expect(timeless(await experiment.checkpoint())).toEqual(timeless(whole.checkpoint));
    experiment.dispose();
  });

  it('merge, then gradient, is the run’s own next step to the bit, with the same loss', () => expectOwnNextStep(options));

  it('a merge step tells the coins that fell, the pairs that were tried, and which of them passed', async () => {
    const experiment = new Experiment(options);
    const events = experiment.run();
    await toRest(events, 3);
    const stepping = await mustStep(experiment, null);
    const before = stepping.state;
    const { layers, lossBefore, lossAfter } = await stepping.mergeStep();
    expect(lossAfter).not.toBe(lossBefore);
    expect(layers.map(({ layer, kernels }) => [layer, kernels])).toEqual([
      [2, 8],
      [3, 8],
      [4, 16],
      [5, 16],
    ]);
    const { p, alpha } = options.recipe.merging;
    const tau = options.recipe.merging.tau as number;
    for (const { kernels, coin, partner, similarity, merged, norm, change } of layers) {
      for (let i = 0; i < kernels; i++) {
        const tried = (coin[i] as number) < p;
        expect(partner[i] !== i).toBe(tried);
        expect(Number.isNaN(similarity[i])).toBe(!tried);
        expect(merged[i] === 1).toBe(tried && (similarity[i] as number) > tau);
        expect((change[i] as number) > 0).toBe(merged[i] === 1);
        if (merged[i] !== 1) continue;
        // K' - K = (1 - alpha)(K_j - K_i): its length follows from the two lengths and the angle between them.
        const [a, b] = [norm[i] as number, norm[partner[i] as number] as number];
        const gap = Math.sqrt(a * a + b * b - 2 * a * b * (similarity[i] as number));
        expect(change[i]).toBeCloseTo((1 - alpha) * gap, 4);
      }
    }
    const weights = (state: TrainerState) => [...state.arrays].filter(([name]) => name.startsWith('momentum/'));
    expect(weights(stepping.state)).toEqual(weights(before));
    stepping.dispose();
    await events.return();
    experiment.dispose();
  });

  it('a gradient step tells the lengths in its formula, which fit the weights it left', async () => {
    const experiment = new Experiment(options);
    const events = experiment.run();
    await toRest(events, 3);
    const stepping = await mustStep(experiment, null);
    const before = stepping.state;
    const { total, layers, learningRate } = await stepping.gradientStep();
    const distance = Math.sqrt(
      [...before.arrays].reduce((sum, [name, values]) => {
        if (!name.startsWith('momentum/')) return sum;
        const weight = name.replace('momentum/', 'weight/');
        const [was, is] = [before.arrays.get(weight), stepping.state.arrays.get(weight)];
        return sum + values.reduce((part, _, at) => part + ((is?.[at] as number) - (was?.[at] as number)) ** 2, 0);
      }, 0),
    );
    expect(distance).toBeGreaterThan(0);
    expect(total.moved).toBeCloseTo(distance, 5);
    expect(total.moved).toBeCloseTo(learningRate * total.velocity, 8);
    expect(layers.at(-1)?.title).toContain('linear');
    expect(stepping.copy).toMatchObject({ gradientSteps: 1, mergeSteps: 0 });
    stepping.reset();
    expect(stepping.state).toBe(before);
    stepping.dispose();
    await events.return();
    experiment.dispose();
  });

  it('go on into the next epoch’s batches, and hold no more tensors however many there are', async () => {
    const experiment = new Experiment(options);
    const events = experiment.run();
    await toRest(events, 1);
    const outside = tf.memory().numTensors;
    const stepping = await mustStep(experiment, null);
    await stepping.mergeStep();
    await stepping.gradientStep();
    const inside = tf.memory().numTensors;
    const batches: number[] = [];
    for (let k = 0; k < 4; k++) {
      await stepping.mergeStep();
      batches.push((await stepping.gradientStep()).batchOfStep);
    }
    // 3 steps an epoch; the run has done one.
    expect(batches).toEqual([2, 3, 4, 5]);
    expect(tf.memory().numTensors).toBe(inside);
    stepping.dispose();
    expect(tf.memory().numTensors).toBe(outside);
    expect(await copyOfRun(experiment, 'inmerge')).toBeNull();
    await events.return();
    experiment.dispose();
  });
});
