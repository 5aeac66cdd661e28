import { beforeAll, describe, expect, it } from 'vitest';
import { openBackend } from '../gpu/backends.ts';
import { TapeTrainer } from '../train/tapeTrainer.ts';
import type { Checkpoint } from './checkpoint.ts';
import type { ExperimentOptions } from './experimentOptions.ts';
import { tilesOf } from './events.ts';
import { Experiment } from './experiment.ts';
import { runTo, timeless } from './testing/runTo.ts';
import { halves, tinyRecipe } from './testing/tiny.ts';

const options: ExperimentOptions = {
  recipe: { ...tinyRecipe, seeds: [1, 2] },
  dataset: halves,
  createTrainer: (settings) => TapeTrainer.create(settings),
  maxBindingBytes: null,
};

describe('a run interrupted and resumed', () => {
  let whole: Awaited<ReturnType<typeof runTo>>;

  beforeAll(async () => {
    await openBackend('wasm', { paths: null, threads: 1 });
    whole = await runTo(new Experiment(options), Number.POSITIVE_INFINITY);
  });

  it('has a safe point at least after each epoch', () => {
    expect(whole.safePoints).toBeGreaterThanOrEqual(2 * (2 + 2 * 2));
  });

  it('tells and saves the tiles that its kernels were cut by', async () => {
    const part = await runTo(new Experiment({ ...options, tiles: '128x64x8' }), 0);
    expect(part.checkpoint.tiles).toBe('128x64x8');
    expect(tilesOf(part.checkpoint.history)).toBe('128x64x8');
    expect(whole.checkpoint.tiles).toBeNull();
  });

  it('ends with the same bits as the uninterrupted one, wherever it was interrupted', async () => {
    for (let at = 0; at < whole.safePoints; at += 3) {
      const first = await runTo(new Experiment(options), at);
      if (!first.interrupted) continue;
      const rest = await runTo(await Experiment.resume(options, first.checkpoint), Number.POSITIVE_INFINITY);
      expect(timeless(rest.checkpoint), `interrupted at safe point ${at}`).toEqual(timeless(whole.checkpoint));
    }
  });

  it('ends with the same bits after being interrupted at every turn', async () => {
    let experiment = new Experiment(options);
    for (let round = 0; ; round++) {
      const part = await runTo(experiment, 2);
      if (!part.interrupted) {
        expect(round).toBeGreaterThan(3);
        expect(timeless(part.checkpoint)).toEqual(timeless(whole.checkpoint));
        return;
      }
      experiment = await Experiment.resume(options, part.checkpoint);
    }
  });

  it('goes on from a save of an older build, which counted no right answers, to the same bits in all else', async () => {
    const { checkpoint } = await runTo(new Experiment(options), 0);
    expect(checkpoint.runs[0]?.run.stepInEpoch).toBeGreaterThan(0);
    const runs = checkpoint.runs.map((saved) => {
      const { correct: _, ...run } = saved.run;
      return { ...saved, run };
    });
    const rest = await runTo(await Experiment.resume(options, { ...checkpoint, runs }), Number.POSITIVE_INFINITY);
    const epochs = rest.checkpoint.history.flatMap((event) =>
      event.at === 'epoch' && event.epoch > 0 ? [event.trainAccuracy] : [],
    );
    expect(epochs.map((share) => share === null)).toEqual([true, ...epochs.slice(1).map(() => false)]);
    const but = (saved: Checkpoint) => saved.history.map((event) => ({ ...event, trainAccuracy: null }));
    expect(timeless(but(rest.checkpoint))).toEqual(timeless(but(whole.checkpoint)));
    expect(timeless(rest.checkpoint.runs)).toEqual(timeless(whole.checkpoint.runs));
  });
});
