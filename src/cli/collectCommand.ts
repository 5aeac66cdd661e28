/**
 * `inmerge collect`: results folders of one recipe that was run in parts (other seeds here, other arms there, on several
 * machines) joined into one, which is then as any other. What does not belong together is refused before a file is written.
 */
import { realpath } from 'node:fs/promises';
import { resolve } from 'node:path';
import { StudioError } from '../base/errors.ts';
import { runName, type BaseFacts, type ExperimentEvent, type RunKey } from '../experiment/events.ts';
import { runsOf } from '../experiment/plan.ts';
import { encodeResults, readResults, type ResultsFile } from '../experiment/resultsFile.ts';
import { armTitle, expanded } from '../recipe/arms.ts';
import { basesOf, baseTitle } from '../recipe/bases.ts';
import type { Recipe } from '../recipe/recipe.ts';
import type { Started } from '../report/study.ts';
import { meanDifference } from '../report/pairedAccuracies.ts';
import { metricsCsv } from '../report/metricsCsv.ts';
import { runFileName } from '../report/weightsFile.ts';
import type { Given } from './commandLine.ts';
import { FolderLock } from './folderLock.ts';
import { firstDifference } from './identity.ts';
import { mergesNpz } from './mergesNpz.ts';
import { NodeFolder } from './nodeFolder.ts';
import { clearResults, entry, resultFiles, stateOf } from './resultsFolder.ts';
import { ResultsRecord } from './resultsRecord.ts';
import { resultsTable } from './resultsTable.ts';
import type { Screen } from './screen.ts';
import { summaryOf, type Summary } from './summary.ts';

interface Part {
  readonly folder: NodeFolder;
  readonly results: ResultsFile;
  readonly summary: Summary;
}

/** @throws StudioError `parts-missing`, `out-missing`, `not-results`, `collect-differs`, `collect-incomplete`, `collect-into-part`, and of the folder */
export async function collectCommand({ words, options }: Given, screen: Screen): Promise<number> {
  const target = options.get('--out')?.[0];
  if (words.length === 0) throw missing('parts-missing', 'There is nothing to collect.');
  if (target === undefined) throw missing('out-missing', 'There is no folder for what is collected.');
  const out = new NodeFolder(target);
  const lock = new FolderLock(out);
  await lock.refuseHeld();
  await entry(out, { resume: false, overwrite: options.has('--overwrite') });
  await refuseItself(words, out);
  const parts: Part[] = [];
  for (const path of words) parts.push(await openPart(new NodeFolder(path)));
  const recipe = joinedRecipe(parts);
  const history = joinedHistory(parts, recipe);
  refuseIncomplete(recipe, history);

  await out.checkWritable();
  await lock.take();
  try {
    if (options.has('--overwrite')) await clearResults(out);
    for (const { folder } of parts) await copyRunFiles(folder, out, recipe);
    const elapsedMs = parts.reduce((sum, { summary }) => sum + summary.elapsedMs, 0);
    await writeJoined(out, recipe, [...history, { at: 'finished', elapsedMs }], parts, elapsedMs);
  } finally {
    await lock.release();
  }
  screen.line(`${parts.length} folders joined into “${out.path}”.`);
  return 0;
}

/** What is replaced is gone before the parts are copied: a folder cannot be collected into itself. */
async function refuseItself(words: readonly string[], out: NodeFolder): Promise<void> {
  const real = (path: string): Promise<string> => realpath(path).catch(() => resolve(path));
  const target = await real(out.path);
  for (const word of words) {
    if ((await real(word)) !== target) continue;
    throw new StudioError({
      code: 'collect-into-part',
      message: `“${word}” is to be collected, and --out names the same folder.`,
      remedy: 'Collect into another folder; the parts stay as they are.',
    });
  }
}

