/**
 * What merging did: accepted merges as columns, and counts per layer. Both mergers, GPU and CPU, answer with a `MergeLog`;
 * `MergeTally` adds logs up over an epoch or a run.
 */
import type { TriedPair } from './merge.ref.ts';

/** Accepted merges as columns of equal length, ordered by step, layer, i: kernel i of `layer` took a share of kernel j. */
export interface MergeColumns {
  readonly step: Uint32Array;
  readonly layer: Uint16Array;
  readonly i: Uint16Array;
  readonly j: Uint16Array;
  /** The float32 that decided. */
  readonly similarity: Float32Array;
}

export interface LayerMergeCount {
  readonly layer: number;
  readonly tried: number;
  readonly merged: number;
  /** Highest similarity among the tried pairs; null where none was tried. */
  readonly highest: number | null;
}

export interface MergeLog {
  readonly merges: MergeColumns;
  /** One entry a merging layer, ordered by layer. */
  readonly layers: readonly LayerMergeCount[];
}

/** Adds up merges. One that keeps no events holds its size over any number of steps. */
export class MergeTally {
  readonly #keepsEvents: boolean;
  readonly #counts = new Map<number, { tried: number; merged: number; highest: number | null }>();
  #columns: MergeColumns[] = [];
  #pairs: { step: number; layer: number; pair: TriedPair }[] = [];

  /** @param layers layers that appear in the log even where nothing was tried */
  constructor(layers: readonly number[] = [], options: { keepEvents?: boolean } = {}) {
    this.#keepsEvents = options.keepEvents ?? true;
    for (const layer of layers) this.#count(layer);
  }

  get tried(): number {
    return sumOf([...this.#counts.values()].map((count) => count.tried));
  }

  get merged(): number {
    return sumOf([...this.#counts.values()].map((count) => count.merged));
  }

  /** Highest similarity among all tried pairs; null where none was tried. */
  get highest(): number | null {
    return [...this.#counts.values()].reduce<number | null>((most, { highest }) => higher(most, highest), null);
  }

  /** Adds a whole log; its steps must not be earlier than those already added. */
  add(log: MergeLog): void {
    for (const { layer, tried, merged, highest } of log.layers) {
      const count = this.#count(layer);
      count.tried += tried;
      count.merged += merged;
      count.highest = higher(count.highest, highest);
    }
    if (!this.#keepsEvents || log.merges.step.length === 0) return;
    this.#settle();
    this.#columns.push(log.merges);
  }

  /** Adds one tried pair; pairs must come ordered by step, layer, i. */
  addPair(step: number, layer: number, pair: TriedPair): void {
    const count = this.#count(layer);
    count.tried++;
    if (!Number.isNaN(pair.similarity)) count.highest = higher(count.highest, pair.similarity);
    if (!pair.merged) return;
    count.merged++;
    if (this.#keepsEvents) this.#pairs.push({ step, layer, pair });
  }

  /** Everything added since the start, or since the last `clear`. */
  log(): MergeLog {
    this.#settle();
    const layers = [...this.#counts].map(([layer, count]) => ({ layer, ...count })).toSorted((a, b) => a.layer - b.layer);
    return { merges: joined(this.#columns), layers };
  }

  /** Back to zero, with the same layers. */
  clear(): void {
    for (const count of this.#counts.values()) Object.assign(count, { tried: 0, merged: 0, highest: null });
    this.#columns = [];
    this.#pairs = [];
  }

  #count(layer: number) {
    const known = this.#counts.get(layer);
    if (known !== undefined) return known;
    const count: { tried: number; merged: number; highest: number | null } = { tried: 0, merged: 0, highest: null };
    this.#counts.set(layer, count);
    return count;
  }

  /** Moves loose pairs into columns. */
  #settle(): void {
    const pairs = this.#pairs;
    if (pairs.length === 0) return;
    this.#columns.push({
      step: Uint32Array.from(pairs, ({ step }) => step),
      layer: Uint16Array.from(pairs, ({ layer }) => layer),
      i: Uint16Array.from(pairs, ({ pair }) => pair.i),
      j: Uint16Array.from(pairs, ({ pair }) => pair.j),
      similarity: Float32Array.from(pairs, ({ pair }) => pair.similarity),
    });
    this.#pairs = [];
  }
}

function higher(a: number | null, b: number | null): number | null {
  if (a === null || b === null) return a ?? b;
  return Math.max(a, b);
}

function sumOf(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0);
}

function joined(parts: readonly MergeColumns[]): MergeColumns {
  const length = sumOf(parts.map((part) => part.step.length));
  const all = {
    step: new Uint32Array(length),
    layer: new Uint16Array(length),
    i: new Uint16Array(length),
    j: new Uint16Array(length),
    similarity: new Float32Array(length),
  };
  let at = 0;
  for (const part of parts) {
    all.step.set(part.step, at);
    all.layer.set(part.layer, at);
    all.i.set(part.i, at);
    all.j.set(part.j, at);
    all.similarity.set(part.similarity, at);
    at += part.step.length;
  }
  return all;
}
