/**
 * Answers what the page asks about single images of the experiment it shows: pixels of the test split, class scores and
 * Grad-CAM. One question after another; nothing here touches a run that is training.
 */
import { errorData, StudioError } from '../base/errors.ts';
import { BatchSource } from '../data/batches.ts';
import type { Dataset } from '../data/dataset.ts';
import { datasetOfOne, pictureAs, type ImageShape } from '../data/picture.ts';
import { runName, type RunKey } from '../experiment/events.ts';
import type { RunResult } from '../experiment/experimentOptions.ts';
import { runsOf } from '../experiment/plan.ts';
import type { Recipe } from '../recipe/recipe.ts';
import type { ReportFile } from '../report/reportFile.ts';
import { weightsBytes, weightsFile } from '../report/weightsFile.ts';
import type { Folder } from '../storage/slots.ts';
import type { Classifier } from '../train/classifier.ts';
import type { Datasets } from './datasets.ts';
import { KeptWeights, type Kept, type KeptIn } from './keptWeights.ts';
import type { FinishedRuns, Library, Origin } from './library.ts';
import {
  mostImagesAsked,
  type ArmView,
  type ImagePixels,
  type LookAnswer,
  type LookedImage,
  type LookQuestion,
} from './lookProtocol.ts';
import { decodePicture } from './pictures.ts';
import type { WorkerEvent } from './protocol.ts';

/** The experiment that is asked about. */
export interface LookSubject {
  readonly recipe: Recipe;
  readonly datasetSha256: string | null;
  /** How its dataset can be had again; null where only whoever ran it knows. */
  readonly origin: Origin | null;
  /** Where its files stand; null where it is not saved here. */
  readonly folder: Folder | null;
  /** Its runs that are over; null likewise. */
  readonly runs: FinishedRuns | null;
  /** Weights that came with results that were made elsewhere; absent where it was run here. */
  readonly given?: KeptIn['given'];
  /** What computed them; null where only whoever ran it knows. */
  readonly build: string | null;
}

export interface LookingOptions {
  readonly say: (event: WorkerEvent, transfer?: Transferable[]) => void;
  readonly datasets: Datasets;
  readonly library: Promise<Library | null>;
  /** Waits for a device. */
  readonly ready: () => Promise<void>;
}

/** Networks on the device at a time: one for each of two arms. */
const mostOpen = 2;

export class Looking {
  readonly #options: LookingOptions;
  #subject: LookSubject | null = null;
  #weights = new KeptWeights(null);
  #dataset: Dataset | null = null;
  readonly #open = new Map<string, Classifier>();
  #queue: Promise<void> = Promise.resolve();

  constructor(options: LookingOptions) {
    this.#options = options;
  }

  /** From now on questions are about this experiment. */
  show(subject: LookSubject | null): void {
    this.close();
    this.#subject = subject;
    this.#weights = new KeptWeights(subject === null ? null : { given: null, ...subject });
    this.#dataset = null;
  }

