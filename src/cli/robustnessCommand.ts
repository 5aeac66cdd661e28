/**
 * `inmerge robustness`: how much the error of a finished experiment's runs rises on corrupted test images. Weights come from
 * the folder's files; `robustness.csv` goes beside them, and the results file takes it up, so that the page shows it.
 */
import { breathe } from '../base/breathe.ts';
import { shown } from '../base/bytes.ts';
import { StudioError } from '../base/errors.ts';
import type { Dataset } from '../data/dataset.ts';
import type { RunKey } from '../experiment/events.ts';
import { runsOf } from '../experiment/plan.ts';
import { checkData } from '../experiment/preflight.ts';
import { encodeResults, readResults } from '../experiment/resultsFile.ts';
import { measureRobustness, type Robustness } from '../experiment/robustness.ts';
import { baseNetworks } from '../model/baseNetworks.ts';
import type { Network } from '../model/network.ts';
import { SafetensorsFile } from '../model/safetensors.ts';
import { readStateDict } from '../model/stateDict.ts';
import { armsOf } from '../recipe/arms.ts';
import { basesOf, baseTitle, type Base } from '../recipe/bases.ts';
import { inputShape } from '../recipe/inputShape.ts';
import type { Recipe } from '../recipe/recipe.ts';
import { robustnessCsv, robustnessTable, type RobustnessRow } from '../report/robustness.ts';
import type { PairedDifference } from '../report/statistics.ts';
import { refuseOtherRun, weightsFileName } from '../report/weightsFile.ts';
import type { Given } from './commandLine.ts';
import { openData } from './dataSource.ts';
import type { OpenDevice } from './device.ts';
import { deviceOf } from './deviceName.ts';
import { FolderLock } from './folderLock.ts';
import { openNamed } from './nodeFile.ts';
import { NodeFolder } from './nodeFolder.ts';
import { bar } from './progress.ts';
import { resultFiles, stateOf } from './resultsFolder.ts';
import type { Screen } from './screen.ts';
import { table } from './table.ts';

/** @throws StudioError `path-missing`, `not-results`, and what reading, devices and data throw */
export async function robustnessCommand({ options, words }: Given, screen: Screen): Promise<number> {
  const [path] = words;
  if (path === undefined) {
    throw new StudioError({
      code: 'path-missing',
      message: 'There is no folder of results to measure.',
      remedy: 'Name one that “inmerge run” has finished: inmerge robustness FOLDER --data FILE.npz.',
    });
  }
  const out = new NodeFolder(path);
  const lock = new FolderLock(out);
  const { recipe } = await resultsOf(out);
  await out.checkWritable();
  await lock.take();
  try {
    return await measured(out, recipe, options, screen);
  } finally {
    await lock.release();
  }
}

async function measured(out: NodeFolder, recipe: Recipe, options: Given['options'], screen: Screen): Promise<number> {
  const { dataset } = await openData(options.get('--data')?.[0] ?? null, screen);
  checkData(recipe, dataset);
  const { openDevice } = await import('./device.ts');
  const device = await openDevice(deviceOf(options.get('--device')?.[0] ?? null), screen);
  try {
    await measureFolder({ out, recipe, dataset, device, screen });
    return 0;
  } finally {
    screen.clear();
    await device.close();
  }
}

export interface FolderToMeasure {
  /** A finished experiment's. */
  readonly out: NodeFolder;
  readonly recipe: Recipe;
  readonly dataset: Dataset;
  readonly device: OpenDevice;
  readonly screen: Screen;
}

