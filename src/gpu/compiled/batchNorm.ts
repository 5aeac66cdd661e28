/**
 * Batch normalisation in training, forward: the tally of a map's mean and squared distances from it, and what follows from
 * it for every channel. Slots are joined by Chan's formula, so that no large numbers cancel.
 */
import { entry, lanes, quads, reads, vec4s, writes, type Operation, type Resource } from './operation.ts';
import { joinSlots, type Slots, type TalliedMap, type Tally } from './tally.ts';
import type { Trained } from './update.ts';

const epsilon = 1e-5;
/** PyTorch's momentum: running = 0.9 running + 0.1 batch. */
const runningMomentum = 0.1;

/**
 * Numbers of `norm`, in fours of channels one after another: mean, weight / std, bias, 1 / std; and, once the way back has
 * been there, the mean of dy and that of dy (x - mean) over the variance.
 */
export const normBytes = (channels: number): number => 6 * 16 * quads(channels);

export interface NormArrays {
  readonly weight: Trained;
  readonly bias: Trained;
  readonly runningMean: Resource;
  readonly runningVar: Resource;
}

/** Of each slot: count, mean, squared distances. */
export const statisticsFours = 3;

/** @param of the map's name in WGSL */
export function statisticsTally(map: TalliedMap, of: string, slots: Slots, images: number): Tally {
  const four = quads(map.channels);
  return {
    label: `${map.name} statistics`,
    map,
    of,
    images,
    bindings: [writes('statistics', slots.buffer)],
    code: `fn tally(slot: u32, quad: u32, begin: u32, end: u32) {
  var sum = vec4f(0.0);
  for (var pixel = begin; pixel < end; pixel++) {
    sum += ${of}[pixel * ${four}u + quad];
  }
  let count = f32(end - begin);
  let mean = sum / max(count, 1.0);
  var squares = vec4f(0.0);
  for (var pixel = begin; pixel < end; pixel++) {
    let distance = ${of}[pixel * ${four}u + quad] - mean;
    squares += distance * distance;
  }
  let to = (slot * ${four}u + quad) * ${statisticsFours}u;
  statistics[to] = vec4f(count);
  statistics[to + 1u] = mean;
  statistics[to + 2u] = squares;
}`,
  };
}

/** Writes what `norm` holds after the mean: weight / std, bias, 1 / std. */
const normalisation = (four: number, variance: string) => `let inverse = 1.0 / sqrt(${variance} + vec4f(${epsilon}));
  norm[${four}u + quad] = weight[quad] * inverse;
  norm[${2 * four}u + quad] = bias[quad];
  norm[${3 * four}u + quad] = inverse;`;

/** Joins the slots into `norm`, and moves the running statistics. */
export function normFinish(map: TalliedMap, slots: Slots, buffers: { norm: Resource; arrays: NormArrays }): Operation {
  const four = quads(map.channels);
  const { arrays } = buffers;
  return {
    label: `${map.name} normalisation`,
    bindings: [
      reads('statistics', slots.buffer, vec4s, slots.buffer.bytes),
      reads('weight', arrays.weight.values),
      reads('bias', arrays.bias.values),
      writes('runningMean', arrays.runningMean),
      writes('runningVar', arrays.runningVar),
      writes('norm', buffers.norm),
    ],
    body: `struct Spread { count: f32, mean: vec4f, squares: vec4f }
fn slotAt(slot: u32, quad: u32) -> Spread {
  let at = (slot * ${four}u + quad) * ${statisticsFours}u;
  return Spread(statistics[at].x, statistics[at + 1u], statistics[at + 2u]);
}
fn joined(a: Spread, b: Spread) -> Spread {
  let count = a.count + b.count;
  let share = b.count / max(count, 1.0);
  let apart = b.mean - a.mean;
  return Spread(count, a.mean + apart * share, a.squares + b.squares + apart * apart * (a.count * share));
}
${joinSlots('Spread', 'Spread(0.0, vec4f(0.0), vec4f(0.0))', `arrayLength(&statistics) / ${statisticsFours * four}u`)}
  norm[quad] = all.mean;
  ${normalisation(four, 'all.squares / all.count')}
  // PyTorch keeps the unbiased variance in its running statistics.
  runningMean[quad] = ${1 - runningMomentum} * runningMean[quad] + ${runningMomentum} * all.mean;
  runningVar[quad] = ${1 - runningMomentum} * runningVar[quad] + ${runningMomentum} * (all.squares / max(all.count - 1.0, 1.0));
}`,
    groups: () => [four, 1, 1],
    macs: 0,
    chunk: 0,
  };
}

/** `norm` from the running statistics, for evaluation. */
export function normFromRunning(map: TalliedMap, buffers: { norm: Resource; arrays: NormArrays }): Operation {
  const four = quads(map.channels);
  const { arrays } = buffers;
  return {
    label: `${map.name} running statistics`,
    bindings: [
      reads('weight', arrays.weight.values),
      reads('bias', arrays.bias.values),
      reads('runningMean', arrays.runningMean),
      reads('runningVar', arrays.runningVar),
      writes('norm', buffers.norm),
    ],
    body: `${entry}
  let quad = item;
  if (quad >= ${four}u) {
    return;
  }
  norm[quad] = runningMean[quad];
  ${normalisation(four, 'runningVar[quad]')}
}`,
    groups: () => [Math.ceil(four / lanes), 1, 1],
    macs: 0,
    chunk: 0,
  };
}