async function openPart(folder: NodeFolder): Promise<Part> {
  const state = await stateOf(folder);
  const [file, text] = [await folder.read(resultFiles.experiment), await folder.read(resultFiles.summary)];
  if (state.at !== 'finished' || file === null || text === null) {
    throw new StudioError({
      code: 'not-results',
      message: `“${folder.path}” holds no finished experiment.`,
      remedy: 'Finish it with --resume first, or leave it out.',
    });
  }
  return { folder, results: await readResults(file), summary: JSON.parse(await text.text()) as Summary };
}

/** The first part's recipe with the seeds, arms and bases of all. Everything else must be equal. */
function joinedRecipe(parts: readonly Part[]): Recipe {
  const [first, ...others] = parts as [Part, ...Part[]];
  const common = ({ summary, results: { recipe } }: Part) => {
    const { name: _name, seeds: _seeds, arms: _arms, sweep: _sweep, ...rest } = recipe;
    return { recipe: rest, build: summary.build };
  };
  for (const other of others) {
    const found = firstDifference(common(first), common(other));
    if (found !== null) throw differs(first, other, found.path, found.a, found.b);
  }
  const arms = new Map<string, Recipe['arms'][number]>();
  for (const part of parts) {
    for (const arm of expanded(part.results.recipe).arms) {
      const known = arms.get(arm.name);
      const found = known === undefined ? null : firstDifference(known, arm);
      if (found !== null) throw differs(first, part, `arm ${arm.name}: ${found.path}`, found.a, found.b);
      arms.set(arm.name, arm);
    }
  }
  const seeds = [...new Set(parts.flatMap(({ results }) => results.recipe.seeds))];
  const bases = new Map(parts.flatMap(({ results }) => basesOf(results.recipe)).map((base) => [base.name, base]));
  const network = [...bases.values()].flatMap((base) => (base.name === null ? [] : [{ ...base.network, start: base.start }]));
  return { ...first.results.recipe, seeds, arms: [...arms.values()], sweep: network.length === 0 ? {} : { network } };
}

/** How it began, then every run once. A run that two parts have must have ended alike: else they stand on other ground. */
function joinedHistory(parts: readonly Part[], recipe: Recipe): ExperimentEvent[] {
  const [first] = parts as [Part];
  const head = first.results.history.flatMap((event): ExperimentEvent[] =>
    event.at === 'started' ? [joinedStart(parts, recipe, event)] : event.at === 'test-split' ? [event] : [],
  );
  const taken = new Map<string, { readonly part: Part; readonly result: unknown }>();
  const runs = parts.flatMap((part) => {
    const own = part.results.history.filter((event) => 'run' in event);
    const fresh = new Set<string>();
    for (const event of own) {
      if (event.at !== 'result') continue;
      const { trainMs: _trainMs, ...result } = event;
      const known = taken.get(runName(event.run));
      if (known === undefined) {
        taken.set(runName(event.run), { part, result });
        fresh.add(runName(event.run));
        continue;
      }
      const found = firstDifference(known.result, result);
      if (found !== null) throw differs(known.part, part, `${runFileName(event.run)}: ${found.path}`, found.a, found.b);
    }
    return own.filter((event) => fresh.has(runName(event.run)));
  });
  return [...head, ...runs];
}

/** Each base merges the layers that it merges in any part. */
function joinedStart(parts: readonly Part[], recipe: Recipe, own: Started): Started {
  const facts = parts.flatMap(({ results }) =>
    results.history.flatMap((event) => (event.at === 'started' ? (event.bases ?? [{ ...event, base: null, title: '' }]) : [])),
  );
  const layersOf = (name: string | null) => {
    const layers = facts.flatMap(({ base, mergedLayers }) => (base === name ? mergedLayers : []));
    return [...new Set(layers)].toSorted((a, b) => a - b);
  };
  const { bases: _bases, ...started } = { ...own, recipe: expanded(recipe), mergedLayers: layersOf(null) };
  const all = basesOf(recipe);
  if (all.length === 1) return started;
  const bases = all.map((base): BaseFacts => {
    const trainableParameters = facts.find((each) => each.base === base.name)?.trainableParameters ?? 0;
    return { base: base.name, title: baseTitle(recipe, base), trainableParameters, mergedLayers: layersOf(base.name) };
  });
  return { ...started, bases };
}

