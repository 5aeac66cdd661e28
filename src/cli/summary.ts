/**
 * `summary.json`: what came out, run by run and over the seeds. It is the last file of a results folder to be written: where
 * it stands, the experiment finished. Apart from the times (names ending in `Ms`), a run that is repeated gives the same.
 */
import type { DatasetSummary } from '../data/dataset.ts';
import { runKeyOf, runName, type SplitMetrics, type TestMetrics } from '../experiment/events.ts';
import { basesOf, type StartSettings } from '../recipe/bases.ts';
import type { NetworkSettings, Recipe } from '../recipe/recipe.ts';
import { pairedDifference, summarise, type Summary as Spread } from '../report/statistics.ts';
import { runFileName } from '../report/weightsFile.ts';
import type { CheckpointIdentity } from './identity.ts';
import type { ResultEvent, ResultsRecord } from './resultsRecord.ts';

export interface RunSummary {
  readonly seed: number;
  /** Here and below: absent for the recipe's own network and start weights. */
  readonly base?: string;
  readonly phase: 'backbone' | 'finetune';
  readonly arm: string | null;
  readonly selectedEpoch: number;
  /**
   * On the training images during the selected epoch, in passing (`experiment/events.ts`); null where it is not known, absent
   * in summaries of older builds.
   */
  readonly trainAccuracy?: number | null;
  readonly val: SplitMetrics;
  /** Null where the dataset has no test split. */
  readonly test: TestMetrics | null;
  readonly trainMs: number;
  readonly merges: number;
  readonly tried: number | null;
  readonly highestSimilarity: number | null;
  readonly weights: string;
}

/** Over seeds; `std` is the sample standard deviation (n - 1), null for one seed. */
export type { Spread };

/** Of differences, with the 95 % interval of Student's t; null for one seed. Absent in summaries of older builds. */
export interface DifferenceSpread extends Spread {
  readonly interval?: readonly [number, number] | null;
}

export interface ArmSummary {
  readonly base?: string;
  readonly arm: string;
  readonly merges: boolean;
  readonly accuracy: Spread | null;
  readonly auc: Spread | null;
}

/** An arm that merges minus the one that does not on the same base, seed by seed. */
export interface DifferenceSummary {
  readonly base?: string;
  readonly arm: string;
  readonly minus: string;
  readonly seeds: readonly { readonly seed: number; readonly accuracy: number; readonly auc: number | null }[];
  readonly accuracy: DifferenceSpread | null;
  readonly auc: DifferenceSpread | null;
}

export interface Summary {
  readonly format: 'inmerge-summary';
  readonly version: 1;
  readonly build: string;
  readonly device: CheckpointIdentity['device'];
  /** How the GPU's kernels were cut (--tiles); null on other devices, absent in summaries of older builds. */
  readonly tiles?: string | null;
  readonly dataset: {
    readonly name: string;
    readonly sha256: string;
    readonly task: string;
    readonly classNames: readonly string[];
    readonly counts: DatasetSummary['counts'];
  };
  /** What `accuracy` and `auc` of arms and differences are of. */
  readonly split: 'test' | 'val';
  readonly elapsedMs: number;
  /** What the runs of a base trained; only where there are several. */
  readonly bases?: readonly { readonly base: string | null; readonly network: NetworkSettings; readonly start: StartSettings }[];
  readonly runs: readonly RunSummary[];
  readonly arms: readonly ArmSummary[];
  readonly differences: readonly DifferenceSummary[];
}

export interface SummaryParts {
  readonly recipe: Recipe;
  readonly dataset: Summary['dataset'];
  readonly identity: CheckpointIdentity;
  readonly tiles: string | null;
  readonly record: ResultsRecord;
  readonly elapsedMs: number;
}

export function summaryOf({ recipe, dataset, identity, tiles, record, elapsedMs }: SummaryParts): Summary {
  const split = dataset.counts.test === null ? 'val' : 'test';
  const metrics = (seed: number, arm: string, base: string | null): SplitMetrics | null =>
    record.result(runKeyOf(seed, arm, base))?.[split] ?? null;
  const all = basesOf(recipe);
  const bases = all.map((base) => base.name);
  const { name, sha256, task, classNames, counts } = dataset;
  const plain = recipe.arms.find((arm) => !arm.merges)?.name;
  return {
    format: 'inmerge-summary',
    version: 1,
    build: identity.build,
    device: identity.device,
    tiles,
    dataset: { name, sha256, task, classNames, counts },
    split,
    elapsedMs: Math.round(elapsedMs),
    ...(all.length === 1 ? {} : { bases: all.map(({ name: base, network, start }) => ({ base, network, start })) }),
    runs: record.results.map((result) => runSummary(result, record)),
    arms: bases.flatMap((base) =>
      recipe.arms.map(({ name: arm, merges }) => {
        const found = recipe.seeds.flatMap((seed) => metrics(seed, arm, base) ?? []);
        return {
          ...named(base),
          arm,
          merges,
          accuracy: summarise(found.map(({ accuracy }) => accuracy)),
          auc: summarise(found.flatMap(({ auc }) => auc ?? [])),
        };
      }),
    ),
    differences: bases.flatMap((base) =>
      recipe.arms.flatMap(({ name: arm, merges }) => (merges && plain !== undefined ? difference(arm, plain, base) : [])),
    ),
  };

  function difference(arm: string, minus: string, base: string | null): DifferenceSummary {
    const pairs = recipe.seeds.flatMap((seed) => {
      const [after, before] = [metrics(seed, arm, base), metrics(seed, minus, base)];
      return after === null || before === null ? [] : [{ seed, after, before }];
    });
    const seeds = pairs.map(({ seed, after, before }) => {
      const auc = after.auc === null || before.auc === null ? null : after.auc - before.auc;
      return { seed, accuracy: after.accuracy - before.accuracy, auc };
    });
    const of = (pick: (of: SplitMetrics) => number | null) =>
      differenceSpread(
        pairs.flatMap(({ after, before }) => {
          const [from, to] = [pick(before), pick(after)];
          return from === null || to === null ? [] : [{ before: from, after: to }];
        }),
      );
    return { ...named(base), arm, minus, seeds, accuracy: of(({ accuracy }) => accuracy), auc: of(({ auc }) => auc) };
  }
}

function differenceSpread(pairs: readonly { readonly before: number; readonly after: number }[]): DifferenceSpread | null {
  const found = pairedDifference(pairs);
  return found === null ? null : { n: found.n, mean: found.mean, std: found.std, interval: found.interval };
}

const named = (base: string | null): { readonly base?: string } => (base === null ? {} : { base });

function runSummary(result: ResultEvent, { epochs }: ResultsRecord): RunSummary {
  const { run, selectedEpoch, val, test, trainMs, merges, tried, highestSimilarity } = result;
  const selected = epochs.find((event) => runName(event.run) === runName(run) && event.epoch === selectedEpoch);
  return {
    ...run,
    selectedEpoch,
    trainAccuracy: selected?.trainAccuracy ?? null,
    val,
    test,
    trainMs: Math.round(trainMs),
    merges,
    tried,
    highestSimilarity,
    weights: `weights/${runFileName(run)}.safetensors`,
  };
}
