/**
 * Forward and input gradient of convolutions that do not stride, where four invocations load for one another: an invocation
 * holds the sums of a few pixels side by side, so that the taps of a row share what they read. Sums run over rows of taps,
 * then channels, then the taps of the row.
 */
import { gradientSink, type Contribution } from './activation.ts';
import { forwardOperation, inputGradientOperation, type ForwardBuffers, type InputGradientBuffers } from './convOperation.ts';
import { divisorUpTo, weightReader, type ConvShape } from './convShape.ts';
import { chain, components, handed, leaves, opening, sums, taps } from './directKernel.ts';
import { floats, lanes, spread, unrolled, type Groups, type Operation } from './operation.ts';

/** Fours of channels of a workgroup: one for each of four invocations to load weights of. */
const fours = 4;
/** Pixels of a run, and of all runs of an invocation: a kernel of more is longer than a core's cache of instructions. */
const longestRun = 7;
const mostPixels = 8;

interface Side {
  readonly height: number;
  readonly width: number;
  readonly channels: number;
  readonly quads: number;
}

export const mapIn = ({ inChannels, inHeight, inQuads, inWidth }: ConvShape): Side => ({
  height: inHeight,
  width: inWidth,
  channels: inChannels,
  quads: inQuads,
});

export const mapOut = ({ outChannels, outHeight, outQuads, outWidth }: ConvShape): Side => ({
  height: outHeight,
  width: outWidth,
  channels: outChannels,
  quads: outQuads,
});

interface Rows {
  /** What is summed over, and what the sums are of: x and y, or of the gradients dy and dx. */
  readonly source: Side;
  readonly target: Side;
  readonly shape: ConvShape;
  /** The gradient reads its taps the other way round. */
  readonly backwards: boolean;
  /** Four channels of the target, of the tap `kx` and the source's channel `c`; reads `ky`. */
  readonly weight: (kx: number, quad: string) => string;
  /** What the sums begin with. */
  readonly begin: (q: number, component: string) => string;
  /** What is done with the sums of `pixel` and its four number q; reads `quad`. */
  readonly end: (pixel: string, q: number, sum: string) => string;
}

/** Whether sums for that map run so. */
export const inRows = ({ size, stride }: ConvShape, { quads, width }: Side): boolean =>
  stride === 1 && size === 3 && width >= 3 && quads % fours === 0;

/** Pixels of a run and runs of an invocation. */
function runsOf(width: number): { readonly pixels: number; readonly runs: number } {
  const pixels = divisorUpTo(width, longestRun);
  return { pixels, runs: Math.max(1, Math.floor(mostPixels / pixels)) };
}

export function rowForward(shape: ConvShape, buffers: ForwardBuffers, relu: boolean): Operation {
  const target = mapOut(shape);
  const x = buffers.x('x', 'f32');
  const weights = weightReader(shape);
  const { inChannels, size } = shape;
  const body = `${weights.code}
${x.code}
${rowSums({
  shape,
  source: mapIn(shape),
  target,
  backwards: false,
  weight: (kx, quad) => `weightAt(u32(ky * ${size} + ${kx}) * ${inChannels}u + c, ${quad})`,
  begin: (q, e) => (buffers.bias === null ? '0.0' : `bias[quad + ${q}u].${e}`),
  end: (pixel, q, sum) => `y[(${pixel}) * ${target.quads}u + quad + ${q}u] = ${relu ? `max(${sum}, vec4f(0.0))` : sum};`,
})}`;
  return forwardOperation(shape, buffers, x, weights.type, { body, subgroups: true, groups: rowGroups(target) });
}

export function rowInputGradient(shape: ConvShape, buffers: InputGradientBuffers, contribution: Contribution): Operation {
  const target = mapIn(shape);
  const dy = buffers.dy('x', 'f32');
  const sink = gradientSink(contribution);
  const { inChannels, outChannels, size } = shape;
  // Rows beyond the last input channel belong to the next tap: they are not taken, and their sums stay zero.
  const weight = (kx: number, quad: string) => {
    const one = (at: number) => {
      const channel = `(${quad}) * 4u + ${at}u`;
      const read = `weights[(u32(ky * ${size} + ${kx}) * ${inChannels}u + ${channel}) * ${outChannels}u + c]`;
      return inChannels % 4 === 0 ? read : `select(0.0, ${read}, ${channel} < ${inChannels}u)`;
    };
    return `vec4f(${[0, 1, 2, 3].map(one).join(', ')})`;
  };
  const body = `${dy.code}
${sink.code}
${rowSums({
  shape,
  source: mapOut(shape),
  target,
  backwards: true,
  weight,
  begin: () => '0.0',
  end: (pixel, q, sum) => `addGradient((${pixel}) * ${target.quads}u + quad + ${q}u, quad + ${q}u, ${sum});`,
})}`;
  return inputGradientOperation(shape, buffers, dy, sink, floats, { body, subgroups: true, groups: rowGroups(target) });
}