function refuseIncomplete(recipe: Recipe, history: readonly ExperimentEvent[]): void {
  const there = new Set(history.flatMap((event) => (event.at === 'result' ? [runName(event.run)] : [])));
  const lacking = runsOf(recipe).filter((run) => !there.has(runName(run)));
  if (lacking.length === 0) return;
  const title = ({ seed, arm, base }: RunKey) => `seed ${seed} ${armTitle(arm)}${base === undefined ? '' : ` on ${base}`}`;
  throw new StudioError({
    code: 'collect-incomplete',
    message: `${lacking.length} of ${runsOf(recipe).length} runs are in none of the folders: ${lacking.slice(0, 4).map(title).join(', ')}${lacking.length > 4 ? ', ...' : ''}.`,
    remedy: 'Run them, and name their folder too.',
  });
}

/** Weights and scores of runs that are not there yet. */
async function copyRunFiles(from: NodeFolder, to: NodeFolder, recipe: Recipe): Promise<void> {
  const wanted = new Set(runsOf(recipe).map(runFileName));
  for (const folder of ['weights', 'scores']) {
    const there = await to.folder(folder).list();
    for (const name of await from.folder(folder).list()) {
      const run = name.slice(name.lastIndexOf('@') + 1).replace(/\.(safetensors|csv)$/, '');
      const bytes = wanted.has(run) && !there.includes(name) ? await from.folder(folder).read(name) : null;
      if (bytes !== null) await to.folder(folder).write(name, [new Uint8Array(await bytes.arrayBuffer())]);
    }
  }
}

async function writeJoined(
  out: NodeFolder,
  recipe: Recipe,
  history: readonly ExperimentEvent[],
  parts: readonly Part[],
  elapsedMs: number,
): Promise<void> {
  const [{ results, summary: first }] = parts as [Part];
  const record = new ResultsRecord(history);
  const devices = [...new Set(parts.map(({ summary }) => `${summary.device.name}: ${summary.device.hardware}`))];
  const device = devices.length === 1 ? first.device : { name: first.device.name, hardware: devices.join('; ') };
  const told = {
    ...results.record,
    savedAt: Date.now(),
    seeds: recipe.seeds.length,
    difference: meanDifference(history, recipe),
  };
  const cuts = new Set(parts.flatMap(({ summary }) => summary.tiles ?? []));
  const tiles = cuts.size === 0 ? null : [...cuts].join('; ');
  const identity = { build: first.build, device };
  const summary = summaryOf({ recipe, dataset: first.dataset, identity, tiles, record, elapsedMs });
  await out.writeText(resultFiles.recipe, `${JSON.stringify(recipe, null, 2)}\n`);
  await out.writeText(resultFiles.metrics, metricsCsv(record));
  await out.write(resultFiles.merges, mergesNpz(record, recipe));
  await out.write(resultFiles.experiment, await encodeResults({ format: 'inmerge-experiment', recipe, history, record: told }));
  await out.writeText(resultFiles.summary, `${JSON.stringify(summary, null, 2)}\n`);
  process.stdout.write(resultsTable(summary));
}

function differs(a: Part, b: Part, where: string, expected: string, found: string): StudioError {
  return new StudioError({
    code: 'collect-differs',
    message: `“${a.folder.path}” and “${b.folder.path}” are not parts of one experiment: ${where} is ${expected} in one and ${found} in the other.`,
    remedy: 'Collect only folders of one recipe, dataset and build; runs of one seed must come from one machine.',
    details: [{ where, found, expected }],
  });
}

const missing = (code: string, message: string): StudioError =>
  new StudioError({ code, message, remedy: 'For example: inmerge collect part1 part2 --out whole.' });
