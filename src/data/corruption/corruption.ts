/**
 * The corruptions of MedMNIST-C (Di Salvo et al., arXiv 2406.17536) that need no foreign picture: 17 kinds at five
 * severities, as its code defines them, on 8-bit RGB. Every draw is a pure function of (kind, severity, image), so that
 * all arms and seeds see the same corrupted images, today and tomorrow.
 */
import { fold, keyOf, purposes, type Key } from '../../base/threefry.ts';
import { Draws } from '../draws.ts';
import { blend, contrastGrey, gammaTable, saturated } from './colour.ts';
import { Convolver, defocusTaps, gaussianTaps, motionTaps } from './convolution.ts';
import { jpegOf, quantisation } from './jpeg.ts';
import { gaussianNoise, impulseNoise, poissonTables, shotNoise, speckleNoise } from './noise.ts';
import { Pixelate } from './pixelate.ts';
import { downwards, halfToEven, nearest, writeBytes } from './rounding.ts';
import { ZoomBlur } from './zoomBlur.ts';

/** In the order of MedMNIST-C's families. A name's position is part of its draws: append only. */
export const corruptionNames = [
  'pixelate',
  'jpeg_compression',
  'gaussian_noise',
  'speckle_noise',
  'impulse_noise',
  'shot_noise',
  'defocus_blur',
  'motion_blur',
  'gaussian_blur',
  'zoom_blur',
  'brightness_up',
  'brightness_down',
  'contrast_up',
  'contrast_down',
  'saturate',
  'gamma_corr_up',
  'gamma_corr_down',
] as const;
export type CorruptionName = (typeof corruptionNames)[number];

export const severities = 5;

/** What a severity is made of: one number for most; (radius, alias or sigma) for blurs; (largest factor, step) for zoom. */
export type Parameter = readonly number[];

/** Changes an image [height, width, 3] in place. */
export type Corruptor = (rgb: Uint8Array, image: number) => void;

/** Sets up one kind at one severity (0-based) for images of one size; what does not depend on the image is made once. */
export function corruptor(
  name: CorruptionName,
  parameter: Parameter,
  severity: number,
  height: number,
  width: number,
): Corruptor {
  const [first = 0, second = 0] = parameter;
  const key = drawKey(name, severity);
  switch (name) {
    case 'pixelate': {
      const pixelate = new Pixelate(height, width, first);
      return (rgb) => pixelate.apply(rgb);
    }
    case 'jpeg_compression': {
      const tables = quantisation(first);
      return (rgb) => jpegOf(rgb, height, width, tables);
    }
    case 'gaussian_noise':
      return (rgb, image) => gaussianNoise(rgb, first, new Draws(key, image));
    case 'speckle_noise':
      return (rgb, image) => speckleNoise(rgb, first, new Draws(key, image));
    case 'impulse_noise':
      return (rgb, image) => impulseNoise(rgb, first, new Draws(key, image));
    case 'shot_noise': {
      const tables = poissonTables(first);
      return (rgb, image) => shotNoise(rgb, tables, new Draws(key, image));
    }
    case 'defocus_blur': {
      const taps = defocusTaps(first, second);
      const convolver = new Convolver(height, width);
      return (rgb) => writeBytes(convolver.sum(rgb, taps, 'mirror'), downwards, rgb);
    }
    case 'motion_blur': {
      const convolver = new Convolver(height, width);
      return (rgb, image) => {
        const taps = motionTaps(first, second, new Draws(key, image).between(-45, 45));
        writeBytes(convolver.sum(rgb, taps, 'edge'), nearest, rgb);
      };
    }
    case 'gaussian_blur': {
      const [across, down] = gaussianTaps(first);
      const [rows, columns] = [new Convolver(height, width), new Convolver(height, width)];
      return (rgb) => writeBytes(columns.sum(rows.sum(rgb, across, 'mirror'), down, 'mirror'), halfToEven, rgb);
    }
    case 'zoom_blur': {
      const zoom = new ZoomBlur(height, width, first, second);
      return (rgb) => zoom.apply(rgb);
    }
    case 'brightness_up':
    case 'brightness_down':
      return (rgb) => blend(rgb, 0, first);
    case 'contrast_up':
    case 'contrast_down':
      return (rgb) => blend(rgb, contrastGrey(rgb), first);
    case 'saturate':
      return (rgb) => saturated(rgb, first);
    case 'gamma_corr_up':
    case 'gamma_corr_down': {
      const table = gammaTable(first);
      return (rgb) => rgb.forEach((byte, at) => (rgb[at] = table[byte] as number));
    }
    default:
      return name satisfies never;
  }
}

function drawKey(name: CorruptionName, severity: number): Key {
  return fold(fold(fold(keyOf(0), purposes.corruption), corruptionNames.indexOf(name)), severity);
}
