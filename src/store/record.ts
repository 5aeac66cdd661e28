/**
 * All an experiment has told so far, outside React and outside the store: typed arrays and plain maps that events are
 * written into. The store only counts revisions of it. Where an experiment has several bases, networks with their start
 * weights, each has a record of its own, as if it were the only one: what compares arms need not know of the others.
 */
import type { ExperimentEvent, LayerMergeCount, LayerNumbers, LayerTau, RunKey, SplitMetrics } from '../experiment/events.ts';
import { armsOf, type Arm } from '../recipe/arms.ts';
import { basesOf, baseTitle, type Base } from '../recipe/bases.ts';
import type { Recipe } from '../recipe/recipe.ts';
import { startedOn } from '../report/onlyBase.ts';
import { Column } from './column.ts';
import { MergeLog } from './mergeLog.ts';

export type Started = Extract<ExperimentEvent, { at: 'started' }>;
export type RunResult = Extract<ExperimentEvent, { at: 'result' }>;
/** Images and labels that the scores of every run are held against. */
export type TestSplit = Extract<ExperimentEvent, { at: 'test-split' }>;
/** The weights that the arms of a seed start from. */
export type StartWeights = Extract<ExperimentEvent, { at: 'start-weights' }>;
export type SimilarityMap = Extract<ExperimentEvent, { at: 'similarity' }>;

export interface EpochPoint {
  readonly epoch: number;
  readonly trainLoss: number | null;
  /** Counted in passing (`experiment/events.ts`); null at epoch 0 and where it is not known. */
  readonly trainAccuracy: number | null;
  readonly learningRate: number;
  readonly val: SplitMetrics;
  readonly best: boolean;
  readonly trainMs: number;
}

export interface Run {
  readonly key: RunKey;
  readonly epochs: EpochPoint[];
  /** Training loss by step from the run's start; NaN where a step was not reported. */
  readonly losses: Column<Float32Array>;
  /** Merge counts by epoch. */
  readonly mergeCounts: Map<number, readonly LayerMergeCount[]>;
  /** Test probabilities [images, classes] at the selected epoch; null before, and where there is no test split. */
  scores: Float32Array | null;
  /** Every convolution in figures, by epoch. */
  readonly layers: Map<number, readonly LayerNumbers[]>;
  /** True where it was trained before and only told again. */
  reused: boolean;
  /** Tau of each layer, where the arm's is a quantile. */
  layerTaus: readonly LayerTau[] | null;
  result: RunResult | null;
}

/** What the records of all bases of one experiment have in common. */
interface Shared {
  /** As it was told, of all bases. */
  readonly started: Started;
  /** What was told, in order, but for what was only about its moment: a report is made of it. */
  readonly told: ExperimentEvent[];
  /** The recipe's own base first. */
  readonly records: ExperimentRecord[];
  /** The run that the last event was of. */
  latest: RunKey | null;
  compared: string | null;
}

export class ExperimentRecord {
  /** Of this base. */
  readonly started: Started;
  /** Name of the base; null for the recipe's own. */
  readonly base: string | null;
  /** What tells it from the others; empty where there are none. */
  readonly title: string;
  /** Every arm, those of a sweep too, in the order of the recipe. */
  readonly arms: readonly Arm[];
  readonly runs = new Map<string, Run>();
  readonly log = new MergeLog();
  /** Null where the dataset has no test split, and in experiments of builds that did not keep scores. */
  testSplit: TestSplit | null = null;
  /** Of the latest seed whose backbone is done. */
  startWeights: StartWeights | null = null;
  /** Similarities by layer, the oldest first: the latest of each run, and of each arm the last two seeds. */
  readonly similarities = new Map<number, readonly SimilarityMap[]>();
  readonly #shared: Shared;

