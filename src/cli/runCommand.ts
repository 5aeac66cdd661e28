/**
 * `inmerge run`: everything is read and checked before the first file is written (but for the lock of a folder that is
 * there); then the experiment's events are driven into it, with checkpoints between. What it computes is the engine's affair.
 */
import { join } from 'node:path';
import { breathe } from '../base/breathe.ts';
import { StudioError } from '../base/errors.ts';
import type { ReadDataset } from '../data/intake.ts';
import type { ExperimentOptions, RunResult } from '../experiment/experimentOptions.ts';
import { tilesOf } from '../experiment/events.ts';
import { Experiment } from '../experiment/experiment.ts';
import { checkData } from '../experiment/preflight.ts';
import { basesToBegin, checkStartFiles, type StartFiles } from '../experiment/startFiles.ts';
import { encodeResults } from '../experiment/resultsFile.ts';
import { meanDifference } from '../report/pairedAccuracies.ts';
import { RunStore, type RunFiles } from '../experiment/runStore.ts';
import { expanded } from '../recipe/arms.ts';
import type { Recipe } from '../recipe/recipe.ts';
import { build } from '../base/build.ts';
import type { Given } from './commandLine.ts';
import { openData } from './dataSource.ts';
import type { OpenDevice } from './device.ts';
import { FolderLock } from './folderLock.ts';
import { checkSameDevice, checkSameExperiment, checkSameTiles, type CheckpointIdentity, type SavedRun } from './identity.ts';
import { keptRuns } from './keptRuns.ts';
import { mergesNpz } from './mergesNpz.ts';
import { metricsCsv } from '../report/metricsCsv.ts';
import { weightsFileName } from '../report/weightsFile.ts';
import { NodeFolder } from './nodeFolder.ts';
import { Progress } from './progress.ts';
import { openRecipe } from './recipeSource.ts';
import { checkpointFolder, clearResults, closeResults, entry, openResults, resultFiles, savedRun } from './resultsFolder.ts';
import { ResultsRecord, type ResultEvent } from './resultsRecord.ts';
import { resultsTable } from './resultsTable.ts';
import { writeRunFiles } from './runFiles.ts';
import { runSettings, type RunSettings } from './runSettings.ts';
import { Saver } from './saver.ts';
import type { Screen } from './screen.ts';
import { StopSignals } from './stopSignals.ts';
import { summaryOf } from './summary.ts';
import { WeightFiles } from './weightFiles.ts';

/** @returns the exit code: 0 where the experiment finished, a signal's where it was stopped with a checkpoint saved */
export async function runCommand(given: Given, screen: Screen): Promise<number> {
  const settings = runSettings(given);
  const out = new NodeFolder(settings.out);
  const lock = new FolderLock(out);
  await lock.refuseHeld();
  await entry(out, settings);
  await out.checkWritable();
  if (settings.runs !== null) await new NodeFolder(settings.runs).checkWritable('--runs');
  // A folder that is yet to be made is made, and taken, with the first file.
  if (await out.exists()) await lock.take();
  try {
    return await runIn(out, lock, settings, screen);
  } finally {
    await lock.release();
  }
}

