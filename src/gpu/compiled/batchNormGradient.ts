/**
 * Batch normalisation in training, backward, from the gradient dy of the normalised map, masked by its ReLU already: the
 * tally of dy and of dy (x - mean), and the update of weight and bias, which leaves in `norm` what dx takes from the whole
 * batch. dx itself rides in the loads of the kernels that need it, or is written out where those would load it too often.
 */
import { tableSize, type Load } from './activation.ts';
import type { NormArrays } from './batchNorm.ts';
import { entry, lanes, quads, reads, spread, uniform, vec4s, writes, type Operation, type Resource } from './operation.ts';
import { joinSlots, type Slots, type TalliedMap, type Tally } from './tally.ts';
import { sgd } from './update.ts';

/** Of each slot: the sums of dy and of dy (x - mean). */
export const sumsFours = 2;

/** The names of the stored map, and of its `norm`, in WGSL, and what of them the kernel does not bind otherwise. */
export interface BoundNorm {
  readonly x: string;
  readonly norm: string;
  readonly bindings: Tally['bindings'];
}

/** @param of the name of dy in WGSL */
export function sumsTally(map: TalliedMap, of: string, bound: BoundNorm, slots: Slots, images: number): Tally {
  const four = quads(map.channels);
  return {
    label: `${map.name} gradient sums`,
    map,
    of,
    images,
    bindings: [...bound.bindings, writes('sums', slots.buffer)],
    code: `fn tally(slot: u32, quad: u32, begin: u32, end: u32) {
  let mean = ${bound.norm}[quad];
  var sum = vec4f(0.0);
  var product = vec4f(0.0);
  for (var pixel = begin; pixel < end; pixel++) {
    let at = pixel * ${four}u + quad;
    let arriving = ${of}[at];
    sum += arriving;
    product += arriving * (${bound.x}[at] - mean);
  }
  let to = (slot * ${four}u + quad) * ${sumsFours}u;
  sums[to] = sum;
  sums[to + 1u] = product;
}`,
  };
}

/** Joins the slots: steps weight and bias, and leaves in `norm` what dx needs of the sums. */
export function normUpdate(
  map: TalliedMap,
  slots: Slots,
  buffers: { batch: Resource; now: Resource; norm: Resource; arrays: NormArrays },
  gradientScale = 1,
): Operation {
  const four = quads(map.channels);
  const { bias, weight } = buffers.arrays;
  const unscaled = gradientScale === 1 ? '' : ` * ${1 / gradientScale}`;
  const apply = (name: string, gradient: string) => `
  let ${name}V = moved(${name}[quad], ${name}Velocity[quad], ${gradient});
  ${name}Velocity[quad] = ${name}V;
  ${name}[quad] -= now.rate * ${name}V;`;
  return {
    label: `${map.name} update`,
    bindings: [
      uniform('Batch', buffers.batch),
      uniform('Now', buffers.now),
      reads('sums', slots.buffer, vec4s, slots.buffer.bytes),
      writes('norm', buffers.norm),
      writes('weight', weight.values),
      writes('weightVelocity', weight.velocity),
      writes('bias', bias.values),
      writes('biasVelocity', bias.velocity),
    ],
    body: `${sgd('vec4f')}
struct Sums { dy: vec4f, product: vec4f }
fn slotAt(slot: u32, quad: u32) -> Sums {
  let at = (slot * ${four}u + quad) * ${sumsFours}u;
  return Sums(sums[at], sums[at + 1u]);
}
fn joined(a: Sums, b: Sums) -> Sums {
  return Sums(a.dy + b.dy, a.product + b.product);
}
${joinSlots('Sums', 'Sums(vec4f(0.0), vec4f(0.0))', `arrayLength(&sums) / ${sumsFours * four}u`)}
  let count = f32(batch.total * ${map.pixels}u);
  let perStd = norm[${3 * four}u + quad];
  norm[${4 * four}u + quad] = all.dy / count;
  norm[${5 * four}u + quad] = all.product * perStd * perStd / count;
${apply('weight', `all.product * perStd${unscaled}`)}
${apply('bias', `all.dy${unscaled}`)}
}`,
    groups: () => [four, 1, 1],
    macs: 0,
    chunk: 0,
  };
}

/** What dx is made of: the gradient of the normalised map, the stored map x, and the normalisation's numbers. */
export interface NormGradient {
  readonly map: TalliedMap;
  readonly dy: Resource;
  readonly x: Resource;
  readonly norm: Resource;
}

/** WGSL: weight / std (dy - mean(dy) - (x - mean) mean(dy (x - mean)) / variance) of one number or four. */
const inputGradient = (size: number, dy: string, x: string, norm: string) =>
  `${norm}[${size}u + quad] * (${dy}[at] - ${norm}[${4 * size}u + quad] - (${x}[at] - ${norm}[quad]) * ${norm}[${5 * size}u + quad])`;

/** dx as it is loaded. */
export const normGradientLoad =
  ({ dy, map, norm, x }: NormGradient): Load =>
  (name, width = 'vec4f') => ({
    bindings: [
      reads(`${name}Values`, dy, `array<${width}>`),
      reads(`${name}Map`, x, `array<${width}>`),
      reads(`${name}Norm`, norm, `array<${width}>`),
    ],
    code: `fn ${name}(at: u32, quad: u32) -> ${width} {
  return ${inputGradient(tableSize(map.channels, width), `${name}Values`, `${name}Map`, `${name}Norm`)};
}`,
  });

/** dx written out, in place of dy or beside it. */
export function normInputGradient(
  { dy, map, norm, x }: NormGradient,
  buffers: { batch: Resource; chunk: number; dx: Resource },
): Operation {
  const four = quads(map.channels);
  const inPlace = dy === buffers.dx;
  return {
    label: `${map.name} input gradient`,
    bindings: [
      uniform('Batch', buffers.batch),
      ...(inPlace ? [] : [reads('dy', dy)]),
      writes('dx', buffers.dx),
      reads('x', x),
      reads('norm', norm),
    ],
    body: `${entry}
  if (item >= batch.images * ${map.pixels * four}u) {
    return;
  }
  let at = item;
  let quad = item % ${four}u;
  dx[at] = ${inputGradient(four, inPlace ? 'dx' : 'dy', 'x', 'norm')};
}`,
    groups: (images) => spread(Math.ceil((images * map.pixels * four) / lanes)),
    macs: 0,
    chunk: buffers.chunk,
  };
}
