/** Past experiments of the scripted worker, as a machine that was used for a while would list them. */
import type { Forecast } from '../experiment/forecast.ts';
import type { Recipe } from '../recipe/recipe.ts';
import type { SavedExperiment, WorkerEvent } from './protocol.ts';

const day = 86_400_000;

/** Dates go back from `now`; the list is the newest first. */
export function fakePast(now: number): SavedExperiment[] {
  const entry = (
    days: number,
    name: string,
    datasetTitle: string,
    rest: Pick<SavedExperiment, 'state' | 'fraction' | 'seeds' | 'difference' | 'bytes'>,
  ): SavedExperiment => ({
    id: `fake-${days}`,
    name,
    datasetTitle,
    startedAt: now - days * day,
    savedAt: now - days * day + 600_000,
    ...rest,
  });
  const finished = { state: 'finished', fraction: 1 } as const;
  return [
    entry(0.1, 'tau 0.10', 'BreastMNIST', {
      state: 'interrupted',
      fraction: 0.43,
      seeds: 3,
      difference: null,
      bytes: 46_200_000,
    }),
    entry(1, 'quick', 'BloodMNIST', { ...finished, seeds: 5, difference: 0.007, bytes: 31_400_000 }),
    entry(4, 'deeper layers only, twice as often', 'PathMNIST', { ...finished, seeds: 3, difference: 0.002, bytes: 18_900_000 }),
    entry(11, 'paper-medmnist', 'DermaMNIST', {
      state: 'running',
      fraction: 0.71,
      seeds: 5,
      difference: -0.001,
      bytes: 84_000_000,
    }),
    entry(12, 'sample', 'Sample', { ...finished, seeds: 1, difference: -0.004, bytes: 912_000 }),
  ];
}

/** The list as it is told, with nothing shared. */
export function fakeList(list: readonly SavedExperiment[]): WorkerEvent {
  const bytes = list.reduce((sum, saved) => sum + saved.bytes, 0);
  return { say: 'experiments', list, stored: { bytes, sharedBytes: 0 } };
}

/** What a file of results holds here. */
export const fakeResults: SavedExperiment = {
  id: '',
  name: 'from elsewhere',
  datasetTitle: 'BloodMNIST',
  startedAt: 0,
  savedAt: 0,
  state: 'finished',
  fraction: 1,
  seeds: 2,
  difference: 0.004,
  bytes: 0,
};

/** The recipe that a past experiment ran. */
export function fakeRecipe(saved: SavedExperiment): Recipe {
  return {
    format: 'inmerge-recipe',
    version: 3,
    name: saved.name,
    dataset: {
      name: saved.datasetTitle.toLowerCase(),
      sha256: null,
      take: { train: null, val: null, test: null },
      leaveOutRepeated: false,
    },
    input: { side: null, channels: 'native', normalise: 'half', horizontalFlip: true },
    network: { name: 'vgg8', batchNorm: true, widthMultiplier: 1, head: 'linear' },
    start: { from: 'random', distribution: 'pytorch' },
    optimiser: { batchSize: 128, momentum: 0.9, weightDecay: 1e-4, maps: 'float32' },
    backbone: { epochs: 8, learningRate: 0.05, schedule: { kind: 'multistep', milestones: [4, 6], gamma: 0.1 } },
    finetune: { epochs: 4, learningRate: 0.005, schedule: { kind: 'constant' } },
    merging: { firstLayer: 4, alpha: 0.8, p: 0.3, tau: 0.3, condition: 'similar', mergeDuringValidation: false },
    arms: [
      { name: 'baseline', merges: false },
      { name: 'inmerge', merges: true },
    ],
    sweep: {},
    selectBy: 'accuracy',
    seeds: Array.from({ length: saved.seeds }, (_, k) => k),
  };
}

/** Every run takes about a minute. */
export function fakeForecast({ arms, seeds }: Recipe): Forecast {
  const runs = seeds.length * (1 + arms.length);
  return { runs, newRuns: runs, ms: 61_000 * runs, measured: true, bytes: 4_100_000 * runs };
}
