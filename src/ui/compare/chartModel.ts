/** Curves as the rows a chart draws. */
import type { CurvePoint } from '../../store/curves.ts';

export type Scope = 'finetune' | 'all';
export type Series = 'backbone' | 'baseline' | 'inmerge';

export const allSeries: readonly Series[] = ['backbone', 'baseline', 'inmerge'];

/** One series as it is drawn. */
export interface SeriesLines {
  /** Means over as many seeds as any point has. */
  readonly full: readonly CurvePoint[];
  /** Means over fewer seeds, from the last full one on: drawn dashed. Empty for the backbone. */
  readonly few: readonly CurvePoint[];
}

export interface Ends {
  readonly x: number;
  readonly y: number;
  readonly n: number;
  /** The last point of the dashed part, if there is one. */
  readonly few: { readonly x: number; readonly y: number; readonly n: number } | null;
}

export interface ChartModel {
  readonly lines: Readonly<Record<Series, SeriesLines>>;
  /** Every seed's own curve within the axis. */
  readonly each: Readonly<Record<'baseline' | 'inmerge', readonly (readonly CurvePoint[])[]>>;
  readonly ends: Partial<Record<Series, Ends>>;
  readonly low: number;
  readonly high: number;
  /** Most seeds in any mean. */
  readonly seeds: number;
}

/** The three curves within [from, to]; `bands` also makes room for the range of each full point. */
export function chartModel(
  curves: Readonly<Record<Series, readonly CurvePoint[]>>,
  from: number,
  to: number,
  bands: boolean,
  each: ChartModel['each'] = { baseline: [], inmerge: [] },
): ChartModel {
  const ends: Partial<Record<Series, Ends>> = {};
  let low = Infinity;
  let high = -Infinity;
  let seeds = 0;
  const within = (point: CurvePoint) => point.x >= from - 1e-9 && point.x <= to + 1e-9;
  const seedsOf = (series: 'baseline' | 'inmerge') => each[series].map((points) => points.filter(within));
  const linesOf = (series: Series): SeriesLines => {
    const points = curves[series].filter(within);
    let most = 0;
    for (const point of points) most = Math.max(most, point.n);
    seeds = Math.max(seeds, most);
    const full = points.filter((point) => point.n === most);
    const lastFull = full.at(-1);
    const last = points.at(-1);
    for (const point of points) {
      const banded = bands && point.n === most;
      low = Math.min(low, banded ? point.low : point.mean);
      high = Math.max(high, banded ? point.high : point.mean);
    }
    if (lastFull !== undefined && last !== undefined) {
      ends[series] = {
        x: lastFull.x,
        y: lastFull.mean,
        n: most,
        few: last === lastFull ? null : { x: last.x, y: last.mean, n: last.n },
      };
    }
    // All arms share the backbone's line: how many seeds it averages is said at the crosshair alone.
    return series === 'backbone'
      ? { full: points, few: [] }
      : { full, few: last === lastFull ? [] : points.filter((point) => point.n < most || point === lastFull) };
  };
  return {
    lines: { backbone: linesOf('backbone'), baseline: linesOf('baseline'), inmerge: linesOf('inmerge') },
    each: { baseline: seedsOf('baseline'), inmerge: seedsOf('inmerge') },
    ends,
    low,
    high,
    seeds,
  };
}

/** Values at one place of the axis, for the crosshair. */
export interface ChartRow {
  readonly x: number;
  readonly values: Partial<Record<Series, CurvePoint>>;
}

export function chartRows({ lines }: ChartModel): ChartRow[] {
  const rows = new Map<number, { x: number; values: Partial<Record<Series, CurvePoint>> }>();
  for (const series of allSeries) {
    for (const point of [...lines[series].full, ...lines[series].few]) {
      const row = rows.get(point.x);
      if (row === undefined) rows.set(point.x, { x: point.x, values: { [series]: point } });
      else row.values[series] = point;
    }
  }
  return [...rows.values()].sort((a, b) => a.x - b.x);
}
