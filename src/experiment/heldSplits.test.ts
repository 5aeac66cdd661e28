/** Splits on the device: held once for all runs of an experiment, let go at its end, and told where there is no room. */
import { beforeAll, describe, expect, it } from 'vitest';
import { openBackend } from '../gpu/backends.ts';
import { TapeTrainer } from '../train/tapeTrainer.ts';
import type { ExperimentOptions } from './experimentOptions.ts';
import { Experiment } from './experiment.ts';
import { toRest } from './testing/ownNextStep.ts';
import { runTo } from './testing/runTo.ts';
import { halves, tinyRecipe } from './testing/tiny.ts';

const once = { ...tinyRecipe.backbone, epochs: 1 };
const recipe = { ...tinyRecipe, backbone: once, finetune: once, sweep: { tau: [0.1, 0.2, 0.3] } };

/** Counts holds by split size, as they are now and as they were made. */
function counting(refusal: string | null = null) {
  const counts = { made: 0, now: 0, fewestInAStep: Number.POSITIVE_INFINITY };
  const told: string[] = [];
  const options: ExperimentOptions = {
    recipe,
    dataset: halves,
    maxBindingBytes: null,
    armsAtOnce: 2,
    onNotHeld: ({ message }) => told.push(message),
    createTrainer: async (settings) => {
      const trainer = await TapeTrainer.create(settings);
      const step = trainer.step.bind(trainer);
      trainer.step = (...args) => {
        counts.fewestInAStep = Math.min(counts.fewestInAStep, counts.now);
        step(...args);
      };
      trainer.hold = () => {
        counts.made++;
        counts.now++;
        return Promise.resolve({ bytes: 1, refusal, release: () => void counts.now-- });
      };
      return trainer;
    },
  };
  return { counts, options, told };
}

describe('the splits of an experiment', () => {
  beforeAll(async () => {
    await openBackend('wasm', { paths: null, threads: 1 });
  });

  it('are held once, from the first step of the backbone to the last of many arms in rounds, and then let go', async () => {
    const { counts, options, told } = counting();
    const experiment = new Experiment(options);
    for await (const event of experiment.run()) if (event.at === 'finished') expect(counts.now).toBe(3);
    expect(counts).toEqual({ made: 3, now: 0, fewestInAStep: 3 });
    experiment.dispose();
    expect(counts.now).toBe(0);
    expect(told).toEqual([]);
  });

  it('are let go where it is stopped, and held again where it goes on', async () => {
    const { counts, options } = counting();
    const { checkpoint } = await runTo(new Experiment(options), 1);
    expect(counts).toMatchObject({ made: 3, now: 0 });
    const resumed = await Experiment.resume(options, checkpoint);
    const events = resumed.run();
    await toRest(events, 1);
    expect(counts).toMatchObject({ made: 6, now: 3 });
    // Whoever never asks for the rest lets go of them by this.
    resumed.dispose();
    expect(counts.now).toBe(0);
  });

  it('are told of once where there is no room for them', async () => {
    const { options, told } = counting('too many');
    await runTo(new Experiment(options), 3);
    expect(told).toEqual(['Images are uploaded batch by batch: too many.']);
  });
});
