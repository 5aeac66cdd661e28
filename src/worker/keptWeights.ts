/**
 * The weights of an experiment's finished runs, so that its networks can be looked at. They stand among the finished runs;
 * those of this tab are in memory, too, for as long as there is room: where the browser gives no storage, nowhere else.
 */
import { decodeContainer } from '../base/container.ts';
import type { ImageFacts, ImageShape } from '../data/picture.ts';
import type { Task } from '../data/dataset.ts';
import { runName, wayOf, type RunKey } from '../experiment/events.ts';
import type { StoredRun } from '../experiment/runStore.ts';
import { buildNetwork } from '../model/buildNetwork.ts';
import type { Weights } from '../model/initialWeights.ts';
import type { Network } from '../model/network.ts';
import { SafetensorsFile } from '../model/safetensors.ts';
import { readStateDict } from '../model/stateDict.ts';
import { baseOf } from '../recipe/bases.ts';
import { inputShape } from '../recipe/inputShape.ts';
import type { Recipe } from '../recipe/recipe.ts';
import type { GivenWeights } from '../report/bundle.ts';
import type { Started } from '../report/study.ts';
import { refuseOtherRun, weightsFileName } from '../report/weightsFile.ts';
import type { Folder } from '../storage/slots.ts';
import type { FinishedRuns } from './library.ts';

/** All that classifying an image needs. */
export interface Kept {
  readonly network: Network;
  /** Of the selected epoch, in the studio's layout. */
  readonly weights: Weights;
  /** How the dataset stores an image. */
  readonly stored: ImageShape;
  readonly task: Task;
  readonly classNames: readonly string[];
}

export interface KeptIn {
  readonly recipe: Recipe;
  readonly runs: FinishedRuns | null;
  /** The experiment's own, where older builds put weights; null where nothing is saved. */
  readonly folder: Folder | null;
  /** What came with results that were made elsewhere; null where nothing did. */
  readonly given: { readonly weights: GivenWeights; readonly data: NonNullable<Started['data']> } | null;
}

/** Bytes in memory at most. */
const mostInMemory = 256 * 2 ** 20;

export class KeptWeights {
  readonly #in: KeptIn | null;
  readonly #memory = new Map<string, { readonly kept: Kept; readonly bytes: number }>();

  constructor(keptIn: KeptIn | null) {
    this.#in = keptIn;
  }

  hold(run: RunKey, kept: Kept): void {
    const bytes = [...kept.weights.values()].reduce((sum, values) => sum + values.byteLength, 0);
    this.#memory.set(runName(run), { kept, bytes });
    let held = [...this.#memory.values()].reduce((sum, entry) => sum + entry.bytes, 0);
    for (const [name, entry] of this.#memory) {
      if (held <= mostInMemory || this.#memory.size === 1) break;
      this.#memory.delete(name);
      held -= entry.bytes;
    }
  }

  async has(run: RunKey): Promise<boolean> {
    if (this.#memory.has(runName(run)) || (await this.#in?.runs?.has(run)) === true) return true;
    if (this.#in?.given?.weights.has(weightsFileName(run)) === true) return true;
    return ((await this.#in?.folder?.read(olderFile(run))) ?? null) !== null;
  }

  /** Null where they are not kept. @throws StudioError where a file that came with results is not this network's */
  async of(run: RunKey): Promise<Kept | null> {
    const held = this.#memory.get(runName(run));
    if (held !== undefined) return held.kept;
    const stored = (await this.#in?.runs?.read(run)) ?? null;
    if (this.#in !== null && stored?.images !== undefined) return keptOf(this.#in.recipe, run, stored, stored.images);
    const given = this.#in === null ? null : await givenOf(this.#in, run);
    if (given !== null) {
      // Unpacking and checking it takes a while, and robustness asks for the same few again and again.
      this.hold(run, given);
      return given;
    }
    const file = (await this.#in?.folder?.read(olderFile(run))) ?? null;
    return file === null ? null : ((await decodeContainer(file).catch(() => null)) as Kept | null);
  }
}

function keptOf(recipe: Recipe, run: RunKey, { weights }: StoredRun, images: ImageFacts): Kept | null {
  const { height, width, channels, task, classNames } = images;
  const base = baseOf(recipe, run.base);
  if (base === undefined) return null;
  const network = buildNetwork(base.network, inputShape(recipe.input, images), classNames.length);
  return { network, weights, stored: { height, width, channels }, task, classNames };
}

/** How the dataset stored its images is not told with results; what the network takes is. */
async function givenOf({ recipe, given }: KeptIn, run: RunKey): Promise<Kept | null> {
  const file = (await given?.weights.read(weightsFileName(run))) ?? null;
  const base = baseOf(recipe, run.base);
  if (given === null || file === null || base === undefined) return null;
  const { classNames, input, task } = given.data;
  const [height, width, channels] = input;
  const network = buildNetwork(base.network, input, classNames.length);
  const opened = await SafetensorsFile.open(file);
  refuseOtherRun(opened.metadata, run);
  const { weights } = await readStateDict(opened, network);
  return { network, weights, stored: { height, width, channels: channels === 1 ? 1 : 3 }, task, classNames };
}

/** Arms and bases have names of letters, digits and dashes. */
const olderFile = (run: RunKey): string => `weights.${run.seed}.${wayOf(run) ?? 'backbone'}`;
