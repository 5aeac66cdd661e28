/**
 * The gradient of a convolution's weights and bias in two passes and without atomics: each slice of the batch's rows sums
 * its share in registers, then `update.ts` sums the slices in order and applies them. The bias is one more row of the
 * weights, whose input is 1 everywhere.
 */
import type { Load } from './activation.ts';
import { divisorUpTo, type ConvShape } from './convShape.ts';
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

export function convFilterGradient(
  shape: ConvShape,
  buffers: { batch: Resource; chunk: number; x: Load; dy: Load; partials: Resource },
  slices: number,
  { quads: quadsEach }: Share,
): Operation {
  const { bias, inChannels, inHeight, inQuads, inWidth, outHeight, outQuads, outWidth, padding, size, stride } = shape;
  const block = divisorUpTo(outQuads, quadsEach);
  const columns = outQuads / block;
  const taps = size * size;
  const items = (taps * inQuads + (bias ? 1 : 0)) * columns;
  const parts = Math.min(4, inChannels);
  const each = (piece: (c: number, q: number) => string) => unrolled(parts, (c) => unrolled(block, (q) => piece(c, q)));
  const x = buffers.x('x');
  const dy = buffers.dy('dy');
  const body = `${x.code}
${dy.code}
@compute @workgroup_size(${lanes})
fn main(@builtin(workgroup_id) group: vec3u, @builtin(num_workgroups) groups: vec3u, @builtin(local_invocation_index) lane: u32) {
  let item = group.x * ${lanes}u + lane;
  if (item >= ${items}u) {
    return;
  }
  let quad = item % ${columns}u * ${block}u;
  let source = item / ${columns}u;
  let tap = source / ${inQuads}u;
  let c = source % ${inQuads}u;
  let ofBias = tap == ${taps}u;
  let ky = i32(tap / ${size}u) - ${padding};
  let kx = i32(tap % ${size}u) - ${padding};
  let lines = batch.images * ${outHeight}u;
  let share = (lines + groups.y - 1u) / groups.y;
  ${each((p, q) => `var sum${p}_${q} = vec4f(0.0);`)}
  for (var line = group.y * share; line < min((group.y + 1u) * share, lines); line++) {
    let y = i32(line % ${outHeight}u) * ${stride} + ky;
    let insideY = y >= 0 && y < ${inHeight};
    let corner = (line / ${outHeight}u * ${inHeight}u + u32(max(y, 0))) * ${inWidth}u;
    for (var column = 0; column < ${outWidth}; column++) {
      let z = column * ${stride} + kx;
      let inside = insideY && z >= 0 && z < ${inWidth};
      let read = select(vec4f(0.0), x(select(0u, (corner + u32(z)) * ${inQuads}u + c, inside), c), inside);
      let value = ${bias ? 'select(read, vec4f(1.0, 0.0, 0.0, 0.0), ofBias)' : 'read'};
      let at = (line * ${outWidth}u + u32(column)) * ${outQuads}u + quad;
      ${unrolled(block, (q) => `let d${q} = dy(at + ${q}u, quad + ${q}u);`)}
      ${each((p, q) => `sum${p}_${q} += value.${'xyzw'[p]} * d${q};`)}
    }
  }
  let slice = batch.chunk * groups.y + group.y;
  let row = slice * ${gradientRows(shape)}u + tap * ${inChannels}u + c * 4u;
  let rows = select(min(4u, ${inChannels}u - c * 4u), 1u, ofBias);
  ${unrolled(
    parts,
    (p) =>
      `if (${p}u < rows) { ${unrolled(block, (q) => `partials[(row + ${p}u) * ${outQuads}u + quad + ${q}u] = sum${p}_${q};`, ' ')} }`,
  )}
}`;
  return {
    label: `${shape.name} filter gradient`,
    bindings: [uniform('Batch', buffers.batch), ...x.bindings, ...dy.bindings, writes('partials', buffers.partials)],
    body,
    groups: () => [Math.ceil(items / lanes), slices, 1],
    macs: shape.macs,
    chunk: buffers.chunk,
  };
}