async function runIn(out: NodeFolder, lock: FolderLock, settings: RunSettings, screen: Screen): Promise<number> {
  const way = await entry(out, settings);
  const found = way === 'resume' ? await savedRun(out) : null;
  if (found?.damaged === true) screen.line('note: one of the two checkpoint files is damaged; the other is taken.');
  const saved = found?.saved ?? null;
  if (settings.resume && saved === null) screen.line('note: there is no checkpoint to go on from; beginning anew.');

  const weightFiles = await WeightFiles.read(settings.weights);
  const wanted = weightFiles.named(await recipeOf(settings, out, saved));
  const startFiles = await weightFiles.open(wanted, screen);
  const read = await openData(settings.data, screen);
  const { dataset } = read;
  checkData(wanted, dataset);
  checkStartFiles(basesToBegin(wanted, saved?.checkpoint ?? null), startFiles);
  const recipe: Recipe = { ...wanted, dataset: { ...wanted.dataset, name: dataset.name, sha256: dataset.sha256 } };
  if (saved !== null) checkSameExperiment(saved, build, recipe, dataset.sha256);

  // tfjs is large: it is loaded when everything else is found in order.
  const { openDevice } = await import('./device.ts');
  const device = await openDevice(settings.device ?? saved?.device.name ?? null, screen);
  try {
    const identity = { build, device: { name: device.name, hardware: device.hardware } };
    if (saved !== null) checkSameDevice(saved, identity.device);
    const job = new Job({
      out,
      recipe,
      read,
      device,
      tiles: settings.tiles,
      identity,
      saved,
      startFiles,
      screen,
      intervalMs: settings.intervalMs,
      runs: settings.runs === null ? null : keptRuns(new NodeFolder(settings.runs), screen),
    });
    const experiment = await job.open();
    try {
      await lock.take();
      // Another command may have made the folder since.
      if (way === 'begin') await entry(out, { resume: false, overwrite: false });
      else if (way === 'replace') await clearResults(out);
      await openResults(out);
      await out.writeText(resultFiles.recipe, `${JSON.stringify(recipe, null, 2)}\n`);
      const exitCode = await job.drive(experiment);
      if (exitCode !== 0 || !settings.robustness) return exitCode;
    } finally {
      experiment.dispose();
    }
    const { measureFolder } = await import('./robustnessCommand.ts');
    await measureFolder({ out, recipe, dataset, device, screen });
    return 0;
  } finally {
    screen.clear();
    await device.close();
  }
}

/** The recipe named, or, of a run that is resumed without one, its own. */
async function recipeOf(settings: RunSettings, out: NodeFolder, saved: SavedRun | null): Promise<Recipe> {
  if (settings.recipe !== null) return openRecipe(settings.recipe, settings.set);
  if (saved !== null && settings.set.length === 0) return saved.checkpoint.recipe;
  return openRecipe(join(out.path, resultFiles.recipe), settings.set);
}

interface JobParts {
  readonly out: NodeFolder;
  readonly recipe: Recipe;
  readonly read: ReadDataset;
  readonly device: OpenDevice;
  /** As in the settings. */
  readonly tiles: string | null;
  readonly identity: CheckpointIdentity;
  readonly saved: SavedRun | null;
  readonly startFiles: StartFiles;
  readonly screen: Screen;
  readonly intervalMs: number | null;
  /** Where finished runs are kept; null for nowhere. */
  readonly runs: RunFiles | null;
}

/** One experiment and its folder, from the first event to the last file. */
class Job {
  readonly #parts: JobParts;
  readonly #record: ResultsRecord;
  readonly #saver: Saver;
  /** Told by the engine before the run's `result` event, which names the files. */
  #ended: RunResult | null = null;

  constructor(parts: JobParts) {
    this.#parts = parts;
    this.#record = new ResultsRecord(parts.saved?.checkpoint.history);
    this.#saver = new Saver(checkpointFolder(parts.out), parts.intervalMs, parts.screen);
  }

