/** A results folder in words: its table where it is finished, how far it came where it is not. */
import { shown } from '../base/bytes.ts';
import { StudioError } from '../base/errors.ts';
import { runTitle } from '../report/weightsFile.ts';
import type { NodeFolder } from './nodeFolder.ts';
import { durationText, metricsText } from './progress.ts';
import { resultFiles, savedRun, stateOf } from './resultsFolder.ts';
import { ResultsRecord } from './resultsRecord.ts';
import { resultsTable, tilesText } from './resultsTable.ts';
import type { Summary } from './summary.ts';
import { table } from './table.ts';

/** @throws StudioError `not-results`, `summary-unreadable` */
export async function inspectResults(folder: NodeFolder): Promise<string> {
  const state = await stateOf(folder);
  if (state.at === 'finished') return finishedText(folder);
  if (state.at === 'unfinished') return unfinishedText(folder);
  throw new StudioError({
    code: 'not-results',
    message: `“${folder.path}” holds neither a finished nor an unfinished experiment.`,
    remedy: 'Name a folder that “inmerge run” was given with --out.',
  });
}

async function finishedText(folder: NodeFolder): Promise<string> {
  const summary = await readSummary(folder);
  const rows = summary.runs.map(({ selectedEpoch, test, val, trainMs, ...run }) => [
    String(run.seed),
    runTitle(run),
    String(selectedEpoch),
    test === null ? `val ${metricsText(val)}` : metricsText(test),
    test === null ? '' : test.classAuc.map((auc) => auc?.toFixed(4) ?? '-').join(' '),
    durationText(trainMs),
  ]);
  const runs = table([['seed', 'run', 'epoch', 'test', 'AUC by class', 'training'], ...rows]);
  return `${folder.path}: finished\n\n${runs}\n${resultsTable(summary)}`;
}

async function readSummary(folder: NodeFolder): Promise<Summary> {
  const text = (await (await folder.read(resultFiles.summary))?.text()) ?? '';
  try {
    const value = JSON.parse(text) as Partial<Summary>;
    if (value.format === 'inmerge-summary' && value.version === 1) return value as Summary;
  } catch {
    // Told below: what it is instead does not matter.
  }
  throw new StudioError({
    code: 'summary-unreadable',
    message: `“${resultFiles.summary}” of “${shown(folder.path, 200)}” is no summary that this build reads.`,
    remedy: 'Inspect it with the build that wrote it.',
  });
}

async function unfinishedText(folder: NodeFolder): Promise<string> {
  const found = await savedRun(folder);
  if (found === null) return `${folder.path}: unfinished, stopped before its first checkpoint\n`;
  const { build, checkpoint, device } = found.saved;
  const { epochs } = new ResultsRecord(checkpoint.history);
  const last = epochs.at(-1);
  const where =
    last === undefined
      ? 'before the end of its first epoch'
      : `after epoch ${last.epoch} of seed ${last.run.seed} ${runTitle(last.run)} (val ${metricsText(last.val)})`;
  return [
    `${folder.path}: unfinished, saved ${where}`,
    `${checkpoint.recipe.dataset.name} on ${device.name} (${device.hardware})${tilesText(checkpoint.tiles)}, ${durationText(checkpoint.elapsedMs)} so far, build ${build}`,
    '--resume goes on from there.',
    '',
  ].join('\n');
}
