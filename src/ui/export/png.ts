/** A figure's SVG as a PNG of twice its size, drawn by the browser. */
import { figureHeight, figureWidth } from '../../report/svg.ts';

const scale = 2;

export async function pngOf(svg: readonly Uint8Array<ArrayBuffer>[]): Promise<Uint8Array<ArrayBuffer>> {
  const url = URL.createObjectURL(new Blob([...svg], { type: 'image/svg+xml' }));
  try {
    const image = new Image(figureWidth, figureHeight);
    image.src = url;
    await image.decode();
    const canvas = document.createElement('canvas');
    canvas.width = figureWidth * scale;
    canvas.height = figureHeight * scale;
    const context = canvas.getContext('2d');
    if (context === null) throw new Error('The browser gives no canvas to draw on.');
    context.drawImage(image, 0, 0, canvas.width, canvas.height);
    const blob = await new Promise<Blob | null>((resolve) => canvas.toBlob(resolve, 'image/png'));
    if (blob === null) throw new Error('The browser could not write the picture.');
    return new Uint8Array(await blob.arrayBuffer());
  } finally {
    URL.revokeObjectURL(url);
  }
}
