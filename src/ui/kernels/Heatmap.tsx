/**
 * The similarity of every pair of kernels: above the diagonal one arm, below it the other or the merges counted, both in
 * the same order. Wheel and + − zoom, dragging moves or marks, a crosshair gives the values, a click chooses the pair.
 */
import { useEffect, useRef, useState, type PointerEvent } from 'react';
import { armTitle } from '../../recipe/arms.ts';
import type { Dendrogram } from '../../merge/ordering.ts';
import type { SimilarityMap } from '../../store/record.ts';
import type { ShownSimilarity } from '../../store/shownSimilarity.ts';
import { useSize } from '../useSize.ts';
import { DendrogramStrip, stripWidth } from './DendrogramStrip.tsx';
import { HoverValue } from './HoverValue.tsx';
import { MapOverlay } from './MapOverlay.tsx';
import { panned, whole, zoomed, type MapView } from './mapView.ts';
import { MatrixCanvas } from './MatrixCanvas.tsx';
import { mapKeys, type Cell } from './useMapKeys.ts';

interface HeatmapProps {
  readonly shown: ShownSimilarity;
  /** In place of the lower half. */
  readonly counts: Uint32Array | null;
  /** Kernel at each position. */
  readonly order: Uint16Array;
  readonly dendrogram: Dendrogram | null;
  readonly kernels: readonly number[];
  readonly onSelect: (kernels: readonly number[]) => void;
  readonly pairsAbove: number;
}

/** Sides of the map and of what is said around it, in pixels: larger shows no more, narrower cuts the words. */
const largest = 1024;
const fewestForWords = 400;
/** Height of the two label lines. */
const labels = 48;
/** A press that moves less is a click, in pixels. */
const still = 4;

interface Press {
  readonly x: number;
  readonly y: number;
  readonly cell: Cell;
  readonly view: MapView;
  readonly moves: boolean;
}

