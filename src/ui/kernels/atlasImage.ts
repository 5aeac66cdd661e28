/** Where each kernel of a layer stands on one canvas, and its pixels. */
import { shadeOf } from './shade.ts';

export interface AtlasLayout {
  readonly columns: number;
  readonly rows: number;
  /** Pixels of a kernel with its gap. */
  readonly tile: number;
  /** Pixels of a weight. */
  readonly dot: number;
  readonly side: number;
}

const gap = 2;
const largestDot = 28;

/** The largest whole pixels at which all kernels fit; small ones scroll. Null where there is nothing to lay out. */
export function atlasLayout(kernels: number, side: number, width: number, height: number): AtlasLayout | null {
  if (kernels === 0 || side === 0 || width <= 0) return null;
  for (let dot = largestDot; dot >= 1; dot--) {
    const tile = dot * side + gap;
    const columns = Math.min(kernels, Math.floor(width / tile));
    if (columns < 1) continue;
    const rows = Math.ceil(kernels / columns);
    if (rows * tile <= height || dot <= 3) return { columns, rows, tile, dot, side };
  }
  return null;
}

/** @param colours `[kernel][position][3]` before scaling */
export function atlasImage(colours: Float32Array, scale: number, order: Uint16Array, layout: AtlasLayout): ImageData {
  const { columns, rows, tile, dot, side } = layout;
  const width = columns * tile;
  const image = new ImageData(width, rows * tile);
  const words = new Uint32Array(image.data.buffer);
  order.forEach((kernel, place) => {
    const left = (place % columns) * tile;
    const top = Math.floor(place / columns) * tile;
    for (let position = 0; position < side * side; position++) {
      const at = (kernel * side * side + position) * 3;
      const [r, g, b] = [0, 1, 2].map((k) => shadeOf(colours[at + k] ?? 0, scale)) as [number, number, number];
      const word = ((255 << 24) | (b << 16) | (g << 8) | r) >>> 0;
      const x = left + (position % side) * dot;
      const y = top + Math.floor(position / side) * dot;
      for (let line = 0; line < dot; line++) words.fill(word, (y + line) * width + x, (y + line) * width + x + dot);
    }
  });
  return image;
}
