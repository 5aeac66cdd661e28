/** Curves as the lines and rows that a chart draws. */
import type { CurveLine, CurvePoint, Curves } from '../../store/curves.ts';
import { isBanded, type ArmLook } from '../../report/looks.ts';

export type Scope = 'finetune' | 'all';

/** What a line looks like; the backbone is one of them. */
export type LineLook = ArmLook | 'backbone';

/** One line as it is drawn. */
export interface DrawnLine {
  readonly name: string;
  readonly title: string;
  readonly look: LineLook;
  /** Means over as many seeds as any point has. */
  readonly full: readonly CurvePoint[];
  /** Means over fewer seeds, from the last full one on: drawn dotted. Empty for the backbone. */
  readonly few: readonly CurvePoint[];
  /** Every seed's own curve within the axis. */
  readonly each: readonly (readonly CurvePoint[])[];
  /** The same of the training images, over as many seeds as any point has; empty where it is not drawn. */
  readonly training: readonly CurvePoint[];
  /** Null where there is no point. */
  readonly end: LineEnd | null;
}

export interface LineEnd {
  readonly x: number;
  readonly y: number;
  readonly n: number;
  /** The last point of the dotted part, if there is one. */
  readonly few: { readonly x: number; readonly y: number; readonly n: number } | null;
}

export interface ChartModel {
  /** The backbone first, then the arms in the order of the recipe. */
  readonly lines: readonly DrawnLine[];
  readonly low: number;
  readonly high: number;
  /** Most seeds in any mean. */
  readonly seeds: number;
}

/** The curves within [from, to]; `bands` also makes room for the range of each full point of those that have one. */
export function chartModel(curves: Curves, from: number, to: number, bands: boolean): ChartModel {
  let low = Infinity;
  let high = -Infinity;
  let seeds = 0;
  const within = (point: CurvePoint) => point.x >= from - 1e-9 && point.x <= to + 1e-9;
  const drawn = (line: Omit<CurveLine, 'look'> & { readonly look: LineLook }): DrawnLine => {
    const { name, title, look } = line;
    const points = line.points.filter(within);
    let most = 0;
    for (const point of points) most = Math.max(most, point.n);
    seeds = Math.max(seeds, most);
    const full = points.filter((point) => point.n === most);
    const lastFull = full.at(-1);
    const last = points.at(-1);
    const spread = bands && (look === 'backbone' || isBanded(look));
    for (const point of points) {
      const banded = spread && point.n === most;
      low = Math.min(low, banded ? point.low : point.mean);
      high = Math.max(high, banded ? point.high : point.mean);
    }
    const end =
      lastFull === undefined || last === undefined
        ? null
        : {
            x: lastFull.x,
            y: lastFull.mean,
            n: most,
            few: last === lastFull ? null : { x: last.x, y: last.mean, n: last.n },
          };
    const each = line.each.map((own) => own.filter(within));
    const beside = (line.training ?? []).filter(within);
    const mostBeside = beside.reduce((highest, { n }) => Math.max(highest, n), 0);
    const training = beside.filter(({ n }) => n === mostBeside);
    for (const { mean } of training) [low, high] = [Math.min(low, mean), Math.max(high, mean)];
    // All arms share the backbone's line: how many seeds it averages is said at the crosshair alone.
    if (look === 'backbone') return { name, title, look, full: points, few: [], each, training, end };
    const few = last === lastFull ? [] : points.filter((point) => point.n < most || point === lastFull);
    return { name, title, look, full, few, each, training, end };
  };
  const { backbone: points, backboneTraining: training = [] } = curves;
  const backbone = { name: '', title: 'Backbone', look: 'backbone', points, training, each: [] } as const;
  return { lines: [backbone, ...curves.lines].map(drawn), low, high, seeds };
}

/** Values at one place of the axis, for the crosshair. */
export interface ChartRow {
  readonly x: number;
  readonly values: readonly RowValue[];
}

export interface RowValue {
  readonly line: DrawnLine;
  readonly point: CurvePoint;
  /** Null where the training images have no point. */
  readonly training: CurvePoint | null;
}

export function chartRows({ lines }: ChartModel): ChartRow[] {
  const rows = new Map<number, RowValue[]>();
  for (const line of lines) {
    const beside = new Map(line.training.map((point) => [point.x, point]));
    for (const point of [...line.full, ...line.few]) {
      const row = rows.get(point.x);
      const value = { line, point, training: beside.get(point.x) ?? null };
      if (row === undefined) rows.set(point.x, [value]);
      // The point where the dotted part begins is in both.
      else if (row.at(-1)?.line !== line) row.push(value);
    }
  }
  return [...rows].map(([x, values]) => ({ x, values })).sort((a, b) => a.x - b.x);
}

/**
 * The values of a row, the highest first, as their lines lie. Of more than there is room for, those that are compared, the
 * one pointed at, and the highest.
 */
export function listedValues(
  values: readonly RowValue[],
  pointedAt: string | null,
  most: number,
): { listed: RowValue[]; left: number } {
  const sorted = values.toSorted((a, b) => b.point.mean - a.point.mean);
  if (sorted.length <= most) return { listed: sorted, left: 0 };
  const isKept = ({ line }: RowValue) => line.look === 'baseline' || line.look === 'compared' || line.name === pointedAt;
  const others = sorted.filter((value) => !isKept(value)).slice(0, Math.max(0, most - sorted.filter(isKept).length));
  const listed = sorted.filter((value) => isKept(value) || others.includes(value));
  return { listed, left: sorted.length - listed.length };
}

/** Two curves that stand against one another, for charts of one run each. */
export const twoCurves = (
  upper: { readonly title: string; readonly points: readonly CurvePoint[] } | null,
  lower: { readonly title: string; readonly points: readonly CurvePoint[] } | null,
): readonly CurveLine[] => [
  ...(upper === null ? [] : [{ name: 'upper', look: 'baseline', each: [], ...upper } as const]),
  ...(lower === null ? [] : [{ name: 'lower', look: 'compared', each: [], ...lower } as const]),
];
