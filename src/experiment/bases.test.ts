/** Several networks and start weights in one experiment: each its own backbone, all the same batches, nothing run twice. */
import { beforeAll, describe, expect, it } from 'vitest';
import { openBackend } from '../gpu/backends.ts';
import { tf } from '../gpu/tfjs.ts';
import { buildNetwork } from '../model/buildNetwork.ts';
import { initialWeights, type Weights } from '../model/initialWeights.ts';
import { forwardMacs, type Network } from '../model/network.ts';
import { stateDictPieces } from '../model/stateDict.ts';
import { basesOf, onBase, type Base, type StartSettings } from '../recipe/bases.ts';
import type { NetworkSettings, Recipe } from '../recipe/recipe.ts';
import { TapeTrainer } from '../train/tapeTrainer.ts';
import { runName, wayOf, type ExperimentEvent, type RunKey } from './events.ts';
import { Experiment } from './experiment.ts';
import type { ExperimentOptions } from './experimentOptions.ts';
import { forecast } from './forecast.ts';
import { History } from './history.ts';
import { runsOf } from './plan.ts';
import { measureRobustness } from './robustness.ts';
import { RunStore } from './runStore.ts';
import { withDigests } from '../recipe/startDigests.ts';
import { basesToBegin, openStartFiles } from './startFiles.ts';
import { MemoryFiles } from './testing/memoryFiles.ts';
import { runTo, timeless } from './testing/runTo.ts';
import { halves as dataset, tinyRecipe } from './testing/tiny.ts';

const small: NetworkSettings = { ...tinyRecipe.network, widthMultiplier: 0.125 };
const plain: NetworkSettings = { ...small, batchNorm: false };
const drawn: StartSettings = { from: 'random', distribution: 'pytorch' };
const file = (name: string, digit: string): StartSettings => ({
  from: 'file',
  name,
  sha256: digit.repeat(64),
  distribution: 'he',
});
const smallFile = file('small.safetensors', 'd');
const plainFile = file('plain.safetensors', 'e');

/** Two networks, each from drawn weights and from those of a file. */
const recipe: Recipe = {
  ...tinyRecipe,
  network: small,
  backbone: { ...tinyRecipe.backbone, epochs: 1 },
  finetune: { ...tinyRecipe.finetune, epochs: 1 },
  seeds: [0, 1],
  sweep: {
    network: [
      { ...plain, start: drawn },
      { ...plain, start: plainFile },
    ],
    start: [smallFile],
  },
};

const networkOf = (settings: NetworkSettings, classes = 2) => buildNetwork(settings, [8, 8, 1], classes);
const fileWeights = (settings: NetworkSettings, classes: number) => initialWeights(networkOf(settings, classes), 'pytorch', 77);
/** Of another draw, and of five classes. */
const files: ReadonlyMap<string, Blob> = new Map(
  [small, plain].map((settings, at) => [
    'de'.charAt(at).repeat(64),
    new Blob(stateDictPieces(networkOf(settings, 5), fileWeights(settings, 5))),
  ]),
);

async function prepare(given: Recipe, more: Partial<ExperimentOptions> = {}) {
  /** What every trainer was loaded with, in that order. */
  const loaded: Weights[] = [];
  const startFiles = await openStartFiles(given, (sha256) => Promise.resolve(files.get(sha256) ?? null));
  const options: ExperimentOptions = {
    recipe: given,
    dataset,
    createTrainer: async (trainerOptions) => {
      const trainer = await TapeTrainer.create(trainerOptions);
      const load = trainer.load.bind(trainer);
      trainer.load = (weights) => {
        loaded.push(new Map([...weights].map(([name, values]) => [name, values.slice()])));
        return load(weights);
      };
      return trainer;
    },
    maxBindingBytes: null,
    startFiles,
    ...more,
  };
  return { options, loaded };
}

async function told(given: Recipe, more: Partial<ExperimentOptions> = {}) {
  const { options, loaded } = await prepare(given, more);
  const experiment = new Experiment(options);
  const events: ExperimentEvent[] = [];
  for await (const event of experiment.run()) if (event.at !== 'rest') events.push(event);
  experiment.dispose();
  return { events, loaded };
}

const of = <A extends ExperimentEvent['at']>(events: readonly ExperimentEvent[], at: A) =>
  events.filter((event): event is Extract<ExperimentEvent, { at: A }> => event.at === at);

