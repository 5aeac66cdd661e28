import { beforeAll, describe, expect, it } from 'vitest';
import { openBackend } from '../gpu/backends.ts';
import { tf } from '../gpu/tfjs.ts';
import type { Recipe } from '../recipe/recipe.ts';
import { accuracy, auc } from '../train/metrics.ts';
import { TapeTrainer } from '../train/tapeTrainer.ts';
import type { ExperimentEvent } from './events.ts';
import { Experiment } from './experiment.ts';
import { halves as dataset, tinyRecipe as tiny } from './testing/tiny.ts';

const prepare = (recipe: Recipe, data = dataset, maxBindingBytes: number | null = null) =>
  new Experiment({ recipe, dataset: data, createTrainer: (options) => TapeTrainer.create(options), maxBindingBytes });

async function collect(recipe: Recipe, between?: () => Promise<void>): Promise<ExperimentEvent[]> {
  const experiment = prepare(recipe);
  const events: ExperimentEvent[] = [];
  for await (const event of experiment.run()) {
    if (event.at !== 'rest') events.push(event);
    await between?.();
  }
  experiment.dispose();
  return events;
}

const of = <A extends ExperimentEvent['at']>(events: ExperimentEvent[], at: A) =>
  events.filter((event): event is Extract<ExperimentEvent, { at: A }> => event.at === at);
const arm = (events: ExperimentEvent[], name: string | null) =>
  of(events, 'loss')
    .filter((event) => event.run.arm === name)
    .flatMap((event) => [...event.losses]);

