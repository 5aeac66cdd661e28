/**
 * The curves of a chart, drawn by its scales. They read the model past the chart around them, so that a new point costs
 * a few paths and not another layout of axes, grid and tooltip.
 */
import { use } from 'react';
import { Curve, usePlotArea, useXAxisScale, useYAxisScale } from 'recharts';
import type { CurvePoint } from '../../store/curves.ts';
import { EndLabels } from './EndLabels.tsx';
import { DrawnContext } from './drawn.ts';
import type { Series } from './chartModel.ts';

const colours: Readonly<Record<Series, string>> = {
  backbone: 'var(--ink-2)',
  baseline: 'var(--baseline)',
  inmerge: 'var(--inmerge)',
};
const arms = ['baseline', 'inmerge'] as const;
/** Every curve is there from the start; one without a point is a path of no length. */
const shared = { type: 'linear', path: 'M0,0' } as const;

export function ChartLines() {
  const drawn = use(DrawnContext);
  const area = usePlotArea();
  const xScale = useXAxisScale();
  const yScale = useYAxisScale();
  if (drawn === null || area === undefined || xScale === undefined || yScale === undefined) return null;
  const { model, banded, value, parts } = drawn;
  const { lines } = model;
  const x = (at: number) => Number(xScale(at) ?? 0);
  const y = (at: number) => Number(yScale(at) ?? 0);
  const means = (points: readonly CurvePoint[]) => points.map((point) => ({ x: x(point.x), y: y(point.mean) }));
  return (
    <>
      {banded &&
        arms.map((arm) => (
          <Curve
            key={arm}
            {...shared}
            points={lines[arm].full.map((point) => ({ x: x(point.x), y: y(point.high) }))}
            baseLine={lines[arm].full.map((point) => ({ x: x(point.x), y: y(point.low) }))}
            stroke="none"
            fill={colours[arm]}
            fillOpacity={0.16}
          />
        ))}
      {arms.map((arm) =>
        model.each[arm].map((points, at) => (
          <Curve
            key={`${arm}-${at}`}
            {...shared}
            points={means(points)}
            stroke={colours[arm]}
            strokeWidth={1}
            strokeOpacity={0.45}
            fill="none"
          />
        )),
      )}
      <Curve {...shared} points={means(lines.backbone.full)} stroke={colours.backbone} strokeWidth={1.5} fill="none" />
      {arms.map((arm) => (
        <Curve
          key={`${arm}-few`}
          {...shared}
          points={means(lines[arm].few)}
          stroke={colours[arm]}
          strokeWidth={1.25}
          strokeDasharray="3 3"
          fill="none"
        />
      ))}
      {arms.map((arm) => (
        <Curve key={arm} {...shared} points={means(lines[arm].full)} stroke={colours[arm]} strokeWidth={2} fill="none" />
      ))}
      <EndLabels ends={model.ends} seeds={model.seeds} value={value} parts={parts} area={area} x={x} y={y} />
    </>
  );
}
