/** What lies over the map: crosshair, the chosen pair in both halves, the range that is marked, and the chosen kernels. */
import { useMemo } from 'react';
import type { MapView } from './mapView.ts';
import type { Cell } from './useMapKeys.ts';

interface MapOverlayProps {
  readonly n: number;
  readonly side: number;
  readonly view: MapView;
  readonly order: Uint16Array;
  readonly kernels: readonly number[];
  readonly cursor: Cell | null;
  readonly range: { readonly from: number; readonly to: number } | null;
}

export function MapOverlay({ n, side, view, order, kernels, cursor, range }: MapOverlayProps) {
  const cell = (side * view.zoom) / n;
  const x = (position: number) => (position - view.x) * cell;
  const y = (position: number) => (position - view.y) * cell;
  const places = useMemo(() => {
    const at = new Map(Array.from(order, (kernel, position) => [kernel, position]));
    return kernels.flatMap((kernel) => at.get(kernel) ?? []).sort((a, b) => a - b);
  }, [order, kernels]);
  const [first, second] = places;
  const marks =
    places.length === 2 && first !== undefined && second !== undefined
      ? ([
          ['baseline', first, second],
          ['inmerge', second, first],
        ] as const)
      : [];
  const runs = places.length === 2 ? [] : runsOf(places);
  return (
    <svg className="heatmap-over" viewBox={`0 0 ${Math.max(1, side)} ${Math.max(1, side)}`} aria-hidden="true">
      {runs.map(({ from, to }) => (
        <rect
          key={from}
          className="mark-run"
          x={x(from)}
          y={y(from)}
          width={(to + 1 - from) * cell}
          height={(to + 1 - from) * cell}
        />
      ))}
      {range !== null && (
        <rect
          className="mark-range"
          x={x(range.from)}
          y={y(range.from)}
          width={(range.to + 1 - range.from) * cell}
          height={(range.to + 1 - range.from) * cell}
        />
      )}
      {cursor !== null && (
        <>
          <line x1="0" x2={side} y1={y(cursor.row + 0.5)} y2={y(cursor.row + 0.5)} />
          <line y1="0" y2={side} x1={x(cursor.column + 0.5)} x2={x(cursor.column + 0.5)} />
        </>
      )}
      {marks.map(([half, row, column]) => (
        <g key={half}>
          <circle className="mark-under" cx={x(column + 0.5)} cy={y(row + 0.5)} r="6.500" />
          <circle className={`mark-${half}`} cx={x(column + 0.5)} cy={y(row + 0.5)} r="6.500" />
        </g>
      ))}
    </svg>
  );
}

/** Positions that follow one another, as ranges. */
function runsOf(places: readonly number[]): { from: number; to: number }[] {
  const runs: { from: number; to: number }[] = [];
  for (const place of places) {
    const last = runs.at(-1);
    if (last !== undefined && last.to + 1 === place) last.to = place;
    else runs.push({ from: place, to: place });
  }
  return runs;
}
