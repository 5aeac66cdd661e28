/** Curves as the rows a chart draws, and a scale with round ticks. */
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
): ChartModel {
  const ends: Partial<Record<Series, Ends>> = {};
  let low = Infinity;
  let high = -Infinity;
  let seeds = 0;
  const linesOf = (series: Series): SeriesLines => {
    const points = curves[series].filter((point) => point.x >= from - 1e-9 && point.x <= to + 1e-9);
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

/** Round ticks around [low, high], about `count` of them; `floor` and `ceiling` bound what makes sense. */
export function roundTicks(low: number, high: number, count: number, floor: number, ceiling: number): number[] {
  if (!(low <= high)) return [floor, Math.min(ceiling, floor + 1)];
  const span = Math.max(high - low, 1e-4 * Math.max(Math.abs(high), 1e-3));
  const raw = span / count;
  const power = 10 ** Math.floor(Math.log10(raw));
  const step = ([1, 2, 2.5, 5, 10].find((factor) => factor * power >= raw) ?? 10) * power;
  const start = Math.max(floor, Math.floor(low / step + 1e-9) * step);
  const ticks: number[] = [];
  for (let k = 0; k < 20; k++) {
    const tick = Number((start + k * step).toPrecision(10));
    if (tick > ceiling + 1e-12) break;
    ticks.push(tick);
    if (tick >= high - 1e-12) break;
  }
  if (ticks.length < 2) ticks.unshift(Number((start - step).toPrecision(10)));
  return ticks;
}

/** Whole epochs from..to, at most `count` of them. */
export function epochTicks(from: number, to: number, count: number): number[] {
  const step = [1, 2, 5, 10, 20, 50, 100, 200, 500].find((candidate) => (to - from) / candidate <= count) ?? 1000;
  const ticks: number[] = [];
  for (let x = Math.ceil(from / step) * step; x <= to; x += step) ticks.push(x);
  return ticks;
}
