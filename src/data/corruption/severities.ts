/**
 * Which corruptions MedMNIST-C applies to which dataset, and how strongly: severities 1 to 5, chosen by its authors for
 * images of 224 x 224 pixels. Facts from its code (medmnistc, registry.py); kinds that need foreign pictures (ink, bubbles,
 * corners, lettering) are left out. At 28 pixels the same blur or pixelation weighs far more: scores are comparable between
 * the arms of an experiment, not with published ones.
 */
import { corruptionNames, type CorruptionName, type Parameter } from './corruption.ts';

type Five = readonly [Parameter, Parameter, Parameter, Parameter, Parameter];
type Table = Readonly<Partial<Record<CorruptionName, Five>>>;

const five = (a: number, b: number, c: number, d: number, e: number): Five => [[a], [b], [c], [d], [e]];

const jpeg = five(50, 30, 15, 10, 7);
const up = five(1.1, 1.2, 1.3, 1.4, 1.5);
const down = five(0.9, 0.8, 0.7, 0.6, 0.5);
const contrastUp = five(1.1, 1.2, 1.3, 1.4, 1.6);
const contrastDown = five(0.9, 0.8, 0.7, 0.6, 0.4);
const wideDefocus: Five = [
  [4, 0.1],
  [5, 0.2],
  [6, 0.3],
  [7, 0.4],
  [8, 0.5],
];
const wideMotion: Five = [
  [10, 5],
  [15, 5],
  [15, 8],
  [15, 12],
  [20, 15],
];
const strongNoise = {
  gaussian_noise: five(0.04, 0.08, 0.12, 0.18, 0.26),
  speckle_noise: five(0.05, 0.15, 0.2, 0.35, 0.45),
  impulse_noise: five(0.01, 0.03, 0.06, 0.09, 0.17),
  shot_noise: five(60, 25, 18, 10, 5),
} satisfies Table;

const organ = {
  pixelate: five(0.7, 0.6, 0.5, 0.4, 0.35),
  jpeg_compression: jpeg,
  gaussian_noise: five(0.04, 0.08, 0.12, 0.16, 0.2),
  speckle_noise: five(0.05, 0.1, 0.2, 0.3, 0.4),
  impulse_noise: five(0.01, 0.02, 0.03, 0.05, 0.08),
  shot_noise: five(200, 100, 50, 25, 15),
  gaussian_blur: five(11, 13, 15, 17, 21),
  brightness_up: five(1.2, 1.3, 1.4, 1.5, 1.6),
  brightness_down: five(0.8, 0.75, 0.7, 0.65, 0.6),
  contrast_up: five(1.3, 1.4, 1.6, 1.7, 1.8),
  contrast_down: five(0.8, 0.7, 0.6, 0.55, 0.5),
  gamma_corr_up: five(1.3, 1.4, 1.6, 1.8, 2),
  gamma_corr_down: contrastDown,
} satisfies Table;

