/**
 * The weights of runs that are over, so that their networks can be looked at: in memory, and beside the experiment's saves
 * where the browser gives the page storage. Each run is one file that is whole or refused.
 */
import { decodeContainer, encodeContainer } from '../base/container.ts';
import type { ImageShape } from '../data/picture.ts';
import type { Task } from '../data/dataset.ts';
import { wayOf, type RunKey } from '../experiment/events.ts';
import type { Weights } from '../model/initialWeights.ts';
import type { Network } from '../model/network.ts';
import type { Folder } from '../storage/slots.ts';

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

/** Weights kept in memory, and kept on disk, of one experiment at most, bytes. */
const mostInMemory = 256 * 2 ** 20;
const mostOnDisk = 512 * 2 ** 20;

export class KeptWeights {
  readonly #folder: Folder | null;
  readonly #memory = new Map<string, { readonly kept: Kept; readonly bytes: number }>();
  #diskBytes = 0;

  /** @param folder the experiment's own; null where nothing is saved */
  constructor(folder: Folder | null) {
    this.#folder = folder;
  }

  /** Never throws: an experiment goes on without its weights being kept. */
  async keep(run: RunKey, kept: Kept): Promise<void> {
    const bytes = [...kept.weights.values()].reduce((sum, values) => sum + values.byteLength, 0);
    this.#memory.set(fileOf(run), { kept, bytes });
    let held = [...this.#memory.values()].reduce((sum, entry) => sum + entry.bytes, 0);
    for (const [name, entry] of this.#memory) {
      if (held <= mostInMemory || this.#memory.size === 1) break;
      this.#memory.delete(name);
      held -= entry.bytes;
    }
    if (this.#folder === null || this.#diskBytes + bytes > mostOnDisk) return;
    try {
      await this.#folder.write(fileOf(run), await encodeContainer(kept));
      this.#diskBytes += bytes;
    } catch {
      // A full disk is told by the experiment's own saves.
    }
  }

  async has(run: RunKey): Promise<boolean> {
    return this.#memory.has(fileOf(run)) || ((await this.#folder?.read(fileOf(run))) ?? null) !== null;
  }

  /** Null where they were not kept. */
  async of(run: RunKey): Promise<Kept | null> {
    const held = this.#memory.get(fileOf(run));
    if (held !== undefined) return held.kept;
    const file = (await this.#folder?.read(fileOf(run))) ?? null;
    return file === null ? null : ((await decodeContainer(file).catch(() => null)) as Kept | null);
  }
}

/** Arms and bases have names of letters, digits and dashes. */
const fileOf = (run: RunKey): string => `weights.${run.seed}.${wayOf(run) ?? 'backbone'}`;
