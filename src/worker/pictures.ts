/** A picture file (PNG, JPEG, WebP, ...) as pixels, by the browser's own decoder. */
import { StudioError } from '../base/errors.ts';
import type { Rgba } from '../data/picture.ts';

const mostBytes = 100 * 2 ** 20;
/** Larger ones are made smaller by the browser first: no network here takes more than a few hundred pixels a side. */
const mostSide = 2048;

/** @throws StudioError `picture-unreadable`. */
export async function decodePicture(
  file: File,
): Promise<{ readonly rgba: Rgba; readonly width: number; readonly height: number }> {
  if (file.size > mostBytes) throw unreadable(file.name, `It has ${Math.round(file.size / 2 ** 20)} MB.`);
  // Bytes as the file has them: no colour management, which differs between machines.
  const bitmap = await createImageBitmap(file, { colorSpaceConversion: 'none', premultiplyAlpha: 'none' }).catch(() => null);
  if (bitmap === null) throw unreadable(file.name, 'The browser knows no such format, or the file is not whole.');
  try {
    const { width, height } = bitmap;
    const scale = Math.min(1, mostSide / Math.max(width, height));
    const canvas = new OffscreenCanvas(Math.max(1, Math.round(width * scale)), Math.max(1, Math.round(height * scale)));
    const context = canvas.getContext('2d', { willReadFrequently: true });
    if (context === null) throw unreadable(file.name, 'The browser gave no memory for it.');
    context.imageSmoothingQuality = 'high';
    context.drawImage(bitmap, 0, 0, canvas.width, canvas.height);
    const { data } = context.getImageData(0, 0, canvas.width, canvas.height);
    return { rgba: { width: canvas.width, height: canvas.height, pixels: data }, width, height };
  } finally {
    bitmap.close();
  }
}

const unreadable = (name: string, why: string): StudioError =>
  new StudioError({
    code: 'picture-unreadable',
    message: `${name} could not be read as a picture. ${why}`,
    remedy: 'Choose a PNG, JPEG or WebP file. For medical formats (DICOM, NIfTI) save a slice as PNG first.',
  });
