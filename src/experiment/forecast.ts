/** What an experiment will take, told before it starts: how many runs, which of them are there already, how long, how much. */
import type { Dataset } from '../data/dataset.ts';
import { buildNetwork } from '../model/buildNetwork.ts';
import { elements, forwardMacs, parameters, type Network } from '../model/network.ts';
import type { Recipe } from '../recipe/recipe.ts';
import { openSources } from './liveRun.ts';
import { imagesOfRun, runsOf } from './plan.ts';
import type { RunStore } from './runStore.ts';
import { passesPerTrained } from './workload.ts';

export interface Forecast {
  /** Backbones and arms of all seeds. */
  readonly runs: number;
  /** Of these, not trained before. */
  readonly newRuns: number;
  /** For the new ones. */
  readonly ms: number;
  /** Whether the pace was timed on this device, or is a guess from its kind. */
  readonly measured: boolean;
  /** What the new runs keep when they are over. */
  readonly bytes: number;
}

/** Multiply-accumulates a millisecond, and whether they were timed. */
export interface Pace {
  readonly macsPerMs: number;
  readonly measured: boolean;
}

/** With the network it is for. @throws StudioError where recipe and data do not fit one another */
export async function forecast(
  recipe: Recipe,
  dataset: Dataset,
  runs: RunStore | null,
  pace: Pace,
): Promise<{ forecast: Forecast; network: Network }> {
  const { train, images } = openSources(recipe, dataset);
  const network = buildNetwork(recipe.network, [train.height, train.width, train.channels], dataset.classNames.length);
  const weightBytes = 4 * parameters(network).reduce((sum, { shape }) => sum + elements(shape), 0);
  const known = (await runs?.names()) ?? new Set<string>();
  const all = runsOf(recipe);
  let newRuns = 0;
  let passes = 0;
  let bytes = 0;
  for (const run of all) {
    if (runs !== null && known.has(await runs.nameOf(recipe, dataset.sha256, run))) continue;
    const { trained, evaluated } = imagesOfRun(recipe, images, run.phase);
    newRuns++;
    passes += passesPerTrained * trained + evaluated;
    // Weights, a loss a step, scores as they are told and as they were computed.
    bytes += weightBytes + (4 * trained) / recipe.optimiser.batchSize + 12 * images.test * dataset.classNames.length;
  }
  const ms = (passes * forwardMacs(network)) / pace.macsPerMs;
  return { forecast: { runs: all.length, newRuns, ms, measured: pace.measured, bytes: Math.round(bytes) }, network };
}
