/**
 * What the page asks about single images and of finished networks, and the answers: one question a command, one answer or
 * one refusal an event.
 * Questions are about the experiment that the page shows; what they need (its dataset, the weights of its runs) may not be
 * there any more, and the refusal says what to do.
 */
import type { RunKey } from '../experiment/events.ts';
import type { ReportFile } from '../report/reportFile.ts';

export type LookQuestion =
  /** Images of the file's test split by their index there. */
  | { readonly what: 'test-images'; readonly images: Uint32Array }
  /**
   * Class scores of one image by several runs, each with its Grad-CAM for one class; null is the class that the first run
   * scores highest.
   */
  | {
      readonly what: 'classify';
      readonly image: LookedImage;
      readonly runs: readonly RunKey[];
      readonly classIndex: number | null;
    }
  /** Which finished runs have their weights here. */
  | { readonly what: 'kept-weights' }
  /** Those of one run, as a file. */
  | { readonly what: 'weights'; readonly run: RunKey };

/** One of the file's test split by its index there, or any picture file. */
export type LookedImage = { readonly testImage: number } | { readonly file: File };

export interface ImagePixels {
  readonly height: number;
  readonly width: number;
  readonly channels: 1 | 3;
  /** [images, height, width, channels] */
  readonly pixels: Uint8Array<ArrayBuffer>;
}

export interface ArmView {
  readonly run: RunKey;
  readonly scores: Float64Array;
  /** Grad-CAM of the answer's class: [height, width] over the whole image, at least 0, in no unit. */
  readonly map: Float32Array;
  readonly mapHeight: number;
  readonly mapWidth: number;
}

export type LookAnswer =
  | ({ readonly what: 'test-images' } & ImagePixels)
  | {
      readonly what: 'classify';
      /** The image as the dataset stores its own: a picture is cut and made small for it. */
      readonly image: ImagePixels;
      /** Size of a dropped picture before that; null for an image of the dataset. */
      readonly cutFrom: { readonly height: number; readonly width: number } | null;
      readonly classIndex: number;
      readonly arms: readonly ArmView[];
    }
  /** `bytes` of all of them. */
  | { readonly what: 'kept-weights'; readonly runs: readonly RunKey[]; readonly bytes: number }
  | { readonly what: 'weights'; readonly file: ReportFile };

/** Most images of one question: a page of a gallery. */
export const mostImagesAsked = 64;