describe('an experiment', () => {
  beforeAll(async () => {
    await openBackend('wasm', { paths: null, threads: 1 });
  });

  it('trains one backbone, then both arms in turns, tests each and finishes', async () => {
    const events = await collect(tiny);
    expect(events[0]?.at).toBe('started');
    expect(events.at(-1)?.at).toBe('finished');
    expect(of(events, 'epoch').map((event) => `${event.run.arm ?? 'backbone'} ${event.epoch}`)).toEqual([
      'backbone 1',
      'backbone 2',
      'baseline 0',
      'inmerge 0',
      'baseline 1',
      'inmerge 1',
      'baseline 2',
      'inmerge 2',
    ]);
    expect(of(events, 'result').map((event) => event.run.arm)).toEqual([null, 'baseline', 'inmerge']);
    const fractions = of(events, 'progress').map((event) => event.fraction);
    expect(fractions.every((fraction, at) => at === 0 || fraction >= (fractions[at - 1] as number))).toBe(true);
  });

  it('tells the test scores of every run, from which its test figures follow', async () => {
    const events = await collect({ ...tiny, dataset: { ...tiny.dataset, take: { train: null, val: null, test: 14 } } });
    const [split] = of(events, 'test-split');
    if (split === undefined) throw new Error('No test split was told.');
    expect(split.images.length).toBe(14);
    expect([...split.labels]).toEqual([...split.images].map((image) => image % 2));
    for (const { run, scores } of of(events, 'scores')) {
      const result = of(events, 'result').find((event) => event.run === run);
      expect(accuracy(Float64Array.from(scores), split.labels, 2, split.task)).toBe(result?.test?.accuracy);
      expect(auc(Float64Array.from(scores), split.labels, 2, split.task)).toBeCloseTo(result?.test?.auc ?? -1, 9);
    }
    expect(of(events, 'scores').map((event) => event.run)).toEqual(of(events, 'result').map((event) => event.run));
  });

  it('learns: the loss of two easy classes falls', async () => {
    const losses = arm(await collect({ ...tiny, backbone: { ...tiny.backbone, epochs: 6 } }), null);
    expect(losses.at(-1)).toBeLessThan(0.5 * (losses[0] as number));
  });

  it('starts both arms at the backbone’s checkpoint', async () => {
    const starts = of(await collect(tiny), 'epoch').filter((event) => event.epoch === 0);
    expect(starts).toHaveLength(2);
    expect(starts[0]?.val).toEqual(starts[1]?.val);
  });

  it('shows both arms the same batches: an arm that never merges is the baseline to the bit', async () => {
    const events = await collect({ ...tiny, merging: { ...tiny.merging, p: 0 } });
    expect(arm(events, 'inmerge')).toEqual(arm(events, 'baseline'));
  });

  it('merges, logs each merge of its epoch, and changes what follows', async () => {
    const events = await collect(tiny);
    expect(arm(events, 'inmerge')).not.toEqual(arm(events, 'baseline'));
    const merges = of(events, 'merges');
    const result = of(events, 'result').find((event) => event.run.arm === 'inmerge');
    expect(merges.map((event) => event.epoch)).toEqual([1, 2]);
    expect(merges.reduce((sum, event) => sum + event.merges.step.length, 0)).toBe(result?.merges);
    // 3 steps an epoch; width 1/4 of VGG-8 from layer 2: 8 + 8 + 16 + 16 kernels, half of which draw a partner
    expect(result?.tried).toBeGreaterThan(2 * 3 * 48 * 0.3);
    expect(result?.tried).toBeLessThan(2 * 3 * 48 * 0.7);
    expect(merges.every((event) => event.merges.layer.every((layer) => layer >= 2))).toBe(true);
  });

  it('says what the highest similarity was where nothing merged', async () => {
    const result = of(await collect({ ...tiny, merging: { ...tiny.merging, tau: 1 } }), 'result').find(
      (event) => event.run.arm === 'inmerge',
    );
    expect(result?.merges).toBe(0);
    expect(result?.highestSimilarity).toBeGreaterThan(-1);
    expect(result?.highestSimilarity).toBeLessThan(1);
  });

  it('is bit-equal when run again, and when rested between events', async () => {
    const first = await collect(tiny);
    let turn = 0;
    const rested = await collect(tiny, () =>
      turn++ % 7 === 0 ? new Promise((resolve) => setTimeout(resolve, 3)) : Promise.resolve(),
    );
    for (const name of [null, 'baseline', 'inmerge']) expect(arm(rested, name)).toEqual(arm(first, name));
    const tests = (events: ExperimentEvent[]) => of(events, 'result').map(({ test, val, merges }) => ({ test, val, merges }));
    expect(tests(rested)).toEqual(tests(first));
  });

  it('runs several seeds, each with its own backbone', async () => {
    const events = await collect({ ...tiny, seeds: [5, 6] });
    expect(of(events, 'result').map((event) => `${event.run.seed} ${event.run.arm}`)).toEqual([
      '5 null',
      '5 baseline',
      '5 inmerge',
      '6 null',
      '6 baseline',
      '6 inmerge',
    ]);
    const [five, six] = [5, 6].map((seed) => of(events, 'loss').find((event) => event.run.seed === seed)?.losses[0]);
    expect(five).not.toBe(six);
  });

  it('merges during validation too where the recipe asks for the published code’s behaviour', async () => {
    const without = of(await collect(tiny), 'result').find((event) => event.run.arm === 'inmerge');
    const withIt = of(await collect({ ...tiny, merging: { ...tiny.merging, mergeDuringValidation: true } }), 'result').find(
      (event) => event.run.arm === 'inmerge',
    );
    // 3 training steps and 20 validation images an epoch
    expect(withIt?.tried).toBeGreaterThan(5 * (without?.tried as number));
  });

  it('tells every convolution in figures after each epoch, and both arms start where the backbone ended', async () => {
    const layers = of(await collect(tiny), 'layers');
    expect(layers.map((event) => `${event.run.arm ?? 'backbone'} ${event.epoch}`)).toEqual([
      'backbone 1',
      'backbone 2',
      'baseline 0',
      'inmerge 0',
      'baseline 1',
      'inmerge 1',
      'baseline 2',
      'inmerge 2',
    ]);
    const [, last, baseline, inmerge, , merged] = layers;
    expect(baseline?.layers).toEqual(inmerge?.layers);
    expect(last?.layers.map(({ pairsAbove, meanNorm }) => [pairsAbove, meanNorm])).toEqual(
      baseline?.layers.map(({ pairsAbove, meanNorm }) => [pairsAbove, meanNorm]),
    );
    expect(last?.layers[3]?.moved).toBeNull();
    expect([...(baseline?.layers[3]?.moved ?? [])]).toEqual(Array.from({ length: 8 }, () => 0));
    expect(Math.min(...(merged?.layers[3]?.moved ?? [0]))).toBeGreaterThan(0);
    // τ is -1 here: every pair is above it.
    expect(merged?.layers[3]?.pairsAbove).toBe(28);
  });

  it('reports the watched layer after each epoch and on demand', async () => {
    const experiment = prepare(tiny);
    experiment.watchedLayer = 3;
    const seen: string[] = [];
    for await (const event of experiment.run()) {
      if (event.at !== 'similarity') continue;
      seen.push(`${event.run.arm ?? 'backbone'} ${event.epoch}`);
      expect(event.kernels).toBe(8);
      expect(event.values[0]).toBe(1);
    }
    expect(seen).toEqual([
      'backbone 1',
      'backbone 2',
      'baseline 0',
      'inmerge 0',
      'baseline 1',
      'inmerge 1',
      'baseline 2',
      'inmerge 2',
    ]);
    const after = await experiment.similarities(4);
    expect(after.map((event) => event.at === 'similarity' && event.kernels)).toEqual([16, 16]);
    expect(await experiment.similarities(99)).toEqual([]);
    experiment.dispose();
  });

  it('holds no more tensors after an experiment than before', async () => {
    const before = tf.memory().numTensors;
    await collect(tiny);
    expect(tf.memory().numTensors).toBe(before);
  });

  it('stops when asked, and can be disposed', async () => {
    const before = tf.memory().numTensors;
    const experiment = prepare(tiny);
    const events = experiment.run();
    for (let at = 0; at < 4; at++) await events.next();
    await events.return();
    experiment.dispose();
    expect(tf.memory().numTensors).toBe(before);
  });

  it('refuses a recipe made for other data, a batch over the data, and a tensor over the device’s limit', () => {
    const code = (make: () => unknown) => {
      try {
        make();
      } catch (thrown) {
        return (thrown as { code: string }).code;
      }
      return null;
    };
    expect(code(() => prepare({ ...tiny, dataset: { ...tiny.dataset, sha256: 'b'.repeat(64) } }))).toBe('dataset-differs');
    expect(code(() => prepare({ ...tiny, optimiser: { ...tiny.optimiser, batchSize: 51 } }))).toBe('batch-over-data');
    expect(code(() => prepare({ ...tiny, optimiser: { ...tiny.optimiser, maps: 'float16' } }))).toBe('float16-absent');
    const oneSided = { ...tiny, dataset: { ...tiny.dataset, take: { train: null, val: 1, test: null } } };
    expect(code(() => prepare({ ...oneSided, selectBy: 'auc' }))).toBe('auc-undefined');
    expect(code(() => prepare(oneSided))).toBeNull();
    expect(code(() => prepare({ ...tiny, selectBy: 'auc' }))).toBeNull();
    expect(code(() => prepare(tiny, dataset, 4096))).toBe('batch-too-large');
    expect(code(() => prepare({ ...tiny, dataset: { ...tiny.dataset, sha256: dataset.sha256 } }))).toBeNull();
  });

  it('stops with the step and the rate where the loss is no longer a number', async () => {
    await expect(
      collect({
        ...tiny,
        backbone: { ...tiny.backbone, learningRate: 1000, epochs: 10 },
        network: { ...tiny.network, batchNorm: false },
      }),
    ).rejects.toMatchObject({ code: 'diverged' });
  });

  it('stops where the very last step left weights that score nothing, which no training loss shows', async () => {
    const backbone = { ...tiny.backbone, epochs: 1, learningRate: 1e6 };
    const dataset = { ...tiny.dataset, take: { train: tiny.optimiser.batchSize, val: null, test: null } };
    await expect(collect({ ...tiny, dataset, backbone })).rejects.toMatchObject({
      code: 'diverged',
      message: expect.stringContaining('validation loss is no number after step 1') as string,
    });
  });
});
