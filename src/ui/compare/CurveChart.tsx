/** One chart: backbone in grey up to the line where the arms part, then both arms with the range of their means. */
import { memo, useMemo } from 'react';
import {
  Area,
  CartesianGrid,
  ComposedChart,
  Line,
  ReferenceArea,
  ReferenceLine,
  ResponsiveContainer,
  Tooltip,
  XAxis,
  YAxis,
} from 'recharts';
import type { CurvePoint } from '../../store/curves.ts';
import { chartModel, epochTicks, roundTicks, type ChartRow, type Series } from './chartModel.ts';
import { ChartTooltip } from './ChartTooltip.tsx';
import { EndLabels } from './EndLabels.tsx';

interface CurveChartProps {
  readonly name: string;
  readonly curves: Readonly<Record<Series, readonly CurvePoint[]>>;
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
  /** What a band spans. */
  readonly bands: 'seeds' | 'steps' | 'none';
}

const margin = { top: 22, right: 102, bottom: 2, left: 4 } as const;
const axisTick = { fontSize: 11, fill: 'var(--ink-3)' } as const;
const axisLine = { stroke: 'var(--line-strong)' } as const;
const colours: Readonly<Record<Series, string>> = {
  backbone: 'var(--ink-2)',
  baseline: 'var(--baseline)',
  inmerge: 'var(--inmerge)',
};
const arms = ['baseline', 'inmerge'] as const;
const keys = {
  backbone: (row: ChartRow) => row.backbone,
  baseline: (row: ChartRow) => row.baseline,
  inmerge: (row: ChartRow) => row.inmerge,
  baselineFew: (row: ChartRow) => row.baselineFew,
  inmergeFew: (row: ChartRow) => row.inmergeFew,
  backboneBand: (row: ChartRow) => row.backboneBand,
  baselineBand: (row: ChartRow) => row.baselineBand,
  inmergeBand: (row: ChartRow) => row.inmergeBand,
} as const;

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
  bands,
}: CurveChartProps) {
  const model = useMemo(() => chartModel(curves, from, to, bands !== 'none'), [curves, from, to, bands]);
  const ticks = useMemo(() => roundTicks(model.low, model.high, 4, floor, ceiling), [model, floor, ceiling]);
  const xTicks = useMemo(() => epochTicks(from, to, 12), [from, to]);
  const banded = bands === 'steps' || (bands === 'seeds' && model.seeds > 1);
  const top = ticks.at(-1) ?? 1;
  const digits = Math.max(...ticks.map((y) => decimals(y * scale)));
  const tickText = (y: number) => `${(y * scale).toFixed(digits)}${y === top && unit !== '' ? ` ${unit}` : ''}`;
  const epochText = (x: number) => String(x < 0 ? backboneEpochs + x : x);
  return (
    <figure className="chart" aria-label={`${name}: ${summary(model.ends, full)}`}>
      <ResponsiveContainer width="100%" height="100%" debounce={50}>
        <ComposedChart data={model.rows} margin={margin}>
          <CartesianGrid vertical={false} stroke="var(--line)" />
          {from < 0 && <ReferenceArea x1={from} x2={0} fill="var(--sunken)" fillOpacity={0.75} stroke="none" />}
          <XAxis
            dataKey="x"
            type="number"
            domain={[from, to]}
            ticks={xTicks}
            tickFormatter={epochText}
            tick={axisTick}
            axisLine={axisLine}
            tickLine={axisLine}
            tickSize={4}
            height={22}
            interval={0}
            allowDataOverflow
          />
          <YAxis
            type="number"
            domain={[ticks[0] ?? 0, top]}
            ticks={ticks}
            tickFormatter={tickText}
            tick={axisTick}
            axisLine={false}
            tickLine={false}
            width={46}
            interval={0}
            allowDataOverflow
          />
          {from < 0 && <ReferenceLine x={0} stroke="var(--ink-2)" />}
          {banded &&
            arms.map((arm) => (
              <Area
                key={arm}
                dataKey={keys[`${arm}Band`]}
                stroke="none"
                fill={colours[arm]}
                fillOpacity={0.16}
                isAnimationActive={false}
                activeDot={false}
                connectNulls
                tooltipType="none"
              />
            ))}
          <Line
            dataKey={keys.backbone}
            stroke={colours.backbone}
            strokeWidth={1.5}
            dot={false}
            activeDot={false}
            isAnimationActive={false}
            connectNulls
            type="linear"
          />
          {arms.map((arm) => (
            <Line
              key={`${arm}-few`}
              dataKey={keys[`${arm}Few`]}
              stroke={colours[arm]}
              strokeWidth={1.25}
              strokeDasharray="3 3"
              dot={false}
              activeDot={false}
              isAnimationActive={false}
              connectNulls
              type="linear"
            />
          ))}
          {arms.map((arm) => (
            <Line
              key={arm}
              dataKey={keys[arm]}
              stroke={colours[arm]}
              strokeWidth={2}
              dot={false}
              activeDot={false}
              isAnimationActive={false}
              connectNulls
              type="linear"
            />
          ))}
          <Tooltip
            isAnimationActive={false}
            cursor={{ stroke: 'var(--line-strong)' }}
            content={<ChartTooltip full={full} backboneEpochs={backboneEpochs} />}
          />
          <EndLabels ends={model.ends} value={value} seeds={model.seeds} parts={from < 0} />
        </ComposedChart>
      </ResponsiveContainer>
      <figcaption>
        <span>{from < 0 && -from < backboneEpochs ? `epoch; backbone: last ${-from} of ${backboneEpochs}` : 'epoch'}</span>
        <span>{bandText(bands, model.seeds)}</span>
      </figcaption>
    </figure>
  );
});

/** Decimals that a round number needs. */
const decimals = (value: number): number => (String(Number(value.toPrecision(6))).split('.')[1] ?? '').length;

function bandText(bands: CurveChartProps['bands'], seeds: number): string {
  if (bands === 'steps') return `${seeds > 1 ? `mean of ${seeds} seeds; ` : ''}band: range of the steps`;
  if (seeds <= 1) return '1 seed';
  return bands === 'none' ? `mean of ${seeds} seeds` : `mean and range of ${seeds} seeds`;
}

function summary(ends: Partial<Record<Series, { y: number; x: number }>>, full: (value: number) => string): string {
  const said = (['backbone', 'baseline', 'inmerge'] as const).flatMap((series) => {
    const end = ends[series];
    return end === undefined ? [] : [`${names[series]} ${full(end.y)}`];
  });
  return said.length === 0 ? 'no epoch yet' : `latest ${said.join(', ')}`;
}

const names: Readonly<Record<Series, string>> = { backbone: 'Backbone', baseline: 'Baseline', inmerge: 'InMerge' };
