/**
 * Durable saving in two slots: a save goes to the slot that is not the newest whole one, so that a crash at any moment
 * leaves the older or the newer save, never half of one. What a file is made of is the caller's affair (`base/container`).
 */
import { decodeContainer, encodeContainer } from '../base/container.ts';

/** A folder of files. `write` replaces a file as a whole or not at all. */
export interface Folder {
  read(name: string): Promise<Blob | null>;
  write(name: string, pieces: readonly Uint8Array<ArrayBuffer>[]): Promise<void>;
  list(): Promise<string[]>;
  folder(name: string): Folder;
  /** Removes a file or a folder with all it holds; nothing where it is absent. */
  remove(name: string): Promise<void>;
}

const slotNames = ['a.ckpt', 'b.ckpt'] as const;

interface Sealed {
  readonly sequence: number;
  readonly value: unknown;
}

export interface Loaded {
  readonly value: unknown;
  /** True where one of the slots was damaged and the other was taken. */
  readonly damaged: boolean;
}

/** The newest whole save of a folder; null where there is none. */
export async function load(folder: Folder): Promise<Loaded | null> {
  const { newest, damaged } = await survey(folder);
  return newest === null ? null : { value: newest.sealed.value, damaged };
}

/** Saves and reads back; only then does the new save count. */
export class Slots {
  #next: { slot: number; sequence: number } | null = null;

  constructor(private readonly folder: Folder) {}

  /** @returns bytes written */
  async save(value: unknown): Promise<number> {
    this.#next ??= await this.#firstTarget();
    const { slot, sequence } = this.#next;
    const pieces = await encodeContainer({ sequence, value } satisfies Sealed);
    const name = slotNames[slot] as string;
    await this.folder.write(name, pieces);
    const written = await this.folder.read(name);
    const wanted = pieces.reduce((sum, piece) => sum + piece.length, 0);
    if (written?.size !== wanted) throw new Error(`The save holds ${written?.size ?? 0} of ${wanted} bytes.`);
    this.#next = { slot: 1 - slot, sequence: sequence + 1 };
    return wanted;
  }

  async #firstTarget(): Promise<{ slot: number; sequence: number }> {
    const { newest } = await survey(this.folder);
    return newest === null ? { slot: 0, sequence: 1 } : { slot: 1 - newest.slot, sequence: newest.sealed.sequence + 1 };
  }
}

async function survey(folder: Folder): Promise<{ newest: { slot: number; sealed: Sealed } | null; damaged: boolean }> {
  let newest: { slot: number; sealed: Sealed } | null = null;
  let damaged = false;
  for (const [slot, name] of slotNames.entries()) {
    const file = await folder.read(name);
    // A write that never got anywhere can leave an empty file: that is no save.
    if (file === null || file.size === 0) continue;
    try {
      const sealed = (await decodeContainer(file)) as Sealed;
      if (newest === null || sealed.sequence > newest.sealed.sequence) newest = { slot, sealed };
    } catch {
      damaged = true;
    }
  }
  return { newest, damaged };
}
