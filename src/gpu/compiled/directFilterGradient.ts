/**
 * The gradient of a convolution's weights and bias in two passes and without atomics: each slice of the batch's rows sums
 * its share, then `update.ts` sums the slices in order and applies them. The bias is one more row of the
 * weights, whose input is 1 everywhere.
 */
import type { Load } from './activation.ts';
import { divisorUpTo, type ConvShape } from './convShape.ts';
import { chain, components, handed, leaves, opening } from './directKernel.ts';
import { lanes, uniform, unrolled, writes, type Operation, type Resource } from './operation.ts';
import type { Share } from './tiles.ts';

/** Pixels summed in one run: float32 sums of more lose digits, and more slices keep a GPU busy. */
const pixelsOfSlice = 2048;
/** Bound on the bytes of one layer's partial sums, unless a single slice is larger. */
export const mostPartialBytes = 2 ** 25;

/** Rows of the weights as a matrix, with the bias. */
export const gradientRows = ({ bias, rows }: ConvShape): number => rows + (bias ? 1 : 0);

/** Slices of a chunk of that many images, all of a step's chunks alike. */
export function gradientSlices(shape: ConvShape, images: number, chunks: number): number {
  const { outHeight, outQuads, outWidth } = shape;
  const wanted = Math.ceil((images * outHeight * outWidth) / pixelsOfSlice);
  const allowed = Math.floor(mostPartialBytes / (gradientRows(shape) * outQuads * 16 * chunks));
  return Math.max(1, Math.min(wanted, images * outHeight, allowed));
}

/** Pixels of a line whose products are added to a sum in one go: more make a kernel longer than a cache of instructions. */
const pixelsAtOnce = 2;
/** Taps of a row that one invocation sums side by side, since they read the same inputs: all of a row, unless it is longer. */
const mostTaps = 3;

/**
 * An invocation sums four input channels, for a row of taps, by some fours of output channels. A workgroup's invocations
 * have those output channels in common, so that four of them may load dy for one another.
 */
