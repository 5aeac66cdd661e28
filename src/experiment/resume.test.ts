import { beforeAll, describe, expect, it } from 'vitest';
import { decodeContainer, encodeContainer } from '../base/container.ts';
import { openBackend } from '../gpu/backends.ts';
import { TapeTrainer } from '../train/tapeTrainer.ts';
import { Experiment, type Checkpoint, type ExperimentOptions } from './experiment.ts';
import { halves, tinyRecipe } from './testing/tiny.ts';

const options: ExperimentOptions = {
  recipe: { ...tinyRecipe, seeds: [1, 2] },
  dataset: halves,
  createTrainer: (settings) => TapeTrainer.create(settings),
  maxBindingBytes: null,
};

/** Runs to the end, or to the given safe point; what was told, and the checkpoint there, through a file and back. */
async function runTo(
  experiment: Experiment,
  safePoint: number,
): Promise<{ checkpoint: Checkpoint; safePoints: number; interrupted: boolean }> {
  let safePoints = 0;
  for await (const event of experiment.run()) {
    if (event.at !== 'rest' || !event.safe || safePoints++ !== safePoint) continue;
    const checkpoint = await throughFile(await experiment.checkpoint());
    experiment.dispose();
    return { checkpoint, safePoints, interrupted: true };
  }
  const checkpoint = await experiment.checkpoint();
  experiment.dispose();
  return { checkpoint, safePoints, interrupted: false };
}

const throughFile = async (checkpoint: Checkpoint) =>
  (await decodeContainer(new Blob(await encodeContainer(checkpoint)))) as Checkpoint;

/** Times differ from run to run; nothing else may. */
function timeless(value: unknown): unknown {
  return JSON.parse(
    JSON.stringify(value, (key, inner: unknown) => {
      if (key === 'trainMs' || key === 'epochMs' || key === 'elapsedMs') return 0;
      if (ArrayBuffer.isView(inner)) return [...(inner as Float32Array)];
      return inner instanceof Map ? [...(inner as Map<string, unknown>)] : inner;
    }),
  ) as unknown;
}

describe('a run interrupted and resumed', () => {
  let whole: Awaited<ReturnType<typeof runTo>>;

  beforeAll(async () => {
    await openBackend('wasm', { paths: null, threads: 1 });
    whole = await runTo(new Experiment(options), Number.POSITIVE_INFINITY);
  });

  it('has a safe point at least after each epoch', () => {
    expect(whole.safePoints).toBeGreaterThanOrEqual(2 * (2 + 2 * 2));
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
});
