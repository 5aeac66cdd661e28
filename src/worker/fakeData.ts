/** Data of the scripted worker: a believable dataset summary with drawn thumbnails, and a refused file. */
import type { StudioErrorData } from '../base/errors.ts';
import type { DatasetSummary } from '../data/dataset.ts';
import { threefry2x32 } from '../base/threefry.ts';

/** A number in [0, 1) that depends on its arguments alone. */
export const draw = (stream: number, counter: number): number => threefry2x32([stream, 7], [counter, 0])[0] / 2 ** 32;

const classes: readonly {
  readonly name: string;
  readonly rgb: readonly [number, number, number];
  readonly counts: readonly [number, number, number];
  readonly radius: number;
}[] = [
  { name: 'basophil', rgb: [92, 48, 140], counts: [852, 122, 244], radius: 8 },
  { name: 'eosinophil', rgb: [190, 90, 110], counts: [2181, 312, 624], radius: 9 },
  { name: 'erythroblast', rgb: [70, 30, 110], counts: [1085, 155, 311], radius: 5 },
  {
    name: 'immature granulocytes (myelocytes, metamyelocytes and promyelocytes)',
    rgb: [110, 70, 170],
    counts: [2026, 290, 579],
    radius: 10,
  },
  { name: 'lymphocyte', rgb: [80, 50, 150], counts: [849, 122, 243], radius: 7 },
  { name: 'monocyte', rgb: [120, 80, 160], counts: [993, 143, 284], radius: 10 },
  { name: 'neutrophil', rgb: [100, 60, 150], counts: [2330, 333, 666], radius: 8 },
  { name: 'platelet', rgb: [160, 110, 180], counts: [1643, 235, 470], radius: 3 },
];

export function fakeDataset(fileName: string | null): DatasetSummary {
  const counts = [0, 1, 2].map((split) => classes.reduce((sum, entry) => sum + (entry.counts[split] ?? 0), 0));
  const sample = fileName === null;
  return {
    name: sample ? 'sample' : 'bloodmnist',
    title: sample ? 'Sample' : 'BloodMNIST',
    fileName,
    fileBytes: sample ? null : 35_461_855,
    task: 'multi-class',
    classNames: classes.map((entry) => entry.name),
    height: 28,
    width: 28,
    channels: 3,
    counts: { train: counts[0] ?? 0, val: counts[1] ?? 0, test: counts[2] ?? 0 },
    classCounts: {
      train: classes.map((entry) => entry.counts[0]),
      val: classes.map((entry) => entry.counts[1]),
      test: classes.map((entry) => entry.counts[2]),
    },
    sha256: sample ? `5a3b${'0'.repeat(60)}` : '9c41e07b2f5d6a8890b1c2d3e4f5061728394a5b6c7d8e9fa0b1c2d3e4f55fa2',
    md5: sample ? null : '7053d0359d879ad8a5505303e11de1dc',
    match: sample ? null : 'official',
    source: sample ? null : 'Acevedo et al., 2020',
    licence: sample ? null : 'CC BY 4.0',
    synthetic: sample,
    repeatedInTraining: 7,
    checks: [
      { level: 'passed', text: 'All six arrays are present' },
      { level: 'passed', text: 'Labels run from 0 to 7, without gaps' },
      { level: 'passed', text: 'Every class is in every split' },
      { level: 'passed', text: 'Pixels use the range 0 to 255' },
      { level: 'note', text: 'The largest class has 2.7 times the images of the smallest' },
      {
        level: 'review',
        text: '7 images are in both train and test',
        effect:
          'Test accuracy could read up to 0.2 pp too high. Both arms are affected alike. Remove the copies from train to be sure.',
      },
    ],
    readMs: 412,
    thumbnails: classes.map((entry, classIndex) => thumbnails(classIndex, entry.rgb, entry.radius)),
  };
}

function thumbnails(
  classIndex: number,
  rgb: readonly [number, number, number],
  radius: number,
): DatasetSummary['thumbnails'][number] {
  const side = 28;
  const count = 12;
  const rgba = new Uint8ClampedArray(count * side * side * 4);
  for (let image = 0; image < count; image++) {
    const seed = classIndex * 100 + image;
    const x0 = 14 + 4 * (draw(seed, 1) - 0.5);
    const y0 = 14 + 4 * (draw(seed, 2) - 0.5);
    const r = radius * (0.85 + 0.3 * draw(seed, 3));
    for (let y = 0; y < side; y++) {
      for (let x = 0; x < side; x++) {
        const inside = 1 / (1 + Math.exp(1.5 * (Math.hypot(x - x0, y - y0) - r)));
        const noise = 14 * (draw(seed, 10 + y * side + x) - 0.5);
        const at = 4 * ((image * side + y) * side + x);
        const paper = [236, 214, 216] as const;
        for (let c = 0; c < 3; c++) rgba[at + c] = (paper[c] ?? 0) * (1 - inside) + (rgb[c] ?? 0) * inside + noise;
        rgba[at + 3] = 255;
      }
    }
  }
  return { classIndex, count, height: side, width: side, rgba };
}

/** The refusal of a file whose images are stored channels first. */
export const channelsFirst: readonly StudioErrorData[] = [
  {
    code: 'npz-channels-first',
    message: 'The images are stored channels first. The studio reads channels last, as MedMNIST does.',
    remedy: 'Move axis 1 to the end in the three image arrays; the labels are fine.',
    fix: 'np.savez_compressed("fixed.npz", **{k: np.moveaxis(v, 1, -1) if v.ndim == 4 else v for k, v in np.load("cells_hospital_b.npz").items()})',
    details: [
      { where: 'train_images', found: '(2400, 3, 28, 28)', expected: '(N, H, W, 3)' },
      { where: 'val_images', found: '(300, 3, 28, 28)', expected: '(N, H, W, 3)' },
      { where: 'test_images', found: '(600, 3, 28, 28)', expected: '(N, H, W, 3)' },
    ],
  },
  {
    code: 'label-range',
    message: 'Labels leave gaps: class 5 has no image in any split, and one label is 255.',
    remedy: 'Number the classes from 0 without gaps, then save the file again.',
    details: [{ where: 'train_labels[1207]', found: '255', expected: '0 to 7' }],
  },
];

/** The script's answer to every question about an image. */
export const noImages: StudioErrorData = {
  code: 'dataset-gone',
  message: 'The scripted worker holds no images and no networks.',
  remedy: 'Open the page without ?fake.',
};
