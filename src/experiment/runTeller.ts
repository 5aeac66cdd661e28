/**
 * One run at a time, asked on and told: the loop's events under the run's name, the work counted at what it costs on the
 * run's base, figures after each epoch, and the test at the end.
 */
import type { Evaluation } from '../train/evaluate.ts';
import type { LoopEvent } from '../train/loop.ts';
import type { Rest } from './checkpoint.ts';
import type { ExperimentEvent } from './events.ts';
import type { ExperimentOptions } from './experimentOptions.ts';
import { similarityOf, type LiveRun, type Sources } from './liveRun.ts';
import type { OpenBase } from './openBase.ts';
import { epochEvent, progressEvent, resultEvent } from './told.ts';
import type { Workload } from './workload.ts';

type TellerOptions = Pick<ExperimentOptions, 'recipe' | 'onNotHeld' | 'onResult'>;

export class RunTeller {
  /** The convolution whose similarities are told after each epoch; null for none. */
  watchedLayer: number | null = null;
  readonly #options: TellerOptions;
  readonly #sources: Sources;
  readonly #workload: Workload;

  constructor(options: TellerOptions, sources: Sources, workload: Workload) {
    this.#options = options;
    this.#sources = sources;
    this.#workload = workload;
  }

  async *epoch(live: LiveRun, base: OpenBase, epochs: number): AsyncGenerator<ExperimentEvent | Rest, void> {
    yield* this.passing(live, base, live.run.epoch + 1, epochs, live.run.nextEpoch());
    yield* this.watched(live);
  }

  /** Passes a run's events on under its name, and counts the work; the splits go to its device before the first. */
  async *passing<T>(
    live: LiveRun,
    { cost, inspection }: OpenBase,
    epoch: number,
    epochs: number,
    events: AsyncGenerator<LoopEvent, T>,
  ): AsyncGenerator<ExperimentEvent | Rest, T> {
    const { key, trainer } = live;
    await this.#sources.held.ready(trainer, this.#options.recipe.optimiser.batchSize, this.#options.onNotHeld);
    for (;;) {
      const next = await events.next();
      if (next.done === true) return next.value;
      const event = next.value;
      switch (event.at) {
        case 'work':
          this.#workload.add(cost * event.trained, cost * event.evaluated);
          yield { at: 'rest', safe: false };
          break;
        case 'safe':
          yield { at: 'rest', safe: true };
          break;
        case 'losses': {
          yield { at: 'loss', run: key, firstStep: event.firstStep, losses: event.losses };
          const images = { batch: this.#options.recipe.optimiser.batchSize, val: this.#sources.val.count, cost };
          yield progressEvent(live, { epoch, epochs }, event, images, this.#workload);
          break;
        }
        case 'epoch':
          yield epochEvent(key, event);
          if (event.merges !== null)
            yield { at: 'merges', run: key, epoch: event.epoch, merges: event.merges.merges, layers: event.merges.layers };
          // Before the next safe rest: a save holds the epoch with its figures, or neither.
          yield await inspection.look(trainer, key, event.epoch);
          break;
        default:
          event satisfies never;
      }
    }
  }

  /** Tests a run that is over, and returns its test scores. */
  async *result(
    live: LiveRun,
    base: OpenBase,
    selectedEpoch: number,
  ): AsyncGenerator<ExperimentEvent | Rest, Float64Array | null> {
    const { run, key } = live;
    const { test } = this.#sources;
    const passing = (events: AsyncGenerator<LoopEvent, Evaluation>) =>
      this.passing(live, base, selectedEpoch, selectedEpoch, events);
    const measured = test === null ? null : yield* passing(run.measure(test));
    const val = run.selected ?? (yield* passing(run.measure(this.#sources.val)));
    await this.#options.onResult?.({
      run: key,
      network: base.network,
      weights: await live.trainer.weights(),
      testScores: measured?.scores ?? null,
    });
    const tally = base.mergings.merges(key) ? run.tally : null;
    if (measured !== null) yield { at: 'scores', run: key, scores: Float32Array.from(measured.scores) };
    yield resultEvent(key, selectedEpoch, { val, test: measured, trainMs: run.trainMs, tally });
    return measured?.scores ?? null;
  }

  async *watched(live: LiveRun): AsyncGenerator<ExperimentEvent, void> {
    const event = this.watchedLayer === null ? null : await similarityOf(live, this.watchedLayer);
    if (event !== null) yield event;
  }
}
