/** The curves of an experiment as figures: validation accuracy and AUC by epoch, training loss by step. */
import { averaged, bandNames, smoothed, type Band, type CurvePoint, type SeedSeries } from './bands.ts';
import { ablationFigures } from './ablation.ts';
import {
  backboneLook,
  baselineLook,
  faintLook,
  inmergeLook,
  moreLook,
  type Figure,
  type FigureSeries,
  type Look,
} from './figure.ts';
import { armLooks, isBanded, type ArmLook } from './looks.ts';
import type { EpochEvent, Study, StudyRun } from './study.ts';

export interface CurveStyle {
  readonly band: Band;
  /** Weight of the past in the moving average of each seed's raw losses; 0 for the losses as they are. */
  readonly smoothing: number;
  readonly lossLog: boolean;
  /** Training accuracy beside that of validation, of the backbone and the arms that are compared; left out, it is not drawn. */
  readonly training?: boolean;
  /** Names of the arms that are drawn; all of them where it is left out. */
  readonly arms?: readonly string[];
  /** The merging arm that has the look of InMerge; the first where it is left out. */
  readonly compared?: string | null;
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
    accuracyFigure(study, style),
    epochFigure(study, style, 'auc', 'Validation AUC', 'AUC', 1, (event) => event.val.auc),
    lossFigure(study, style),
    ...ablationFigures(study),
  ].flatMap((figure) => figure ?? []);
}

type Style = Pick<CurveStyle, 'arms' | 'compared'>;

/** What each arm that is drawn looks like, the backbone (null) first. */
export function looksOf(study: Study, style: Style = {}): Map<string | null, Look> {
  return new Map<string | null, Look>([
    [null, backboneLook],
    ...[...armLooksOf(study, style)].map(([name, look]) => [name, figureLook(look)] as const),
  ]);
}

const armLooksOf = (study: Study, { arms, compared }: Style): ReadonlyMap<string, ArmLook> =>
  armLooks(study.arms, compared ?? null, arms ?? study.arms.map(({ name }) => name));

function figureLook(look: ArmLook): Look {
  if (typeof look === 'number') return moreLook(look);
  return look === 'baseline' ? baselineLook : look === 'compared' ? inmergeLook : faintLook;
}

interface Ways {
  readonly series: FigureSeries[];
  /** Most seeds in any mean. */
  readonly seeds: number;
  /** Said after the rest of the caption. */
  readonly notes: readonly string[];
}

/** As on the page, seeds one by one and spreads are drawn of the arms that are compared, where there are others beside them. */
function seriesOf(study: Study, style: CurveStyle, read: (run: StudyRun, offset: number) => SeedSeries): Ways {
  const looks = armLooksOf(study, style);
  const drawn = study.arms.flatMap(({ name, title }) => {
    const look = looks.get(name);
    return look === undefined ? [] : [{ name, title, look: figureLook(look), banded: isBanded(look), faint: look === 'faint' }];
  });
  const backbone = { name: null, title: 'Backbone', look: backboneLook, banded: true, faint: false };
  const offset = study.recipe.backbone.epochs;
  let seeds = 0;
  const seriesOfArm = ({ name, title, look, banded, faint }: (typeof drawn)[number] | typeof backbone): FigureSeries[] => {
    const each = study.runsOf(name).map((run) => read(run, name === null ? 0 : offset));
    const points = averaged(each, style.band);
    if (points.length === 0) return [];
    seeds = Math.max(seeds, ...points.map((point) => point.n));
    const alone =
      style.band === 'seeds' && each.length > 1 && banded
        ? each.map((one): FigureSeries => ({ name: title, look, points: one.map(single), spread: 'none', faint: true }))
        : [];
    const spread = !banded || style.band === 'seeds' || style.band === 'none' ? 'none' : 'area';
    return [...alone, { name: title, look, points, spread, faint }];
  };
  // Grey ones lie under the others.
  const series = [...drawn.filter(({ faint }) => faint), backbone, ...drawn.filter(({ faint }) => !faint)].flatMap(seriesOfArm);
  const compared = drawn.filter(({ banded }) => banded).map(({ title }) => title);
  const grey = drawn.filter(({ faint }) => faint).length;
  const hasSpread = seeds > 1 && style.band !== 'none' && compared.length > 0 && compared.length < drawn.length;
  const notes = [
    ...(hasSpread ? [`Spread of ${compared.join(' and ')}.`] : []),
    ...(grey > 0 ? [`Grey: ${grey} further ${grey === 1 ? 'arm' : 'arms'}.`] : []),
  ];
  return { series, seeds, notes };
}

