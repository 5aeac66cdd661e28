/** One kernel, or what is made of two, as a small picture. */
import { useLayoutEffect, useRef, type ReactNode } from 'react';
import { shadeOf } from './shade.ts';

interface KernelTileProps {
  /** [position][3] before scaling. */
  readonly colours: Float32Array;
  readonly scale: number;
  readonly label: ReactNode;
  readonly name: string;
}

export function KernelTile({ colours, scale, label, name }: KernelTileProps) {
  const target = useRef<HTMLCanvasElement>(null);
  const side = Math.round(Math.sqrt(colours.length / 3));
  useLayoutEffect(() => {
    const canvas = target.current;
    const context = canvas?.getContext('2d');
    if (!canvas || !context) return;
    canvas.width = side;
    canvas.height = side;
    const image = new ImageData(side, side);
    for (let position = 0; position < side * side; position++) {
      for (let k = 0; k < 3; k++) image.data[4 * position + k] = shadeOf(colours[3 * position + k] ?? 0, scale);
      image.data[4 * position + 3] = 255;
    }
    context.putImageData(image, 0, 0);
  }, [colours, scale, side]);
  return (
    <figure className="tile-figure">
      <canvas ref={target} className="kernel-tile" role="img" aria-label={name} />
      <figcaption>{label}</figcaption>
    </figure>
  );
}
