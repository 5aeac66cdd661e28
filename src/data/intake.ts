/**
 * From a dropped file to a dataset: directory, headers, labels, then one pass over everything. All or nothing: a dataset
 * comes out only when every check passed, otherwise one report with every problem found. Small things first, so that a
 * wrong label says so before gigabytes are read. No DOM: runs in a worker, in Node and in tests.
 */
import { countText, shown, sizeText } from '../base/bytes.ts';
import { errorData, StudioError } from '../base/errors.ts';
import { Breath } from './breath.ts';
import { fileNameOf, sameShape, type CatalogueMatch } from './catalogue.ts';
import { splitNames, type Check, type Dataset, type DatasetSummary, type Split, type SplitName, type Task } from './dataset.ts';
import { ImageReader } from './images.ts';
import { isOneHot, labelProblems, oneHotProblem, readLabels, singleClassProblem, type RawLabels } from './labels.ts';
import { limits } from './limits.ts';
import { headOf } from './member.ts';
import { npyHeadBytes, parseNpy, type NpyHeader } from './npy.ts';
import { arraysOf, checkSplits, shapeOfNpz, type ArrayName, type NpzShape } from './npz.ts';
import { readThrough } from './pass.ts';
import { IntakeRefused, problem, Problems } from './problems.ts';
import { Source, type NamedBlob } from './source.ts';
import { summarise } from './summary.ts';
import { readZip, type ZipMember } from './zip.ts';

export { IntakeRefused } from './problems.ts';

export interface IntakeOptions {
  readonly signal?: AbortSignal;
  /** Stages: `Reading the directory`, `Checking the labels`, `Reading the images`, `Looking through the images`. */
  readonly onProgress?: (stage: string, doneBytes: number, totalBytes: number) => void;
  /** Most that all arrays together may unpack to, in bytes. */
  readonly memoryBytes?: number;
}

export interface ReadDataset {
  readonly dataset: Dataset;
  readonly summary: DatasetSummary;
}

/**
 * Reads a MedMNIST-style npz. Throws IntakeRefused with every problem found, or StudioError `cancelled` when the signal
 * fires; nothing else.
 */
export async function readDataset(file: NamedBlob, options: IntakeOptions = {}): Promise<ReadDataset> {
  try {
    return await read(new Source(file, options.signal), options);
  } catch (thrown) {
    if (thrown instanceof IntakeRefused || (thrown instanceof StudioError && thrown.code === 'cancelled')) throw thrown;
    // Engines say "out of memory" for typed arrays by RangeError.
    if (thrown instanceof RangeError)
      throw new IntakeRefused([tooLarge(file.name, 'more memory than the browser gives', 'less')]);
    throw new IntakeRefused([errorData(thrown)]);
  }
}

async function read(source: Source, options: IntakeOptions): Promise<ReadDataset> {
  const beganMs = performance.now();
  const breath = new Breath(() => source.check());
  const progress = (stage: string, doneBytes: number): void => options.onProgress?.(stage, doneBytes, source.sizeBytes);
  const problems = new Problems();

  progress('Reading the directory', 0);
  const contents = await readZip(source);
  const { known, unused } = arraysOf(contents);
  checkBudget(known, source.name, options.memoryBytes ?? limits.memoryBytes);
  checkSplits(known, unused, source.name, problems);
  const headers = await headersOf(source, known, problems);
  const shape = shapeOfNpz(headers, source.name, problems);

  progress('Checking the labels', 0);
  const labels = await labelsOf(source, known, headers, breath, problems);
  const match = shape === null || problems.any ? null : matchOf(shape, headers, labels);
  const isMultiLabel = match?.entry.task === 'multi-label';
  const columns = labels[0]?.columns ?? 1;
  if (columns > 1 && !isMultiLabel && isOneHot(labels)) problems.add(oneHotProblem(columns, source.name));
  const train = labels.find(({ split }) => split === 'train');
  const single = train === undefined ? null : singleClassProblem(train);
  if (single !== null) problems.add(single);
  problems.throwIfAny();
  if (shape === null) throw new StudioError(errorData(new Error('The arrays were read and have no common shape.')));

  const readers = new Map<SplitName, ImageReader>();
  const wanted = splitNames.flatMap((split) => {
    const [member, header] = [known.get(`${split}_images`), headers.get(`${split}_images`)];
    if (member === undefined || header === undefined) return [];
    const reader = new ImageReader(`${split}_images`, header, member.compressedBytes);
    readers.set(split, reader);
    return [{ member, sink: reader.take }];
  });
  const pass = await readThrough(source, wanted, (doneBytes) => progress('Reading the images', doneBytes));
  pass.problems.forEach((found) => problems.add(found));
  if (!problems.any) {
    for (const reader of readers.values()) {
      const found = reader.problem(source.name);
      if (found !== null) problems.add(found);
    }
  }
  problems.throwIfAny();

  progress('Looking through the images', source.sizeBytes);
  const splits = new Map<SplitName, Split>();
  for (const raw of labels) {
    const reader = readers.get(raw.split);
    if (reader !== undefined)
      splits.set(raw.split, { count: raw.count, images: await reader.images(breath), labels: Uint16Array.from(raw.values) });
  }
  const official = match !== null && match.entry.md5[match.side] === pass.md5;
  const dataset = datasetOf(source.name, shape, splits, labels, match, official, pass.sha256);
  const notes: Check[] = [...readers.values()].flatMap((reader) => {
    const text = reader.note();
    return text === null ? [] : [{ level: 'note' as const, text }];
  });
  if (unused.length > 0) notes.push({ level: 'note', text: `Not used: ${listText(unused)}.` });
  if (contents.ignored.length > 0) notes.push({ level: 'note', text: `Passed over: ${listText(contents.ignored)}.` });
  const summary = await summarise(
    dataset,
    {
      fileName: source.name,
      fileBytes: source.sizeBytes,
      md5: pass.md5,
      match: match === null ? null : { ...match, official },
      notes,
      beganMs,
    },
    breath,
  );
  return { dataset, summary };
}

