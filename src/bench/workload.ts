/**
 * The work that every contender gets: the same start weights and the same few batches of noise, drawn from Threefry, in the
 * studio's layouts. Noise does: speed depends on shapes alone, and equal losses on it are equal arithmetic. Ours take the
 * images as an experiment does, by their places in a split; others get the same numbers as floats.
 */
import { fold, keyOf, threefry2x32 } from '../base/threefry.ts';
import { BatchSource } from '../data/batches.ts';
import type { Dataset, Split } from '../data/dataset.ts';
import { initialWeights, type Weights } from '../model/initialWeights.ts';
import { FloatBatch } from '../train/floatBatch.ts';
import type { Batch, ImageBatch, OptimiserSettings } from '../train/trainer.ts';
import type { BenchCase } from './benchCase.ts';

export interface Workload {
  readonly case: BenchCase;
  readonly weights: Weights;
  /** The images of all batches. */
  readonly source: BatchSource;
  /** Step i trains on batch i modulo their number. */
  readonly imageBatches: readonly ImageBatch[];
  /** The same as floats. */
  readonly batches: readonly Batch[];
  readonly learningRate: number;
  readonly optimiser: OptimiserSettings;
}

const batchCount = 4;

export function drawWorkload(benchCase: BenchCase): Workload {
  const { batch, network } = benchCase;
  const input = { side: null, channels: 'native', normalise: 'half', horizontalFlip: true } as const;
  const source = new BatchSource(drawDataset(benchCase), 'train', input, null);
  const order = {
    images: Uint32Array.from({ length: source.count }, (_, at) => source.count - 1 - at),
    flips: Uint8Array.from({ length: source.count }, (_, at) => at % 2),
  };
  const imageBatches = Array.from({ length: batchCount }, (_, at) => ({ source, order, first: at * batch, size: batch }));
  return {
    case: benchCase,
    // He's keeps the signal up through nineteen layers without batch norm: losses that move show what gradients do.
    weights: initialWeights(network, 'he', 0),
    source,
    imageBatches,
    batches: imageBatches.map((images) => new FloatBatch(network.classes).of(images)),
    learningRate: 0.01,
    optimiser: { momentum: 0.9, weightDecay: 1e-4 },
  };
}

/** "BNCH" */
const purpose = 0x424e4348;

function drawDataset({ batch, network: { classes, input } }: BenchCase): Dataset {
  const [height, width, channels] = input;
  const count = batchCount * batch;
  const key = fold(keyOf(0), purpose);
  const images = new Uint8Array(count * height * width * channels);
  for (let at = 0; at < images.length; at++) images[at] = threefry2x32(key, [0, at])[0] >>> 24;
  const train: Split = { count, images, labels: Uint16Array.from({ length: count }, (_, at) => at % classes) };
  return {
    name: 'noise',
    title: 'Noise',
    task: 'multi-class',
    classNames: Array.from({ length: classes }, (_, k) => String(k)),
    height,
    width,
    channels: channels as 1 | 3,
    splits: { train, val: train, test: null },
    sha256: '',
    synthetic: true,
  };
}
