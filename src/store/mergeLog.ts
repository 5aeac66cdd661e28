/**
 * Every accepted merge of an experiment as columns, with the rows of each layer indexed as they arrive, so that a
 * list of a million events filters and scrolls without a scan.
 */
import type { MergeColumns } from '../experiment/events.ts';
import { Column } from './column.ts';

export interface MergeRow {
  readonly seed: number;
  readonly arm: string;
  readonly epoch: number;
  readonly step: number;
  readonly layer: number;
  readonly i: number;
  readonly j: number;
  readonly similarity: number;
}

/** The columns as they are now: views that the next merges may outdate. */
export interface LogColumns {
  readonly seed: Uint32Array;
  /** Index into `arms`. */
  readonly arm: Uint8Array;
  readonly epoch: Uint16Array;
  readonly step: Uint32Array;
  readonly layer: Uint16Array;
  readonly i: Uint16Array;
  readonly j: Uint16Array;
  readonly similarity: Float32Array;
}

export class MergeLog {
  readonly #seed = new Column((n) => new Uint32Array(n));
  readonly #arm = new Column((n) => new Uint8Array(n));
  readonly #epoch = new Column((n) => new Uint16Array(n));
  readonly #step = new Column((n) => new Uint32Array(n));
  readonly #layer = new Column((n) => new Uint16Array(n));
  readonly #i = new Column((n) => new Uint16Array(n));
  readonly #j = new Column((n) => new Uint16Array(n));
  readonly #similarity = new Column((n) => new Float32Array(n));
  readonly #byLayer = new Map<number, Column<Uint32Array>>();
  readonly #arms: string[] = [];

  get length(): number {
    return this.#step.length;
  }

  /** Names of the arms that merged, in the order in which they came. */
  get arms(): readonly string[] {
    return this.#arms;
  }

  columns(): LogColumns {
    return {
      seed: this.#seed.view(),
      arm: this.#arm.view(),
      epoch: this.#epoch.view(),
      step: this.#step.view(),
      layer: this.#layer.view(),
      i: this.#i.view(),
      j: this.#j.view(),
      similarity: this.#similarity.view(),
    };
  }

  /** Rows of a layer in the order they happened, as a view; null where there are none. */
  rowsOfLayer(layer: number): Uint32Array | null {
    return this.#byLayer.get(layer)?.view() ?? null;
  }

  append(seed: number, arm: string, epoch: number, merges: MergeColumns): void {
    const start = this.length;
    const count = merges.step.length;
    if (count === 0) return;
    let armIndex = this.#arms.indexOf(arm);
    if (armIndex < 0) armIndex = this.#arms.push(arm) - 1;
    this.#seed.append(new Uint32Array(count).fill(seed));
    this.#arm.append(new Uint8Array(count).fill(armIndex));
    this.#epoch.append(new Uint16Array(count).fill(epoch));
    this.#step.append(merges.step);
    this.#layer.append(merges.layer);
    this.#i.append(merges.i);
    this.#j.append(merges.j);
    this.#similarity.append(merges.similarity);
    for (let k = 0; k < count; k++) this.#rowsOf(merges.layer[k] ?? 0).push(start + k);
  }

  /** Number of events in `layer`, or in all where it is null. */
  count(layer: number | null): number {
    return layer === null ? this.length : (this.#byLayer.get(layer)?.length ?? 0);
  }

  /** The `index`-th event of `layer` (of all where null), in the order they happened. */
  row(index: number, layer: number | null): MergeRow | null {
    if (index < 0 || index >= this.count(layer)) return null;
    const at = layer === null ? index : (this.#byLayer.get(layer)?.at(index) ?? 0);
    return {
      seed: this.#seed.at(at),
      arm: this.#arms[this.#arm.at(at)] ?? '',
      epoch: this.#epoch.at(at),
      step: this.#step.at(at),
      layer: this.#layer.at(at),
      i: this.#i.at(at),
      j: this.#j.at(at),
      similarity: this.#similarity.at(at),
    };
  }

  /** How often i and j of `layer` merged with one another, either way, and the last such row. */
  ofPair(layer: number, i: number, j: number): { times: number; last: MergeRow | null } {
    const rows = this.#byLayer.get(layer);
    let times = 0;
    let last = -1;
    for (let k = 0; rows !== undefined && k < rows.length; k++) {
      const at = rows.at(k);
      const a = this.#i.at(at);
      const b = this.#j.at(at);
      if ((a === i && b === j) || (a === j && b === i)) {
        times++;
        last = at;
      }
    }
    return { times, last: last < 0 ? null : this.row(last, null) };
  }

  #rowsOf(layer: number): Column<Uint32Array> {
    let rows = this.#byLayer.get(layer);
    if (rows === undefined) this.#byLayer.set(layer, (rows = new Column((n) => new Uint32Array(n))));
    return rows;
  }
}