/** Measures, writes and prints. @throws StudioError `no-test-split`, `results-lost`, or what the device throws */
export async function measureFolder({ out, recipe, dataset, device, screen }: FolderToMeasure): Promise<void> {
  const networks = baseNetworks(recipe, inputShape(recipe.input, dataset), dataset.classNames.length);
  const networkOf = ({ base }: RunKey) => networks.get(base ?? null) as Network;
  const runs = runsOf(recipe).filter(({ arm }) => arm !== null);
  const { createTrainer } = await device.trainers(null);
  const measuring = measureRobustness({
    recipe,
    dataset,
    networkOf,
    runs,
    weightsOf: async (run) => {
      const file = await out.folder('weights').read(weightsFileName(run));
      if (file === null) throw lost(weightsFileName(run));
      const opened = await SafetensorsFile.open(file);
      refuseOtherRun(opened.metadata, run);
      return (await readStateDict(opened, networkOf(run))).weights;
    },
    createTrainer,
  });
  for (;;) {
    const next = await measuring.next();
    if (next.done === true) {
      if (next.value === null) throw noTestSplit();
      await write(out, next.value);
      screen.clear();
      process.stdout.write(textOf(next.value, recipe));
      return;
    }
    const { corruption, fraction, severity } = next.value;
    screen.transient(`${bar(fraction)} robustness: ${corruption ?? 'clean'}${severity === 0 ? '' : `, severity ${severity}`}`);
    device.checkFault();
    await breathe();
  }
}

async function write(out: NodeFolder, robustness: Robustness): Promise<void> {
  await out.writeText(resultFiles.robustness, robustnessCsv(robustness));
  await out.write(resultFiles.experiment, await encodeResults({ ...(await resultsOf(out)), robustness }));
}

async function resultsOf(folder: NodeFolder) {
  if ((await stateOf(folder)).at === 'finished')
    return readResults(await openNamed(`${folder.path}/${resultFiles.experiment}`, 'file'));
  throw new StudioError({
    code: 'not-results',
    message: `“${shown(folder.path, 200)}” holds no finished experiment.`,
    remedy: 'Name a folder that “inmerge run” was given with --out, once it has finished.',
  });
}

/** Of every base, one table under the other. */
function textOf(robustness: Robustness, recipe: Recipe): string {
  const bases = basesOf(recipe);
  const heading = (base: Base) => (bases.length === 1 ? '' : `${baseTitle(recipe, base)}\n`);
  return bases.map((base) => `${heading(base)}${textOn(robustness, recipe, base)}`).join('\n');
}

/** Balanced errors in percent: each arm's, and the last minus the first, as on the page. */
function textOn(robustness: Robustness, recipe: Recipe, base: Base): string {
  const all = armsOf(recipe);
  const plain = all.find((arm) => !arm.merges)?.name;
  const merging = all.find((arm) => arm.merges)?.name;
  const { arms, clean, rows } = robustnessTable(
    robustness,
    [plain, merging].flatMap((arm) => arm ?? []),
    base.name ?? undefined,
  );
  const percent = (value: number) => (value * 100).toFixed(2);
  const cells = (row: RobustnessRow) => [
    row.corruption ?? 'mean of all',
    ...row.arms.map(({ error, rise }) => `${percent(error.mean)} (+${percent(rise.mean)})`.replace('+-', '-')),
    row.error === null ? '' : differenceText(row.error, percent),
  ];
  const head = ['balanced error, %', ...arms, arms.length === 2 ? `${arms[1]} - ${arms[0]}` : ''];
  return table([head, ['clean', ...clean.map(({ error }) => percent(error.mean)), ''], ...rows.map(cells)]);
}

const differenceText = ({ mean, interval, n }: PairedDifference, percent: (value: number) => string): string =>
  `${percent(mean)}${interval === null ? '' : ` [${percent(interval[0])}, ${percent(interval[1])}]`}, ${n} seed(s)`;

const noTestSplit = (): StudioError =>
  new StudioError({
    code: 'no-test-split',
    message: 'The dataset has no test split to corrupt.',
    remedy: 'Use a file with test_images and test_labels.',
  });

const lost = (name: string): StudioError =>
  new StudioError({
    code: 'results-lost',
    message: `“weights/${name}” is not in the folder of results.`,
    remedy: 'Put it back, or run the experiment again.',
  });