export function convFilterGradient(
  shape: ConvShape,
  buffers: { batch: Resource; chunk: number; x: Load; dy: Load; partials: Resource },
  slices: number,
  share: Share,
): Operation {
  const { bias, inChannels, inHeight, inQuads, inWidth, outHeight, outQuads, outWidth, padding, size, stride } = shape;
  const block = divisorUpTo(outQuads, share.quads);
  const subgroups = share.subgroups && block % 4 === 0;
  const taps = size <= mostTaps ? size : 1;
  const runs = size / taps;
  const sources = size * runs * inQuads;
  const items = sources + (bias ? 1 : 0);
  const parts = components.slice(0, Math.min(4, inChannels));
  const stretch = Math.min(pixelsAtOnce, outWidth);
  const broken = outWidth % stretch !== 0;
  // Inputs that a stretch needs, by their distance from its first; some of them are those of the stretch before.
  const needed = [...new Set(numbers(stretch).flatMap((pixel) => numbers(taps).map((tap) => pixel * stride + tap)))];
  const earlier = needed.filter((at) => needed.includes(at + stretch * stride));
  const each = (piece: (sum: string, tap: number, part: number, q: number, e: string) => string) =>
    unrolled(taps, (tap) =>
      unrolled(parts.length, (part) =>
        unrolled(block, (q) => components.map((e) => piece(`sum${tap}_${part}_${q}${e}`, tap, part, q, e)).join('\n')),
      ),
    );
  const x = buffers.x('x');
  const dy = buffers.dy('dy');
  const input = (column: string) => `input(${column}, corner, insideY, c${bias ? ', ofBias' : ''})`;
  const gradients = (pixel: number) => {
    const four = (at: string) => {
      const read = `dy(start + ${pixel * outQuads}u + ${at}, quad + ${at})`;
      return broken && pixel > 0 ? `select(vec4f(0.0), ${read}, column + ${pixel} < ${outWidth})` : read;
    };
    return subgroups
      ? unrolled(block / 4, (run) => handed(`d${pixel}_`, run * 4, four(`${run * 4}u + member`)))
      : unrolled(block, (q) => `let d${pixel}_${q} = ${four(`${q}u`)};`);
  };
  const body = `${x.code}
${dy.code}
fn input(z: i32, corner: u32, insideY: bool, c: u32${bias ? ', ofBias: bool' : ''}) -> vec4f {
  let inside = insideY & (z >= 0) & (z < ${inWidth});
  let read = select(vec4f(0.0), x(select(0u, (corner + u32(z)) * ${inQuads}u + c, inside), c), inside);
  return ${bias ? 'select(read, vec4f(1.0, 0.0, 0.0, 0.0), ofBias)' : 'read'};
}
${opening(subgroups)}
  let item = group.x * ${lanes}u + lane;
  ${leaves(subgroups, `item >= ${items}u`)}
  let source = min(item, ${items - 1}u);
  let quad = group.z * ${block}u;
  let run = source / ${inQuads}u;
  let c = source % ${inQuads}u;
  let ofBias = source == ${sources}u;
  let ky = i32(run / ${runs}u) - ${padding};
  let kx = i32(run % ${runs}u) - ${padding};
  let lines = batch.images * ${outHeight}u;
  let share = (lines + groups.y - 1u) / groups.y;
  ${each((sum) => `var ${sum} = 0.0;`)}
  for (var line = group.y * share; line < min((group.y + 1u) * share, lines); line++) {
    let y = i32(line % ${outHeight}u) * ${stride} + ky;
    let insideY = (y >= 0) & (y < ${inHeight});
    let corner = (line / ${outHeight}u * ${inHeight}u + u32(max(y, 0))) * ${inWidth}u;
    ${earlier.map((at) => `var earlier${at} = ${input(`kx + ${at}`)};`).join('\n')}
    for (var column = 0; column < ${outWidth}; column += ${stretch}) {
      let start = (line * ${outWidth}u + u32(column)) * ${outQuads}u + quad;
      ${needed
        .map((at) => `let x${at} = ${earlier.includes(at) ? `earlier${at}` : input(`column * ${stride} + kx + ${at}`)};`)
        .join('\n')}
      ${unrolled(stretch, gradients)}
      ${each((sum, tap, part, q, e) =>
        chain(
          sum,
          numbers(stretch).map((pixel) => [`x${pixel * stride + tap}.${components[part]}`, `d${pixel}_${q}.${e}`] as const),
        ),
      )}
      ${earlier.map((at) => `earlier${at} = x${at + stretch * stride};`).join('\n')}
    }
  }
  let slice = batch.chunk * groups.y + group.y;
  let row = slice * ${gradientRows(shape)}u + select(run * ${taps * inChannels}u + c * 4u, ${shape.rows}u, ofBias);
  let rows = select(min(4u, ${inChannels}u - c * 4u), 1u, ofBias);
  ${unrolled(taps, (tap) =>
    unrolled(parts.length, (part) => {
      const stores = unrolled(
        block,
        (q) =>
          `partials[(row + ${tap * inChannels + part}u) * ${outQuads}u + quad + ${q}u] = vec4f(${components.map((e) => `sum${tap}_${part}_${q}${e}`).join(', ')});`,
      );
      return `if (${tap > 0 ? `(${part}u < rows) & !ofBias` : `${part}u < rows`}) { ${stores} }`;
    }),
  )}
}`;
  return {
    label: `${shape.name} filter gradient`,
    bindings: [uniform('Batch', buffers.batch), ...x.bindings, ...dy.bindings, writes('partials', buffers.partials)],
    body,
    subgroups,
    groups: () => [Math.ceil(items / lanes), slices, outQuads / block],
    macs: shape.macs,
    chunk: buffers.chunk,
  };
}

const numbers = (count: number): number[] => Array.from({ length: count }, (_, at) => at);