const rowGroups =
  ({ height, quads, width }: Side) =>
  (images: number): Groups => {
    const { pixels, runs } = runsOf(width);
    return spread(Math.ceil((images * height * width) / (lanes * pixels * runs)), quads / fours);
  };

/** The entry point; it reads `x(at, channel) -> f32`, and all that `weight`, `begin` and `end` read. */
function rowSums({ backwards, begin, end, shape, source, target, weight }: Rows): string {
  const { padding, size } = shape;
  const { pixels, runs } = runsOf(target.width);
  const ofLine = target.width / pixels;
  const columns = pixels + size - 1;
  const each = (piece: (run: number, column: number) => string) =>
    unrolled(runs, (run) => unrolled(columns, (column) => piece(run, column)));
  const ky = backwards ? `${padding} - ky` : `ky - ${padding}`;
  const leftmost = backwards ? padding - size + 1 : -padding;
  const read = (pixel: number, kx: number) => {
    const column = (pixel % pixels) + (backwards ? size - 1 - kx : kx);
    return `x${Math.floor(pixel / pixels)}_${column}`;
  };
  const { from, to } = taps(shape.outHeight, shape.inHeight, shape);
  return `${opening(true)}
  let all = batch.images * ${target.height * ofLine}u;
  let first = ((group.x + group.z * groups.x) * ${lanes}u + lane) * ${runs}u;
  ${leaves(true, 'first >= all')}
  let quad = group.y * ${fours}u;
  ${unrolled(
    runs,
    (run) => `let line${run} = (first + ${run}u) / ${ofLine}u;
  let column${run} = i32(first + ${run}u - line${run} * ${ofLine}u) * ${pixels};
  let image${run} = line${run} / ${target.height}u;
  let row${run} = i32(line${run} - image${run} * ${target.height}u);`,
  )}
  ${sums(runs * pixels, fours, (sum, _, q, e) => `var ${sum} = ${begin(q, e)};`)}
  for (var ky = ${from}; ky < ${to}; ky++) {
    ${unrolled(
      runs,
      (run) => `let y${run} = row${run} + ${ky};
    let insideY${run} = (y${run} >= 0) & (y${run} < ${source.height});
    let corner${run} = (image${run} * ${source.height}u + u32(y${run})) * ${source.width}u;`,
    )}
    ${each(
      (run, column) => `let z${run}_${column} = column${run} + ${leftmost + column};
    let inside${run}_${column} = insideY${run} & (z${run}_${column} >= 0) & (z${run}_${column} < ${source.width});
    let at${run}_${column} = select(0u, (corner${run} + u32(z${run}_${column})) * ${source.quads * 4}u, inside${run}_${column});`,
    )}
    for (var c = 0u; c < ${source.channels}u; c++) {
      ${each((run, column) => `let x${run}_${column} = select(0.0, x(at${run}_${column} + c, c), inside${run}_${column});`)}
      ${unrolled(size, (kx) => handed(`w${kx}_`, 0, weight(kx, 'quad + member')))}
      ${sums(runs * pixels, fours, (sum, pixel, q, e) =>
        chain(
          sum,
          Array.from({ length: size }, (_, kx) => [read(pixel, kx), `w${kx}_${q}.${e}`] as const),
        ),
      )}
    }
  }
  ${unrolled(runs, (run) => {
    const stores = unrolled(pixels, (at) =>
      unrolled(fours, (q) => {
        const sum = `vec4f(${components.map((e) => `sum${run * pixels + at}_${q}${e}`).join(', ')})`;
        return end(`(first + ${run}u) * ${pixels}u + ${at}u`, q, sum);
      }),
    );
    return `if (first + ${run}u < all) { ${stores} }`;
  })}
}`;
}
