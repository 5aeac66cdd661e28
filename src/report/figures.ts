/** The curves of an experiment as figures: validation accuracy and AUC by epoch, training loss by step. */
import { averaged, bandNames, smoothed, type Band, type CurvePoint, type SeedSeries } from './bands.ts';
import { ablationFigures } from './ablation.ts';
import { backboneLook, baselineLook, inmergeLook, moreLook, type Figure, type FigureSeries, type Look } from './figure.ts';
import type { EpochEvent, Study, StudyRun } from './study.ts';

export interface CurveStyle {
  readonly band: Band;
  /** Weight of the past in the moving average of each seed's series; 0 for the raw series. */
  readonly smoothing: number;
  readonly lossLog: boolean;
}

export const plainCurves: CurveStyle = { band: 'std', smoothing: 0, lossLog: true };

/** Of every base its own: curves of different networks are not to be read against one another at a glance. */
export function figuresOf(study: Study, style: CurveStyle = plainCurves): Figure[] {
  const { bases } = study;
  return bases.flatMap(({ base, study: each, title }) =>
    figuresOfOne(each, style).map((figure) => ({
      ...figure,
      id: base.name === null ? figure.id : `${figure.id}-${base.name}`,
      title: bases.length === 1 ? figure.title : `${figure.title}, ${title}`,
    })),
  );
}

function figuresOfOne(study: Study, style: CurveStyle): Figure[] {
  return [
    epochFigure(study, style, 'accuracy', 'Validation accuracy', 'accuracy, %', 100, (event) => event.val.accuracy),
    epochFigure(study, style, 'auc', 'Validation AUC', 'AUC', 1, (event) => event.val.auc),
    lossFigure(study, style),
    ...ablationFigures(study),
  ].flatMap((figure) => figure ?? []);
}

/** The first two arms have the looks they have everywhere; the others follow. */
export function looksOf(study: Study): Map<string | null, Look> {
  const inmerge = study.arms.find((arm) => arm.merges);
  const rest = study.arms.filter((arm) => arm !== study.baseline && arm !== inmerge);
  return new Map<string | null, Look>([
    [null, backboneLook],
    ...(study.baseline === null ? [] : [[study.baseline.name, baselineLook] as const]),
    ...(inmerge === undefined ? [] : [[inmerge.name, inmergeLook] as const]),
    ...rest.map((arm, at) => [arm.name, moreLook(at)] as const),
  ]);
}

const ways = (study: Study): { readonly name: string | null; readonly title: string }[] => [
  { name: null, title: 'Backbone' },
  ...study.arms.map(({ name, title }) => ({ name, title })),
];

function seriesOf(
  study: Study,
  style: CurveStyle,
  read: (run: StudyRun, offset: number) => SeedSeries,
): { series: FigureSeries[]; seeds: number } {
  const looks = looksOf(study);
  const offset = study.recipe.backbone.epochs;
  let seeds = 0;
  const series = ways(study).flatMap(({ name, title }): FigureSeries[] => {
    const look = looks.get(name) ?? backboneLook;
    const each = study.runsOf(name).map((run) => smoothedSeries(read(run, name === null ? 0 : offset), style.smoothing));
    const points = averaged(each, style.band);
    if (points.length === 0) return [];
    seeds = Math.max(seeds, ...points.map((point) => point.n));
    const faint =
      style.band === 'seeds' && each.length > 1
        ? each.map((one): FigureSeries => ({ name: title, look, points: one.map(single), spread: 'none', faint: true }))
        : [];
    const spread = style.band === 'seeds' || style.band === 'none' ? 'none' : 'area';
    return [...faint, { name: title, look, points, spread, faint: false }];
  });
  return { series, seeds };
}

const single = ([x, value]: readonly [number, number]): CurvePoint => ({ x, mean: value, low: value, high: value, n: 1 });

function smoothedSeries(series: SeedSeries, weight: number): SeedSeries {
  if (weight === 0) return series;
  const values = smoothed(
    series.map(([, value]) => value),
    weight,
  );
  return series.map(([x], at) => [x, values[at] ?? Number.NaN]);
}

function captionOf(seeds: number, { band, smoothing }: CurveStyle): string {
  const over =
    seeds === 1 ? 'One seed.' : `Mean over up to ${seeds} seeds, each point over the seeds that have it; ${bandNames[band]}.`;
  return smoothing === 0 ? over : `${over} Smoothed seed by seed, debiased EMA of ${smoothing}.`;
}

const partingOf = (study: Study): Figure['parting'] => ({ x: study.recipe.backbone.epochs, name: 'arms part' });

function epochFigure(
  study: Study,
  style: CurveStyle,
  id: string,
  title: string,
  yLabel: string,
  scale: number,
  pick: (event: EpochEvent) => number | null,
): Figure | null {
  const { series, seeds } = seriesOf(study, style, (run, offset) =>
    run.epochs.map((event) => [event.epoch + offset, pick(event) ?? Number.NaN]),
  );
  if (series.every((each) => each.points.length === 0)) return null;
  const common = { id, title, caption: captionOf(seeds, style), xLabel: 'epoch', yLabel, scale, yLog: false };
  return { ...common, marks: true, xWhole: true, series, levels: [], parting: partingOf(study) };
}

/** Most points of a run's loss in a picture. */
const mostPoints = 300;

function lossFigure(study: Study, style: CurveStyle): Figure | null {
  const perEpoch = Math.max(1, study.started?.stepsPerEpoch ?? 1);
  const longest = Math.max(1, ...study.runs.map((run) => run.losses.reduce((sum, part) => sum + part.length, 0)));
  const width = Math.ceil(longest / mostPoints);
  const { series, seeds } = seriesOf(study, style, (run, offset) => thinned(run.losses, width, offset, perEpoch));
  if (series.length === 0) return null;
  const each = width === 1 ? 'each step' : `means of ${width} steps`;
  return {
    id: 'loss',
    title: 'Training loss',
    caption: `${captionOf(seeds, style)} ${style.lossLog ? 'Logarithmic; ' : ''}${each}.`,
    xLabel: 'epoch',
    yLabel: 'cross-entropy, nats',
    scale: 1,
    yLog: style.lossLog,
    marks: false,
    xWhole: true,
    series,
    levels: [],
    parting: partingOf(study),
  };
}

/** Means of `width` steps, so that every seed has a value at the same places. */
function thinned(parts: readonly Float32Array[], width: number, offset: number, perEpoch: number): [number, number][] {
  const found: [number, number][] = [];
  let sum = 0;
  let count = 0;
  let step = 0;
  for (const part of parts) {
    for (const loss of part) {
      sum += loss;
      step++;
      if (++count < width) continue;
      found.push([offset + (step - (width - 1) / 2) / perEpoch, sum / width]);
      sum = 0;
      count = 0;
    }
  }
  return found;
}
