/**
 * Who took from whom around some kernels, as a graph small enough to draw, and when, as lanes of a time-line. Both are
 * the same for the same merges: ties go to the lower index.
 */
import type { LogColumns } from './mergeLog.ts';
import { topTakings, type Taking } from './mergeFilter.ts';

export interface FlowNode {
  readonly kernel: number;
  readonly chosen: boolean;
  /** Merges in which it took a share, and in which it gave one, of those in the graph. */
  readonly took: number;
  readonly gave: number;
}

export interface MergeFlow {
  /** In the order round the circle: kernels that exchange much stand side by side. */
  readonly nodes: readonly FlowNode[];
  readonly edges: readonly Taking[];
  /** Partners of the chosen kernels that are not in the graph. */
  readonly left: number;
}

/** Most nodes that a circle of this size tells apart. */
export const mostNodes = 60;
const mostActive = 24;

/**
 * @param counts `counts[i * kernels + j]`: how often i took from j
 * @param chosen the kernels in question with their partners; none: the most active ones among themselves
 */
export function mergeFlow(counts: Uint32Array, kernels: number, chosen: readonly number[]): MergeFlow {
  const both = (a: number, b: number) => (counts[a * kernels + b] ?? 0) + (counts[b * kernels + a] ?? 0);
  const all = Array.from({ length: kernels }, (_, k) => k);
  const inside = chosen.filter((kernel) => kernel < kernels);
  const weightOf = (kernel: number, others: readonly number[]) => others.reduce((sum, other) => sum + both(kernel, other), 0);
  const ranked = (candidates: readonly number[], others: readonly number[]) =>
    candidates
      .map((kernel) => ({ kernel, weight: weightOf(kernel, others) }))
      .filter(({ weight }) => weight > 0)
      .toSorted((a, b) => b.weight - a.weight || a.kernel - b.kernel)
      .map(({ kernel }) => kernel);

  const centre = inside.slice(0, mostNodes);
  const partners =
    centre.length === 0
      ? ranked(all, all)
      : ranked(
          all.filter((kernel) => !centre.includes(kernel)),
          centre,
        );
  const room = centre.length === 0 ? mostActive : mostNodes - centre.length;
  const members = [...centre, ...partners.slice(0, room)];
  const isCentre = new Set(centre);
  const edges = topTakings(counts, kernels, counts.length)
    .filter(({ i, j }) => members.includes(i) && members.includes(j))
    .filter(({ i, j }) => centre.length === 0 || isCentre.has(i) || isCentre.has(j))
    .toSorted((a, b) => b.times - a.times || a.i - b.i || a.j - b.j);
  const nodes = round(members, both).map((kernel) => ({
    kernel,
    chosen: isCentre.has(kernel),
    took: sum(edges.filter(({ i }) => i === kernel)),
    gave: sum(edges.filter(({ j }) => j === kernel)),
  }));
  return { nodes, edges, left: Math.max(0, inside.length + partners.length - members.length) * (centre.length > 0 ? 1 : 0) };
}

/** From the kernel with most exchange always on to the one that exchanges most with the last. */
function round(members: readonly number[], both: (a: number, b: number) => number): number[] {
  const rest = new Set(members.toSorted((a, b) => a - b));
  const strongest = (weight: (kernel: number) => number) =>
    [...rest].reduce<number | null>((best, kernel) => (best === null || weight(kernel) > weight(best) ? kernel : best), null);
  const order: number[] = [];
  let next = strongest((kernel) => members.reduce((total, other) => total + both(kernel, other), 0));
  while (next !== null) {
    const last = next;
    order.push(last);
    rest.delete(last);
    next = strongest((kernel) => both(kernel, last));
  }
  return order;
}

const sum = (edges: readonly Taking[]): number => edges.reduce((total, { times }) => total + times, 0);

export interface Lane {
  /** The kernel that took. */
  readonly kernel: number;
  readonly merges: number;
}

export interface TimeLine {
  /** The most active first. */
  readonly lanes: readonly Lane[];
  /** Merges by lane and bin: `counts[lane * bins + bin]`. */
  readonly counts: Uint32Array;
  readonly bins: number;
  readonly firstStep: number;
  readonly lastStep: number;
  readonly most: number;
}

/** The merges of `rows` by the kernel that took, over `bins` equal parts of the steps from `firstStep` to `lastStep`. */
export function timeLine(
  { i, step }: LogColumns,
  rows: Uint32Array,
  { firstStep, lastStep, bins, lanes: mostLanes }: { firstStep: number; lastStep: number; bins: number; lanes: number },
): TimeLine {
  const totals = new Map<number, number>();
  for (const row of rows) totals.set(i[row] ?? 0, (totals.get(i[row] ?? 0) ?? 0) + 1);
  const lanes = [...totals]
    .map(([kernel, merges]) => ({ kernel, merges }))
    .toSorted((a, b) => b.merges - a.merges || a.kernel - b.kernel)
    .slice(0, mostLanes);
  const laneOf = new Map(lanes.map(({ kernel }, lane) => [kernel, lane]));
  const counts = new Uint32Array(lanes.length * bins);
  const width = Math.max(1, lastStep - firstStep + 1);
  for (const row of rows) {
    const lane = laneOf.get(i[row] ?? 0);
    const at = (step[row] ?? 0) - firstStep;
    if (lane === undefined || at < 0 || at >= width) continue;
    const bin = lane * bins + Math.floor((at / width) * bins);
    counts[bin] = (counts[bin] ?? 0) + 1;
  }
  return { lanes, counts, bins, firstStep, lastStep, most: counts.reduce((most, count) => Math.max(most, count), 0) };
}
