/** Curves as the rows a chart draws, and a scale with round ticks. */
import type { CurvePoint } from '../../store/curves.ts';

export type Scope = 'finetune' | 'all';
export type Series = 'backbone' | 'baseline' | 'inmerge';

export interface ChartRow {
  readonly x: number;
  backbone?: number;
  baseline?: number;
  inmerge?: number;
  /** Mean over fewer seeds than have begun: drawn dashed. */
  baselineFew?: number;
  inmergeFew?: number;
  backboneBand?: [number, number];
  baselineBand?: [number, number];
  inmergeBand?: [number, number];
  /** Seeds averaged, by series. */
  n: Partial<Record<Series, number>>;
}

export interface Ends {
  readonly x: number;
  readonly y: number;
  readonly n: number;
  /** The last point of the dashed part, if there is one. */
  readonly few: { readonly x: number; readonly y: number; readonly n: number } | null;
}

export interface ChartModel {
  readonly rows: ChartRow[];
  readonly ends: Partial<Record<Series, Ends>>;
  readonly low: number;
  readonly high: number;
  /** Most seeds in any mean. */
  readonly seeds: number;
}

/** Rows by x of the three curves, within [from, to]; `bands` also draws the range of each point. */
export function chartModel(
  curves: Readonly<Record<Series, readonly CurvePoint[]>>,
  from: number,
  to: number,
  bands: boolean,
): ChartModel {
  const rows = new Map<number, ChartRow>();
  const rowAt = (x: number) => {
    let row = rows.get(x);
    if (row === undefined) rows.set(x, (row = { x, n: {} }));
    return row;
  };
  const ends: Partial<Record<Series, Ends>> = {};
  let low = Infinity;
  let high = -Infinity;
  let seeds = 0;
  for (const series of ['backbone', 'baseline', 'inmerge'] as const) {
    const points = curves[series].filter((point) => point.x >= from - 1e-9 && point.x <= to + 1e-9);
    const most = Math.max(0, ...points.map((point) => point.n));
    seeds = Math.max(seeds, most);
    const lastFull = points.findLast((point) => point.n === most);
    for (const point of points) {
      const row = rowAt(point.x);
      row.n[series] = point.n;
      const full = point.n === most;
      if (series === 'backbone' || full) row[series] = point.mean;
      if (series !== 'backbone' && (!full || point === lastFull)) row[`${series}Few`] = point.mean;
      if (bands && full) row[`${series}Band`] = [point.low, point.high];
      low = Math.min(low, bands && full ? point.low : point.mean);
      high = Math.max(high, bands && full ? point.high : point.mean);
    }
    const last = points.at(-1);
    if (lastFull !== undefined && last !== undefined) {
      ends[series] = {
        x: lastFull.x,
        y: lastFull.mean,
        n: most,
        few: last === lastFull ? null : { x: last.x, y: last.mean, n: last.n },
      };
    }
  }
  return { rows: [...rows.values()].sort((a, b) => a.x - b.x), ends, low, high, seeds };
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
