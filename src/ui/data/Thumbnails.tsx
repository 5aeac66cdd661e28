/** The first images of a class on one canvas, whole images only, drawn at the resolution of the file. */
import { useLayoutEffect, useRef, useState } from 'react';
import type { DatasetSummary } from '../../data/dataset.ts';

const gap = 4;

export function Thumbnails({ thumbnails, label }: { thumbnails: DatasetSummary['thumbnails'][number]; label: string }) {
  const root = useRef<HTMLDivElement>(null);
  const canvas = useRef<HTMLCanvasElement>(null);
  const [width, setWidth] = useState(0);
  useLayoutEffect(() => {
    const element = root.current;
    if (element === null) return;
    const observer = new ResizeObserver(([entry]) => setWidth(Math.floor(entry?.contentRect.width ?? 0)));
    observer.observe(element);
    return () => observer.disconnect();
  }, []);
  useLayoutEffect(() => {
    const target = canvas.current;
    const element = root.current;
    if (target === null || element === null || width === 0) return;
    const side = element.clientHeight;
    const { count, height, width: imageWidth, rgba } = thumbnails;
    const shown = Math.max(1, Math.min(count, Math.floor((width + gap) / (side + gap))));
    const scale = window.devicePixelRatio;
    target.width = Math.round((shown * (side + gap) - gap) * scale);
    target.height = Math.round(side * scale);
    target.style.width = `${shown * (side + gap) - gap}px`;
    target.style.height = `${side}px`;
    const context = target.getContext('2d');
    const source = new OffscreenCanvas(imageWidth, height);
    const sourceContext = source.getContext('2d');
    if (context === null || sourceContext === null) return;
    context.imageSmoothingEnabled = imageWidth > side * scale;
    for (let k = 0; k < shown; k++) {
      const size = imageWidth * height * 4;
      const image = new ImageData(imageWidth, height);
      image.data.set(rgba.subarray(k * size, (k + 1) * size));
      sourceContext.putImageData(image, 0, 0);
      context.drawImage(source, k * (side + gap) * scale, 0, side * scale, side * scale);
    }
  }, [thumbnails, width]);
  return (
    <div className="thumbnails" ref={root} role="img" aria-label={label}>
      <canvas ref={canvas} />
    </div>
  );
}