const single = ([x, value]: readonly [number, number]): CurvePoint => ({ x, mean: value, low: value, high: value, n: 1 });

function captionOf({ seeds, notes }: Ways, band: Band): string {
  const over =
    seeds === 1 ? 'One seed.' : `Mean over up to ${seeds} seeds, each point over the seeds that have it; ${bandNames[band]}.`;
  return [over, ...notes].join(' ');
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
  const ways = seriesOf(study, style, (run, offset) =>
    run.epochs.map((event) => [event.epoch + offset, pick(event) ?? Number.NaN]),
  );
  const { series } = ways;
  if (series.every((each) => each.points.length === 0)) return null;
  const common = { id, title, caption: captionOf(ways, style.band), xLabel: 'epoch', yLabel, scale, yLog: false };
  return { ...common, marks: true, xWhole: true, series, levels: [], parting: partingOf(study) };
}

/** Where training accuracy is drawn, under that of validation. */
function accuracyFigure(study: Study, style: CurveStyle): Figure | null {
  const figure = epochFigure(study, style, 'accuracy', 'Validation accuracy', 'accuracy, %', 100, ({ val }) => val.accuracy);
  if (figure === null || style.training !== true) return figure;
  const beside = trainingSeries(study, style);
  if (beside.length === 0) return figure;
  const caption = `${figure.caption} Dotted: training images, in passing.`;
  return { ...figure, title: 'Validation and training accuracy', caption, series: [...beside, ...figure.series] };
}

/** Means alone, of the backbone and the arms that are compared. */
function trainingSeries(study: Study, style: CurveStyle): FigureSeries[] {
  const { series } = seriesOf(study, { ...style, band: 'none' }, (run, offset) =>
    run.epochs.map((event) => [event.epoch + offset, event.trainAccuracy ?? Number.NaN]),
  );
  const looks = [...armLooksOf(study, style).values()].filter(isBanded).map(figureLook);
  const drawn = series.filter(({ look, points }) => points.length > 0 && (look === backboneLook || looks.includes(look)));
  return drawn.map((each) => ({ ...each, name: `${each.name}, training`, training: true }));
}

/** Most points of a run's loss in a picture. */
const mostPoints = 300;

function lossFigure(study: Study, style: CurveStyle): Figure | null {
  const perEpoch = Math.max(1, study.started?.stepsPerEpoch ?? 1);
  const longest = Math.max(1, ...study.runs.map((run) => run.losses.reduce((sum, part) => sum + part.length, 0)));
  const width = Math.ceil(longest / mostPoints);
  const { smoothing } = style;
  const ways = seriesOf(study, style, (run, offset) => thinned(smoothedLosses(run.losses, smoothing), width, offset, perEpoch));
  const { series } = ways;
  if (series.length === 0) return null;
  const smooth = smoothing === 0 ? '' : `Smoothed seed by seed, debiased EMA of ${smoothing}. `;
  const each = width === 1 ? 'each step' : `means of ${width} steps`;
  return {
    id: 'loss',
    title: 'Training loss',
    caption: `${captionOf(ways, style.band)} ${smooth}${style.lossLog ? 'Logarithmic; ' : ''}${each}.`,
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

/** Of the raw series, before any mean. */
function smoothedLosses(parts: readonly Float32Array[], weight: number): readonly ArrayLike<number>[] {
  if (weight === 0) return parts;
  return [
    smoothed(
      parts.flatMap((part) => [...part]),
      weight,
    ),
  ];
}

/** Means of `width` steps, so that every seed has a value at the same places. */
function thinned(parts: readonly ArrayLike<number>[], width: number, offset: number, perEpoch: number): [number, number][] {
  const found: [number, number][] = [];
  let sum = 0;
  let count = 0;
  let step = 0;
  for (const part of parts) {
    for (let k = 0; k < part.length; k++) {
      sum += part[k] ?? Number.NaN;
      step++;
      if (++count < width) continue;
      found.push([offset + (step - (width - 1) / 2) / perEpoch, sum / width]);
      sum = 0;
      count = 0;
    }
  }
  return found;
}
