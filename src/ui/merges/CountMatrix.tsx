/**
 * How often each kernel (row) took a share of each other (column), one canvas pixel a pair, darker for more; on a square
 * root scale, so that a single merge can be seen. Arrow keys move the cross, Enter chooses the pair.
 */
import { useLayoutEffect, useRef, useState, type KeyboardEvent, type PointerEvent } from 'react';
import type { PairIndex } from '../../store/selection.ts';
import { integer, plural } from '../numbers.ts';
import { useTheme } from '../theme.ts';
import { useSize } from '../useSize.ts';
import { countColours, leastScale } from './countColours.ts';

interface CountMatrixProps {
  readonly counts: Uint32Array;
  readonly kernels: number;
  /** Kernel at each place. */
  readonly order: Uint16Array;
  readonly pair: PairIndex | null;
  readonly onChoose: (i: number, j: number) => void;
}

interface Place {
  readonly row: number;
  readonly column: number;
}

const largest = 640;

export function CountMatrix({ counts, kernels: n, order, pair, onChoose }: CountMatrixProps) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const theme = useTheme();
  const [room, ref] = useSize();
  const [place, setPlace] = useState<Place | null>(null);
  const most = counts.reduce((high, times) => Math.max(high, times), 0);

  useLayoutEffect(() => {
    const target = canvas.current;
    const context = target?.getContext('2d');
    if (!target || !context || order.length !== n || n === 0) return;
    target.width = n;
    target.height = n;
    const image = new ImageData(n, n);
    const words = new Uint32Array(image.data.buffer);
    const colours = countColours();
    const factor = (colours.length - 1) / Math.sqrt(Math.max(most, leastScale));
    for (let row = 0; row < n; row++) {
      const from = (order[row] ?? 0) * n;
      for (let column = 0; column < n; column++) {
        const times = counts[from + (order[column] ?? 0)] ?? 0;
        words[row * n + column] = colours[Math.round(Math.sqrt(times) * factor)] ?? 0;
      }
    }
    context.putImageData(image, 0, 0);
  }, [counts, n, order, most, theme]);

  const space = room === null ? 0 : Math.max(0, Math.min(room.width, room.height, largest));
  const side = n > 0 && space >= n ? Math.floor(space / n) * n : space;
  const cell = side / Math.max(1, n);
  const shown = place === null ? null : { i: order[place.row] ?? 0, j: order[place.column] ?? 0 };
  const marked = pair === null ? null : { row: order.indexOf(pair.i), column: order.indexOf(pair.j) };
  const placeAt = (event: PointerEvent): Place | null => {
    const box = event.currentTarget.getBoundingClientRect();
    const row = Math.floor(((event.clientY - box.top) / box.height) * n);
    const column = Math.floor(((event.clientX - box.left) / box.width) * n);
    return row >= 0 && row < n && column >= 0 && column < n ? { row, column } : null;
  };
  const press = (event: KeyboardEvent) => {
    const from = place ?? marked ?? { row: 0, column: 0 };
    const by = event.shiftKey ? 10 : 1;
    const move = (rows: number, columns: number) =>
      setPlace({ row: within(from.row + rows * by, n), column: within(from.column + columns * by, n) });
    if (event.key === 'ArrowUp') move(-1, 0);
    else if (event.key === 'ArrowDown') move(1, 0);
    else if (event.key === 'ArrowLeft') move(0, -1);
    else if (event.key === 'ArrowRight') move(0, 1);
    else return;
    event.preventDefault();
    event.stopPropagation();
  };
  return (
    <>
      <div className="matrix-room" ref={ref}>
        <button
          type="button"
          className="matrix-square"
          style={{ width: side, height: side }}
          aria-label={`How often each of ${plural(n, 'kernel')} took from each other; arrow keys move, Enter selects the pair`}
          onKeyDown={press}
          onPointerMove={(event) => setPlace(placeAt(event))}
          onPointerLeave={() => setPlace(null)}
          onClick={() => {
            if (shown !== null && shown.i !== shown.j) onChoose(shown.i, shown.j);
          }}
        >
          <canvas ref={canvas} className="crisp" data-testid="count-matrix" data-most={most} aria-hidden="true" />
          <svg viewBox={`0 0 ${Math.max(1, side)} ${Math.max(1, side)}`} aria-hidden="true">
            {place !== null && (
              <>
                <line x1="0" x2={side} y1={(place.row + 0.5) * cell} y2={(place.row + 0.5) * cell} />
                <line y1="0" y2={side} x1={(place.column + 0.5) * cell} x2={(place.column + 0.5) * cell} />
              </>
            )}
            {marked !== null && marked.row >= 0 && marked.column >= 0 && (
              <circle cx={(marked.column + 0.5) * cell} cy={(marked.row + 0.5) * cell} r="7" />
            )}
          </svg>
        </button>
      </div>
      <p className="matrix-legend">
        <span>row takes from column</span>
        <span className="matrix-scale" aria-hidden="true" />
        <span>0 to {integer(most)}</span>
        <span className="matrix-value" role="status">
          {shown === null ? (
            ''
          ) : shown.i === shown.j ? (
            `kernel ${shown.i} with itself`
          ) : (
            <>
              K<sub>{shown.i}</sub> ← K<sub>{shown.j}</sub> <b>{integer(counts[shown.i * n + shown.j] ?? 0)}</b>, other way{' '}
              <b>{integer(counts[shown.j * n + shown.i] ?? 0)}</b>
            </>
          )}
        </span>
      </p>
    </>
  );
}

const within = (at: number, n: number): number => Math.max(0, Math.min(n - 1, at));
