/** One image on a canvas, its own pixels visible, and over it where a network looks: from clear to yellow. */
import { useLayoutEffect, useRef } from 'react';
import type { ImagePixels } from '../../worker/lookProtocol.ts';

export interface HeatMap {
  readonly map: Float32Array;
  readonly height: number;
  readonly width: number;
}

interface PictureProps {
  readonly image: ImagePixels;
  readonly side: number;
  readonly heat?: HeatMap | null;
  readonly label: string;
}

export function Picture({ image, side, heat = null, label }: PictureProps) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const { height, width } = image;
  const shownWidth = Math.round(width >= height ? side : (side * width) / height);
  const shownHeight = Math.round(height >= width ? side : (side * height) / width);
  useLayoutEffect(() => {
    const target = canvas.current;
    const context = target?.getContext('2d') ?? null;
    if (target === null || context === null) return;
    const scale = window.devicePixelRatio;
    target.width = Math.round(shownWidth * scale);
    target.height = Math.round(shownHeight * scale);
    context.imageSmoothingEnabled = width > target.width;
    context.imageSmoothingQuality = 'high';
    context.drawImage(small(width, height, rgbaOf(image)), 0, 0, target.width, target.height);
    if (heat === null) return;
    // A few pixels become many: between them the map is interpolated.
    context.imageSmoothingEnabled = true;
    context.drawImage(small(heat.width, heat.height, heatRgba(heat.map)), 0, 0, target.width, target.height);
  }, [image, heat, height, width, shownHeight, shownWidth]);
  return <canvas ref={canvas} role="img" aria-label={label} style={{ width: shownWidth, height: shownHeight }} />;
}

function small(width: number, height: number, rgba: Uint8ClampedArray<ArrayBuffer>): OffscreenCanvas {
  const canvas = new OffscreenCanvas(width, height);
  canvas.getContext('2d')?.putImageData(new ImageData(rgba, width, height), 0, 0);
  return canvas;
}

function rgbaOf({ channels, pixels }: ImagePixels): Uint8ClampedArray<ArrayBuffer> {
  const rgba = new Uint8ClampedArray((pixels.length / channels) * 4).fill(255);
  for (let at = 0; at < pixels.length / channels; at++)
    for (let part = 0; part < 3; part++) rgba[at * 4 + part] = pixels[at * channels + (channels === 3 ? part : 0)] as number;
  return rgba;
}

const low = [40, 190, 160] as const;
const high = [255, 240, 60] as const;

/** On its own scale: the strongest place is yellow and three quarters opaque. */
function heatRgba(map: Float32Array): Uint8ClampedArray<ArrayBuffer> {
  const peak = map.reduce((most, value) => Math.max(most, value), 0);
  const rgba = new Uint8ClampedArray(map.length * 4);
  map.forEach((value, at) => {
    const share = peak === 0 ? 0 : value / peak;
    for (let part = 0; part < 3; part++)
      rgba[at * 4 + part] = (low[part] as number) + share * ((high[part] as number) - (low[part] as number));
    rgba[at * 4 + 3] = 190 * share;
  });
  return rgba;
}
