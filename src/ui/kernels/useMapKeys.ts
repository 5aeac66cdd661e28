/** The map by keyboard: arrows move the crosshair, Shift with them marks a range, Enter selects, + − 0 zoom. */
import type { KeyboardEvent } from 'react';
import { showing, whole, zoomed, type MapView } from './mapView.ts';

export interface Cell {
  readonly row: number;
  readonly column: number;
}

interface MapKeys {
  readonly n: number;
  readonly side: number;
  readonly view: MapView;
  readonly setView: (view: MapView) => void;
  readonly cursor: Cell | null;
  readonly setCursor: (cell: Cell) => void;
  /** Where a marked range began. */
  readonly anchor: number | null;
  readonly setAnchor: (position: number | null) => void;
  readonly onCell: (cell: Cell) => void;
  readonly onRange: (from: number, to: number) => void;
}

const moves: Readonly<Record<string, readonly [number, number]>> = {
  ArrowUp: [-1, 0],
  ArrowDown: [1, 0],
  ArrowLeft: [0, -1],
  ArrowRight: [0, 1],
};
const step = 1.5;

export function mapKeys(keys: MapKeys) {
  const { n, side, view, setView, cursor, setCursor, anchor, setAnchor, onCell, onRange } = keys;
  return (event: KeyboardEvent) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const move = moves[event.key];
    if (move !== undefined) {
      const from = cursor ?? { row: 0, column: Math.min(1, n - 1) };
      const limit = (at: number) => Math.min(n - 1, Math.max(0, at));
      const next = { row: limit(from.row + move[0]), column: limit(from.column + move[1]) };
      setCursor(next);
      setView(showing(view, next.row, next.column, n));
      if (event.shiftKey) {
        const begun = anchor ?? from.row;
        setAnchor(begun);
        onRange(Math.min(begun, next.row), Math.max(begun, next.row));
      } else setAnchor(null);
    } else if (event.key === 'Enter' && cursor !== null) onCell(cursor);
    else if (event.key === '+' || event.key === '=') setView(zoomed(view, step, n, side, middle(cursor, view, n)));
    else if (event.key === '-') setView(zoomed(view, 1 / step, n, side, middle(cursor, view, n)));
    else if (event.key === '0') setView(whole);
    else return;
    // These keys are the map's; those of the page stay away.
    event.preventDefault();
    event.stopPropagation();
    event.nativeEvent.stopImmediatePropagation();
  };
}

/** The crosshair as shares of the square, its middle where there is none. */
function middle(cursor: Cell | null, { zoom, x, y }: MapView, n: number): { x: number; y: number } {
  if (cursor === null) return { x: 0.5, y: 0.5 };
  return { x: ((cursor.column + 0.5 - x) * zoom) / n, y: ((cursor.row + 0.5 - y) * zoom) / n };
}
