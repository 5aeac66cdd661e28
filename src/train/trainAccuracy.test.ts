/** What an epoch's training accuracy is: the share of right answers among those that its steps gave. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { BatchSource } from '../data/batches.ts';
import type { Dataset, Task } from '../data/dataset.ts';
import { halves } from '../experiment/testing/tiny.ts';
import { openTestBackend, type TestBackend } from '../gpu/testing/testBackend.ts';
import { initialWeights } from '../model/initialWeights.ts';
import { vgg } from '../model/vgg.ts';
import type { Recipe } from '../recipe/recipe.ts';
import { Run, type LoopEvent, type RunState } from './loop.ts';
import { TapeTrainer } from './tapeTrainer.ts';

const input: Recipe['input'] = { side: null, channels: 'native', normalise: 'half', horizontalFlip: false };
const { images } = halves.splits.train;

/** 48 images: three whole batches. The classes are no matter here. */
function datasetOf(task: Task, classes: number): Dataset {
  const labels = Uint16Array.from({ length: 50 * (task === 'multi-label' ? classes : 1) }, (_, at) =>
    task === 'multi-label' ? Number((at * 7) % 5 < 2) : (at * at) % classes,
  );
  const split = { count: 50, images, labels };
  const classNames = Array.from({ length: classes }, (_, k) => `class ${k}`);
  return { ...halves, task, classNames, splits: { train: split, val: split, test: null } };
}

async function runOf(task: Task, learningRate: number): Promise<{ run: Run; dispose: () => void }> {
  const classes = task === 'binary-class' ? 2 : 3;
  const dataset = datasetOf(task, classes);
  // Without normalisation over the batch a network answers as it does in evaluation.
  const network = vgg([4, 'M', 8], false, 'linear', [8, 8, 1], classes);
  const optimiser = { momentum: 0.9, weightDecay: 0 };
  const trainer = await TapeTrainer.create({ network, task, optimiser, seed: 1, merging: null });
  await trainer.load(initialWeights(network, 'he', 7));
  const source = new BatchSource(dataset, 'train', input, 48);
  const settings = { epochs: 2, learningRate, schedule: { kind: 'constant' } } as const;
  const facts = { phase: 'backbone', seed: 1, settings, merges: false, mergeDuringValidation: false, batchSize: 16 } as const;
  const rest = {
    horizontalFlip: false,
    task,
    selectBy: 'last',
    train: source,
    val: source,
    now: () => performance.now(),
  } as const;
  return { run: new Run({ trainer, ...facts, ...rest }), dispose: () => trainer.dispose() };
}

type EpochEnd = Extract<LoopEvent, { at: 'epoch' }>;

async function epochOf(run: Run, before?: (run: Run) => void): Promise<EpochEnd> {
  let end: EpochEnd | null = null;
  for await (const event of run.nextEpoch()) {
    if (event.at === 'safe' && end === null) before?.(run);
    if (event.at === 'epoch') end = event;
  }
  return end as unknown as EpochEnd;
}

describe('an epoch’s training accuracy', () => {
  let backend: TestBackend | null = null;
  beforeAll(async () => {
    backend = await openTestBackend('wasm');
  });
  afterAll(async () => backend?.close());

  test.each(['multi-class', 'binary-class', 'ordinal-regression', 'multi-label'] as const)(
    'is what an evaluation of the training images gives while nothing changes: %s',
    async (task) => {
      const { run, dispose } = await runOf(task, 0);
      const first = await epochOf(run);
      expect(first.trainAccuracy).toBe(first.val.accuracy);
      expect(first.trainAccuracy).toBeGreaterThan(0);
      expect(first.trainAccuracy).toBeLessThan(1);
      expect((await epochOf(run)).trainAccuracy).toBe(first.trainAccuracy);
      dispose();
    },
  );

  test('is of its own epoch alone, and of the weights as they were at each step', async () => {
    const { run, dispose } = await runOf('multi-class', 0.05);
    const [first, second] = [await epochOf(run), await epochOf(run)];
    expect(first.trainAccuracy).not.toBe(first.val.accuracy);
    for (const { trainAccuracy } of [first, second])
      expect((trainAccuracy as number) * 48).toBe(Math.round((trainAccuracy as number) * 48));
    dispose();
  });

  test('is not known of an epoch that goes on from a save of an older build, and is of the next', async () => {
    const { run, dispose } = await runOf('multi-class', 0.05);
    const older: RunState[] = [];
    await epochOf(run, (at) => {
      const { correct: _, ...rest } = at.state();
      older.push(rest);
    });
    dispose();
    const resumed = await runOf('multi-class', 0.05);
    expect(older[0]?.stepInEpoch).toBeGreaterThan(0);
    resumed.run.restore(older.at(-1) as RunState);
    const end = await epochOf(resumed.run);
    expect([end.epoch, end.trainAccuracy]).toEqual([1, null]);
    expect(end.trainLoss).toBeGreaterThan(0);
    expect((await epochOf(resumed.run)).trainAccuracy).not.toBeNull();
    resumed.dispose();
  });
});
