/** What an experiment will take, told before it starts: how many runs, which of them are there already, how long, how much. */
import type { Dataset } from '../data/dataset.ts';
import { heldBytes } from '../gpu/heldImages.ts';
import { baseNetworks } from '../model/baseNetworks.ts';
import { elements, forwardMacs, parameters, trainingBytes, type Network } from '../model/network.ts';
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
  /** Whether the paces of all its networks were timed on this device, or one is a guess. */
  readonly measured: boolean;
  /** What the new runs keep when they are over. */
  readonly bytes: number;
}

/** Multiply-accumulates a millisecond, and whether they were timed. */
export interface Pace {
  readonly macsPerMs: number;
  readonly measured: boolean;
}

/** The pace of a network whose forward pass takes so many multiply-accumulates. */
export type PaceOf = (macs: number) => Pace;

/**
 * With the largest network that it trains, and the bytes of its images where a device holds them.
 * @throws StudioError where recipe and data do not fit one another
 */
export async function forecast(
  recipe: Recipe,
  dataset: Dataset,
  runs: RunStore | null,
  paceOf: PaceOf,
): Promise<{ forecast: Forecast; network: Network; imageBytes: number }> {
  const { train, val, test, images } = openSources(recipe, dataset);
  const networks = baseNetworks(recipe, [train.height, train.width, train.channels], dataset.classNames.length);
  const known = (await runs?.names()) ?? new Set<string>();
  const all = runsOf(recipe);
  let newRuns = 0;
  let ms = 0;
  let measured = true;
  let bytes = 0;
  for (const run of all) {
    if (runs !== null && known.has(await runs.nameOf(recipe, dataset.sha256, run))) continue;
    const { trained, evaluated } = imagesOfRun(recipe, images, run.phase);
    newRuns++;
    const network = networks.get(run.base ?? null) as Network;
    const macs = forwardMacs(network);
    const pace = paceOf(macs);
    ms += ((passesPerTrained * trained + evaluated) * macs) / pace.macsPerMs;
    measured &&= pace.measured;
    // Weights, a loss a step, scores as they are told and as they were computed.
    bytes += weightBytes(network) + (4 * trained) / recipe.optimiser.batchSize + 12 * images.test * dataset.classNames.length;
  }
  const network = largest([...networks.values()]);
  const labels = dataset.task === 'multi-label' ? dataset.classNames.length : 1;
  const imageBytes = [train, val, ...(test === null ? [] : [test])].reduce(
    (sum, source) => sum + heldBytes(source, labels * source.count),
    0,
  );
  const told = { runs: all.length, newRuns, ms, measured, bytes: Math.round(bytes) };
  return { forecast: told, network, imageBytes };
}

const weightBytes = (network: Network): number => 4 * parameters(network).reduce((sum, { shape }) => sum + elements(shape), 0);

/** The network whose training step takes the most memory. */
export const largest = (networks: readonly Network[]): Network =>
  networks.reduce((most, network) => (trainingBytes(network, 1) > trainingBytes(most, 1) ? network : most));
