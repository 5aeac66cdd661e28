/**
 * MedMNIST's convention: `{train,val,test}_{images,labels}`, decided from names and headers alone. `test` may be absent;
 * what else the file holds is named as unused. Every problem goes into the one report.
 */
import { countText, shown } from '../base/bytes.ts';
import type { StudioErrorData } from '../base/errors.ts';
import { splitNames, type SplitName } from './dataset.ts';
import { imageDtypeProblem, layoutOf, type ImageLayout } from './images.ts';
import { labelColumns } from './labels.ts';
import type { NpyHeader } from './npy.ts';
import { numpyFix, problem, type Problems } from './problems.ts';
import type { ZipContents, ZipMember } from './zip.ts';

export type ArrayName = `${SplitName}_${'images' | 'labels'}`;

export const arrayNames: readonly ArrayName[] = splitNames.flatMap((split) => [`${split}_images`, `${split}_labels`] as const);

/** The convention's arrays in the zip, and the names of all else. */
export function arraysOf(contents: ZipContents): {
  readonly known: Map<ArrayName, ZipMember>;
  readonly unused: readonly string[];
} {
  const known = new Map<ArrayName, ZipMember>();
  const unused: string[] = [];
  for (const member of contents.members) {
    const name = arrayNames.find((array) => member.name === `${array}.npy` || member.name === array);
    if (name === undefined) unused.push(member.name);
    else known.set(name, member);
  }
  return { known, unused };
}

/** Adds `split-incomplete` and `split-missing` by names alone. */
export function checkSplits(
  known: ReadonlyMap<ArrayName, unknown>,
  unused: readonly string[],
  fileName: string,
  problems: Problems,
): void {
  if (known.size === 0) return problems.add(noneKnown(unused, fileName));
  for (const split of splitNames) {
    const images = known.has(`${split}_images`);
    const labels = known.has(`${split}_labels`);
    if (images !== labels) {
      const [has, lacks] = images ? ['images', 'labels'] : ['labels', 'images'];
      const row = { where: `${split} split`, found: `${split}_${has}`, expected: `${split}_images and ${split}_labels` };
      const help = {
        remedy: `Add “${split}_${lacks}” to the file, or leave out “${split}_${has}” if the split is not meant to be used.`,
      };
      problems.add(problem('split-incomplete', `The file holds “${split}_${has}” and no “${split}_${lacks}”.`, row, help));
    } else if (!images && split === 'train') {
      const row = { where: 'train split', found: 'none', expected: 'train_images and train_labels' };
      problems.add(
        problem('split-missing', 'The file has no training split.', row, { remedy: 'Add train_images and train_labels.' }),
      );
    } else if (!images && split === 'val') {
      problems.add(noValidation(fileName));
    }
  }
}

function noValidation(fileName: string): StudioErrorData {
  const carve =
    "k = np.random.default_rng(0).permutation(len(d['train_images'])); n = len(k) // 10; " +
    "d.update(val_images=d['train_images'][k[:n]], val_labels=d['train_labels'][k[:n]], " +
    "train_images=d['train_images'][k[n:]], train_labels=d['train_labels'][k[n:]])";
  return problem(
    'split-missing',
    'The file has no validation split. The best epoch is chosen on validation images; choosing it on test images would make the test score too high.',
    { where: 'val split', found: 'none', expected: 'val_images and val_labels' },
    {
      remedy:
        'The line moves a random tenth of the training images to a validation split. Keep images of one patient together if yours belong to patients.',
      fix: numpyFix(fileName, carve),
    },
  );
}

