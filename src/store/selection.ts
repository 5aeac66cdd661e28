/**
 * What the user looks at, once for all panels: run, layer, epoch, kernels. It stands in the store and in the address, so
 * that a link opens the same view. What is not chosen (null) follows the experiment: its latest seed, its latest epoch.
 */
import { readDrawn, writeDrawn, type DrawnArms } from './drawn.ts';

export interface Selection {
  /** Name of the base that is shown, a network with its start weights; null: the recipe's own. */
  readonly base: string | null;
  /** Null: the latest seed that has begun. */
  readonly seed: number | null;
  /** Null: both compared arms. */
  readonly arm: string | null;
  /** 0-based convolution; null before the first experiment. */
  readonly layer: number | null;
  /** Fine-tuning epoch, 0 for the backbone's checkpoint; null: the latest. */
  readonly epoch: number | null;
  /** None, one kernel, a pair (the first takes a share of the second), or the kernels of a cluster. */
  readonly kernels: readonly number[];
  /** Arms that the curves are drawn of. */
  readonly drawn: DrawnArms;
}

export const nothingSelected: Selection = {
  base: null,
  seed: null,
  arm: null,
  layer: null,
  epoch: null,
  kernels: [],
  drawn: null,
};

/** Most kernels in a selection: those of the largest layer shown. */
const mostKernels = 2048;

/** Takes a change over. Kernels are of one layer of one network: another one forgets them, unless the change brings its own. */
export function changed(selection: Selection, change: Partial<Selection>): Selection {
  const layerChanges = change.layer !== undefined && change.layer !== selection.layer;
  const baseChanges = change.base !== undefined && change.base !== selection.base;
  return { ...selection, ...(layerChanges || baseChanges ? { kernels: [] } : {}), ...change };
}

export const sameSelection = (a: Selection, b: Selection): boolean => selectionParts(a).join() === selectionParts(b).join();

export interface PairIndex {
  readonly i: number;
  readonly j: number;
}

/** The pair, where exactly two kernels are selected. */
export function pairOf({ kernels }: Selection): PairIndex | null {
  const [i, j, more] = kernels;
  return i === undefined || j === undefined || more !== undefined ? null : { i, j };
}

/** The parts of an address's hash that say what is selected: `layer=5`, `kernels=137,402`, `lines=tau-0.1,tau-0.2`. */
export function selectionParts({ base, seed, arm, layer, epoch, kernels, drawn }: Selection): string[] {
  return [
    ...(base === null ? [] : [`base=${encodeURIComponent(base)}`]),
    ...(seed === null ? [] : [`seed=${seed}`]),
    ...(arm === null ? [] : [`arm=${encodeURIComponent(arm)}`]),
    ...(layer === null ? [] : [`layer=${layer}`]),
    ...(epoch === null ? [] : [`epoch=${epoch}`]),
    ...(kernels.length === 0 ? [] : [`kernels=${writeRanges(kernels)}`]),
    ...(drawn === null ? [] : [`lines=${writeDrawn(drawn)}`]),
  ];
}

/** What a hash selects. It comes from anyone: what does not fit is left out. */
export function readSelection(hash: string): Selection {
  const entries = new Map(
    hash
      .replace(/^#/, '')
      .split('&')
      .map((entry) => [entry.slice(0, entry.indexOf('=')), entry.slice(entry.indexOf('=') + 1)]),
  );
  const integer = (name: string) => {
    const text = entries.get(name) ?? '';
    return /^\d{1,9}$/.test(text) ? Number(text) : null;
  };
  return {
    base: nameIn(entries.get('base')),
    seed: integer('seed'),
    arm: nameIn(entries.get('arm')),
    layer: integer('layer'),
    epoch: integer('epoch'),
    kernels: readRanges(entries.get('kernels') ?? ''),
    drawn: readDrawn(entries.get('lines') ?? ''),
  };
}

function nameIn(text: string | undefined): string | null {
  if (text === undefined || text === '' || text.length > 200) return null;
  try {
    return decodeURIComponent(text);
  } catch {
    return null;
  }
}

/** `137,402`, and `3-9` where more than two follow one another. */
export function writeRanges(kernels: readonly number[]): string {
  const parts: string[] = [];
  for (let from = 0; from < kernels.length;) {
    let to = from;
    while (kernels[to + 1] === (kernels[to] ?? 0) + 1) to++;
    if (to - from >= 2) parts.push(`${kernels[from]}-${kernels[to]}`);
    else parts.push(...kernels.slice(from, to + 1).map(String));
    from = to + 1;
  }
  return parts.join(',');
}

export function readRanges(text: string): number[] {
  const kernels = new Set<number>();
  for (const part of text.slice(0, 20_000).split(',')) {
    const match = /^(\d{1,5})(?:-(\d{1,5}))?$/.exec(part);
    if (match === null) continue;
    const from = Number(match[1]);
    const to = Number(match[2] ?? match[1]);
    for (let kernel = from; kernel <= to && kernels.size < mostKernels; kernel++) kernels.add(kernel);
  }
  return [...kernels];
}
