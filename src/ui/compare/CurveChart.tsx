/** One chart: backbone in grey up to the line where the arms part, then the arms, those that are compared with their range. */
import { memo, use, useEffect, useMemo, useState } from 'react';
import { bandNames, type Band } from '../../report/bands.ts';
import type { Curves } from '../../store/curves.ts';
import '../styles/curves.css';
import { useSize } from '../useSize.ts';
import { ChartFrame } from './ChartFrame.tsx';
import { epochTicks, logTicks, roundTicks } from '../../report/ticks.ts';
import { chartModel, chartRows, type ChartModel, type ChartRow } from './chartModel.ts';
import { DrawnContext, PointedContext, type Drawn } from './drawn.ts';
import { roomForNames } from './EndLabels.tsx';

interface CurveChartProps {
  readonly name: string;
  readonly curves: Curves;
  /** Epochs on the axis: negative ones are the backbone's, 0 is where the arms start. */
  readonly from: number;
  readonly to: number;
  readonly backboneEpochs: number;
  /** What a value is multiplied by on the axis: 100 for percent. */
  readonly scale: number;
  readonly value: (value: number) => string;
  readonly full: (value: number) => string;
  readonly floor: number;
  readonly ceiling: number;
  readonly unit: string;
  /** The least that the axis spans, as a share of the highest value. */
  readonly leastSpan?: number;
  /** What a band spans. */
  readonly bands: Band | 'steps';
  /** A logarithmic axis, for values above 0. */
  readonly log?: boolean;
  /** Said in place of the curves where there is none. */
  readonly none?: string | null;
  /** Called once it stands on the page. */
  readonly onDrawn?: () => void;
}

const noRows: readonly ChartRow[] = [];

export const CurveChart = memo(function CurveChart({
  name,
  curves,
  from,
  to,
  backboneEpochs,
  scale,
  value,
  full,
  floor,
  ceiling,
  unit,
  leastSpan,
  bands,
  log = false,
  none = null,
  onDrawn,
}: CurveChartProps) {
  const [size, area] = useSize();
  // Rows for the crosshair are made while there may be one.
  const [own, setOwn] = useState(false);
  const { pointed, setPointed } = use(PointedContext) ?? { pointed: own, setPointed: setOwn };
  const model = useMemo(() => chartModel(curves, from, to, bands !== 'none'), [curves, from, to, bands]);
  const { low, high, seeds } = model;
  const ticks = useMemo(
    () => (log && low > 0 ? logTicks(low, high) : roundTicks(low, high, 4, floor, ceiling, leastSpan)).join(' '),
    [low, high, floor, ceiling, leastSpan, log],
  );
  const titles = curves.lines.map(({ title }) => title);
  const xTicks = useMemo(() => epochTicks(from, to, 12), [from, to]);
  const rows = useMemo(() => (pointed ? chartRows(model) : noRows), [pointed, model]);
  const drawn = useMemo(
    (): Drawn => ({
      model,
      value,
      banded: bands === 'steps' || (bands !== 'none' && bands !== 'seeds' && seeds > 1),
      parts: from < 0,
    }),
    [model, value, bands, seeds, from],
  );
  const stands = size !== null;
  useEffect(() => {
    if (!stands || onDrawn === undefined) return;
    const timer = setTimeout(onDrawn, 0);
    return () => clearTimeout(timer);
  }, [stands, onDrawn]);
  return (
    <figure className="chart" aria-label={`${name}: ${summary(model, full)}`}>
      <div
        ref={area}
        className="chart-area"
        onPointerEnter={() => setPointed(true)}
        onPointerLeave={() => setPointed(false)}
        onFocus={() => setPointed(true)}
        onBlur={() => setPointed(false)}
      >
        {size !== null && size.height > 0 && (
          <DrawnContext value={drawn}>
            <ChartFrame
              width={size.width}
              height={size.height}
              rows={rows}
              from={from}
              to={to}
              xTicks={xTicks}
              yTicks={ticks}
              backboneEpochs={backboneEpochs}
              scale={scale}
              unit={unit}
              full={full}
              log={log && low > 0}
              room={roomForNames(titles)}
            />
          </DrawnContext>
        )}
        {none !== null && seeds === 0 && <p className="chart-none">{none}</p>}
      </div>
      <figcaption>
        <span>{from < 0 && -from < backboneEpochs ? `epoch; backbone: last ${-from} of ${backboneEpochs}` : 'epoch'}</span>
        <span>
          {log && low > 0 ? 'log scale; ' : ''}
          {bandText(bands, seeds)}
          {trainingText(model, curves)}
          {bands !== 'none' && curves.lines.length > 2 && (bands === 'steps' || seeds > 1) && bandedText(model)}
        </span>
      </figcaption>
    </figure>
  );
});

function bandText(bands: CurveChartProps['bands'], seeds: number): string {
  if (bands === 'steps') return `${seeds > 1 ? `mean of ${seeds} seeds; ` : ''}band: range of the steps`;
  if (seeds <= 1) return '1 seed';
  if (bands === 'none') return `mean of ${seeds} seeds`;
  return bands === 'range' ? `mean and range of ${seeds} seeds` : `mean of ${seeds} seeds; ${bandNames[bands]}`;
}

/** What the dotted lines are, where they are asked for. */
function trainingText({ lines, seeds }: ChartModel, { backboneTraining }: Curves): string {
  if (backboneTraining === undefined || seeds === 0) return '';
  return lines.some(({ training }) => training.length > 0) ? '; dotted: training in passing' : '; training accuracy was not kept';
}

/** Of many arms, which ones have a band. */
function bandedText({ lines }: ChartModel): string {
  const titles = lines.flatMap(({ look, title }) => (look === 'baseline' || look === 'compared' ? [title] : []));
  return titles.length === 0 ? '' : `, of ${titles.join(' and ')}`;
}

function summary({ lines }: ChartModel, full: (value: number) => string): string {
  const said = lines.flatMap(({ title, end }) => (end === null ? [] : [`${title} ${full(end.y)}`]));
  return said.length === 0 ? 'no epoch yet' : `latest ${said.join(', ')}`;
}