  /** The device is about to go, and what stands on it. */
  close(): void {
    for (const classifier of this.#open.values()) classifier.dispose();
    this.#open.clear();
  }

  /** Of a run that has just ended. */
  hold({ run, network, weights }: RunResult, dataset: Dataset): void {
    const { height, width, channels, task, classNames } = dataset;
    this.#weights.hold(run, { network, weights, stored: { height, width, channels }, task, classNames });
  }

  ask(id: number, question: LookQuestion): void {
    this.#queue = this.#queue.then(async () => {
      const { say } = this.#options;
      try {
        const answer = await this.#answer(question);
        say({ say: 'looked', id, answer }, answer.what === 'weights' ? buffersOf(answer.file) : []);
      } catch (thrown) {
        say({ say: 'look-refused', id, error: errorData(thrown) });
      }
    });
  }

  #answer(question: LookQuestion): Promise<LookAnswer> {
    switch (question.what) {
      case 'test-images':
        return this.#testImages(question.images);
      case 'classify':
        return this.#classify(question.image, question.runs, question.classIndex);
      case 'kept-weights':
        return this.#keptWeights();
      case 'weights':
        return this.#weightsOf(question.run);
    }
  }

  async #testImages(images: Uint32Array): Promise<LookAnswer> {
    const dataset = await this.testDataset();
    return { what: 'test-images', ...pixelsOf(dataset, images.subarray(0, mostImagesAsked)) };
  }

  async #classify(image: LookedImage, runs: readonly RunKey[], asked: number | null): Promise<LookAnswer> {
    const { recipe } = this.mustSubject();
    const [first] = runs;
    if (first === undefined) throw new Error('No run was named.');
    const kept = await this.mustKeep(first);
    const { stored, pixels, cutFrom } = await this.#imageOf(image, kept.stored);
    const source = new BatchSource(datasetOfOne({ ...kept, ...stored }, pixels), 'test', recipe.input, null);
    const input = new Float32Array(source.imageLength);
    source.write(0, false, input, 0);

    await this.#options.ready();
    const arms: ArmView[] = [];
    let classIndex = asked;
    for (const run of runs) {
      const classifier = await this.#classifierOf(run);
      const scores = await classifier.scores(input);
      classIndex ??= scores.indexOf(Math.max(...scores));
      const { map, height: mapHeight, width: mapWidth } = await classifier.gradCam(input, classIndex);
      arms.push({ run, scores, map, mapHeight, mapWidth });
    }
    return { what: 'classify', image: { ...stored, pixels }, cutFrom, classIndex: classIndex ?? 0, arms };
  }

  async #keptWeights(): Promise<LookAnswer> {
    const runs: RunKey[] = [];
    let bytes = 0;
    const sizes = new Map<string | undefined, number>();
    for (const run of runsOf(this.mustSubject().recipe)) {
      if (!(await this.keeps(run))) continue;
      // One run of each network says how large all of them are.
      const size = sizes.get(run.base) ?? weightsBytes((await this.mustKeep(run)).network);
      sizes.set(run.base, size);
      runs.push(run);
      bytes += size;
    }
    return { what: 'kept-weights', runs, bytes };
  }

  async #weightsOf(run: RunKey): Promise<LookAnswer> {
    const { recipe, datasetSha256, build } = this.mustSubject();
    const { network, weights } = await this.mustKeep(run);
    const dataset = { name: recipe.dataset.name, sha256: datasetSha256 ?? '' };
    const of = { run, network, weights, build: build ?? '', recipeName: recipe.name, dataset };
    return { what: 'weights', file: weightsFile(of) };
  }

  /** @param supposed how the dataset stores an image, where it is not at hand */
  async #imageOf(image: LookedImage, supposed: ImageShape) {
    if ('testImage' in image) {
      const { pixels, ...stored } = pixelsOf(await this.testDataset(), Uint32Array.of(image.testImage));
      return { stored, pixels, cutFrom: null };
    }
    const { rgba, width, height } = await decodePicture(image.file);
    // Results from elsewhere do not say how the dataset is stored; it may have been opened since.
    const isGiven = (this.#subject?.given ?? null) !== null;
    const { height: rows, width: columns, channels } = (isGiven ? await this.#datasetAtHand() : null) ?? supposed;
    const stored = { height: rows, width: columns, channels };
    return { stored, pixels: pictureAs(stored, rgba), cutFrom: { height, width } };
  }

  async #classifierOf(run: RunKey): Promise<Classifier> {
    const name = runName(run);
    const open = this.#open.get(name);
    if (open !== undefined) return open;
    const { network, task, weights } = await this.mustKeep(run);
    const { Classifier: ClassifierClass } = await import('../train/classifier.ts');
    for (const [other, classifier] of this.#open) {
      if (this.#open.size < mostOpen) break;
      classifier.dispose();
      this.#open.delete(other);
    }
    const classifier = new ClassifierClass(network, task, weights);
    this.#open.set(name, classifier);
    return classifier;
  }

  keeps(run: RunKey): Promise<boolean> {
    return this.#weights.has(run);
  }

  /** @throws StudioError `weights-gone` */
  async mustKeep(run: RunKey): Promise<Kept> {
    this.mustSubject();
    const kept = await this.#weights.of(run);
    if (kept !== null) return kept;
    throw new StudioError({
      code: 'weights-gone',
      message: 'The weights of these networks are not kept on this page, so they cannot be asked about an image.',
      remedy:
        'Drop its whole folder of results or its bundle with weights, or run its recipe again here: the weights are kept as each run ends.',
    });
  }

  /** The dataset of the experiment, which need not be the one that is open. */
  async testDataset(): Promise<Dataset> {
    const dataset = await this.#datasetAtHand();
    if (dataset !== null) return dataset;
    const { origin } = this.mustSubject();
    const name = origin?.kind === 'file' ? origin.fileName : 'the dataset of this experiment';
    throw new StudioError({
      code: 'dataset-gone',
      message: `The test images are not here: ${name} is not kept on this machine.`,
      remedy: `Open ${name} on the Data tab, then come back to this one.`,
    });
  }

  async #datasetAtHand(): Promise<Dataset | null> {
    const { datasetSha256, origin } = this.mustSubject();
    const { datasets, library } = this.#options;
    if (this.#dataset === null && datasetSha256 !== null)
      this.#dataset = (await datasets.find(await library, origin, datasetSha256))?.dataset ?? null;
    return this.#dataset;
  }

  /** @throws StudioError `nothing-to-look-at` */
  mustSubject(): LookSubject {
    if (this.#subject !== null) return this.#subject;
    throw new StudioError({
      code: 'nothing-to-look-at',
      message: 'There is no experiment to ask about an image.',
      remedy: 'Train one, or open a past one from the Data tab.',
    });
  }
}

/** Several pieces may lie in one buffer. */
const buffersOf = ({ pieces }: ReportFile): Transferable[] => [...new Set(pieces.map((piece) => piece.buffer))];

function pixelsOf({ height, width, channels, splits }: Dataset, images: Uint32Array): ImagePixels {
  const length = height * width * channels;
  const { test } = splits;
  const pixels = new Uint8Array(images.length * length);
  images.forEach((image, at) => {
    if (test === null || image >= test.count) throw new Error(`The test split has no image ${image}.`);
    pixels.set(test.images.subarray(image * length, (image + 1) * length), at * length);
  });
  return { height, width, channels, pixels };
}
