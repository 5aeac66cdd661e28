/** A whole experiment of two seeds and a sweep so small that it takes seconds, run on the engine, and as the study that reports read. */
import type { Dataset } from '../../data/dataset.ts';
import { Experiment } from '../../experiment/experiment.ts';
import type { ExperimentEvent } from '../../experiment/events.ts';
import type { ResultsFile } from '../../experiment/resultsFile.ts';
import { openStartFiles } from '../../experiment/startFiles.ts';
import { halves, tinyRecipe } from '../../experiment/testing/tiny.ts';
import { openBackend } from '../../gpu/backends.ts';
import type { Recipe } from '../../recipe/recipe.ts';
import { TapeTrainer } from '../../train/tapeTrainer.ts';

export const tinyStudyRecipe: Recipe = {
  ...tinyRecipe,
  dataset: { ...tinyRecipe.dataset, name: halves.name, sha256: halves.sha256 },
  backbone: { epochs: 5, learningRate: 0.05, schedule: { kind: 'multistep', milestones: [3], gamma: 0.5 } },
  merging: { ...tinyRecipe.merging, tau: 0.2 },
  sweep: { tau: [0.1, { quantile: 0.9 }] },
  seeds: [0, 3],
};

/** @param startFile what the recipe starts from, whatever digest it names */
export async function runTiny(
  recipe: Recipe = tinyStudyRecipe,
  startFile: Blob | null = null,
  dataset: Dataset = halves,
): Promise<ResultsFile> {
  await openBackend('wasm', { paths: null, threads: 1 });
  const createTrainer = TapeTrainer.create.bind(TapeTrainer);
  const startFiles = await openStartFiles(recipe, () => Promise.resolve(startFile));
  const experiment = new Experiment({ recipe, dataset, createTrainer, maxBindingBytes: null, startFiles });
  const history: ExperimentEvent[] = [];
  for await (const event of experiment.run())
    if (event.at !== 'rest' && event.at !== 'progress' && event.at !== 'similarity') history.push(event);
  experiment.dispose();
  const record = {
    name: recipe.name,
    datasetTitle: dataset.title,
    startedAt: 0,
    savedAt: 0,
    state: 'finished',
    fraction: 1,
    seeds: recipe.seeds.length,
    difference: null,
  } as const;
  return { format: 'inmerge-experiment', recipe, history, record };
}