/** What was told of the runs, one after the other, without times and bases. */
function byRun(events: readonly ExperimentEvent[], base?: string) {
  const history = new History();
  for (const event of events) history.add(event);
  const runs = history.events().flatMap((event) => {
    if (!('run' in event) || event.at === 'reused' || event.run.base !== base) return [];
    const { base: _base, ...run } = event.run;
    return [{ ...event, run }];
  });
  return timeless(runs.toSorted((a, b) => runName(a.run).localeCompare(runName(b.run))));
}

const names = basesOf(recipe).map(({ name }) => name);
const ways = (base: string | null) =>
  [null, 'baseline', 'inmerge'].map((arm) => wayOf({ arm, ...(base === null ? {} : { base }) }));

describe('an experiment on two networks from two start weights each', () => {
  let all: Awaited<ReturnType<typeof told>>;
  beforeAll(async () => {
    await openBackend('wasm', { paths: null, threads: 1 });
    all = await told(recipe);
  });

  it('trains a backbone on each for every seed, and both arms from that backbone to the bit', () => {
    const { events, loaded } = all;
    expect(names).toEqual([null, 'from-small', 'vgg8-w0.125', 'vgg8-w0.125_from-plain']);
    expect(of(events, 'result').map(({ run }) => `${run.seed} ${wayOf(run)}`)).toEqual(
      [0, 1].flatMap((seed) => names.flatMap(ways).map((way) => `${seed} ${way}`)),
    );
    // Loaded in turn: the backbone, then two arms.
    expect(loaded).toHaveLength(2 * 4 * 3);
    const armStarts = Array.from({ length: 8 }, (_, at) => {
      const [start, first, second] = loaded.slice(3 * at) as [Weights, Weights, Weights];
      expect(first).toEqual(second);
      expect(first).not.toEqual(start);
      return [...(first.get('features.0.weight') ?? [])].join();
    });
    expect(new Set(armStarts).size).toBe(8);
  });

  it('starts from the file, but for the classes, which are drawn of each seed', () => {
    const { loaded } = all;
    const kept = fileWeights(small, 5);
    const head = ['classifier.weight', 'classifier.bias'];
    for (const [at, seed] of [0, 1].entries()) {
      const start = loaded[12 * at + 3] as Weights;
      const fresh = initialWeights(networkOf(small), 'he', seed);
      expect([...start.keys()]).toEqual([...fresh.keys()]);
      for (const [name, values] of start) expect(values).toEqual((head.includes(name) ? fresh : kept).get(name));
    }
  });

  it('is on each base the experiment that has this base alone: the same batches, draws, merges and results', async () => {
    for (const base of basesOf(recipe)) {
      const alone = await told(onBase(recipe, base));
      expect(byRun(all.events, base.name ?? undefined)).toEqual(byRun(alone.events));
    }
  });

  it('takes a quantile of each base’s own start weights', async () => {
    const quantile: Recipe = { ...recipe, seeds: [0], sweep: { start: [smallFile], tau: [{ quantile: 0.5 }] } };
    const { events } = await told(quantile);
    const taus = of(events, 'layer-taus');
    expect(taus.map(({ run }) => run.base)).toEqual([undefined, 'from-small']);
    expect(taus[0]?.taus).not.toEqual(taus[1]?.taus);
    const alone = await told(onBase(quantile, basesOf(quantile)[1] as Base));
    expect(byRun(events, 'from-small')).toEqual(byRun(alone.events));
  });

  it('is measured on corrupted images each run by its own network, in the order of the runs', async () => {
    const networks = new Map(basesOf(recipe).map((base) => [base.name, networkOf(base.network)]));
    const runs = runsOf({ ...recipe, seeds: [0] }).filter(({ arm }) => arm === 'baseline');
    const weights = new Map<string, Weights>();
    await told(
      { ...recipe, seeds: [0] },
      {
        onResult: (result) => Promise.resolve(void weights.set(runName(result.run), result.weights)),
      },
    );
    const measured = async (some: readonly RunKey[]) => {
      const measuring = measureRobustness({
        recipe: { ...recipe, dataset: { ...recipe.dataset, take: { train: null, val: null, test: 4 } } },
        dataset,
        networkOf: ({ base }) => networks.get(base ?? null) as Network,
        runs: some,
        weightsOf: (run) => Promise.resolve(weights.get(runName(run)) as Weights),
        createTrainer: TapeTrainer.create.bind(TapeTrainer),
      });
      let step = await measuring.next();
      let fraction = 0;
      for (; step.done !== true; step = await measuring.next()) fraction = step.value.fraction;
      expect(fraction).toBeCloseTo(1, 9);
      return step.value?.runs;
    };
    const tensors = tf.memory().numTensors;
    const all = await measured(runs);
    expect(tf.memory().numTensors).toBe(tensors);
    expect(all?.map(({ run }) => run)).toEqual(runs);
    expect(await measured(runs.slice(3))).toEqual(all?.slice(3));
  });

  it('tells of each what it is called, its parameters and the layers that merge, and of one base alone nothing more than ever', async () => {
    const [started] = of(all.events, 'started');
    expect(started?.bases?.map(({ base, title }) => [base, title])).toEqual([
      [null, 'VGG-8-BN × 0.125, random'],
      ['from-small', 'VGG-8-BN × 0.125, small.safetensors'],
      ['vgg8-w0.125', 'VGG-8 × 0.125, random'],
      ['vgg8-w0.125_from-plain', 'VGG-8 × 0.125, plain.safetensors'],
    ]);
    expect(started?.bases?.[0]).toMatchObject({
      trainableParameters: started?.trainableParameters,
      mergedLayers: started?.mergedLayers,
    });
    expect(started?.bases?.[2]?.trainableParameters).toBeLessThan(started?.trainableParameters ?? 0);
    const { events } = await told({ ...recipe, seeds: [0], sweep: {} });
    expect(of(events, 'started')[0]).not.toHaveProperty('bases');
    expect(JSON.stringify(events)).not.toContain('"base"');
  });

  it('runs anew only what a network that is added later brings', async () => {
    const kept = new RunStore(new MemoryFiles(), { build: 'test', device: 'wasm', tiles: null });
    const before: Recipe = { ...recipe, sweep: { start: [smallFile] } };
    await told(before, { runs: kept });
    const pace = () => ({ macsPerMs: 1, measured: false });
    const forecasts = await Promise.all([forecast(before, dataset, kept, pace), forecast(recipe, dataset, kept, pace)]);
    expect(forecasts.map(({ forecast: { runs, newRuns } }) => [runs, newRuns])).toEqual([
      [12, 0],
      [24, 12],
    ]);
    const { events, loaded } = await told(recipe, { runs: kept });
    expect(of(events, 'reused').map(({ run }) => run.base)).toEqual(
      [0, 1].flatMap(() => names.slice(0, 2).flatMap((name) => Array(3).fill(name ?? undefined) as string[])),
    );
    expect(loaded).toHaveLength(12);
    for (const name of names) expect(byRun(events, name ?? undefined)).toEqual(byRun(all.events, name ?? undefined));
  });

  it('goes on from any safe point with the same bits', async () => {
    const { options } = await prepare({ ...recipe, seeds: [0] });
    const whole = await runTo(new Experiment(options), Infinity);
    for (const at of [1, 5, 9, whole.safePoints - 2]) {
      const { checkpoint, interrupted } = await runTo(new Experiment(options), at);
      expect(interrupted).toBe(true);
      const resumed = await runTo(await Experiment.resume(options, checkpoint), Infinity);
      expect(timeless(resumed.checkpoint.history)).toEqual(timeless(whole.checkpoint.history));
    }
  });

  it('asks on resuming only for the files that a backbone is yet to start from', async () => {
    const given: Recipe = { ...recipe, seeds: [0], sweep: { start: [smallFile] } };
    const { options } = await prepare(given);
    const whole = await runTo(new Experiment(options), Infinity);
    const without = { ...options, startFiles: new Map() };
    const asks = new Set<string>();
    for (let at = 0; at < whole.safePoints; at++) {
      const { checkpoint } = await runTo(new Experiment(options), at);
      const lacks = basesToBegin(given, checkpoint).some(({ start }) => start.from === 'file');
      asks.add(`${checkpoint.baseIndex} ${checkpoint.stage} ${checkpoint.runs.length > 0} ${lacks}`);
      if (lacks) await expect(Experiment.resume(without, checkpoint)).rejects.toThrow('that file was not given');
      else if (at % 4 === 0 || at === whole.safePoints - 1) {
        const resumed = await runTo(await Experiment.resume(without, checkpoint), Infinity);
        expect(timeless(resumed.checkpoint.history)).toEqual(timeless(whole.checkpoint.history));
      }
    }
    expect([...asks].toSorted()).toEqual(
      ['0 arms true true', '0 backbone true true', '1 arms true false', '1 backbone true false'].toSorted(),
    );
    // With a second seed the file is read again.
    const { checkpoint } = await runTo(new Experiment({ ...options, recipe: { ...given, seeds: [0, 1] } }), whole.safePoints - 2);
    expect(basesToBegin({ ...given, seeds: [0, 1] }, checkpoint)).toHaveLength(2);
  });

  it('counts the work of a larger network as what it costs', async () => {
    const wide: NetworkSettings = { ...small, widthMultiplier: 0.5 };
    const pace = () => ({ macsPerMs: 1, measured: false });
    const ms = async (given: Recipe) => (await forecast(given, dataset, null, pace)).forecast.ms;
    const [own, both] = [await ms({ ...recipe, sweep: {} }), await ms({ ...recipe, sweep: { network: [wide] } })];
    expect((both - own) / own).toBeCloseTo(forwardMacs(networkOf(wide)) / forwardMacs(networkOf(small)), 9);
    // A device that is twice as fast on large networks as on small ones.
    const large = forwardMacs(networkOf(wide));
    const apart = { ...recipe, sweep: { network: [wide] } };
    const { forecast: faster } = await forecast(apart, dataset, null, (macs) => ({
      macsPerMs: macs === large ? 2 : 1,
      measured: macs === large,
    }));
    expect(faster.ms).toBeCloseTo(own + (both - own) / 2, 6);
    expect(faster.measured).toBe(false);
    const { events } = await told({ ...recipe, seeds: [0], sweep: { network: [wide] } });
    const fractions = of(events, 'progress').map(({ fraction }) => fraction);
    expect(fractions.every((fraction, at) => at === 0 || fraction >= (fractions[at - 1] as number))).toBe(true);
    const ownShare =
      of(events, 'progress')
        .filter(({ run }) => run.base === undefined)
        .at(-1)?.fraction ?? 1;
    expect(ownShare).toBeLessThan(0.25);
  });
});

