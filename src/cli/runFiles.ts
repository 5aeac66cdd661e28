/** The files that a finished run leaves: its weights as torchvision would load them, and its test scores. */
import type { DatasetSummary } from '../data/dataset.ts';
import type { NamedRun, RunKey, TestMetrics } from '../experiment/events.ts';
import type { RunResult } from '../experiment/experimentOptions.ts';
import { stateDictPieces } from '../model/stateDict.ts';
import type { NodeFolder } from './nodeFolder.ts';
import { backboneName } from './recipeSource.ts';
import { scoresCsv, scoresFileName } from './scoresCsv.ts';

/** `inmerge_seed0`, or `inmerge+vgg11-bn_seed0` on another network. */
export const runFileName = (run: NamedRun): string => `${runTitle(run)}_seed${run.seed}`;

/** The run without its seed: `backbone`, `inmerge`, `backbone+vgg11-bn`. */
export const runTitle = ({ arm, base }: Pick<NamedRun, 'arm' | 'base'>): string =>
  `${arm ?? backboneName}${base === undefined ? '' : `+${base}`}`;

export const weightsFileName = (run: RunKey): string => `${runFileName(run)}.safetensors`;

/** Writes `weights/<run>.safetensors` and, where there is a test split, `scores/...@<run>.csv`. */
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
    ...(run.base === undefined ? [] : [['base', run.base] as const]),
  ]);
  await out.folder('weights').write(weightsFileName(run), stateDictPieces(network, weights, metadata));
  if (testScores === null || test === null) return;
  const name = scoresFileName(about.dataset.name, test, runFileName(run));
  await out.folder('scores').writeText(name, scoresCsv(testScores, network.classes));
}
