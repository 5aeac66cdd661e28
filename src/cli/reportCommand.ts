/**
 * `inmerge report`: the HTML report, tables, figures and bundle of an experiment, from a results folder, from an
 * `experiment.inmerge` or from a bundle, without a browser. It writes into a folder of its own and changes nothing else.
 */
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { build } from '../base/build.ts';
import { shown } from '../base/bytes.ts';
import { StudioError } from '../base/errors.ts';
import { maxZipBytes } from '../data/zipWriter.ts';
import type { ResultsFile } from '../experiment/resultsFile.ts';
import { meanDifference } from '../report/pairedAccuracies.ts';
import { bundleEnding, bundlePieces, readAnyResults } from '../report/bundle.ts';
import { reportFiles } from '../report/reportFiles.ts';
import type { ReportFile } from '../report/reportFile.ts';
import { Study } from '../report/study.ts';
import type { Given } from './commandLine.ts';
import { openNamed } from './nodeFile.ts';
import { NodeFolder } from './nodeFolder.ts';
import { resultFiles, savedRun, stateOf } from './resultsFolder.ts';
import type { Screen } from './screen.ts';

/** What the rest of a bundle takes at most, beside its weights. */
const spareBytes = 2 ** 29;
/** Where a report goes when nothing else is said. */
export const reportFolder = 'report';

/** @throws StudioError `path-missing`, `not-results`, and what reading the results throws */
export async function reportCommand({ options, words }: Given, screen: Screen): Promise<number> {
  const [path] = words;
  if (path === undefined) {
    throw new StudioError({
      code: 'path-missing',
      message: 'There is nothing to report on.',
      remedy: 'Name a folder of results, its experiment.inmerge, or a bundle: inmerge report PATH.',
    });
  }
  const isFolder = (await stat(path).catch(() => null))?.isDirectory() === true;
  const results = isFolder ? await resultsOf(new NodeFolder(path), screen) : await readAnyResults(await openNamed(path, 'file'));
  const out = new NodeFolder(options.get('--out')?.[0] ?? (isFolder ? join(path, reportFolder) : `${stem(path)}-report`));
  const study = new Study(results);
  const files = reportFiles(study, build);
  const weights = isFolder ? await weightsOf(new NodeFolder(path), screen) : [];
  await out.make();
  for (const file of files) await writeInto(out, file);
  const name = `${plainName(results)}${bundleEnding}`;
  await out.write(name, await bundlePieces(results, [...files, ...weights], build));
  process.stdout.write([...files.map((file) => file.path), name].map((each) => `${join(out.path, each)}\n`).join(''));
  return 0;
}

/** Of a finished experiment what it wrote; of an unfinished one what its checkpoint tells so far. */
async function resultsOf(folder: NodeFolder, screen: Screen): Promise<ResultsFile> {
  const state = await stateOf(folder);
  if (state.at === 'finished') return readAnyResults(await openNamed(join(folder.path, resultFiles.experiment), 'file'));
  const found = state.at === 'unfinished' ? await savedRun(folder) : null;
  if (found === null) {
    throw new StudioError({
      code: 'not-results',
      message: `“${shown(folder.path, 200)}” holds no results yet.`,
      remedy: 'Name a folder that “inmerge run” was given with --out.',
    });
  }
  const { history, recipe, fraction } = found.saved.checkpoint;
  screen.line('note: the experiment is unfinished; the report is of what it told until its last checkpoint.');
  return {
    format: 'inmerge-experiment',
    recipe,
    history,
    record: {
      name: recipe.name,
      datasetTitle: recipe.dataset.name,
      startedAt: 0,
      savedAt: 0,
      state: 'interrupted',
      fraction,
      seeds: recipe.seeds.length,
      difference: meanDifference(history, recipe),
    },
  };
}

/** Those that the bundle takes along: all of them, or none where a zip cannot hold them. */
async function weightsOf(folder: NodeFolder, screen: Screen): Promise<ReportFile[]> {
  const weights = folder.folder('weights');
  const names = (await weights.list()).filter((name) => name.endsWith('.safetensors'));
  const found = (await Promise.all(names.map(async (name) => ({ name, file: await weights.read(name) })))).flatMap(
    ({ name, file }) => (file === null ? [] : [{ name, file }]),
  );
  const bytes = found.reduce((sum, { file }) => sum + file.size, 0);
  if (bytes > maxZipBytes - spareBytes) {
    screen.line(
      `note: the weights take ${(bytes / 2 ** 30).toFixed(1)} GiB, and a bundle holds 4 at most: it goes without them. They stay in ${weights.path}.`,
    );
    return [];
  }
  const files: ReportFile[] = [];
  for (const { name, file } of found) {
    const pieces = [new Uint8Array(await file.arrayBuffer())];
    files.push({ path: `weights/${name}`, type: 'application/octet-stream', pieces });
  }
  return files;
}

async function writeInto(out: NodeFolder, { path, pieces }: ReportFile): Promise<void> {
  const parts = path.split('/');
  const name = parts.pop() as string;
  const folder = parts.reduce((inner, part) => inner.folder(part), out);
  await folder.make();
  await folder.write(name, pieces);
}

const plainName = ({ recipe }: ResultsFile): string =>
  `${recipe.dataset.name}-${recipe.name}`.replaceAll(/[^A-Za-z0-9_.-]+/g, '-').replace(/^[-.]+/, '') || 'experiment';

const stem = (path: string): string => path.replace(/(\.inmerge)?(\.zip)?$/i, '');
