/**
 * The results of an experiment as if one of its bases (`recipe/bases.ts`) had been its only one: what compares arms,
 * compares them on the same network from the same start weights, and need not know that there are others.
 */
import type { ExperimentEvent, RunKey } from '../experiment/events.ts';
import type { ResultsFile } from '../experiment/resultsFile.ts';
import type { Robustness } from '../experiment/robustness.ts';
import { onBase, type Base } from '../recipe/bases.ts';

type Started = Extract<ExperimentEvent, { at: 'started' }>;

export function onlyBase(results: ResultsFile, base: Base): ResultsFile {
  const { history, recipe, robustness } = results;
  return {
    ...results,
    recipe: onBase(recipe, base),
    history: history.flatMap((event) => eventsOn(event, base)),
    ...(robustness === undefined ? {} : { robustness: robustnessOn(robustness, base) }),
  };
}

function eventsOn(event: ExperimentEvent, base: Base): ExperimentEvent[] {
  if ('run' in event) return isOn(event.run, base) ? [{ ...event, run: plain(event.run) }] : [];
  return [event.at === 'started' ? startedOn(event, base) : event];
}

/** The experiment as it would have begun on this base alone. */
export function startedOn(event: Started, base: Base): Started {
  const { bases, ...started } = event;
  const facts = bases?.find((each) => each.base === base.name);
  const { trainableParameters, mergedLayers } = facts ?? started;
  return { ...started, recipe: onBase(event.recipe, base), trainableParameters, mergedLayers };
}

const robustnessOn = (robustness: Robustness, base: Base): Robustness => ({
  ...robustness,
  runs: robustness.runs.flatMap((each) => (isOn(each.run, base) ? [{ ...each, run: plain(each.run) }] : [])),
});

const isOn = (run: RunKey, { name }: Base): boolean => (run.base ?? null) === name;

const plain = ({ base: _base, ...run }: RunKey): RunKey => run;
