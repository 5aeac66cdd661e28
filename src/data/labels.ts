/**
 * Label arrays: values checked one by one, and what they say of the task. Single labels are class numbers from 0 up; several
 * columns of 0 and 1 are a multi-label set. A label is never guessed, rounded or argmaxed into place.
 */
import { countText } from '../base/bytes.ts';
import type { StudioErrorData } from '../base/errors.ts';
import type { Breath } from './breath.ts';
import type { SplitName } from './dataset.ts';
import { itemsIn } from './dtype.ts';
import { rowMajor } from './fortran.ts';
import { GrowingBytes } from './growingBytes.ts';
import { shapeText } from './images.ts';
import { limits } from './limits.ts';
import { readMember } from './member.ts';
import type { NpyHeader } from './npy.ts';
import { numpyFix, problem } from './problems.ts';
import type { Source } from './source.ts';
import type { ZipMember } from './zip.ts';

/** Labels of one split as they stand in the file. */
export interface RawLabels {
  readonly split: SplitName;
  readonly dtypeName: string;
  readonly isFloat: boolean;
  readonly count: number;
  readonly columns: number;
  /** [count, columns] row-major. */
  readonly values: Float64Array;
}

/** Columns of a label array by its shape, or the problem `rank`. */
export function labelColumns(array: string, shape: readonly number[]): number | StudioErrorData {
  if (shape.length === 1) return 1;
  if (shape.length === 2 && (shape[1] ?? 0) > 0) return shape[1] as number;
  const row = { where: `${array}.npy, shape`, found: shapeText(shape), expected: '(N,), (N, 1) or (N, labels)' };
  const remedy = 'Save one class number for each image.';
  return problem('rank', `“${array}” has the shape ${shapeText(shape)}; labels need one or two dimensions.`, row, { remedy });
}

/** Reads a label member whole. Throws what `readMember` throws. */
export async function readLabels(
  source: Source,
  member: ZipMember,
  header: NpyHeader,
  split: SplitName,
  breath: Breath,
): Promise<RawLabels> {
  const bytes = new GrowingBytes(member.sizeBytes);
  await readMember(source, member, (piece) => bytes.append(piece));
  const read = itemsIn(bytes.whole().subarray(header.dataFrom), header.dtype);
  const values = new Float64Array(header.items);
  for (let index = 0; index < values.length; index++) {
    values[index] = read(index);
    if ((index & 0xffff) === 0 && breath.due()) await breath.take();
  }
  const ordered = header.fortranOrder ? await rowMajor(values, header.shape, breath) : values;
  const { kind, name } = header.dtype;
  const [count, columns] = [header.shape[0] ?? 0, header.shape[1] ?? 1];
  return { split, dtypeName: name, isFloat: kind === 'f', count, columns, values: ordered };
}

/** The problems of one split's label values: `label-float`, `label-range`. */
export function labelProblems(labels: RawLabels, fileName: string): StudioErrorData[] {
  const array = `${labels.split}_labels`;
  const multi = labels.columns > 1;
  const highest = multi ? 1 : limits.classes - 1;
  const broken = { count: 0, first: -1 };
  const outside = { count: 0, first: -1 };
  for (let index = 0; index < labels.values.length; index++) {
    const value = labels.values[index] as number;
    const tally = !Number.isInteger(value) ? broken : value < 0 || value > highest ? outside : null;
    if (tally === null) continue;
    if (tally.count === 0) tally.first = index;
    tally.count++;
  }
  const at = (first: number): string =>
    multi ? `[${Math.floor(first / labels.columns)}, ${first % labels.columns}]` : `[${first}]`;
  const told = ({ count, first }: { count: number; first: number }): string =>
    `${labels.values[first] as number} at ${at(first)}${count > 1 ? `, and ${countText(count - 1)} more` : ''}`;
  const found: StudioErrorData[] = [];
  const d = `d['${array}']`;
  if (broken.count > 0) {
    const row = { where: `${array}.npy`, found: told(broken), expected: 'whole numbers' };
    const help = {
      remedy: 'Class numbers must be whole. If these are measurements, cut them into classes first; the line rounds them.',
      fix: numpyFix(fileName, `${d} = ${d}.round().astype('int64')`),
    };
    found.push(problem('label-float', `“${array}” holds a label that is no whole number.`, row, help));
  }
  if (outside.count > 0) {
    const expected = multi ? '0 or 1 in each column' : `class numbers from 0 to ${highest}`;
    const row = { where: `${array}.npy`, found: told(outside), expected };
    const names = "sorted(k for k in d if k.endswith('_labels'))";
    const renumber = `c = np.unique(np.concatenate([d[k].ravel() for k in ${names}])); d.update({k: np.searchsorted(c, d[k]) for k in ${names}})`;
    const help = multi
      ? { remedy: 'The line takes every value above 0 for 1.', fix: numpyFix(fileName, `${d} = (${d} > 0).astype('uint8')`) }
      : { remedy: 'The line numbers the classes 0, 1, 2 … in the order of their values.', fix: numpyFix(fileName, renumber) };
    found.push(problem('label-range', `“${array}” holds a label outside its range.`, row, help));
  }
  return found;
}

/** True where every row of every split has exactly one 1: labels spread over columns, not a multi-label set. */
export function isOneHot(all: readonly RawLabels[]): boolean {
  return all.every(({ values, count, columns }) => {
    for (let row = 0; row < count; row++) {
      let sum = 0;
      for (let column = 0; column < columns; column++) sum += values[row * columns + column] as number;
      if (sum !== 1) return false;
    }
    return columns > 1;
  });
}

export function oneHotProblem(columns: number, fileName: string): StudioErrorData {
  const names = "[k for k in d if k.endswith('_labels')]";
  const row = {
    where: 'labels',
    found: `${columns} columns with a single 1 in every row`,
    expected: 'one class number for each image',
  };
  const help = {
    remedy: 'Turn the columns into class numbers.',
    fix: numpyFix(fileName, `d.update({k: d[k].argmax(1) for k in ${names}})`),
  };
  return problem('labels-onehot', 'The labels are one-hot: a column for each class.', row, help);
}

/** The problem `label-single` where the training labels name one class only; null otherwise. */
export function singleClassProblem(train: RawLabels): StudioErrorData | null {
  const [first] = train.values;
  if (train.columns > 1 || first === undefined || train.values.some((value) => value !== first)) return null;
  const row = {
    where: 'train_labels.npy',
    found: `class ${first} for all ${countText(train.count)} images`,
    expected: 'two classes or more',
  };
  return problem('label-single', 'All training images bear the same label; there is nothing to tell apart.', row, {
    remedy: 'Add images of another class.',
  });
}
