/**
 * A figure as one SVG file that needs nothing else: axis labels, legend, and the font inside. The same drawing stands in
 * the HTML report, which carries the font once for all its figures.
 */
import type { CurvePoint } from './bands.ts';
import { backboneLook, trainingName, type Figure, type FigureSeries, type Look } from './figure.ts';
import { markup } from './table.ts';
import { epochTicks, logTicks, roundTicks, tickText } from './ticks.ts';

export const figureWidth = 720;
export const figureHeight = 440;
const fontFamily = `'InMerge Sans', 'Source Sans 3', 'Source Sans Pro', Arial, Helvetica, sans-serif`;
const box = { left: 66, right: 22, top: 66, bottom: 70 } as const;

/** @param fontFace CSS that brings the font, or an empty text where the page around it does */
export function figureSvg(figure: Figure, fontFace: string): string {
  const frame = frameOf(figure);
  const { x0, x1, y0, y1 } = frame;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${figureWidth} ${figureHeight}" width="${figureWidth}" height="${figureHeight}" font-family="${fontFamily}" font-size="13" fill="#14191F" role="img" aria-labelledby="${figure.id}-title ${figure.id}-caption">\n`,
    `<title id="${figure.id}-title">${markup(figure.title)}</title>\n<desc id="${figure.id}-caption">${markup(figure.caption)}</desc>\n`,
    fontFace === '' ? '' : `<style>${fontFace}</style>\n`,
    `<rect width="${figureWidth}" height="${figureHeight}" fill="#FFFFFF"/>\n`,
    `<text x="16" y="24" font-size="16">${markup(figure.title)}</text>\n`,
    legend(figure),
    `<clipPath id="${figure.id}-plot"><rect x="${x0}" y="${y1 - 6}" width="${x1 - x0}" height="${y0 - y1 + 12}"/></clipPath>\n`,
    axes(figure, frame),
    `<g clip-path="url(#${figure.id}-plot)">\n`,
    figure.levels.map((level) => levelLine(level, frame)).join(''),
    figure.series.map((series) => spread(series, frame)).join(''),
    figure.series.map((series) => curve(series, frame)).join(''),
    '</g>\n',
    figure.marks ? figure.series.flatMap((series) => marks(series, frame)).join('') : '',
    `<text x="16" y="${figureHeight - 10}" font-size="11" fill="#626C77">${markup(figure.caption)}</text>\n`,
    '</svg>\n',
  ].join('');
}

interface Frame {
  readonly x0: number;
  readonly x1: number;
  readonly y0: number;
  readonly y1: number;
  readonly xTicks: readonly number[];
  readonly yTicks: readonly number[];
  readonly x: (value: number) => number;
  readonly y: (value: number) => number;
}

function frameOf(figure: Figure): Frame {
  const { series, levels, parting, scale, yLog, xWhole } = figure;
  const points = series.flatMap((each) => each.points);
  const xs = [...points.map((point) => point.x), ...(parting === null ? [] : [parting.x])];
  const ys = [
    ...series.flatMap((each) =>
      each.points.flatMap(({ mean, low, high }) => (each.spread === 'none' ? [mean] : [mean, low, high])),
    ),
    ...levels.map((level) => level.y),
  ]
    .map((value) => value * scale)
    .filter((value) => Number.isFinite(value) && (!yLog || value > 0));
  const [left, right] = [least(xs, 0), most(xs, 1)];
  const [lowest, highest] = [least(ys, 0), most(ys, 1)];
  // A level line is drawn in the middle, not at an edge.
  const flat = lowest === highest && !yLog ? Math.max(0.01 * scale, Math.abs(highest) * 0.01) : 0;
  const [low, high] = [lowest - flat, highest + flat];
  const pad = left === right ? 1 : xWhole ? 0 : (right - left) * 0.04;
  const yTicks = yLog ? logTicks(low, high) : roundTicks(low, high, 5, -Infinity, Infinity);
  const [bottom, top] = [yTicks[0] ?? 0, yTicks.at(-1) ?? 1];
  const [from, to] = [left - pad, right + pad];
  const xTicks = xWhole ? epochTicks(Math.ceil(from), Math.floor(to), 14) : distinct(points.map((point) => point.x));
  // Below the last row of names.
  const y1 = box.top + (legendOf(figure).at(-1)?.y ?? legendTop) - legendTop;
  const frame = { x0: box.left, x1: figureWidth - box.right, y0: figureHeight - box.bottom, y1 };
  const level = (value: number) => (yLog ? Math.log10(Math.max(value, bottom / 10)) : value);
  return {
    ...frame,
    xTicks: xTicks.length > 14 ? roundTicks(left, right, 8, from, to) : xTicks,
    yTicks,
    x: (value) => frame.x0 + ((value - from) / (to - from)) * (frame.x1 - frame.x0),
    y: (value) => frame.y0 - ((level(value * scale) - level(bottom)) / (level(top) - level(bottom))) * (frame.y0 - frame.y1),
  };
}

