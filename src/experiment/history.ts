/**
 * The events of an experiment so far, as a checkpoint keeps them: enough for a page to draw everything again. What is
 * only about the moment (progress, similarities) is left out; losses of a run are joined, since they come many a second.
 */
import { parseRecipe } from '../recipe/recipe.ts';
import { runName, type ExperimentEvent, type RunKey } from './events.ts';

/** What an older build told, with its recipe as this one reads it. */
export const upgradedHistory = (history: readonly ExperimentEvent[]): ExperimentEvent[] =>
  history.map((event) => (event.at === 'started' ? { ...event, recipe: parseRecipe(event.recipe) } : event));

export class History {
  readonly #events: ExperimentEvent[] = [];
  readonly #losses = new Map<string, { run: RunKey; parts: Float32Array[] }>();

  add(event: ExperimentEvent): void {
    if (event.at === 'progress' || event.at === 'similarity') return;
    if (event.at !== 'loss') {
      this.#events.push(event);
      return;
    }
    const name = runName(event.run);
    const known = this.#losses.get(name);
    if (known === undefined) this.#losses.set(name, { run: event.run, parts: [event.losses] });
    else known.parts.push(event.losses);
  }

  /** What was told of one run, its losses first. */
  of(run: RunKey): ExperimentEvent[] {
    const name = runName(run);
    return this.events().filter((event) => 'run' in event && runName(event.run) === name && event.at !== 'reused');
  }

  /** In an order that a page can replay: how it started, all losses, then the rest as it came. */
  events(): ExperimentEvent[] {
    const losses = [...this.#losses.values()].map(({ run, parts }): ExperimentEvent => ({
      at: 'loss',
      run,
      firstStep: 0,
      losses: joined(parts),
    }));
    const [started, ...rest] = this.#events;
    return started === undefined ? losses : [started, ...losses, ...rest];
  }
}

function joined(parts: readonly Float32Array[]): Float32Array {
  const all = new Float32Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}