function listText(names: readonly string[]): string {
  return names.map((name) => `“${shown(name, 40)}”`).join(', ');
}

/** Refuses by what the directory declares, before a byte is unpacked. */
function checkBudget(known: ReadonlyMap<ArrayName, ZipMember>, fileName: string, memoryBytes: number): void {
  for (const [array, { sizeBytes }] of known) {
    if (!array.endsWith('_labels') || sizeBytes <= limits.labelBytes) continue;
    throw new IntakeRefused([
      tooLarge(array, `${sizeText(sizeBytes)} unpacked`, `at most ${sizeText(limits.labelBytes)} of labels`),
    ]);
  }
  const total = [...known.values()].reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
  if (total <= memoryBytes) return;
  throw new IntakeRefused([
    tooLarge(fileName, `${sizeText(total)} (${countText(total)} bytes) unpacked`, `at most ${sizeText(memoryBytes)}`),
  ]);
}

function tooLarge(where: string, found: string, expected: string) {
  const remedy = 'Use a smaller image size (MedMNIST offers 28, 64, 128 and 224) or fewer images.';
  return problem('too-large', 'The arrays do not fit into memory.', { where: shown(where), found, expected }, { remedy });
}

/** Runs `act`, adding a problem where it throws one; cancellation and lost files go up. */
async function collected<Result>(problems: Problems, act: () => Promise<Result>): Promise<Result | null> {
  try {
    return await act();
  } catch (thrown) {
    if (!(thrown instanceof StudioError) || thrown.code === 'cancelled' || thrown.code === 'file-gone') throw thrown;
    problems.add(thrown.toData());
    return null;
  }
}

async function headersOf(
  source: Source,
  known: ReadonlyMap<ArrayName, ZipMember>,
  problems: Problems,
): Promise<Map<ArrayName, NpyHeader>> {
  const headers = new Map<ArrayName, NpyHeader>();
  for (const [name, member] of known) {
    const header = await collected(problems, async () =>
      parseNpy(await headOf(source, member, npyHeadBytes), member.name, member.sizeBytes, source.name),
    );
    if (header !== null) headers.set(name, header);
  }
  return headers;
}

/** The labels whose headers are in order, in the order of the splits. */
async function labelsOf(
  source: Source,
  known: ReadonlyMap<ArrayName, ZipMember>,
  headers: ReadonlyMap<ArrayName, NpyHeader>,
  breath: Breath,
  problems: Problems,
): Promise<RawLabels[]> {
  const all: RawLabels[] = [];
  for (const split of splitNames) {
    const [member, header] = [known.get(`${split}_labels`), headers.get(`${split}_labels`)];
    if (member === undefined || header === undefined || header.shape.length < 1 || header.shape.length > 2) continue;
    const labels = await collected(problems, () => readLabels(source, member, header, split, breath));
    if (labels === null) continue;
    labelProblems(labels, source.name).forEach((found) => problems.add(found));
    all.push(labels);
  }
  return all;
}

function classesOf(labels: readonly RawLabels[]): number {
  const columns = labels[0]?.columns ?? 1;
  if (columns > 1) return columns;
  let highest = 0;
  for (const { values } of labels) for (const value of values) if (value > highest) highest = value;
  return highest + 1;
}

function matchOf(
  shape: NpzShape,
  headers: ReadonlyMap<ArrayName, NpyHeader>,
  labels: readonly RawLabels[],
): CatalogueMatch | null {
  const count = (split: SplitName): number | null => headers.get(`${split}_images`)?.shape[0] ?? null;
  const counts = { train: count('train') ?? 0, val: count('val') ?? 0, test: count('test') };
  return sameShape({ ...shape, counts, labelColumns: shape.columns, classes: classesOf(labels) });
}

function datasetOf(
  fileName: string,
  shape: NpzShape,
  splits: ReadonlyMap<SplitName, Split>,
  labels: readonly RawLabels[],
  match: CatalogueMatch | null,
  official: boolean,
  sha256: string,
): Dataset {
  const [train, val] = [splits.get('train'), splits.get('val')];
  if (train === undefined || val === undefined) throw new Error('A split that passed every check is missing.');
  const classes = classesOf(labels);
  const word = shape.columns > 1 ? 'Label' : 'Class';
  const classNames = match?.entry.classNames ?? Array.from({ length: classes }, (_, index) => `${word} ${index}`);
  const ownTask: Task = shape.columns > 1 ? 'multi-label' : classes === 2 ? 'binary-class' : 'multi-class';
  const stem = fileName.replace(/\.npz$/i, '');
  const plainName = stem
    .replace(/[^A-Za-z0-9_.-]+/g, '-')
    .replace(/^[-.]+|[-.]+$/g, '')
    .slice(0, 60);
  const { height, width, channels } = shape;
  return {
    name: official && match !== null ? fileNameOf(match.entry, match.side) : plainName === '' ? 'dataset' : plainName,
    title: official && match !== null ? match.entry.title + (match.side === 28 ? '' : ` ${match.side}`) : shown(fileName, 60),
    task: match?.entry.task ?? ownTask,
    classNames,
    height,
    width,
    channels,
    splits: { train, val, test: splits.get('test') ?? null },
    sha256,
    synthetic: false,
  };
}
