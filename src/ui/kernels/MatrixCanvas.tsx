/**
 * The pixels of the map: one a pair, painted once a map and an order, then drawn enlarged and moved as often as needed.
 * It says how long a painting took.
 */
import { useLayoutEffect, useMemo, useRef } from 'react';
import type { ShownSimilarity } from '../../store/shownSimilarity.ts';
import { useTheme } from '../theme.ts';
import { similarityColours } from './colour.ts';
import type { MapView } from './mapView.ts';
import { colourCodes, countCodes, paint } from './paint.ts';

interface MatrixCanvasProps {
  readonly shown: ShownSimilarity;
  /** In place of the lower half: how often each pair merged. */
  readonly counts: Uint32Array | null;
  readonly order: Uint16Array;
  readonly view: MapView;
  readonly side: number;
  readonly pairsAbove: number;
}

export function MatrixCanvas({ shown, counts, order, view, side, pairsAbove }: MatrixCanvasProps) {
  const target = useRef<HTMLCanvasElement>(null);
  const theme = useTheme();
  const { upper, lower } = shown;
  const n = lower.kernels;
  const upperCodes = useMemo(() => colourCodes(upper.values), [upper]);
  const lowerCodes = useMemo(
    () => (counts !== null ? countCodes(counts) : upper === lower ? upperCodes : colourCodes(lower.values)),
    [counts, upper, lower, upperCodes],
  );
  /** One pixel a pair. */
  const painted = useRef<{ readonly canvas: HTMLCanvasElement; readonly image: ImageData } | null>(null);
  const colours = useMemo(() => ({ theme, words: similarityColours() }), [theme]);

  useLayoutEffect(() => {
    if (painted.current?.image.width !== n) {
      const made = document.createElement('canvas');
      made.width = n;
      made.height = n;
      painted.current = { canvas: made, image: new ImageData(n, n) };
    }
    const { canvas, image } = painted.current;
    const context = canvas.getContext('2d');
    if (context === null || order.length !== n) return;
    const start = performance.now();
    paint(upperCodes, lowerCodes, order, colours.words, new Uint32Array(image.data.buffer));
    context.putImageData(image, 0, 0);
    if (target.current !== null) target.current.dataset['paintMs'] = (performance.now() - start).toFixed(2);
  }, [upperCodes, lowerCodes, order, colours, n]);

  useLayoutEffect(() => {
    const canvas = target.current;
    const context = canvas?.getContext('2d');
    if (!canvas || !context || side <= 0 || painted.current === null) return;
    const pixels = Math.round(side * devicePixelRatio);
    if (canvas.width !== pixels) {
      canvas.width = pixels;
      canvas.height = pixels;
    }
    const span = n / view.zoom;
    // Cells keep their edges; where several share a pixel, it is their mean.
    context.imageSmoothingEnabled = span > pixels;
    context.clearRect(0, 0, pixels, pixels);
    context.drawImage(painted.current.canvas, view.x, view.y, span, span, 0, 0, pixels, pixels);
  }, [upperCodes, lowerCodes, order, colours, n, view, side]);

  return (
    <canvas
      ref={target}
      data-testid="heatmap"
      data-kernels={n}
      data-layer={lower.layer}
      data-epoch={lower.epoch}
      data-pairs-above-tau={pairsAbove}
      role="img"
      aria-label={`Similarity of ${n} kernels; the table beside it lists the most similar pairs`}
    />
  );
}
