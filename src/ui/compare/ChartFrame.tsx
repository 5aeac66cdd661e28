/** Axes, grid, phases and crosshair of a chart. Drawn again where one of them moves; the curves inside look after themselves. */
import { memo, useMemo } from 'react';
import { CartesianGrid, ComposedChart, Line, ReferenceArea, ReferenceLine, Tooltip, XAxis, YAxis } from 'recharts';
import { ChartLines } from './ChartLines.tsx';
import type { ChartRow } from './chartModel.ts';
import { ChartTooltip } from './ChartTooltip.tsx';

interface ChartFrameProps {
  readonly width: number;
  readonly height: number;
  /** What the crosshair finds; empty while there is none. */
  readonly rows: readonly ChartRow[];
  readonly from: number;
  readonly to: number;
  readonly xTicks: readonly number[];
  /** As one text, which is the same until a tick moves. */
  readonly yTicks: string;
  readonly backboneEpochs: number;
  readonly scale: number;
  readonly unit: string;
  readonly full: (value: number) => string;
  readonly log: boolean;
  /** Room for the names at the ends of the lines, in pixels. */
  readonly room: number;
}

/** The place of another chart's crosshair on this one: rows of losses and of epochs stand at different places. */
function nearest(ticks: readonly { readonly value?: unknown }[], { activeLabel }: { readonly activeLabel?: unknown }): number {
  const at = Number(activeLabel);
  let best = -1;
  let least = Infinity;
  ticks.forEach(({ value }, index) => {
    const apart = Math.abs(Number(value) - at);
    if (apart < least) [best, least] = [index, apart];
  });
  return best;
}

const axisTick = { fontSize: 11, fill: 'var(--ink-3)' } as const;
const axisLine = { stroke: 'var(--line-strong)' } as const;
const cursor = { stroke: 'var(--line-strong)' } as const;
const anyValue = ({ values }: ChartRow): number | undefined => values[0]?.point.mean;

export const ChartFrame = memo(function ChartFrame({
  width,
  height,
  rows,
  from,
  to,
  xTicks,
  yTicks,
  backboneEpochs,
  scale,
  unit,
  full,
  log,
  room,
}: ChartFrameProps) {
  const margin = useMemo(() => ({ top: 22, right: room, bottom: 2, left: 4 }), [room]);
  const ticks = yTicks.split(' ').map(Number);
  const top = ticks.at(-1) ?? 1;
  const digits = Math.max(...ticks.map((y) => decimals(y * scale)));
  const tickText = (y: number) => `${(y * scale).toFixed(digits)}${y === top && unit !== '' ? ` ${unit}` : ''}`;
  const epochText = (x: number) => String(x < 0 ? backboneEpochs + x : x);
  return (
    <ComposedChart width={width} height={height} data={rows} margin={margin} syncId="curves" syncMethod={nearest}>
      <CartesianGrid vertical={false} stroke="var(--line)" />
      {from < 0 && <ReferenceArea x1={from} x2={0} fill="var(--sunken)" fillOpacity={0.75} stroke="none" zIndex={0} />}
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
        scale={log ? 'log' : 'auto'}
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
      {from < 0 && <ReferenceLine x={0} stroke="var(--ink-2)" zIndex={0} />}
      <ChartLines />
      {rows.length > 0 && (
        // Not seen: what the crosshair snaps to.
        <Line dataKey={anyValue} stroke="none" dot={false} activeDot={false} isAnimationActive={false} legendType="none" />
      )}
      {rows.length > 0 && (
        <Tooltip
          isAnimationActive={false}
          cursor={cursor}
          content={<ChartTooltip full={full} backboneEpochs={backboneEpochs} height={height} />}
        />
      )}
    </ComposedChart>
  );
});

/** Decimals that a round number needs. */
const decimals = (value: number): number => (String(Number(value.toPrecision(6))).split('.')[1] ?? '').length;
