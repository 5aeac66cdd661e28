/**
 * The sample dataset: 28 x 28 colour pictures of eight kinds of blood cell, drawn by polynomials from Threefry, so that
 * anyone can try the studio without a file. Synthetic throughout, and labelled so. One seed gives the same bytes everywhere.
 */
import { fold, keyOf, permutation, purposes, type Key } from '../base/threefry.ts';
import { CellPainter, type CellKind } from './bloodCell.ts';
import { cellSide } from './canvas.ts';
import type { Dataset, Split, SplitName } from './dataset.ts';
import { sha256Of } from './digest.ts';
import { Draws } from './draws.ts';
import type { ReadDataset } from './intake.ts';
import { summarise } from './summary.ts';

export interface SampleCounts {
  readonly train: number;
  readonly val: number;
  readonly test: number;
}

export const sampleCounts: SampleCounts = { train: 1600, val: 200, test: 400 };

/** In the order of BloodMNIST's classes. */
const kinds: readonly (readonly [string, CellKind])[] = [
  [
    'basophil',
    {
      radius: [7.6, 10],
      cytoplasm: [192, 152, 192],
      nucleus: [104, 68, 150],
      shape: 'two lobes',
      otherShape: 'round',
      nucleusSize: [0.68, 0.9],
      granules: { count: [22, 46], size: 0.9, colour: [58, 34, 108], strength: 0.72 },
      ragged: 0,
    },
  ],
  [
    'eosinophil',
    {
      radius: [8, 10.6],
      cytoplasm: [228, 176, 172],
      nucleus: [92, 56, 136],
      shape: 'two lobes',
      otherShape: 'segments',
      nucleusSize: [0.6, 0.84],
      granules: { count: [30, 64], size: 0.8, colour: [216, 128, 124], strength: 0.5 },
      ragged: 0,
    },
  ],
  [
    'erythroblast',
    {
      radius: [5.8, 8.6],
      cytoplasm: [186, 172, 200],
      nucleus: [66, 38, 104],
      shape: 'round',
      otherShape: 'kidney',
      nucleusSize: [0.56, 0.78],
      granules: { count: [0, 3], size: 0.5, colour: [96, 60, 132], strength: 0.4 },
      ragged: 0,
    },
  ],
  [
    'immature granulocyte',
    {
      radius: [8.4, 11.2],
      cytoplasm: [188, 160, 202],
      nucleus: [102, 64, 148],
      shape: 'kidney',
      otherShape: 'round',
      nucleusSize: [0.68, 0.88],
      granules: { count: [12, 36], size: 0.65, colour: [140, 84, 156], strength: 0.5 },
      ragged: 0,
    },
  ],
  [
    'lymphocyte',
    {
      radius: [6.2, 9.2],
      cytoplasm: [178, 182, 218],
      nucleus: [76, 44, 128],
      shape: 'round',
      otherShape: 'kidney',
      nucleusSize: [0.72, 0.9],
      granules: { count: [0, 4], size: 0.5, colour: [140, 90, 156], strength: 0.4 },
      ragged: 0,
    },
  ],
  [
    'monocyte',
    {
      radius: [8.6, 11.4],
      cytoplasm: [182, 172, 206],
      nucleus: [98, 66, 146],
      shape: 'kidney',
      otherShape: 'two lobes',
      nucleusSize: [0.6, 0.84],
      granules: { count: [2, 12], size: 0.75, colour: [196, 180, 212], strength: 0.45 },
      ragged: 0.06,
    },
  ],
  [
    'neutrophil',
    {
      radius: [7.8, 10.4],
      cytoplasm: [224, 194, 204],
      nucleus: [84, 48, 134],
      shape: 'segments',
      otherShape: 'kidney',
      nucleusSize: [0.66, 0.86],
      granules: { count: [14, 36], size: 0.55, colour: [206, 154, 182], strength: 0.4 },
      ragged: 0,
    },
  ],
  [
    'platelet',
    {
      radius: [2.4, 5],
      cytoplasm: [188, 156, 202],
      nucleus: [92, 60, 132],
      shape: 'none',
      otherShape: 'none',
      nucleusSize: [0, 0],
      granules: { count: [4, 14], size: 0.65, colour: [118, 72, 150], strength: 0.6 },
      ragged: 0.12,
    },
  ],
];

/**
 * Draws the sample: classes as equal in number as the counts allow, in random order. `seed` is an unsigned 32-bit number; the
 * SHA-256 is that of all images and labels of train, val and test, labels as bytes.
 */
export async function makeSample(seed: number, counts: SampleCounts = sampleCounts): Promise<ReadDataset> {
  const beganMs = performance.now();
  const key = fold(keyOf(seed), purposes.sample);
  const splits = {
    train: drawSplit(fold(key, 0), counts.train),
    val: drawSplit(fold(key, 1), counts.val),
    test: drawSplit(fold(key, 2), counts.test),
  } satisfies Record<SplitName, Split>;
  const { train, val, test } = splits;
  const sha256 = await sha256Of([train, val, test].flatMap(({ images, labels }) => [images, Uint8Array.from(labels)]));
  const dataset: Dataset = {
    name: 'synthetic-cells',
    title: 'Synthetic blood cells',
    task: 'multi-class',
    classNames: kinds.map(([name]) => name),
    height: cellSide,
    width: cellSide,
    channels: 3,
    splits,
    sha256,
    synthetic: true,
  };
  const notes = [
    {
      level: 'note' as const,
      text: `Drawn by the studio from seed ${seed}, not photographed: scores on it say nothing about real cells.`,
    },
  ];
  const summary = await summarise(dataset, { fileName: null, fileBytes: null, md5: null, match: null, notes, beganMs });
  return { dataset, summary };
}

function drawSplit(key: Key, count: number): Split {
  const bytes = cellSide * cellSide * 3;
  const images = new Uint8Array(count * bytes);
  const labels = new Uint16Array(count);
  const order = permutation(fold(key, 0), count);
  const painter = new CellPainter();
  const draws = fold(key, 1);
  for (let image = 0; image < count; image++) {
    const label = (order[image] as number) % kinds.length;
    labels[image] = label;
    const [, kind] = kinds[label] as (typeof kinds)[number];
    painter.paint(kind, new Draws(draws, image), images, image * bytes);
  }
  return { count, images, labels };
}
