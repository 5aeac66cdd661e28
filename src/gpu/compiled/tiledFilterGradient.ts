/**
 * The partial sums of a convolution's weight and bias gradients for graphics cards: a matrix product over pixels in tiles of
 * 64 rows of the weights by 64 output channels, for one slice of the chunk's pixels. The layout and the second pass are
 * those of `directFilterGradient.ts`.
 */
import type { ConvShape } from './convShape.ts';
import { gradientRows, mostPartialBytes } from './directFilterGradient.ts';
import { reads, uniform, unrolled, writes, type Operation, type Resource } from './operation.ts';

const threads = 64;
/** Fours of channels on a side of a tile. */
const tileQuads = 16;
/** Pixels fetched at once. */
const depth = 16;
/** Workgroups that keep a large GPU busy, and pixels that make a slice worth its partial sums. */
const wantedGroups = 1024;
const leastPixels = 512;

const tilesOf = ({ bias, inQuads, outQuads, size }: ConvShape) => ({
  down: Math.ceil((size * size * inQuads + (bias ? 1 : 0)) / tileQuads),
  across: Math.ceil(outQuads / tileQuads),
});

export function tiledGradientSlices(shape: ConvShape, images: number, chunks: number): number {
  const { across, down } = tilesOf(shape);
  const pixels = images * shape.outHeight * shape.outWidth;
  const wanted = Math.min(Math.ceil(wantedGroups / (across * down * chunks)), Math.ceil(pixels / leastPixels));
  const allowed = Math.floor(mostPartialBytes / (gradientRows(shape) * shape.outQuads * 16 * chunks));
  return Math.max(1, Math.min(wanted, allowed));
}

export function tiledFilterGradient(
  shape: ConvShape,
  buffers: { batch: Resource; chunk: number; x: Resource; dy: Resource; partials: Resource },
  slices: number,
): Operation {
  const { inChannels, inHeight, inQuads, inWidth, outHeight, outQuads, outWidth, padding, size, stride } = shape;
  const { across, down } = tilesOf(shape);
  const taps = size * size;
  const mapPixels = outHeight * outWidth;
  const entries = (depth * tileQuads) / threads;
  const sums = (piece: (up: number, part: number, half: number) => string) =>
    unrolled(2, (up) => unrolled(4, (part) => unrolled(2, (half) => piece(up, part, half))));
  const body = `
var<workgroup> sources: array<vec4f, ${depth * tileQuads}>;
var<workgroup> others: array<vec4f, ${depth * tileQuads}>;

@compute @workgroup_size(${threads})
fn main(@builtin(workgroup_id) group: vec3u, @builtin(num_workgroups) groups: vec3u, @builtin(local_invocation_index) lane: u32) {
  let pixels = batch.images * ${mapPixels}u;
  let share = (pixels + groups.y - 1u) / groups.y;
  let begin = group.y * share;
  let end = min(begin + share, pixels);
  let firstSource = group.x / ${across}u * ${tileQuads}u;
  let firstQuad = group.x % ${across}u * ${tileQuads}u;
  let fetched = lane % ${tileQuads}u;
  let fetchedSource = firstSource + fetched;
  let tap = fetchedSource / ${inQuads}u;
  let c = fetchedSource % ${inQuads}u;
  let ofMap = tap < ${taps}u;
  let ofBias = fetchedSource == ${taps * inQuads}u;
  let ky = i32(tap / ${size}u) - ${padding};
  let kx = i32(tap % ${size}u) - ${padding};
  let quad = firstQuad + fetched;
  let acrossTile = lane % 8u;
  let downTile = lane / 8u;
  ${sums((up, part, half) => `var sum${up}${part}_${half} = vec4f(0.0);`)}
  // Every slice takes as many turns, so that all invocations meet at the barriers.
  for (var turn = 0u; turn < (share + ${depth - 1}u) / ${depth}u; turn++) {
    ${unrolled(
      entries,
      (at) => `{
      let place = lane / ${tileQuads}u + ${(at * threads) / tileQuads}u;
      let pixel = begin + turn * ${depth}u + place;
      let there = pixel < end;
      let image = pixel / ${mapPixels}u;
      let y = i32(pixel % ${mapPixels}u / ${outWidth}u) * ${stride} + ky;
      let z = i32(pixel % ${outWidth}u) * ${stride} + kx;
      let inside = there && ofMap && y >= 0 && y < ${inHeight} && z >= 0 && z < ${inWidth};
      let source = select(0u, ((image * ${inHeight}u + u32(y)) * ${inWidth}u + u32(z)) * ${inQuads}u + c, inside);
      let value = select(vec4f(0.0), x[source], inside);
      sources[place * ${tileQuads}u + fetched] = select(value, vec4f(1.0, 0.0, 0.0, 0.0), ofBias && there);
      let known = there && quad < ${outQuads}u;
      others[place * ${tileQuads}u + fetched] = select(vec4f(0.0), dy[select(0u, pixel * ${outQuads}u + quad, known)], known);
    }`,
    )}
    workgroupBarrier();
    for (var k = 0u; k < ${depth}u; k++) {
      ${unrolled(2, (half) => `let d${half} = others[k * ${tileQuads}u + acrossTile + ${half * 8}u];`)}
      ${unrolled(2, (up) => `let a${up} = sources[k * ${tileQuads}u + downTile + ${up * 8}u];`)}
      ${sums((up, part, half) => `sum${up}${part}_${half} += a${up}.${'xyzw'[part]} * d${half};`)}
    }
    workgroupBarrier();
  }
  let slice = batch.chunk * groups.y + group.y;
  ${unrolled(
    2,
    (up) => `{
    let stored = firstSource + downTile + ${up * 8}u;
    let storedTap = stored / ${inQuads}u;
    let channel = stored % ${inQuads}u * 4u;
    let first = slice * ${gradientRows(shape)}u + storedTap * ${inChannels}u + channel;
    let rows = select(select(0u, min(4u, ${inChannels}u - channel), storedTap < ${taps}u), ${shape.bias ? '1u' : '0u'}, stored == ${taps * inQuads}u);
    ${unrolled(4, (part) =>
      unrolled(
        2,
        (half) => `if (${part}u < rows && firstQuad + acrossTile + ${half * 8}u < ${outQuads}u) {
      partials[(first + ${part}u) * ${outQuads}u + firstQuad + acrossTile + ${half * 8}u] = sum${up}${part}_${half};
    }`,
      ),
    )}
  }`,
  )}
}`;
  return {
    label: `${shape.name} filter gradient`,
    bindings: [
      uniform('Batch', buffers.batch),
      reads('x', buffers.x),
      reads('dy', buffers.dy),
      writes('partials', buffers.partials),
    ],
    body,
    groups: () => [across * down, slices, 1],
    macs: shape.macs,
    chunk: buffers.chunk,
  };
}
