/** The files that a finished run leaves: its weights as torchvision would load them, and its test scores. */
import type { DatasetSummary } from '../data/dataset.ts';
import type { TestMetrics } from '../experiment/events.ts';
import type { RunResult } from '../experiment/experimentOptions.ts';
import { runFileName, weightsFile, weightsFileName } from '../report/weightsFile.ts';
import type { NodeFolder } from './nodeFolder.ts';
import { scoresCsv, scoresFileName } from './scoresCsv.ts';

/** Writes `weights/<run>.safetensors` and, where there is a test split, `scores/...@<run>.csv`. */
export async function writeRunFiles(
  out: NodeFolder,
  { run, network, weights, testScores }: RunResult,
  test: TestMetrics | null,
  about: { readonly build: string; readonly dataset: DatasetSummary; readonly recipeName: string },
): Promise<void> {
  const { build, dataset, recipeName } = about;
  const file = weightsFile({ run, network, weights, build, recipeName, dataset });
  await out.folder('weights').write(weightsFileName(run), file.pieces);
  if (testScores === null || test === null) return;
  const name = scoresFileName(about.dataset.name, test, runFileName(run));
  await out.folder('scores').writeText(name, scoresCsv(testScores, network.classes));
}
