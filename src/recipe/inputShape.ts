/** What a network of a recipe is shown: the one place that says what becomes of an image's shape on the way. */
import type { Recipe } from './recipe.ts';

/** As a dataset stores its images. */
interface Stored {
  readonly height: number;
  readonly width: number;
  readonly channels: number;
}

/** [height, width, channels] of a network's input, pixels. */
export const inputShape = ({ side, channels }: Recipe['input'], stored: Stored): readonly [number, number, number] => [
  side ?? stored.height,
  side ?? stored.width,
  channels === 'rgb' ? 3 : stored.channels,
];
