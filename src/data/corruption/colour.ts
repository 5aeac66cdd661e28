/** Brightness, contrast, gamma and saturation, as Pillow's ImageEnhance, torchvision and scikit-image do them. */
import { downwards } from './rounding.ts';

/** Pillow's `L`: fixed-point luma of ITU-R 601. */
export const luma = (r: number, g: number, b: number): number => (19595 * r + 38470 * g + 7471 * b + 0x8000) >> 16;

/**
 * Pillow's blend from an even grey: grey + factor (x - grey), in float32, cut off downwards. Grey 0 gives brightness,
 * `contrastGrey` contrast.
 */
export function blend(rgb: Uint8Array, grey: number, factor: number): void {
  const share = Math.fround(factor);
  const table = Uint8Array.from({ length: 256 }, (_, byte) =>
    Math.floor(Math.min(255, Math.max(0, Math.fround(grey + Math.fround(share * (byte - grey)))))),
  );
  for (let at = 0; at < rgb.length; at++) rgb[at] = table[rgb[at] as number] as number;
}

/** The mean luma, rounded. */
export function contrastGrey(rgb: Uint8Array): number {
  let sum = 0;
  for (let at = 0; at < rgb.length; at += 3) sum += luma(rgb[at] as number, rgb[at + 1] as number, rgb[at + 2] as number);
  return Math.floor(sum / (rgb.length / 3) + 0.5);
}

/** [256] byte to byte. */
export const gammaTable = (gamma: number): Uint8Array =>
  Uint8Array.from({ length: 256 }, (_, byte) => Math.floor(255.999 * (byte / 255) ** gamma));

/** Adds to the saturation of HSV. */
export function saturated(rgb: Uint8Array, more: number): void {
  for (let at = 0; at < rgb.length; at += 3) {
    const [r, g, b] = [(rgb[at] as number) / 255, (rgb[at + 1] as number) / 255, (rgb[at + 2] as number) / 255];
    const value = Math.max(r, g, b);
    const span = value - Math.min(r, g, b);
    // Greys have no hue; hue 0 makes them reddish, as in the original.
    const sixth =
      span === 0 ? 0 : b === value ? 4 + (r - g) / span : g === value ? 2 + (b - r) / span : (g - b) / span + (g < b ? 6 : 0);
    const saturation = Math.min(1, Math.max(0, (value === 0 ? 0 : span / value) + more));
    const sector = Math.floor(sixth);
    const part = sixth - sector;
    const low = value * (1 - saturation);
    const falling = value * (1 - part * saturation);
    const rising = value * (1 - (1 - part) * saturation);
    const mixed = [
      [value, rising, low],
      [falling, value, low],
      [low, value, rising],
      [low, falling, value],
      [rising, low, value],
      [value, low, falling],
    ][sector % 6] as [number, number, number];
    for (let c = 0; c < 3; c++) rgb[at + c] = downwards(255 * (mixed[c] as number));
  }
}