  /** @throws StudioError where recipe, data and device do not fit, or the folder lacks files of a checkpoint's runs */
  async open(): Promise<Experiment> {
    const { device, identity, read, recipe, runs, saved, screen, startFiles, out } = this.#parts;
    const trainers = await device.trainers(this.#parts.tiles ?? saved?.checkpoint.tiles ?? null);
    if (saved !== null) checkSameTiles(saved, trainers.tiles);
    const by = {
      build: identity.build,
      device: `${identity.device.name}: ${identity.device.hardware}`,
      tiles: trainers.tiles,
    };
    const options: ExperimentOptions = {
      recipe,
      dataset: read.dataset,
      ...trainers,
      maxBindingBytes: device.maxBindingBytes,
      startFiles,
      runs: runs === null ? null : new RunStore(runs, by),
      onNotHeld: ({ message, remedy }) => screen.line(`note: ${message} ${remedy}`),
      onResult: (result) => {
        this.#ended = result;
        return Promise.resolve();
      },
    };
    if (saved === null) return new Experiment(options);
    const files = await out.folder('weights').list();
    for (const { run } of this.#record.results) {
      if (!files.includes(weightsFileName(run))) throw lost(weightsFileName(run));
    }
    return Experiment.resume(options, saved.checkpoint);
  }

  async drive(experiment: Experiment): Promise<number> {
    const { device, screen } = this.#parts;
    const progress = new Progress(screen);
    const stop = new StopSignals(() => screen.line('Stopping at the next safe point; once more to stop at once.'));
    try {
      for await (const event of experiment.run()) {
        device.checkFault();
        if (event.at === 'rest') {
          await breathe();
          if (!event.safe || (stop.exitCode === null && !this.#saver.isDue)) continue;
          const kept = await this.#saver.save(() => this.#state(experiment));
          if (stop.exitCode === null) continue;
          screen.line(kept ? 'Stopped. --resume goes on from here.' : 'Stopped; the last save could not be written.');
          return stop.exitCode;
        }
        this.#record.take(event);
        progress.tell(event);
        if (event.at === 'epoch') await this.#writeMetrics();
        if (event.at === 'result') await this.#runEnded(event);
      }
      await this.#finish(experiment);
      return 0;
    } catch (thrown) {
      // What the device says of itself goes before what it broke.
      device.checkFault();
      throw thrown;
    } finally {
      stop.close();
    }
  }

  async #state(experiment: Experiment): Promise<SavedRun> {
    const checkpoint = await experiment.checkpoint();
    return { format: 'inmerge-checkpoint', version: 1, ...this.#parts.identity, checkpoint };
  }

  async #runEnded(event: ResultEvent): Promise<void> {
    const { identity, out, read, recipe } = this.#parts;
    if (this.#ended === null) throw new Error('A run ended without its weights.');
    await writeRunFiles(out, this.#ended, event.test, { build: identity.build, dataset: read.summary, recipeName: recipe.name });
    this.#ended = null;
    await this.#writeMetrics();
    this.#saver.ask();
  }

  #writeMetrics(): Promise<void> {
    return this.#parts.out.writeText(resultFiles.metrics, metricsCsv(this.#record));
  }

  /** The summary last of all: it says that the rest is there. */
  async #finish(experiment: Experiment): Promise<void> {
    const { identity, out, read, recipe, screen } = this.#parts;
    const full = expanded(recipe);
    await out.write(resultFiles.merges, mergesNpz(this.#record, full));
    const { elapsedMs, history } = experiment;
    const savedAt = Date.now();
    const record = {
      name: recipe.name,
      datasetTitle: read.summary.title,
      startedAt: Math.round(savedAt - elapsedMs),
      savedAt,
      state: 'finished',
      fraction: 1,
      seeds: recipe.seeds.length,
      difference: meanDifference(history, full),
    } as const;
    await out.write(resultFiles.experiment, await encodeResults({ format: 'inmerge-experiment', recipe, history, record }));
    const tiles = tilesOf(history);
    const summary = summaryOf({ recipe: full, dataset: read.summary, identity, tiles, record: this.#record, elapsedMs });
    await out.writeText(resultFiles.summary, `${JSON.stringify(summary, null, 2)}\n`);
    await closeResults(out);
    screen.clear();
    process.stdout.write(resultsTable(summary));
  }
}

function lost(name: string): StudioError {
  return new StudioError({
    code: 'results-lost',
    message: `The checkpoint’s finished runs had left “weights/${name}”, and it is no longer there.`,
    remedy: 'Put it back, or begin anew with --overwrite.',
  });
}