const least = (values: readonly number[], otherwise: number): number =>
  values.reduce((a, b) => Math.min(a, b), values[0] ?? otherwise);
const most = (values: readonly number[], otherwise: number): number =>
  values.reduce((a, b) => Math.max(a, b), values[0] ?? otherwise);
const distinct = (values: readonly number[]): number[] => [...new Set(values)].sort((a, b) => a - b);
/** Coordinates to a hundredth of a pixel. */
const px = (value: number): string => String(Math.round(value * 100) / 100);

function axes({ xLabel, yLabel, scale, parting }: Figure, { x0, x1, y0, y1, xTicks, yTicks, x, y }: Frame): string {
  const grid = yTicks.map((tick) => {
    const at = px(y(tick / scale));
    return `<line x1="${x0}" x2="${x1}" y1="${at}" y2="${at}" stroke="#DEE2E6"/><text x="${x0 - 8}" y="${px(y(tick / scale) + 4)}" text-anchor="end">${tickText(tick)}</text>\n`;
  });
  const bottom = xTicks.map((tick) => {
    const at = px(x(tick));
    return `<line x1="${at}" x2="${at}" y1="${y0}" y2="${y0 + 5}" stroke="#89939E"/><text x="${at}" y="${y0 + 19}" text-anchor="middle">${tickText(tick)}</text>\n`;
  });
  const middle = (y0 + y1) / 2;
  return [
    ...grid,
    `<line x1="${x0}" x2="${x1}" y1="${y0}" y2="${y0}" stroke="#89939E"/>\n`,
    ...bottom,
    parting === null
      ? ''
      : `<line x1="${px(x(parting.x))}" x2="${px(x(parting.x))}" y1="${y1}" y2="${y0}" stroke="#444D57"/><text x="${px(x(parting.x) + 6)}" y="${y1 + 12}" font-size="11" fill="#444D57">${markup(parting.name)}</text>\n`,
    `<text x="${(x0 + x1) / 2}" y="${y0 + 37}" text-anchor="middle">${markup(xLabel)}</text>\n`,
    `<text x="18" y="${middle}" text-anchor="middle" transform="rotate(-90 18 ${middle})">${markup(yLabel)}</text>\n`,
  ].join('');
}

const drawable = (points: readonly CurvePoint[]): CurvePoint[] => points.filter((point) => Number.isFinite(point.mean));

function spread({ look, points, spread: kind }: FigureSeries, { x, y }: Frame): string {
  const drawn = drawable(points);
  if (kind === 'none' || drawn.every((point) => point.low === point.high)) return '';
  if (kind === 'area') {
    const upper = drawn.map((point) => `${px(x(point.x))},${px(y(point.high))}`);
    const lower = drawn.toReversed().map((point) => `${px(x(point.x))},${px(y(point.low))}`);
    return `<polygon points="${[...upper, ...lower].join(' ')}" fill="#${look.colour}" fill-opacity="0.16"/>\n`;
  }
  return drawn
    .map(({ x: at, low, high }) => {
      const [left, middle, right] = [x(at) - 5, x(at), x(at) + 5].map(px);
      const [top, bottom] = [px(y(high)), px(y(low))];
      return `<path d="M${left} ${top}H${right}M${middle} ${top}V${bottom}M${left} ${bottom}H${right}" stroke="#${look.colour}" fill="none"/>\n`;
    })
    .join('');
}

