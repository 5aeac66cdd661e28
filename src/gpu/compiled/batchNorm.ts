/**
 * Batch normalisation in training: statistics and their gradients, each as partial sums over slices of the batch's pixels
 * and a second pass that combines the slices in order. Means and squared distances are combined by Chan's formula, so that
 * no large numbers cancel; chunks of a batch count as more slices, and a batch in chunks is one batch.
 */
import {
  entry,
  lanes,
  quads,
  reads,
  spread,
  uniform,
  vec4s,
  writes,
  type Groups,
  type Operation,
  type Resource,
} from './operation.ts';
import { sgd, type Trained } from './update.ts';

export const epsilon = 1e-5;
/** PyTorch's momentum: running = 0.9 running + 0.1 batch. */
const runningMomentum = 0.1;
const pixelsOfSlice = 64;
const mostSlices = 256;

export interface NormShape {
  readonly name: string;
  readonly channels: number;
  /** Of one image. */
  readonly pixels: number;
}

/** How a chunk's pixels are cut. Workgroups hold several slices where there are few channels. */
export interface Slices {
  /** Workgroups along y. */
  readonly groups: number;
  /** Slices of a chunk: some of the last may be empty. */
  readonly count: number;
}

/** Fours of channels of one workgroup, and slices beside one another in it. */
const laneShape = ({ channels }: NormShape) => {
  const across = Math.min(quads(channels), lanes);
  return { across, down: Math.floor(lanes / across) };
};

export function normSlices(shape: NormShape, images: number): Slices {
  const { down } = laneShape(shape);
  const wanted = Math.min(mostSlices, Math.max(1, Math.ceil((images * shape.pixels) / pixelsOfSlice)));
  const groups = Math.ceil(wanted / down);
  return { groups, count: groups * down };
}

/** Numbers of `norm` (forward) and of `normGradient`, in fours of channels one after another. */
export const normBytes = (channels: number): number => 4 * 16 * quads(channels);
export const normGradientBytes = (channels: number): number => 2 * 16 * quads(channels);

/** Bytes of all chunks' slices: three fours each forward (count, mean, squared distances), two backward. */
export const statisticsBytes = ({ channels }: NormShape, slices: Slices, chunks: number): number =>
  slices.count * chunks * quads(channels) * 3 * 16;
export const sumsBytes = ({ channels }: NormShape, slices: Slices, chunks: number): number =>
  slices.count * chunks * quads(channels) * 2 * 16;

/** Opens a kernel over (four channels, slice): `quad`, `slot` among all chunks' slices, pixels `begin` to `end`. */
function sliceEntry(shape: NormShape): string {
  const four = quads(shape.channels);
  const { across, down } = laneShape(shape);
  return `@compute @workgroup_size(${lanes})
fn main(@builtin(workgroup_id) group: vec3u, @builtin(num_workgroups) groups: vec3u, @builtin(local_invocation_index) lane: u32) {
  let quad = group.x * ${across}u + lane % ${across}u;
  if (lane >= ${across * down}u || quad >= ${four}u) {
    return;
  }
  let slice = group.y * ${down}u + lane / ${across}u;
  let slices = groups.y * ${down}u;
  let pixels = batch.images * ${shape.pixels}u;
  let share = (pixels + slices - 1u) / slices;
  let begin = min(slice * share, pixels);
  let end = min(begin + share, pixels);
  let slot = (batch.chunk * slices + slice) * ${four}u + quad;`;
}

const sliceGroups = (shape: NormShape, slices: Slices) => (): Groups => [
  Math.ceil(quads(shape.channels) / laneShape(shape).across),
  slices.groups,
  1,
];

interface ChunkBuffers {
  readonly batch: Resource;
  readonly chunk: number;
}

