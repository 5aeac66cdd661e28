/**
 * Any picture as an image of a dataset: its middle, cut to the dataset's proportions, made as small as its images are and
 * as grey, so that a trained network meets what it was trained on.
 */
import type { Dataset, Split } from './dataset.ts';
import { Resizer } from './resize.ts';

/** What a picture has to become. */
export type ImageShape = Pick<Dataset, 'height' | 'width' | 'channels'>;

/** What a network of the dataset is shown, and tells apart. */
export type ImageFacts = ImageShape & Pick<Dataset, 'classNames' | 'task'>;

export interface Rgba {
  readonly width: number;
  readonly height: number;
  /** [height, width, 4], alpha not multiplied in. */
  readonly pixels: Uint8ClampedArray;
}

/** [height, width, channels] of the dataset's shape. */
export function pictureAs(shape: ImageShape, picture: Rgba): Uint8Array<ArrayBuffer> {
  const cut = middle(picture, shape.width / shape.height);
  const bytes = new Uint8Array(cut.width * cut.height * shape.channels);
  for (let y = 0; y < cut.height; y++) {
    for (let x = 0; x < cut.width; x++) {
      const from = ((cut.top + y) * picture.width + cut.left + x) * 4;
      const to = (y * cut.width + x) * shape.channels;
      const [red, green, blue] = [0, 1, 2].map((part) => onBlack(picture.pixels, from, part)) as [number, number, number];
      if (shape.channels === 1) bytes[to] = grey(red, green, blue);
      else bytes.set([red, green, blue], to);
    }
  }
  if (cut.width === shape.width && cut.height === shape.height) return bytes;
  const small = new Uint8Array(shape.height * shape.width * shape.channels);
  new Resizer(cut.height, cut.width, shape.channels, shape.height, shape.width).resize(bytes, 0, small);
  return small;
}

/** A dataset whose test split is that one image, for a `BatchSource` to normalise. */
export function datasetOfOne(facts: ImageFacts, image: Uint8Array<ArrayBuffer>): Dataset {
  const split: Split = {
    count: 1,
    images: image,
    labels: new Uint16Array(facts.task === 'multi-label' ? facts.classNames.length : 1),
  };
  return { name: '', title: '', sha256: '', synthetic: false, ...facts, splits: { train: split, val: split, test: split } };
}

/** The largest part of those proportions, around the centre. */
function middle({ width, height }: Rgba, proportion: number) {
  const cutWidth = Math.max(1, Math.min(width, Math.round(height * proportion)));
  const cutHeight = Math.max(1, Math.min(height, Math.round(width / proportion)));
  return {
    width: cutWidth,
    height: cutHeight,
    left: Math.floor((width - cutWidth) / 2),
    top: Math.floor((height - cutHeight) / 2),
  };
}

/** What is see-through shows black, the ground of most medical images. */
const onBlack = (pixels: Uint8ClampedArray, at: number, part: number): number =>
  Math.round(((pixels[at + part] as number) * (pixels[at + 3] as number)) / 255);

/** Luma of ITU-R 601-2 in Pillow's integers, as `convert("L")` has it. */
const grey = (red: number, green: number, blue: number): number => (red * 19595 + green * 38470 + blue * 7471 + 0x8000) >> 16;

export const factsOf = ({ height, width, channels, classNames, task }: Dataset): ImageFacts => ({
  height,
  width,
  channels,
  classNames,
  task,
});
