/**
 * The kernels of past epochs of one experiment, on disk beside its saves: written while it trains, read for looking at.
 * Sized before the first epoch and announced with each; where there is no room, training goes on and the page is told.
 */
import { wayOf } from '../experiment/events.ts';
import type { EpochWeights } from '../experiment/inspection.ts';
import {
  encodeSnapshot,
  isKept,
  planSnapshots,
  readSnapshot,
  snapshotBytes,
  type LayerSnapshot,
  type SnapshotPlan,
} from '../experiment/snapshots.ts';
import type { Network } from '../model/network.ts';
import type { Recipe } from '../recipe/recipe.ts';
import type { Folder } from '../storage/slots.ts';
import { storageError } from './library.ts';
import type { KeptEpoch, WorkerEvent } from './protocol.ts';

/** Most bytes for the kernels of one experiment, and the share of the free space that they may take. */
const mostBytes = 2 ** 30;
const mostShare = 0.2;
/** Without storage the kernels stay in this tab's memory, and fewer of them. */
const mostBytesInMemory = 2 ** 27;

export class KernelShelf {
  readonly #folder: Folder;
  readonly #recipe: Recipe;
  readonly #say: (event: WorkerEvent) => void;
  readonly #kept = new Map<string, KeptEpoch>();
  #plan: SnapshotPlan | null = null;
  #bytes = 0;
  #writing: Promise<void> = Promise.resolve();
  #complained = false;

  /** @param folder null: kept in memory, for as long as the page is open */
  private constructor(folder: Folder | null, recipe: Recipe, say: (event: WorkerEvent) => void) {
    this.#folder = folder ?? new MemoryFolder();
    this.#recipe = recipe;
    this.#say = say;
  }

  /** For an experiment that begins or goes on: what is kept already counts. */
  static async toWrite(folder: Folder | null, recipe: Recipe, networks: readonly Network[], say: (event: WorkerEvent) => void) {
    const shelf = new KernelShelf(folder, recipe, say);
    const epochBytes = networks.reduce((sum, network) => sum + snapshotBytes(network), 0);
    shelf.#plan = planSnapshots(recipe, epochBytes, folder === null ? mostBytesInMemory : await room());
    await shelf.#survey();
    shelf.#announce();
    return shelf;
  }

  /** For a past experiment. */
  static async toRead(folder: Folder, recipe: Recipe, say: (event: WorkerEvent) => void) {
    const shelf = new KernelShelf(folder, recipe, say);
    await shelf.#survey();
    shelf.#announce();
    return shelf;
  }

  get bytes(): number {
    return this.#bytes;
  }

  /** Done when all that was given so far is written. */
  settled(): Promise<void> {
    return this.#writing;
  }

  /** Keeps an epoch, if the plan has it. Errors are told, once, and stop nothing. */
  async keep({ run, epoch, network, weights }: EpochWeights): Promise<void> {
    const plan = this.#plan;
    if (plan === null || !isKept(epoch, this.#recipe[run.phase].epochs, plan.every[run.phase])) return;
    // Training goes on while the disk writes; it waits only where the disk is an epoch behind.
    await this.#writing;
    const { seed, arm, base } = run;
    this.#writing = this.#write({ seed, arm, epoch, ...(base === undefined ? {} : { base }) }, encodeSnapshot(network, weights));
  }

  async #write(kept: KeptEpoch, pieces: Uint8Array<ArrayBuffer>[]): Promise<void> {
    const name = fileName(kept);
    try {
      await this.#folder.write(name, pieces);
      if (!this.#kept.has(name)) this.#bytes += pieces.reduce((sum, piece) => sum + piece.length, 0);
      this.#kept.set(name, kept);
      this.#announce();
    } catch (thrown) {
      if (!this.#complained) this.#say({ say: 'kernels-not-kept', error: storageError(thrown) });
      this.#complained = true;
    }
  }

  /** One convolution of a kept epoch; epoch 0 of an arm is the backbone's last. Null where it is not kept. */
  async read(of: KeptEpoch, layer: number): Promise<LayerSnapshot | null> {
    const start = of.arm !== null && of.epoch === 0;
    const file = await this.#folder.read(fileName(start ? { ...of, arm: null, epoch: this.#recipe.backbone.epochs } : of));
    return file === null ? null : readSnapshot(file, layer);
  }

  #announce(): void {
    this.#say({ say: 'kernels-kept', epochs: [...this.#kept.values()], bytes: this.#bytes, plan: this.#plan });
  }

  async #survey(): Promise<void> {
    for (const name of await this.#folder.list()) {
      const kept = epochOf(name);
      if (kept === null) continue;
      this.#kept.set(name, kept);
      this.#bytes += (await this.#folder.read(name))?.size ?? 0;
    }
  }
}

async function room(): Promise<number> {
  if (typeof navigator === 'undefined') return mostBytes;
  const { quota = 0, usage = 0 } = (await navigator.storage?.estimate?.().catch(() => ({}) as StorageEstimate)) ?? {};
  return quota === 0 ? mostBytes : Math.min(mostBytes, mostShare * Math.max(0, quota - usage));
}

const ending = '.kernels';

/** `0.3.kernels` for the backbone of seed 0 after epoch 3, `0.3.inmerge.kernels` for an arm, `0.3.inmerge+vgg11.kernels` on another base. */
function fileName({ seed, epoch, ...run }: KeptEpoch): string {
  const way = wayOf(run);
  return `${seed}.${epoch}${way === null ? '' : `.${encodeURIComponent(way).replace('%2B', '+')}`}${ending}`;
}

function epochOf(name: string): KeptEpoch | null {
  const match = /^(\d+)\.(\d+)(?:\.(.+))?\.kernels$/.exec(name);
  if (match === null) return null;
  const [arm = '', base] = decodeURIComponent(match[3] ?? '').split('+');
  const of = { seed: Number(match[1]), epoch: Number(match[2]), arm: arm === '' ? null : arm };
  return base === undefined ? of : { ...of, base };
}

class MemoryFolder implements Folder {
  readonly #files = new Map<string, Blob>();

  read(name: string): Promise<Blob | null> {
    return Promise.resolve(this.#files.get(name) ?? null);
  }

  write(name: string, pieces: readonly Uint8Array<ArrayBuffer>[]): Promise<void> {
    this.#files.set(name, new Blob([...pieces]));
    return Promise.resolve();
  }

  list(): Promise<string[]> {
    return Promise.resolve([...this.#files.keys()]);
  }

  folder(): Folder {
    return new MemoryFolder();
  }

  remove(name: string): Promise<void> {
    this.#files.delete(name);
    return Promise.resolve();
  }
}