describe('start weights from a file', () => {
  const one: Recipe = { ...recipe, start: smallFile, sweep: {} };
  const refusal = async (given: Recipe, data = dataset) => {
    const { options } = await prepare(given);
    return () => new Experiment({ ...options, dataset: data });
  };

  it('that was not given are refused by name and digest', async () => {
    const other = { ...one, start: file('other.safetensors', 'f') };
    expect(await refusal(other)).toThrow('“other.safetensors” (SHA-256 ffffffffffff…), and that file was not given');
    expect(await refusal({ ...one, start: { ...smallFile, sha256: null } } as Recipe)).toThrow('was not given');
  });

  it('of another network are refused, naming tensor, found and expected', async () => {
    expect(await refusal({ ...one, start: plainFile })).toThrow(
      /“plain.safetensors” does not hold the convolutions of VGG-8 with batch norm/,
    );
    expect(await refusal({ ...one, network: { ...small, widthMultiplier: 0.25 } })).toThrow(
      'features.0.weight is F32 [2, 1, 3, 3], expected F32 [4, 1, 3, 3]',
    );
  });

  it('get their digest from the file of that name, where the recipe has none', () => {
    const named: Recipe = {
      ...one,
      start: { ...smallFile, sha256: null } as StartSettings,
      sweep: {
        start: [{ ...plainFile, sha256: null } as StartSettings],
        network: [{ ...plain, start: { ...plainFile, sha256: null } as StartSettings }],
      },
    };
    const given = [smallFile, plainFile].map((start) => ({
      name: start.from === 'file' ? start.name : '',
      sha256: start.from === 'file' ? (start.sha256 ?? '') : '',
    }));
    expect(withDigests(named, given)).toEqual({
      ...one,
      sweep: { start: [plainFile], network: [{ ...plain, start: plainFile }] },
    });
    expect(withDigests(recipe, [])).toEqual(recipe);
  });
});
