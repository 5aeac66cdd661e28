/**
 * The curves of a chart, drawn by its scales. They read the model past the chart around them, so that a new point costs
 * a few paths and not another layout of axes, grid and tooltip.
 */
import { use } from 'react';
import { Curve, usePlotArea, useXAxisScale, useYAxisScale } from 'recharts';
import type { CurvePoint } from '../../store/curves.ts';
import { EndLabels } from './EndLabels.tsx';
import { DrawnContext, RaisedContext } from './drawn.ts';
import type { DrawnLine, LineLook } from './chartModel.ts';
import { lineStyle, markPath, stackingOf } from './lineStyle.ts';

/** Every curve is there from the start; one without a point is a path of no length. */
const shared = { type: 'linear', path: 'M0,0' } as const;

/** The one that is pointed at lies on top. */
const height = ({ look, name }: DrawnLine, raised: string | null): number => (name === raised ? 4 : stackingOf(look));

export function ChartLines() {
  const drawn = use(DrawnContext);
  const { arm: raised, raise } = use(RaisedContext);
  const area = usePlotArea();
  const xScale = useXAxisScale();
  const yScale = useYAxisScale();
  if (drawn === null || area === undefined || xScale === undefined || yScale === undefined) return null;
  const { model, banded, value, parts } = drawn;
  const x = (at: number) => Number(xScale(at) ?? 0);
  const y = (at: number) => Number(yScale(at) ?? 0);
  const means = (points: readonly CurvePoint[]) => points.map((point) => ({ x: x(point.x), y: y(point.mean) }));
  const compared = model.lines.filter(({ look }) => look === 'baseline' || look === 'compared');
  const arms = model.lines.filter(({ look }) => look !== 'backbone');
  const stacked = model.lines.toSorted((a, b) => height(a, raised) - height(b, raised));
  return (
    <>
      {banded &&
        compared.map((line) => (
          <Curve
            key={line.name}
            {...shared}
            points={line.full.map((point) => ({ x: x(point.x), y: y(point.high) }))}
            baseLine={line.full.map((point) => ({ x: x(point.x), y: y(point.low) }))}
            stroke="none"
            fill={lineStyle(line.look).colour}
            fillOpacity={0.16}
          />
        ))}
      {model.lines.map((line) =>
        line.each.map((points, at) => (
          <Curve
            key={`${line.name}-${at}`}
            {...shared}
            points={means(points)}
            stroke={lineStyle(line.look).colour}
            strokeWidth={1}
            strokeOpacity={0.45}
            fill="none"
          />
        )),
      )}
      {model.lines.map(({ look, name, training }) => (
        <Training key={name} look={look} points={means(training)} />
      ))}
      {stacked.map((line) => (
        <Line key={line.name} line={line} raised={line.name === raised} parts={parts} means={means} />
      ))}
      {arms.length > 2 &&
        arms.map((line) => (
          <path
            key={line.name}
            className="line-reach"
            d={path(means([...line.full, ...line.few]))}
            onPointerEnter={() => raise(line.name)}
            onPointerLeave={() => raise(null)}
          />
        ))}
      <EndLabels lines={model.lines} raised={raised} seeds={model.seeds} value={value} parts={parts} area={area} x={x} y={y} />
    </>
  );
}

/** Thin and dotted, with a small open mark at its end. */
function Training({ look, points }: { readonly look: LineLook; readonly points: readonly { x: number; y: number }[] }) {
  const { colour, mark } = lineStyle(look);
  const end = points.at(-1);
  if (end === undefined) return null;
  return (
    <>
      <Curve
        {...shared}
        className="line-training"
        points={points}
        stroke={colour}
        strokeWidth={1.5}
        strokeDasharray="1.5 2.5"
        fill="none"
      />
      {mark !== 'none' && (
        <path
          d={markPath(mark, 0, 0)}
          transform={`translate(${end.x} ${end.y}) scale(0.75)`}
          fill="var(--surface)"
          stroke={colour}
          strokeWidth={2}
        />
      )}
    </>
  );
}

interface LineProps {
  readonly line: DrawnLine;
  readonly raised: boolean;
  /** The backbone is on the chart, not only the point where the arms part. */
  readonly parts: boolean;
  readonly means: (points: readonly CurvePoint[]) => { x: number; y: number }[];
}

function Line({ line, raised, parts, means }: LineProps) {
  const { colour, dash, width, mark } = lineStyle(line.look);
  const stroke = raised && line.look === 'faint' ? 'var(--ink)' : colour;
  const [only, second] = means(line.full);
  return (
    <>
      {mark === 'none' && (parts || line.look !== 'backbone') && only !== undefined && second === undefined && (
        // A path of one point is not seen, and this line has no mark at its end.
        <circle className="line-only" cx={only.x} cy={only.y} r="3" fill={stroke} />
      )}
      {line.few.length > 0 && (
        <Curve
          {...shared}
          points={means(line.few)}
          stroke={stroke}
          strokeWidth={width}
          strokeDasharray="0.1 3.5"
          strokeLinecap="round"
          fill="none"
        />
      )}
      <Curve
        {...shared}
        data-arm={line.name}
        points={means(line.full)}
        stroke={stroke}
        strokeWidth={raised ? width + 1 : width}
        {...(dash === undefined ? {} : { strokeDasharray: dash })}
        fill="none"
      />
    </>
  );
}

const path = (points: readonly { x: number; y: number }[]): string =>
  points.map((point, k) => `${k === 0 ? 'M' : 'L'}${point.x} ${point.y}`).join('');