function noneKnown(unused: readonly string[], fileName: string): StudioErrorData {
  const names = unused.map((name) => name.replace(/\.npy$/, ''));
  const found =
    names.length === 0
      ? 'no arrays'
      : names
          .slice(0, 8)
          .map((name) => shown(name))
          .join(', ');
  const keras = ['x_train', 'y_train'].every((name) => names.includes(name));
  const rename =
    "d = {'train_images': d['x_train'][:-len(d['x_train']) // 10], 'train_labels': d['y_train'][:-len(d['y_train']) // 10], " +
    "'val_images': d['x_train'][-len(d['x_train']) // 10:], 'val_labels': d['y_train'][-len(d['y_train']) // 10:]}" +
    (names.includes('x_test') && names.includes('y_test') ? " | {'test_images': d['x_test'], 'test_labels': d['y_test']}" : '');
  return problem(
    'split-missing',
    'The file holds none of the arrays of the MedMNIST convention.',
    {
      where: 'arrays',
      found,
      expected: 'train_images, train_labels, val_images, val_labels and, if there is one, the test split',
    },
    {
      remedy: keras
        ? 'The line renames the arrays and takes the last tenth of the training images for validation.'
        : 'Save your arrays under these names with numpy.savez_compressed.',
      ...(keras ? { fix: numpyFix(fileName, rename) } : {}),
    },
  );
}

/** What the headers promise of the whole set. */
export interface NpzShape extends Omit<ImageLayout, 'count'> {
  readonly columns: number;
}

/** Checks shapes, formats and counts against one another; null (and problems) where they do not fit. */
export function shapeOfNpz(headers: ReadonlyMap<ArrayName, NpyHeader>, fileName: string, problems: Problems): NpzShape | null {
  let set: NpzShape | null = null;
  let setBy = '';
  let columns: number | null = null;
  let good = true;
  const add = (data: StudioErrorData): void => {
    good = false;
    problems.add(data);
  };
  for (const split of splitNames) {
    const images = headers.get(`${split}_images`);
    const labels = headers.get(`${split}_labels`);
    if (images !== undefined) {
      const wrongDtype = imageDtypeProblem(`${split}_images`, images, fileName);
      if (wrongDtype !== null) add(wrongDtype);
      const layout = layoutOf(`${split}_images`, images.shape, fileName);
      if ('code' in layout) add(layout);
      else if (layout.count === 0) add(emptySplit(split, `${split}_images`));
      else {
        const { height, width, channels } = layout;
        if (set === null) [set, setBy] = [{ height, width, channels, columns: 1 }, split];
        else if (set.height !== height || set.width !== width || set.channels !== channels) {
          const text = (of: Omit<ImageLayout, 'count'>): string => `${of.height} x ${of.width} x ${of.channels}`;
          add(differs(`${split}_images`, text(layout), `${text(set)}, as in ${setBy}_images`));
        }
      }
    }
    if (labels !== undefined) {
      const width = labelColumns(`${split}_labels`, labels.shape);
      if (typeof width !== 'number') add(width);
      else if (labels.shape[0] === 0 && images?.shape[0] !== 0) add(emptySplit(split, `${split}_labels`));
      else if (columns === null) columns = width;
      else if (columns !== width) add(differs(`${split}_labels`, `${width} columns`, `${columns}, as in the splits before`));
    }
    const [imageCount, labelCount] = [images?.shape[0], labels?.shape[0]];
    if (imageCount !== undefined && labelCount !== undefined && imageCount !== labelCount && imageCount > 0 && labelCount > 0) {
      const found = `${countText(imageCount)} images and ${countText(labelCount)} labels`;
      const row = { where: `${split} split`, found, expected: 'one label for each image' };
      const help = { remedy: 'Images and labels may have come out of step; make the split again from its source.' };
      add(problem('count-mismatch', `The ${split} split has ${found}.`, row, help));
    }
  }
  return good && set !== null && columns !== null ? { ...set, columns } : null;
}

function emptySplit(split: SplitName, array: string): StudioErrorData {
  const row = { where: `${array}.npy, shape`, found: '0 rows', expected: 'at least 1' };
  const help = {
    remedy: split === 'test' ? 'Leave out the test arrays if there is no test split.' : 'Put images into the split.',
  };
  return problem('split-empty', `The ${split} split is empty.`, row, help);
}

function differs(array: string, found: string, expected: string): StudioErrorData {
  const row = { where: `${array}.npy, shape`, found, expected };
  return problem('split-shape', `“${array}” is shaped unlike the other splits.`, row, {
    remedy: 'All splits must have images of one size and labels of one kind.',
  });
}
