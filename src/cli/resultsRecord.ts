/**
 * What an experiment has told, kept for the files of a results folder. It is filled by events alone, so that a resumed run,
 * which hears the checkpoint's events first, writes the same files as an uninterrupted one.
 */
import { runName, type ExperimentEvent, type NamedRun } from '../experiment/events.ts';

export type EpochEvent = Extract<ExperimentEvent, { at: 'epoch' }>;
export type MergesEvent = Extract<ExperimentEvent, { at: 'merges' }>;
export type ResultEvent = Extract<ExperimentEvent, { at: 'result' }>;

export class ResultsRecord {
  readonly epochs: EpochEvent[] = [];
  readonly merges: MergesEvent[] = [];
  readonly results: ResultEvent[] = [];

  constructor(events: readonly ExperimentEvent[] = []) {
    for (const event of events) this.take(event);
  }

  take(event: ExperimentEvent): void {
    if (event.at === 'epoch') this.epochs.push(event);
    else if (event.at === 'merges') this.merges.push(event);
    else if (event.at === 'result') this.results.push(event);
  }

  result(asked: NamedRun): ResultEvent | undefined {
    return this.results.find(({ run }) => runName(run) === runName(asked));
  }
}