export function Heatmap({ shown, counts, order, dendrogram, kernels, onSelect, pairsAbove }: HeatmapProps) {
  const [room, root] = useSize();
  const square = useRef<HTMLDivElement>(null);
  const [view, setView] = useState(whole);
  const [cursor, setCursor] = useState<Cell | null>(null);
  const [anchor, setAnchor] = useState<number | null>(null);
  const [range, setRange] = useState<{ from: number; to: number } | null>(null);
  const press = useRef<Press | null>(null);
  const { upper, lower } = shown;
  const n = lower.kernels;
  const strip = dendrogram === null ? 0 : stripWidth;
  const free = room === null ? 0 : Math.floor(Math.min(room.width - strip, room.height - labels, largest));
  // Whole pixels a kernel where there is room for it, so that all cells are of one size.
  const side = Math.max(0, free >= n ? Math.floor(free / n) * n : free);

  const cellAt = (event: { clientX: number; clientY: number }): Cell => {
    const box = square.current?.getBoundingClientRect() ?? { left: 0, top: 0, width: 1, height: 1 };
    const span = n / view.zoom;
    const limit = (at: number) => Math.max(0, Math.min(n - 1, Math.floor(at)));
    return {
      row: limit(view.y + ((event.clientY - box.top) / box.height) * span),
      column: limit(view.x + ((event.clientX - box.left) / box.width) * span),
    };
  };
  const choose = ({ row, column }: Cell) => {
    const [i, j] = [order[Math.min(row, column)] ?? 0, order[Math.max(row, column)] ?? 0];
    onSelect(i === j ? [i] : [i, j]);
  };
  const mark = (from: number, to: number) => onSelect(Array.from(order.subarray(from, to + 1)));

  useEffect(() => {
    const element = square.current;
    if (element === null) return undefined;
    // React's wheel listeners are passive: the page would scroll along.
    const wheel = (event: WheelEvent) => {
      event.preventDefault();
      const box = element.getBoundingClientRect();
      const at = { x: (event.clientX - box.left) / box.width, y: (event.clientY - box.top) / box.height };
      setView((before) => zoomed(before, Math.exp(-event.deltaY / 300), n, side, at));
    };
    element.addEventListener('wheel', wheel, { passive: false });
    return () => element.removeEventListener('wheel', wheel);
  }, [n, side]);

  const down = (event: PointerEvent) => {
    if (event.button !== 0) return;
    event.currentTarget.setPointerCapture(event.pointerId);
    press.current = { x: event.clientX, y: event.clientY, cell: cellAt(event), view, moves: view.zoom > 1 && !event.shiftKey };
  };
  const move = (event: PointerEvent) => {
    const cell = cellAt(event);
    setCursor(cell);
    const from = press.current;
    if (from === null || Math.hypot(event.clientX - from.x, event.clientY - from.y) < still) return;
    if (from.moves) {
      const cells = n / from.view.zoom / Math.max(1, side);
      setView(panned(from.view, (from.x - event.clientX) * cells, (from.y - event.clientY) * cells, n));
      return;
    }
    const places = [from.cell.row, from.cell.column, cell.row, cell.column];
    setRange({ from: Math.min(...places), to: Math.max(...places) });
  };
  const up = (event: PointerEvent) => {
    const from = press.current;
    press.current = null;
    if (range !== null) mark(range.from, range.to);
    else if (from !== null && Math.hypot(event.clientX - from.x, event.clientY - from.y) < still) choose(from.cell);
    setRange(null);
  };
  const onKeyDown = mapKeys({ n, side, view, setView, cursor, setCursor, anchor, setAnchor, onCell: choose, onRange: mark });
  const zoomBy = (factor: number) => setView(zoomed(view, factor, n, side, { x: 0.5, y: 0.5 }));

  return (
    <div className="heatmap" ref={root}>
      <div className="heatmap-label" style={{ width: Math.max(side + strip, fewestForWords) }}>
        <span className="heatmap-zoom">
          <button type="button" className="btn btn-bare" aria-label="Zoom in" title="Zoom in (+)" onClick={() => zoomBy(2)}>
            +
          </button>
          <button
            type="button"
            className="btn btn-bare"
            aria-label="Zoom out"
            title="Zoom out (−)"
            onClick={() => zoomBy(0.5)}
            disabled={view.zoom === 1}
          >
            −
          </button>
          <button
            type="button"
            className="btn btn-bare"
            onClick={() => setView(whole)}
            disabled={view.zoom === 1}
            title="Show all (0)"
          >
            All
          </button>
        </span>
        <span className={upper.run.arm === null ? 'q2' : 'label-baseline'}>{halfTitle(upper)}, above</span>
      </div>
      <div className="heatmap-row">
        {dendrogram !== null && (
          <DendrogramStrip dendrogram={dendrogram} order={order} view={view} side={side} onSelect={onSelect} />
        )}
        {/* oxlint-disable-next-line jsx-a11y/no-noninteractive-element-interactions -- an application takes keys and pointer */}
        <div
          ref={square}
          className={`heatmap-square ${view.zoom > 1 ? 'heatmap-near' : ''}`}
          style={{ width: side, height: side }}
          onPointerDown={down}
          onPointerMove={move}
          onPointerUp={up}
          onPointerCancel={() => setRange(null)}
          onPointerLeave={() => setCursor(null)}
          onKeyDown={onKeyDown}
          // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- the map is moved about in by key
          tabIndex={0}
          role="application"
          aria-roledescription="map"
          aria-label="Similarity map: arrows move the crosshair, Enter selects the pair, Shift with the arrows marks a range of kernels, plus, minus and 0 zoom"
          data-testid="map"
          data-zoom={view.zoom.toFixed(2)}
        >
          <MatrixCanvas shown={shown} counts={counts} order={order} view={view} side={side} pairsAbove={pairsAbove} />
          <MapOverlay n={n} side={side} view={view} order={order} kernels={kernels} cursor={cursor} range={range} />
        </div>
      </div>
      <div className="heatmap-label" style={{ width: Math.max(side + strip, fewestForWords) }}>
        <span className={lower.run.arm === null ? 'q2' : 'label-inmerge'}>
          {counts === null ? `${halfTitle(lower)}, below` : `Merges of ${halfName(lower)} up to epoch ${lower.epoch}, below`}
        </span>
        <HoverValue shown={shown} counts={counts} order={order} cell={cursor} />
      </div>
    </div>
  );
}

const halfName = (map: SimilarityMap): string => armTitle(map.run.arm);
const halfTitle = (map: SimilarityMap): string => `${halfName(map)}, epoch ${map.epoch}, seed ${map.run.seed}`;
