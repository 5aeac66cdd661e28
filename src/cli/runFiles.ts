/** The files that a finished run leaves: its weights as torchvision would load them, and its test scores. */
import type { DatasetSummary } from '../data/dataset.ts';
import type { RunKey, TestMetrics } from '../experiment/events.ts';
import type { RunResult } from '../experiment/experimentOptions.ts';
import { stateDictPieces } from '../model/stateDict.ts';
import type { NodeFolder } from './nodeFolder.ts';
import { backboneName } from './recipeSource.ts';
import { scoresCsv, scoresFileName } from './scoresCsv.ts';

export const runFileName = ({ arm, seed }: Pick<RunKey, 'arm' | 'seed'>): string => `${arm ?? backboneName}_seed${seed}`;

export const weightsFileName = (run: RunKey): string => `${runFileName(run)}.safetensors`;

/** Writes `weights/<arm>_seed<k>.safetensors` and, where there is a test split, `scores/...@<arm>_seed<k>.csv`. */
export async function writeRunFiles(
  out: NodeFolder,
  { run, network, weights, testScores }: RunResult,
  test: TestMetrics | null,
  about: { readonly build: string; readonly dataset: DatasetSummary; readonly recipeName: string },
): Promise<void> {
  const metadata = new Map([
    ['build', about.build],
    ['recipe', about.recipeName],
    ['network', network.title],
    ['dataset', about.dataset.name],
    ['dataset_sha256', about.dataset.sha256],
    ['seed', String(run.seed)],
    ['arm', run.arm ?? backboneName],
  ]);
  await out.folder('weights').write(weightsFileName(run), stateDictPieces(network, weights, metadata));
  if (testScores === null || test === null) return;
  const name = scoresFileName(about.dataset.name, test, runFileName(run));
  await out.folder('scores').writeText(name, scoresCsv(testScores, network.classes));
}