/** Count, mean and squared distances of each slice of x. */
export function normStatistics(
  shape: NormShape,
  slices: Slices,
  buffers: ChunkBuffers & { x: Resource; statistics: Resource },
): Operation {
  const four = quads(shape.channels);
  return {
    label: `${shape.name} statistics`,
    bindings: [uniform('Batch', buffers.batch), reads('x', buffers.x), writes('statistics', buffers.statistics)],
    body: `${sliceEntry(shape)}
  var sum = vec4f(0.0);
  for (var pixel = begin; pixel < end; pixel++) {
    sum += x[pixel * ${four}u + quad];
  }
  let count = f32(end - begin);
  let mean = sum / max(count, 1.0);
  var squares = vec4f(0.0);
  for (var pixel = begin; pixel < end; pixel++) {
    let distance = x[pixel * ${four}u + quad] - mean;
    squares += distance * distance;
  }
  statistics[slot * 3u] = vec4f(count);
  statistics[slot * 3u + 1u] = mean;
  statistics[slot * 3u + 2u] = squares;
}`,
    groups: sliceGroups(shape, slices),
    macs: 0,
    chunk: buffers.chunk,
  };
}

export interface NormArrays {
  readonly weight: Trained;
  readonly bias: Trained;
  readonly runningMean: Resource;
  readonly runningVar: Resource;
}

/** Writes what `norm` holds after the mean: weight / std, bias, 1 / std. */
const normalisation = (four: number, variance: string) => `let inverse = 1.0 / sqrt(${variance} + vec4f(${epsilon}));
  norm[${four}u + quad] = weight[quad] * inverse;
  norm[${2 * four}u + quad] = bias[quad];
  norm[${3 * four}u + quad] = inverse;`;

/** Combines the slices into `norm`: mean, weight / std, bias, 1 / std; and moves the running statistics. */
export function normFinish(
  shape: NormShape,
  bytes: number,
  buffers: { statistics: Resource; norm: Resource; arrays: NormArrays },
): Operation {
  const four = quads(shape.channels);
  const { arrays } = buffers;
  return {
    label: `${shape.name} normalisation`,
    bindings: [
      reads('statistics', buffers.statistics, vec4s, bytes),
      reads('weight', arrays.weight.values),
      reads('bias', arrays.bias.values),
      writes('runningMean', arrays.runningMean),
      writes('runningVar', arrays.runningVar),
      writes('norm', buffers.norm),
    ],
    body: `${entry}
  let quad = item;
  if (quad >= ${four}u) {
    return;
  }
  let slots = arrayLength(&statistics) / ${3 * four}u;
  var count = 0.0;
  var mean = vec4f(0.0);
  var squares = vec4f(0.0);
  for (var slot = 0u; slot < slots; slot++) {
    let at = (slot * ${four}u + quad) * 3u;
    let more = statistics[at].x;
    if (more > 0.0) {
      let all = count + more;
      let apart = statistics[at + 1u] - mean;
      mean += apart * (more / all);
      squares += statistics[at + 2u] + apart * apart * (count * more / all);
      count = all;
    }
  }
  norm[quad] = mean;
  ${normalisation(four, 'squares / count')}
  // PyTorch keeps the unbiased variance in its running statistics.
  runningMean[quad] = ${1 - runningMomentum} * runningMean[quad] + ${runningMomentum} * mean;
  runningVar[quad] = ${1 - runningMomentum} * runningVar[quad] + ${runningMomentum} * (squares / max(count - 1.0, 1.0));
}`,
    groups: () => [Math.ceil(four / lanes), 1, 1],
    macs: 0,
    chunk: 0,
  };
}