function curve({ faint, look, points, training = false }: FigureSeries, { x, y }: Frame): string {
  const drawn = drawable(points);
  if (drawn.length < 2) return '';
  const path = drawn.map((point) => `${px(x(point.x))},${px(y(point.mean))}`).join(' ');
  return `<polyline points="${path}" fill="none" stroke="#${look.colour}" stroke-width="${faint ? 1 : training ? 1.5 : 2}"${faint ? ' stroke-opacity="0.45"' : ''}${dashes(training ? dotted(look) : look)}/>\n`;
}

const dotted = (look: Look): Look => ({ ...look, dash: [1.5, 2.5] });
const dashes = ({ dash }: Look): string => (dash.length === 0 ? '' : ` stroke-dasharray="${dash.join(' ')}"`);

function marks({ faint, look, points, training = false }: FigureSeries, { x, y }: Frame): string[] {
  return faint || training ? [] : drawable(points).map((point) => mark(look, x(point.x), y(point.mean)));
}

function mark({ mark: kind, colour }: Look, x: number, y: number): string {
  const paint = `fill="#${colour}" stroke="#FFFFFF"`;
  switch (kind) {
    case 'circle':
      return `<circle cx="${px(x)}" cy="${px(y)}" r="4.5" ${paint}/>\n`;
    case 'square':
      return `<rect x="${px(x - 4)}" y="${px(y - 4)}" width="8" height="8" ${paint}/>\n`;
    case 'triangle':
      return `<path d="M${px(x)} ${px(y - 5)}L${px(x + 5)} ${px(y + 4)}H${px(x - 5)}Z" ${paint}/>\n`;
    case 'diamond':
      return `<path d="M${px(x)} ${px(y - 5.5)}L${px(x + 5.5)} ${px(y)}L${px(x)} ${px(y + 5.5)}L${px(x - 5.5)} ${px(y)}Z" ${paint}/>\n`;
    case 'none':
      return '';
  }
}

function levelLine({ y: value, look }: Figure['levels'][number], { x0, x1, y }: Frame): string {
  const at = px(y(value));
  return `<line x1="${x0}" x2="${x1}" y1="${at}" y2="${at}" stroke="#${look.colour}" stroke-width="1.5"${dashes({ ...look, dash: [6, 4] })}/>\n`;
}

interface LegendEntry {
  readonly name: string;
  readonly look: Look;
  readonly marked: boolean;
  readonly x: number;
  readonly y: number;
}

const legendTop = 46;
const legendLine = 15;

/** Names in a row above the plot, as many rows as they take; of all lines of training images one. A letter is taken to be 7 pixels wide. */
function legendOf({ series, levels, marks: marked }: Figure): LegendEntry[] {
  const entries = [
    ...series.filter(({ faint, training }) => !faint && training !== true).map(({ name, look }) => ({ name, look, marked })),
    ...(series.some(({ training }) => training) ? [{ name: trainingName, look: dotted(backboneLook), marked: false }] : []),
    ...levels.map(({ name, look }) => ({ name, look: { ...look, dash: [6, 4] }, marked: false })),
  ];
  let x = 16;
  let y = legendTop;
  return entries.map((entry) => {
    const width = 44 + 7 * entry.name.length;
    if (x > 16 && x + width > figureWidth - 16) {
      x = 16;
      y += legendLine;
    }
    const placed = { ...entry, x, y };
    x += width + 12;
    return placed;
  });
}

const legend = (figure: Figure): string =>
  legendOf(figure)
    .map(
      ({ name, look, marked, x, y }) =>
        `<g><line x1="${x}" x2="${x + 26}" y1="${y}" y2="${y}" stroke="#${look.colour}" stroke-width="2"${dashes(look)}/>${marked ? mark(look, x + 13, y).trimEnd() : ''}<text x="${x + 32}" y="${y + 4}">${markup(name)}</text></g>\n`,
    )
    .join('');
