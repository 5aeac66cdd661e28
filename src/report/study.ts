/**
 * An experiment as tables and figures read it: which arms, which seeds, and what each run told. Made from the events of an
 * experiment, wherever they come from: the page's own, a saved one, or `experiment.inmerge`. Of several bases
 * (`recipe/bases.ts`) it is about the recipe's own; each of the others is a study of its own.
 */
import { runName, type ExperimentEvent, type SplitMetrics } from '../experiment/events.ts';
import type { ResultsFile } from '../experiment/resultsFile.ts';
import { armsOf, armTitle } from '../recipe/arms.ts';
import { basesOf, baseTitle, type Base } from '../recipe/bases.ts';
import type { MergeSettings, Recipe } from '../recipe/recipe.ts';
import type { TestSplit } from './classMetrics.ts';
import { onlyBase } from './onlyBase.ts';

export type Started = Extract<ExperimentEvent, { at: 'started' }>;
export type EpochEvent = Extract<ExperimentEvent, { at: 'epoch' }>;
export type ResultEvent = Extract<ExperimentEvent, { at: 'result' }>;
export type MergesEvent = Extract<ExperimentEvent, { at: 'merges' }>;

export interface StudyArm {
  readonly name: string;
  readonly title: string;
  readonly merges: boolean;
  /** What it merges by; null where it does not. */
  readonly merging: MergeSettings | null;
}

export interface StudyRun {
  readonly seed: number;
  /** Null for the backbone. */
  readonly arm: string | null;
  readonly epochs: EpochEvent[];
  readonly losses: Float32Array[];
  readonly merges: MergesEvent[];
  scores: Float32Array | null;
  result: ResultEvent | null;
}

export class Study {
  readonly recipe: Recipe;
  readonly results: ResultsFile;
  readonly arms: readonly StudyArm[];
  readonly started: Started | null;
  readonly testSplit: TestSplit | null;
  readonly elapsedMs: number | null;
  readonly #runs = new Map<string, StudyRun>();
  #bases: readonly BaseStudy[] | null = null;

  constructor(results: ResultsFile) {
    this.results = results;
    this.recipe = results.recipe;
    this.arms = armsOf(results.recipe).map((arm) => ({ ...arm, title: armTitle(arm.name) }));
    let started: Started | null = null;
    let testSplit: TestSplit | null = null;
    let elapsedMs: number | null = null;
    for (const event of results.history) {
      if (event.at === 'started') started = event;
      else if (event.at === 'test-split') testSplit = event;
      else if (event.at === 'finished' || event.at === 'stopped') elapsedMs = event.elapsedMs;
      else if (!('run' in event) || event.run.base === undefined) this.#take(event);
    }
    this.started = started;
    this.testSplit = testSplit;
    this.elapsedMs = elapsedMs;
  }

  /** The recipe's own base first: this study; then one for each other. One alone has no title. */
  get bases(): readonly BaseStudy[] {
    return (this.#bases ??= basesOf(this.recipe).map((base) => ({
      base,
      title: baseTitle(this.recipe, base),
      study: base.name === null ? this : new Study(onlyBase(this.results, base)),
    })));
  }

  get seeds(): readonly number[] {
    return this.recipe.seeds;
  }

  /** Every run that has begun, in the order of seeds, the backbone before its arms. */
  get runs(): StudyRun[] {
    return this.seeds.flatMap((seed) => [null, ...this.arms.map((arm) => arm.name)].flatMap((arm) => this.run(seed, arm) ?? []));
  }

  run(seed: number, arm: string | null): StudyRun | null {
    return this.#runs.get(runName({ seed, arm })) ?? null;
  }

  runsOf(arm: string | null): StudyRun[] {
    return this.seeds.flatMap((seed) => this.run(seed, arm) ?? []);
  }

  /** The first arm that does not merge: what the others are compared with. */
  get baseline(): StudyArm | null {
    return this.arms.find((arm) => !arm.merges) ?? null;
  }

  /** The split that results are of: validation where the dataset has no test split. */
  get split(): 'test' | 'validation' {
    const results = this.runs.flatMap((run) => run.result ?? []);
    return results.length > 0 && results.every((result) => result.test === null) ? 'validation' : 'test';
  }

  /** The headline figures of a run that is over. */
  metrics(seed: number, arm: string): SplitMetrics | null {
    const result = this.run(seed, arm)?.result ?? null;
    return result === null ? null : (result.test ?? result.val);
  }

  /** Seeds of which both arms are over, with both figures: what a paired difference is made of. */
  pairs(before: string, after: string, pick: (metrics: SplitMetrics) => number | null): Pair[] {
    return this.seeds.flatMap((seed) => {
      const [first, second] = [this.metrics(seed, before), this.metrics(seed, after)];
      const [from, to] = [first === null ? null : pick(first), second === null ? null : pick(second)];
      return from === null || to === null ? [] : [{ seed, before: from, after: to }];
    });
  }

  #take(event: Exclude<ExperimentEvent, { at: 'started' | 'test-split' | 'finished' | 'stopped' }>): void {
    if (event.at === 'progress' || event.at === 'similarity') return;
    const run = this.#runOf(event.run);
    if (event.at === 'epoch') run.epochs.push(event);
    else if (event.at === 'loss') run.losses.push(event.losses);
    else if (event.at === 'merges') run.merges.push(event);
    else if (event.at === 'scores') run.scores = event.scores;
    else if (event.at === 'result') run.result = event;
  }

  #runOf({ seed, arm }: { seed: number; arm: string | null }): StudyRun {
    const name = runName({ seed, arm });
    const known = this.#runs.get(name);
    if (known !== undefined) return known;
    const run: StudyRun = { seed, arm, epochs: [], losses: [], merges: [], scores: null, result: null };
    this.#runs.set(name, run);
    return run;
  }
}

/** What an experiment tells of one of its bases. */
export interface BaseStudy {
  readonly base: Base;
  readonly title: string;
  readonly study: Study;
}

export interface Pair {
  readonly seed: number;
  readonly before: number;
  readonly after: number;
}

const selections: Readonly<Record<Recipe['selectBy'], string>> = {
  accuracy: 'the epoch of the highest validation accuracy',
  auc: 'the epoch of the highest validation AUC',
  loss: 'the epoch of the lowest validation loss',
  last: 'the last epoch',
};

/** What the headline figures were taken from; stands beside them wherever they are printed. */
export const selectionText = ({ recipe, split }: Study): string =>
  split === 'test'
    ? `Each run was tested once, at ${selections[recipe.selectBy]}.`
    : `There is no test split: figures are of validation, at ${selections[recipe.selectBy]}, which they helped to choose.`;