/** `norm` from the running statistics, for evaluation. */
export function normFromRunning(shape: NormShape, buffers: { norm: Resource; arrays: NormArrays }): Operation {
  const four = quads(shape.channels);
  const { arrays } = buffers;
  return {
    label: `${shape.name} running statistics`,
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

/** WGSL: dy at `at`, zero where the normalised map was rectified. */
const rectified = (relu: boolean, four: number, dy: string) =>
  relu ? `select(vec4f(0.0), ${dy}[at], centred * norm[${four}u + quad] + norm[${2 * four}u + quad] > vec4f(0.0))` : `${dy}[at]`;

/**
 * Sums of dy and of dy (x - mean) over each slice, dy being the gradient of the normalised map.
 * @param relu the map is rectified after its normalisation, and dy is the gradient of that
 */
export function normSums(
  shape: NormShape,
  relu: boolean,
  slices: Slices,
  buffers: ChunkBuffers & { x: Resource; dy: Resource; norm: Resource; sums: Resource },
): Operation {
  const four = quads(shape.channels);
  return {
    label: `${shape.name} gradient sums`,
    bindings: [
      uniform('Batch', buffers.batch),
      reads('x', buffers.x),
      reads('dy', buffers.dy),
      reads('norm', buffers.norm),
      writes('sums', buffers.sums),
    ],
    body: `${sliceEntry(shape)}
  let mean = norm[quad];
  var sum = vec4f(0.0);
  var product = vec4f(0.0);
  for (var pixel = begin; pixel < end; pixel++) {
    let at = pixel * ${four}u + quad;
    let centred = x[at] - mean;
    let arriving = ${rectified(relu, four, 'dy')};
    sum += arriving;
    product += arriving * centred;
  }
  sums[slot * 2u] = sum;
  sums[slot * 2u + 1u] = product;
}`,
    groups: sliceGroups(shape, slices),
    macs: 0,
    chunk: buffers.chunk,
  };
}

/**
 * Combines the slices: steps weight and bias, and leaves in `gradient` what `normInputGradient` needs beside `norm`: the
 * mean of dy, and that of dy (x - mean) over the variance.
 */
export function normUpdate(
  shape: NormShape,
  bytes: number,
  buffers: { batch: Resource; now: Resource; norm: Resource; sums: Resource; gradient: Resource; arrays: NormArrays },
): Operation {
  const four = quads(shape.channels);
  const { bias, weight } = buffers.arrays;
  const apply = (name: string, gradient: string) => `
  let ${name}V = moved(${name}[quad], ${name}Velocity[quad], ${gradient});
  ${name}Velocity[quad] = ${name}V;
  ${name}[quad] -= now.rate * ${name}V;`;
  return {
    label: `${shape.name} update`,
    bindings: [
      uniform('Batch', buffers.batch),
      uniform('Now', buffers.now),
      reads('sums', buffers.sums, vec4s, bytes),
      reads('norm', buffers.norm),
      writes('weight', weight.values),
      writes('weightVelocity', weight.velocity),
      writes('bias', bias.values),
      writes('biasVelocity', bias.velocity),
      writes('gradient', buffers.gradient),
    ],
    body: `${sgd('vec4f')}
${entry}
  let quad = item;
  if (quad >= ${four}u) {
    return;
  }
  var sum = vec4f(0.0);
  var product = vec4f(0.0);
  for (var slot = 0u; slot < arrayLength(&sums) / ${2 * four}u; slot++) {
    sum += sums[(slot * ${four}u + quad) * 2u];
    product += sums[(slot * ${four}u + quad) * 2u + 1u];
  }
  let count = f32(batch.total * ${shape.pixels}u);
  let perStd = norm[${3 * four}u + quad];
  gradient[quad] = sum / count;
  gradient[${four}u + quad] = product * perStd * perStd / count;
${apply('weight', 'product * perStd')}
${apply('bias', 'sum')}
}`,
    groups: () => [Math.ceil(four / lanes), 1, 1],
    macs: 0,
    chunk: 0,
  };
}

/** dx = weight / std (dy - mean(dy) - (x - mean) mean(dy (x - mean)) / variance), in place of dy or beside it. */
export function normInputGradient(
  shape: NormShape,
  relu: boolean,
  buffers: ChunkBuffers & { x: Resource; dy: Resource; dx: Resource; norm: Resource; gradient: Resource },
): Operation {
  const four = quads(shape.channels);
  const inPlace = buffers.dy === buffers.dx;
  return {
    label: `${shape.name} input gradient`,
    bindings: [
      uniform('Batch', buffers.batch),
      reads('x', buffers.x),
      ...(inPlace ? [] : [reads('dy', buffers.dy)]),
      writes('dx', buffers.dx),
      reads('norm', buffers.norm),
      reads('gradient', buffers.gradient),
    ],
    body: `${entry}
  if (item >= batch.images * ${shape.pixels * four}u) {
    return;
  }
  let at = item;
  let quad = item % ${four}u;
  let centred = x[at] - norm[quad];
  let arriving = ${rectified(relu, four, inPlace ? 'dx' : 'dy')};
  dx[at] = norm[${four}u + quad] * (arriving - gradient[quad] - centred * gradient[${four}u + quad]);
}`,
    groups: (images) => spread(Math.ceil((images * shape.pixels * four) / lanes)),
    macs: 0,
    chunk: buffers.chunk,
  };
}
