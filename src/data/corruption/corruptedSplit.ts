/**
 * A split with every image corrupted. As in MedMNIST-C, grey images are corrupted as RGB and made grey again, and images
 * are corrupted at the size of the file, before a recipe resizes them.
 */
import type { Dataset, Split } from '../dataset.ts';
import { luma } from './colour.ts';
import { corruptor, type CorruptionName, type Parameter } from './corruption.ts';

/** Yields the number of images done, a few at a time: a place to rest. */
export function* corruptedSplit(
  split: Split,
  { height, width, channels }: Pick<Dataset, 'height' | 'width' | 'channels'>,
  name: CorruptionName,
  parameter: Parameter,
  severity: number,
): Generator<number, Split> {
  const corrupt = corruptor(name, parameter, severity, height, width);
  const pixels = height * width;
  const length = pixels * channels;
  const images = new Uint8Array(split.images.length);
  const rgb = new Uint8Array(pixels * 3);
  // About a hundredth of a second at a time.
  const atOnce = Math.max(1, Math.floor(50_000 / pixels));
  for (let image = 0; image < split.count; image++) {
    const from = image * length;
    if (channels === 3) rgb.set(split.images.subarray(from, from + length));
    else for (let at = 0; at < pixels; at++) rgb.fill(split.images[from + at] as number, at * 3, at * 3 + 3);
    corrupt(rgb, image);
    if (channels === 3) images.set(rgb, from);
    else
      for (let at = 0; at < pixels; at++)
        images[from + at] = luma(rgb[at * 3] as number, rgb[at * 3 + 1] as number, rgb[at * 3 + 2] as number);
    if (image % atOnce === atOnce - 1) yield atOnce;
  }
  yield split.count % atOnce;
  return { count: split.count, images, labels: split.labels };
}
