/**
 * The similarity of every pair of kernels on a canvas, one pixel a pair: above the diagonal Baseline, below it InMerge,
 * both in the same order. A crosshair gives the values under the pointer; a click chooses the pair.
 */
import { useLayoutEffect, useRef, useState, type PointerEvent } from 'react';
import { armTitle } from '../../recipe/arms.ts';
import type { PairIndex } from '../../store/selection.ts';
import type { SimilarityMap } from '../../store/record.ts';
import type { ShownSimilarity } from '../../store/shownSimilarity.ts';
import { similarity } from '../numbers.ts';
import { useTheme } from '../theme.ts';
import { colourIndex, similarityColours } from './colour.ts';

interface HeatmapProps {
  readonly shown: ShownSimilarity;
  /** Kernel at each position. */
  readonly order: Uint16Array;
  readonly selected: PairIndex | null;
  readonly onSelect: (pair: PairIndex) => void;
  readonly pairsAbove: number;
}

const largest = 512;
/** Height of the two label lines. */
const labels = 48;
/** Narrowest label line whose texts both fit. */
const leastLabel = 420;

export function Heatmap({ shown, order, selected, onSelect, pairsAbove }: HeatmapProps) {
  const root = useRef<HTMLDivElement>(null);
  const canvas = useRef<HTMLCanvasElement>(null);
  const theme = useTheme();
  const [room, setRoom] = useState(0);
  const [hover, setHover] = useState<{ row: number; column: number } | null>(null);
  const { upper, lower } = shown;
  const n = lower.kernels;

  useLayoutEffect(() => {
    const element = root.current;
    if (element === null) return;
    const observer = new ResizeObserver(([entry]) => {
      const box = entry?.contentRect;
      if (box !== undefined) setRoom(Math.floor(Math.min(box.width, box.height - labels, largest)));
    });
    observer.observe(element);
    return () => observer.disconnect();
  }, []);

  useLayoutEffect(() => {
    const target = canvas.current;
    const context = target?.getContext('2d');
    if (!target || !context || order.length !== n) return;
    target.width = n;
    target.height = n;
    const image = new ImageData(n, n);
    const words = new Uint32Array(image.data.buffer);
    const colours = similarityColours();
    for (let row = 0; row < n; row++) {
      const i = order[row] ?? 0;
      for (let column = 0; column < n; column++) {
        const values = column > row ? upper.values : lower.values;
        words[row * n + column] = colours[colourIndex(values[i * n + (order[column] ?? 0)] ?? 0)] ?? 0;
      }
    }
    context.putImageData(image, 0, 0);
  }, [upper, lower, order, n, theme]);

  // Whole pixels a kernel where there is room for it, so that all cells are of one size.
  const side = room >= n ? Math.floor(room / n) * n : room;
  const cell = side / n;
  const labelWidth = Math.max(side, leastLabel);
  const cellAt = (event: PointerEvent) => {
    const box = event.currentTarget.getBoundingClientRect();
    const row = Math.floor(((event.clientY - box.top) / box.height) * n);
    const column = Math.floor(((event.clientX - box.left) / box.width) * n);
    return row >= 0 && row < n && column >= 0 && column < n ? { row, column } : null;
  };
  const pairAt = (place: { row: number; column: number }): PairIndex => ({
    i: order[place.row] ?? 0,
    j: order[place.column] ?? 0,
  });
  const placeOf = (kernel: number) => order.indexOf(kernel);
  const pair = hover === null ? null : pairAt(hover);
  const marks = selected === null ? [] : marksOf(placeOf(selected.i), placeOf(selected.j));

  return (
    <div className="heatmap" ref={root}>
      <p className="heatmap-label" style={{ width: labelWidth }}>
        <span className="xs q">colour saturates at ± 0.6</span>
        <span className={upper.run.arm === null ? 'q2' : 'label-baseline'}>{halfTitle(upper)}, above the diagonal</span>
      </p>
      <div
        className="heatmap-square"
        style={{ width: side, height: side }}
        onPointerMove={(event) => setHover(cellAt(event))}
        onPointerLeave={() => setHover(null)}
        onClick={() => {
          if (pair !== null && pair.i !== pair.j) onSelect({ i: Math.min(pair.i, pair.j), j: Math.max(pair.i, pair.j) });
        }}
        role="presentation"
      >
        <canvas
          ref={canvas}
          className={side >= n ? 'crisp' : undefined}
          data-testid="heatmap"
          data-kernels={n}
          data-layer={lower.layer}
          data-epoch={lower.epoch}
          data-pairs-above-tau={pairsAbove}
          role="img"
          aria-label={`Similarity of ${n} kernels; the table beside it lists the most similar pairs`}
        />
        <svg className="heatmap-over" viewBox={`0 0 ${Math.max(1, side)} ${Math.max(1, side)}`} aria-hidden="true">
          {hover !== null && (
            <>
              <line x1="0" x2={side} y1={(hover.row + 0.5) * cell} y2={(hover.row + 0.5) * cell} />
              <line y1="0" y2={side} x1={(hover.column + 0.5) * cell} x2={(hover.column + 0.5) * cell} />
            </>
          )}
          {marks.map((mark) => (
            <g key={mark.half}>
              <circle className="mark-under" cx={(mark.column + 0.5) * cell} cy={(mark.row + 0.5) * cell} r="6.500" />
              <circle className={`mark-${mark.half}`} cx={(mark.column + 0.5) * cell} cy={(mark.row + 0.5) * cell} r="6.500" />
            </g>
          ))}
        </svg>
      </div>
      <p className="heatmap-label" style={{ width: labelWidth }}>
        <span className={lower.run.arm === null ? 'q2' : 'label-inmerge'}>{halfTitle(lower)}, below the diagonal</span>
        <span className="xs q heatmap-value">
          {pair === null ? (
            'same order for both'
          ) : pair.i === pair.j ? (
            `kernel ${pair.i} with itself`
          ) : (
            <>
              K<sub>{pair.i}</sub>, K<sub>{pair.j}</sub>: {halfName(upper)}{' '}
              <b>{similarity(upper.values[pair.i * n + pair.j] ?? 0)}</b>, {halfName(lower)}{' '}
              <b>{similarity(lower.values[pair.i * n + pair.j] ?? 0)}</b>
            </>
          )}
        </span>
      </p>
    </div>
  );
}

/** A pair stands twice: above the diagonal for Baseline, below it for InMerge. */
function marksOf(a: number, b: number): { half: 'baseline' | 'inmerge'; row: number; column: number }[] {
  if (a < 0 || b < 0) return [];
  const first = Math.min(a, b);
  const second = Math.max(a, b);
  return [
    { half: 'baseline', row: first, column: second },
    { half: 'inmerge', row: second, column: first },
  ];
}

const halfName = (map: SimilarityMap): string => armTitle(map.run.arm);
const halfTitle = (map: SimilarityMap): string => `${halfName(map)}, epoch ${map.epoch}, seed ${map.run.seed}`;
