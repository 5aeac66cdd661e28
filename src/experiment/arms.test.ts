/** Many arms: their own settings, rounds, and runs that are told again instead of trained. */
import { beforeAll, describe, expect, it } from 'vitest';
import { openBackend } from '../gpu/backends.ts';
import type { Recipe } from '../recipe/recipe.ts';
import { TapeTrainer } from '../train/tapeTrainer.ts';
import type { ExperimentEvent } from './events.ts';
import { Experiment } from './experiment.ts';
import { History } from './history.ts';
import type { ExperimentOptions } from './experimentOptions.ts';
import { RunStore } from './runStore.ts';
import { MemoryFiles } from './testing/memoryFiles.ts';
import { runTo, timeless } from './testing/runTo.ts';
import { halves as dataset, tinyRecipe } from './testing/tiny.ts';

const tiny: Recipe = {
  ...tinyRecipe,
  backbone: { ...tinyRecipe.backbone, epochs: 1 },
  finetune: { ...tinyRecipe.finetune, epochs: 1 },
};
const swept: Recipe = { ...tiny, sweep: { tau: [{ quantile: 0.5 }, { quantile: 0.9 }], condition: ['similar', 'dissimilar'] } };

let trained = 0;
const prepare = (recipe: Recipe, more: Partial<ExperimentOptions> = {}) => {
  trained = 0;
  return new Experiment({
    recipe,
    dataset,
    createTrainer: async (options) => {
      const trainer = await TapeTrainer.create(options);
      const step = trainer.step.bind(trainer);
      trainer.step = (...args) => {
        trained++;
        step(...args);
      };
      return trainer;
    },
    maxBindingBytes: null,
    ...more,
  });
};

async function collect(recipe: Recipe, more: Partial<ExperimentOptions> = {}): Promise<ExperimentEvent[]> {
  const experiment = prepare(recipe, more);
  const events: ExperimentEvent[] = [];
  for await (const event of experiment.run()) if (event.at !== 'rest') events.push(event);
  experiment.dispose();
  return events;
}

const of = <A extends ExperimentEvent['at']>(events: readonly ExperimentEvent[], at: A) =>
  events.filter((event): event is Extract<ExperimentEvent, { at: A }> => event.at === at);
/** Everything about runs, by run, whatever the order in which they took turns. */
const byRun = (events: readonly ExperimentEvent[]) => {
  const history = new History();
  for (const event of events) history.add(event);
  const kept = history.events().filter((event) => 'run' in event && !['progress', 'reused'].includes(event.at));
  const name = (event: ExperimentEvent) => ('run' in event ? `${event.run.seed}/${event.run.arm}` : '');
  return timeless(kept.toSorted((a, b) => name(a).localeCompare(name(b))));
};
const store = (files = new MemoryFiles(), device = 'wasm', tiles: string | null = null) =>
  new RunStore(files, { build: 'test', device, tiles });

describe('many arms', () => {
  beforeAll(async () => {
    await openBackend('wasm', { paths: null, threads: 1 });
  });

  it('each merge by their own settings, from one backbone', async () => {
    const events = await collect(swept);
    const results = new Map(of(events, 'result').map((event) => [event.run.arm, event]));
    expect([...results.keys()]).toEqual([
      null,
      'baseline',
      'inmerge',
      'tau-q0.5_condition-similar',
      'tau-q0.5_condition-dissimilar',
      'tau-q0.9_condition-similar',
      'tau-q0.9_condition-dissimilar',
    ]);
    const starts = of(events, 'epoch').filter(({ run, epoch }) => run.arm !== null && epoch === 0);
    expect(new Set(starts.map(({ val }) => val.loss)).size).toBe(1);
    const merges = (name: string) => results.get(name)?.merges ?? 0;
    expect(merges('tau-q0.9_condition-similar')).toBeLessThan(merges('tau-q0.5_condition-similar'));
    expect(merges('tau-q0.9_condition-dissimilar')).toBeGreaterThan(merges('tau-q0.5_condition-dissimilar'));
    expect(merges('tau-q0.5_condition-similar')).toBeGreaterThan(0);
  });

  it('a quantile is taken once, of the start weights, and told for every layer that merges', async () => {
    const events = await collect({ ...tiny, sweep: { tau: [{ quantile: 0.9 }] } });
    const [told] = of(events, 'layer-taus');
    const [start] = of(events, 'start-weights');
    expect(told?.taus.map(({ layer }) => layer)).toEqual([2, 3, 4, 5]);
    for (const { layer, tau } of told?.taus ?? []) {
      const own = start?.layers.find((each) => each.layer === layer);
      const pairs = ((own?.kernels ?? 0) * ((own?.kernels ?? 0) - 1)) / 2;
      const above = own?.counts.reduce((sum, count, bin) => sum + (-1 + (bin + 0.5) / 200 > tau ? count : 0), 0) ?? 0;
      expect(own?.counts.reduce((sum, count) => sum + count, 0)).toBe(pairs);
      expect(Math.abs(above / pairs - 0.1)).toBeLessThan(0.05);
    }
  });

  it('a round at a time ends in the same bits as all at once', async () => {
    const together = await collect(swept);
    const apart = await collect(swept, { armsAtOnce: 2 });
    expect(byRun(apart)).toEqual(byRun(together));
  });

  it('interrupted between rounds ends in the same bits as uninterrupted', { timeout: 120_000 }, async () => {
    const whole = await runTo(prepare(swept, { armsAtOnce: 2 }), Number.POSITIVE_INFINITY);
    for (const at of [whole.safePoints - 1, Math.floor(whole.safePoints / 2)]) {
      const { checkpoint } = await runTo(prepare(swept, { armsAtOnce: 2 }), at);
      const going = await Experiment.resume({ ...optionsOf(swept), armsAtOnce: 2 }, checkpoint);
      const resumed = await runTo(going, Number.POSITIVE_INFINITY);
      expect(byRun(resumed.checkpoint.history)).toEqual(byRun(whole.checkpoint.history));
    }
  });
});

