/**
 * The work that every contender gets: the same start weights and the same few batches of noise, drawn from Threefry, in the
 * studio's layouts. Noise does: speed depends on shapes alone, and equal losses on it are equal arithmetic.
 */
import { fold, keyOf, threefry2x32, unit } from '../base/threefry.ts';
import { initialWeights, type Weights } from '../model/initialWeights.ts';
import type { Batch, OptimiserSettings } from '../train/trainer.ts';
import type { BenchCase } from './benchCase.ts';

export interface Workload {
  readonly case: BenchCase;
  readonly weights: Weights;
  /** Step i trains on batch i modulo their number. */
  readonly batches: readonly Batch[];
  readonly learningRate: number;
  readonly optimiser: OptimiserSettings;
}

const batchCount = 4;

export function drawWorkload(benchCase: BenchCase): Workload {
  const { network } = benchCase;
  return {
    case: benchCase,
    // He's keeps the signal up through nineteen layers without batch norm: losses that move show what gradients do.
    weights: initialWeights(network, 'he', 0),
    batches: Array.from({ length: batchCount }, (_, index) => drawBatch(benchCase, index)),
    learningRate: 0.01,
    optimiser: { momentum: 0.9, weightDecay: 1e-4 },
  };
}

/** "BNCH" */
const purpose = 0x424e4348;

function drawBatch({ batch, network }: BenchCase, index: number): Batch {
  const key = fold(fold(keyOf(0), purpose), index);
  const [height, width, channels] = network.input;
  const inputs = new Float32Array(batch * height * width * channels);
  for (let at = 0; at < inputs.length; at++) inputs[at] = 2 * unit(threefry2x32(key, [0, at])[0]) - 1;
  const targets = new Float32Array(batch * network.classes);
  for (let image = 0; image < batch; image++) targets[image * network.classes + ((image + index) % network.classes)] = 1;
  return { size: batch, inputs, targets };
}
