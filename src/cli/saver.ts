/**
 * When to save, and saving: at safe points, after a time that keeps its cost small, and once after every run that ended. A
 * save that the disk refuses is told and tried again; training goes on, and the older save stays whole.
 */
import { StudioError } from '../base/errors.ts';
import { Slots } from '../storage/slots.ts';
import type { SavedRun } from './identity.ts';
import type { NodeFolder } from './nodeFolder.ts';
import type { Screen } from './screen.ts';

const defaultIntervalMs = 20_000;
/** Saving takes at most a fiftieth of the time. */
const timesItsCost = 50;

export class Saver {
  readonly #slots: Slots;
  #savedAt = performance.now();
  #costMs = 0;
  #asked = false;
  #refused = false;

  /** @param intervalMs null for the default, which grows where saving is slow */
  constructor(
    folder: NodeFolder,
    private readonly intervalMs: number | null,
    private readonly screen: Screen,
  ) {
    this.#slots = new Slots(folder);
  }

  /** Asks for a save at the next safe point. */
  ask(): void {
    this.#asked = true;
  }

  get isDue(): boolean {
    const interval = this.intervalMs ?? Math.max(defaultIntervalMs, timesItsCost * this.#costMs);
    return this.#asked || performance.now() - this.#savedAt >= interval;
  }

  /** @returns whether it is saved */
  async save(value: () => Promise<SavedRun>): Promise<boolean> {
    const began = performance.now();
    const saved = await value();
    this.#asked = false;
    try {
      await this.#slots.save(saved);
      if (this.#refused) this.screen.line('Saving works again.');
      this.#refused = false;
    } catch (thrown) {
      if (!this.#refused) this.screen.line(`warning ${refusal(thrown)} Training goes on; the checkpoint before it stays.`);
      this.#refused = true;
    }
    this.#savedAt = performance.now();
    this.#costMs = this.#savedAt - began;
    return !this.#refused;
  }
}

function refusal(thrown: unknown): string {
  if (thrown instanceof StudioError) return `${thrown.code}: ${thrown.message}`;
  return `checkpoint-unsaved: ${thrown instanceof Error ? thrown.message : String(thrown)}`;
}