  /** The record of the recipe's own base, and with it one of every other: see `bases`. */
  constructor(started: Started, of: { readonly base: Base; readonly shared: Shared } | null = null) {
    const bases = basesOf(started.recipe);
    const base = of?.base ?? bases[0] ?? { ...started.recipe, name: null };
    this.#shared = of?.shared ?? { started, told: [started], records: [], latest: null, compared: null };
    this.#shared.records.push(this);
    this.base = base.name;
    this.title = baseTitle(started.recipe, base);
    this.started = bases.length === 1 ? started : startedOn(started, base);
    this.arms = armsOf(started.recipe);
    if (of !== null) return;
    for (const other of bases.slice(1)) new ExperimentRecord(started, { base: other, shared: this.#shared });
  }

  /** Of every base of the experiment, the recipe's own first. */
  get bases(): readonly ExperimentRecord[] {
    return this.#shared.records;
  }

  /** The record of that base; of the recipe's own where there is none of that name. */
  on(base: string | null): ExperimentRecord {
    return this.bases.find((record) => record.base === base) ?? this.bases[0] ?? this;
  }

  /** The recipe with all its bases. */
  get wholeRecipe(): Recipe {
    return this.#shared.started.recipe;
  }

  get told(): readonly ExperimentEvent[] {
    return this.#shared.told;
  }

  /** The run, on whichever base, that was last told of. */
  get latest(): RunKey | null {
    return this.#shared.latest;
  }

  get seeds(): readonly number[] {
    return this.started.recipe.seeds;
  }

  /** The run of an arm (null: the backbone) for a seed, if it has begun. */
  run(seed: number, arm: string | null): Run | undefined {
    return this.runs.get(runName({ seed, arm }));
  }

  /** The merging arm that the page sets against the one without, on every base; null for the first. */
  get compared(): string | null {
    return this.#shared.compared;
  }

  compare(arm: string): void {
    this.#shared.compared = arm;
  }

  /** Writes an event into the record of its base. */
  take(event: ExperimentEvent): void {
    if (event.at !== 'progress' && event.at !== 'similarity') this.#shared.told.push(event);
    if (!('run' in event)) {
      for (const record of this.bases) record.#write(event);
      return;
    }
    this.#shared.latest = event.run;
    this.on(event.run.base ?? null).#write(event);
  }

  #write(event: ExperimentEvent): void {
    switch (event.at) {
      case 'loss':
        this.#runOf(event.run).losses.write(event.firstStep, event.losses, Number.NaN);
        return;
      case 'epoch': {
        const { epoch, trainLoss, trainAccuracy = null, learningRate, val, best, trainMs } = event;
        this.#runOf(event.run).epochs.push({ epoch, trainLoss, trainAccuracy, learningRate, val, best, trainMs });
        return;
      }
      case 'merges': {
        const run = this.#runOf(event.run);
        if (event.layers.length > 0) run.mergeCounts.set(event.epoch, event.layers);
        this.log.append(event.run.seed, event.run.arm ?? 'backbone', event.epoch, event.merges);
        return;
      }
      case 'layers':
        this.#runOf(event.run).layers.set(event.epoch, event.layers);
        return;
      case 'similarity':
        this.#keep(event);
        return;
      case 'reused':
        this.#runOf(event.run).reused = true;
        return;
      case 'start-weights':
        this.startWeights = event;
        return;
      case 'layer-taus':
        this.#runOf(event.run).layerTaus = event.taus;
        return;
      case 'test-split':
        this.testSplit = event;
        return;
      case 'scores':
        this.#runOf(event.run).scores = event.scores;
        return;
      case 'result':
        this.#runOf(event.run).result = event;
        return;
      case 'started':
      case 'progress':
      case 'finished':
      case 'stopped':
        return;
      default:
        event satisfies never;
    }
  }

  #keep(map: SimilarityMap): void {
    const others = (this.similarities.get(map.layer) ?? []).filter((other) => runName(other.run) !== runName(map.run));
    const sameArm = others.filter((other) => other.run.arm === map.run.arm);
    const dropped = sameArm.length > 1 ? sameArm[0] : undefined;
    this.similarities.set(map.layer, [...others.filter((other) => other !== dropped), map]);
  }

  #runOf(key: RunKey): Run {
    const name = runName(key);
    let run = this.runs.get(name);
    if (run === undefined) {
      run = {
        key,
        epochs: [],
        losses: new Column((n) => new Float32Array(n)),
        mergeCounts: new Map(),
        layers: new Map(),
        scores: null,
        reused: false,
        layerTaus: null,
        result: null,
      };
      this.runs.set(name, run);
    }
    return run;
  }
}

/** Within one base. */
export const runName = (key: { seed: number; arm: string | null }): string => `${key.seed}/${key.arm ?? ''}`;