const tables = {
  pathmnist: {
    pixelate: five(0.8, 0.6, 0.4, 0.3, 0.25),
    jpeg_compression: jpeg,
    defocus_blur: [
      [3, 0.1],
      [4, 0.1],
      [5, 0.2],
      [6, 0.2],
      [7, 0.3],
    ],
    motion_blur: [
      [5, 5],
      [10, 5],
      [15, 5],
      [15, 8],
      [15, 12],
    ],
    brightness_up: five(1.1, 1.15, 1.2, 1.22, 1.25),
    brightness_down: five(0.85, 0.8, 0.75, 0.72, 0.7),
    contrast_up: contrastUp,
    contrast_down: five(0.8, 0.7, 0.6, 0.55, 0.5),
    saturate: five(0.05, 0.1, 0.15, 0.2, 0.25),
  },
  bloodmnist: {
    pixelate: five(0.6, 0.5, 0.4, 0.3, 0.25),
    jpeg_compression: jpeg,
    defocus_blur: [
      [2, 0.01],
      [3, 0.1],
      [4, 0.1],
      [5, 0.1],
      [6, 0.1],
    ],
    motion_blur: [
      [3, 3],
      [5, 5],
      [10, 5],
      [10, 7],
      [10, 9],
    ],
    brightness_up: five(1.1, 1.2, 1.3, 1.35, 1.4),
    brightness_down: down,
    contrast_up: five(1.1, 1.15, 1.2, 1.25, 1.3),
    contrast_down: down,
    saturate: five(0.05, 0.1, 0.15, 0.17, 0.2),
  },
  dermamnist: {
    pixelate: five(0.7, 0.5, 0.4, 0.3, 0.25),
    jpeg_compression: five(30, 20, 15, 10, 7),
    ...strongNoise,
    defocus_blur: wideDefocus,
    motion_blur: wideMotion,
    zoom_blur: [
      [1.11, 0.01],
      [1.16, 0.01],
      [1.21, 0.02],
      [1.26, 0.02],
      [1.31, 0.03],
    ],
    brightness_up: up,
    brightness_down: down,
    contrast_up: contrastUp,
    contrast_down: five(0.8, 0.7, 0.6, 0.5, 0.4),
  },
  retinamnist: {
    pixelate: five(0.8, 0.6, 0.5, 0.4, 0.35),
    jpeg_compression: five(30, 25, 20, 10, 5),
    gaussian_noise: five(0.04, 0.08, 0.12, 0.16, 0.2),
    speckle_noise: five(0.1, 0.15, 0.2, 0.25, 0.3),
    defocus_blur: wideDefocus,
    motion_blur: [
      [8, 5],
      [15, 5],
      [15, 8],
      [15, 12],
      [20, 15],
    ],
    brightness_down: down,
    contrast_down: contrastDown,
  },
  tissuemnist: {
    pixelate: five(0.4, 0.3, 0.2, 0.15, 0.1),
    jpeg_compression: five(25, 20, 15, 10, 7),
    impulse_noise: five(0.01, 0.015, 0.02, 0.025, 0.03),
    gaussian_blur: five(13, 15, 17, 21, 25),
    brightness_up: five(1.3, 1.4, 1.5, 1.6, 1.7),
    brightness_down: five(0.8, 0.7, 0.6, 0.5, 0.4),
    contrast_up: contrastUp,
    contrast_down: contrastDown,
  },
  octmnist: {
    pixelate: five(0.3, 0.25, 0.2, 0.15, 0.1),
    jpeg_compression: five(30, 15, 10, 7, 5),
    speckle_noise: five(0.15, 0.3, 0.4, 0.5, 0.6),
    defocus_blur: [
      [0.5, 0.6],
      [1, 0.5],
      [1.5, 0.1],
      [2, 0.5],
      [2.5, 0.1],
    ],
    motion_blur: [
      [10, 3],
      [15, 5],
      [15, 8],
      [15, 12],
      [20, 15],
    ],
    contrast_down: five(0.6, 0.4, 0.3, 0.2, 0.15),
  },
  breastmnist: {
    pixelate: five(0.3, 0.25, 0.2, 0.15, 0.1),
    jpeg_compression: jpeg,
    speckle_noise: five(0.1, 0.15, 0.2, 0.25, 0.3),
    motion_blur: [
      [5, 5],
      [9, 7],
      [9, 10],
      [13, 10],
      [17, 12],
    ],
    brightness_up: five(1.4, 1.5, 1.6, 1.8, 2),
    brightness_down: five(0.55, 0.5, 0.45, 0.4, 0.3),
    contrast_down: contrastDown,
  },
  chestmnist: {
    pixelate: five(0.3, 0.25, 0.2, 0.15, 0.1),
    jpeg_compression: jpeg,
    ...strongNoise,
    gaussian_blur: five(3, 5, 7, 9, 11),
    brightness_up: up,
    brightness_down: down,
    contrast_up: contrastUp,
    contrast_down: contrastDown,
    gamma_corr_up: contrastUp,
    gamma_corr_down: contrastDown,
  },
  pneumoniamnist: {
    pixelate: five(0.8, 0.7, 0.6, 0.5, 0.4),
    jpeg_compression: jpeg,
    gaussian_noise: five(0.04, 0.05, 0.06, 0.07, 0.08),
    speckle_noise: five(0.05, 0.07, 0.1, 0.15, 0.2),
    impulse_noise: five(0.005, 0.01, 0.013, 0.017, 0.02),
    shot_noise: five(300, 200, 150, 100, 80),
    gaussian_blur: five(3, 5, 7, 9, 11),
    brightness_up: up,
    brightness_down: down,
    contrast_up: contrastUp,
    contrast_down: contrastDown,
    gamma_corr_up: contrastUp,
    gamma_corr_down: contrastDown,
  },
  organamnist: organ,
  organcmnist: organ,
  organsmnist: organ,
} satisfies Record<string, Table>;

/** For sets that MedMNIST-C does not know: all kinds, at its usual strengths (DermaMNIST's; what that lacks from others). */
const general: Table = {
  ...tables.chestmnist,
  saturate: tables.bloodmnist.saturate,
  ...tables.dermamnist,
};

export interface Suite {
  /** Whose severities these are: the name of a MedMNIST set, or `general`. */
  readonly source: keyof typeof tables | 'general';
  readonly corruptions: readonly { readonly name: CorruptionName; readonly parameters: Five }[];
}

/** The corruptions for a dataset by its name (`bloodmnist`, `bloodmnist_64`, ...); grey images have no saturation. */
export function suiteFor(datasetName: string, channels: 1 | 3): Suite {
  const known = datasetName.toLowerCase().replace(/_\d+$/, '');
  const source = Object.hasOwn(tables, known) ? (known as keyof typeof tables) : 'general';
  const table: Table = source === 'general' ? general : tables[source];
  return {
    source,
    corruptions: corruptionNames
      .filter((name) => table[name] !== undefined && (channels === 3 || name !== 'saturate'))
      .map((name) => ({ name, parameters: table[name] as Five })),
  };
}
