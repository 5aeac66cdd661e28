/**
 * What two networks of one seed said about the same test images: which runs are set against one another, and which images
 * a gallery shows, the clearest mistakes first.
 */
import { predictionsOf, rightOf, type TestSplit } from '../report/classMetrics.ts';
import { imagesOfCell, type ConfusionCell } from '../report/confusion.ts';
import type { RunKey } from '../experiment/events.ts';
import { armTitle } from '../recipe/arms.ts';
import { comparedArms } from './arms.ts';
import type { ExperimentRecord } from './record.ts';
import type { Selection } from './selection.ts';

export interface ArmPredictions {
  readonly run: RunKey;
  readonly title: string;
  readonly merges: boolean;
  /** Test probabilities [images, classes]. */
  readonly scores: Float32Array;
  /** As they were measured; null before that was told. From the scores, which are kept as float32, they would differ a little. */
  readonly classAuc: readonly (number | null)[] | null;
  /** The class each image was taken for; not of use for multi-label. */
  readonly predicted: Uint16Array;
  /** [images], or [images, classes] for multi-label: whether the answer was right. */
  readonly right: Uint8Array;
  /** Whether all answers about an image were right. */
  readonly imageRight: Uint8Array;
}

export interface Predictions {
  readonly seed: number;
  /** Seeds of which at least one arm was tested. */
  readonly seeds: readonly number[];
  readonly split: TestSplit;
  /** The arm that does not merge, then one that does; one alone where only one was tested. */
  readonly arms: readonly ArmPredictions[];
}

/** Null before the first run of an arm was tested, and where there are no scores. */
export function predictionsFrom(record: ExperimentRecord, selection: Pick<Selection, 'seed' | 'arm'>): Predictions | null {
  const split = record.testSplit;
  if (split === null) return null;
  const { arms } = record.started.recipe;
  const { baseline, inmerge } = comparedArms(record.started.recipe);
  const chosen = arms.find(({ name }) => name === selection.arm && name !== baseline)?.name ?? inmerge;
  const names = [baseline, chosen].filter((name) => name !== null);
  const testedOf = (seed: number) => names.filter((name) => (record.run(seed, name)?.scores ?? null) !== null);
  const seeds = record.seeds.filter((seed) => testedOf(seed).length > 0);
  const seed = seeds.find((each) => each === selection.seed) ?? seeds.findLast((each) => testedOf(each).length === names.length);
  const shown = seed ?? seeds.at(-1);
  if (shown === undefined) return null;
  return {
    seed: shown,
    seeds,
    split,
    arms: names.flatMap((name): ArmPredictions[] => {
      const run = record.run(shown, name);
      if (run === undefined || run.scores === null) return [];
      const merges = arms.find((arm) => arm.name === name)?.merges ?? false;
      const classAuc = run.result?.test?.classAuc ?? null;
      return [{ run: run.key, title: armTitle(name), merges, scores: run.scores, classAuc, ...judged(run.scores, split) }];
    }),
  };
}

function judged(scores: Float32Array, split: TestSplit) {
  const classes = split.classNames.length;
  const right = rightOf(scores, split);
  const predicted = predictionsOf(scores, classes, split.task);
  if (split.task !== 'multi-label') return { predicted, right, imageRight: right };
  const imageRight = Uint8Array.from({ length: scores.length / classes }, (_, image) =>
    Number(right.subarray(image * classes, (image + 1) * classes).every((each) => each === 1)),
  );
  return { predicted, right, imageRight };
}

/** `first` and `second` name the arms by their place. */
export type GalleryFilter = 'wrong' | 'only-first' | 'only-second' | 'both' | 'all';

/** One cell of an arm's confusion table, or of the difference of both: images that stand in it for one arm alone. */
export type ChosenCell = ConfusionCell & { readonly of: 'first' | 'second' | 'difference' };

/** Positions in the test split, the clearest mistake first. */
export function galleryImages({ split, arms }: Predictions, filter: GalleryFilter, cell: ChosenCell | null): Uint32Array {
  const [first, second = first] = arms;
  if (first === undefined || second === undefined) return new Uint32Array();
  const images = cell === null ? filtered(first, second, filter) : cellImages(split, first, second, cell);
  const mistake = Float64Array.from(split.images, (_, image) =>
    Math.max(worstError(first.scores, split, image), worstError(second.scores, split, image)),
  );
  return images.sort((a, b) => (mistake[b] as number) - (mistake[a] as number) || a - b);
}

function filtered(first: ArmPredictions, second: ArmPredictions, filter: GalleryFilter): Uint32Array {
  const keeps = (a: boolean, b: boolean): boolean => {
    switch (filter) {
      case 'wrong':
        return !a || !b;
      case 'only-first':
        return !a && b;
      case 'only-second':
        return a && !b;
      case 'both':
        return !a && !b;
      case 'all':
        return true;
    }
  };
  const all = Uint32Array.from(first.imageRight, (_, image) => image);
  return all.filter((image) => keeps(first.imageRight[image] === 1, second.imageRight[image] === 1));
}

function cellImages(split: TestSplit, first: ArmPredictions, second: ArmPredictions, cell: ChosenCell): Uint32Array {
  if (cell.of !== 'difference') return imagesOfCell(cell.of === 'first' ? first.scores : second.scores, split, cell);
  const [inFirst, inSecond] = [first, second].map(({ scores }) => new Set(imagesOfCell(scores, split, cell)));
  return Uint32Array.from(
    [...(inFirst ?? [])]
      .filter((image) => inSecond?.has(image) === false)
      .concat([...(inSecond ?? [])].filter((image) => inFirst?.has(image) === false)),
  );
}

/** How far the score of the truth is from 1; multi-label: the widest of any label. */
function worstError(scores: Float32Array, { task, classNames, labels }: TestSplit, image: number): number {
  const classes = classNames.length;
  if (task !== 'multi-label') return 1 - (scores[image * classes + (labels[image] as number)] as number);
  let worst = 0;
  for (let k = image * classes; k < (image + 1) * classes; k++)
    worst = Math.max(worst, Math.abs((scores[k] as number) - (labels[k] as number)));
  return worst;
}

/** Classes of an image: its one, or its labels. */
export function truthOf({ task, classNames, labels }: TestSplit, image: number): readonly number[] {
  const classes = classNames.length;
  if (task !== 'multi-label') return [labels[image] as number];
  return classNames.flatMap((_, k) => (labels[image * classes + k] === 1 ? [k] : []));
}

/** Classes an arm gave an image. */
export function answerOf(
  { scores, predicted }: ArmPredictions,
  { task, classNames }: TestSplit,
  image: number,
): readonly number[] {
  const classes = classNames.length;
  if (task !== 'multi-label') return [predicted[image] as number];
  return classNames.flatMap((_, k) => ((scores[image * classes + k] as number) > 0.5 ? [k] : []));
}