describe('runs that are over', () => {
  beforeAll(async () => {
    await openBackend('wasm', { paths: null, threads: 1 });
  });

  it('are told again, not trained again: only a new value and a new seed are', async () => {
    const files = new MemoryFiles();
    const first = await collect({ ...tiny, sweep: { tau: [0.1] } }, { runs: store(files) });
    const stepsOfRun = trained / 4;
    expect(files.files.size).toBe(4);

    const same = await collect({ ...tiny, name: 'renamed', sweep: { tau: [0.1] } }, { runs: store(files) });
    expect(trained).toBe(0);
    expect(byRun(same)).toEqual(byRun(first));
    expect(of(same, 'reused').map((event) => event.run.arm)).toEqual([null, 'baseline', 'inmerge', 'tau-0.1']);

    const more = await collect({ ...tiny, sweep: { tau: [0.1, 0.2] } }, { runs: store(files) });
    expect(trained).toBe(stepsOfRun);
    expect(byRun(more.filter((event) => !('run' in event) || event.run.arm !== 'tau-0.2'))).toEqual(byRun(first));

    await collect({ ...tiny, seeds: [0, 7], sweep: { tau: [0.1, 0.2] } }, { runs: store(files) });
    expect(trained).toBe(5 * stepsOfRun);
  });

  it('of another device, of other tiles, or damaged, are trained anew', async () => {
    const files = new MemoryFiles();
    await collect(tiny, { runs: store(files) });
    const all = trained;
    await collect(tiny, { runs: store(files, 'webgpu') });
    expect(trained).toBe(all);
    await collect(tiny, { runs: store(files, 'webgpu', '64x64x16') });
    expect(trained).toBe(all);
    await collect(tiny, { runs: store(files, 'webgpu', '64x64x16') });
    expect(trained).toBe(0);
    for (const [name, file] of files.files) files.files.set(name, file.slice(0, file.size - 40));
    await collect(tiny, { runs: store(files) });
    expect(trained).toBe(all);
  });

  it('leave the networks of both compared arms at hand after the last seed', async () => {
    const files = new MemoryFiles();
    await collect(tiny, { runs: store(files) });
    const experiment = prepare(tiny, { runs: store(files) });
    for await (const _ of experiment.run());
    const similarities = await experiment.similarities(3);
    expect(similarities.flatMap((event) => (event.at === 'similarity' ? [event.run.arm] : []))).toEqual(['baseline', 'inmerge']);
    experiment.dispose();
  });

  it('under another name are told under it', async () => {
    const files = new MemoryFiles();
    await collect(tiny, { runs: store(files) });
    const arms = [
      { name: 'plain', merges: false },
      { name: 'merged', merges: true },
    ];
    const events = await collect({ ...tiny, arms }, { runs: store(files) });
    expect(of(events, 'result').map((event) => event.run.arm)).toEqual([null, 'plain', 'merged']);
    expect(trained).toBe(0);
  });
});

function optionsOf(recipe: Recipe): ExperimentOptions {
  return { recipe, dataset, createTrainer: (options) => TapeTrainer.create(options), maxBindingBytes: null };
}
