/**
 * The partial sums of a convolution's weight and bias gradients for graphics cards: a matrix product over pixels in blocks
 * of rows of the weights by output channels, as a `Tile` says, for one slice of the chunk's pixels. The layout and the second
 * pass are those of `directFilterGradient.ts`. Slices are the order of sums, and do not depend on the tile.
 */
import type { Load } from './activation.ts';
import type { ConvShape } from './convShape.ts';
import { gradientRows, mostPartialBytes } from './directFilterGradient.ts';
import { uniform, unrolled, writes, type Operation, type Resource } from './operation.ts';
import { invocations, type Tile } from './tiles.ts';

/** Workgroups that keep a large GPU busy, and pixels that make a slice worth its partial sums. */
const wantedGroups = 1024;
const leastPixels = 512;
/** Rows and columns of the block that slices are counted for. */
const nominalSide = 64;

/** Blocks that cover the gradient. */
const blocksOf = ({ bias, inQuads, outQuads, size }: ConvShape, { columns, rows }: Pick<Tile, 'columns' | 'rows'>) => ({
  down: Math.ceil((size * size * inQuads + (bias ? 1 : 0)) / (rows / 4)),
  across: Math.ceil(outQuads / (columns / 4)),
});

export function tiledGradientSlices(shape: ConvShape, images: number, chunks: number): number {
  const { across, down } = blocksOf(shape, { rows: nominalSide, columns: nominalSide });
  const pixels = images * shape.outHeight * shape.outWidth;
  const wanted = Math.min(Math.ceil(wantedGroups / (across * down * chunks)), Math.ceil(pixels / leastPixels));
  const allowed = Math.floor(mostPartialBytes / (gradientRows(shape) * shape.outQuads * 16 * chunks));
  return Math.max(1, Math.min(wanted, allowed));
}

export function tiledFilterGradient(
  shape: ConvShape,
  buffers: { batch: Resource; chunk: number; x: Load; dy: Load; partials: Resource },
  slices: number,
  tile: Tile,
): Operation {
  const { inChannels, inHeight, inQuads, inWidth, outHeight, outQuads, outWidth, padding, size, stride } = shape;
  const { across, down } = blocksOf(shape, tile);
  const { depth } = tile;
  const threads = invocations(tile);
  /** Fours of rows and of columns in the block, and of one invocation, which lie as far apart as there are invocations. */
  const [blockRows, blockQuads] = [tile.rows / 4, tile.columns / 4];
  const [rowsEach, quadsEach] = [tile.rowsEach / 4, tile.columnsEach / 4];
  const [downThreads, acrossThreads] = [blockRows / rowsEach, blockQuads / quadsEach];
  const taps = size * size;
  const mapPixels = outHeight * outWidth;
  const sums = (piece: (up: number, part: number, q: number) => string) =>
    unrolled(rowsEach, (up) => unrolled(4, (part) => unrolled(quadsEach, (q) => piece(up, part, q))));
  /** Once for each pixel that an invocation fetches, of a block `wide` fours wide. */
  const fetches = (wide: number, fetch: string) =>
    unrolled(
      (depth * wide) / threads,
      (at) => `{
      let place = lane / ${wide}u + ${(at * threads) / wide}u;
      let pixel = begin + turn * ${depth}u + place;
      let there = pixel < end;
      ${fetch}
    }`,
    );
  const x = buffers.x('x');
  const dy = buffers.dy('dy');
  const body = `${x.code}
${dy.code}
var<workgroup> sources: array<vec4f, ${depth * blockRows}>;
var<workgroup> others: array<vec4f, ${depth * blockQuads}>;

@compute @workgroup_size(${threads})
fn main(@builtin(workgroup_id) group: vec3u, @builtin(num_workgroups) groups: vec3u, @builtin(local_invocation_index) lane: u32) {
  let pixels = batch.images * ${mapPixels}u;
  let share = (pixels + groups.y - 1u) / groups.y;
  let begin = group.y * share;
  let end = min(begin + share, pixels);
  let firstSource = group.x / ${across}u * ${blockRows}u;
  let firstQuad = group.x % ${across}u * ${blockQuads}u;
  let fetchedRow = lane % ${blockRows}u;
  let fetchedSource = firstSource + fetchedRow;
  let tap = fetchedSource / ${inQuads}u;
  let c = fetchedSource % ${inQuads}u;
  let ofMap = tap < ${taps}u;
  let ofBias = fetchedSource == ${taps * inQuads}u;
  let ky = i32(tap / ${size}u) - ${padding};
  let kx = i32(tap % ${size}u) - ${padding};
  let fetchedQuad = lane % ${blockQuads}u;
  let quad = firstQuad + fetchedQuad;
  let acrossBlock = lane % ${acrossThreads}u;
  let downBlock = lane / ${acrossThreads}u;
  ${sums((up, part, q) => `var sum${up}${part}_${q} = vec4f(0.0);`)}
  // Every slice takes as many turns, so that all invocations meet at the barriers.
  for (var turn = 0u; turn < (share + ${depth - 1}u) / ${depth}u; turn++) {
    ${fetches(
      blockRows,
      `let image = pixel / ${mapPixels}u;
      let y = i32(pixel % ${mapPixels}u / ${outWidth}u) * ${stride} + ky;
      let z = i32(pixel % ${outWidth}u) * ${stride} + kx;
      let inside = there && ofMap && y >= 0 && y < ${inHeight} && z >= 0 && z < ${inWidth};
      let source = select(0u, ((image * ${inHeight}u + u32(y)) * ${inWidth}u + u32(z)) * ${inQuads}u + c, inside);
      let value = select(vec4f(0.0), x(source, c), inside);
      sources[place * ${blockRows}u + fetchedRow] = select(value, vec4f(1.0, 0.0, 0.0, 0.0), ofBias && there);`,
    )}
    ${fetches(
      blockQuads,
      `let known = there && quad < ${outQuads}u;
      others[place * ${blockQuads}u + fetchedQuad] = select(vec4f(0.0), dy(select(0u, pixel * ${outQuads}u + quad, known), select(0u, quad, known)), known);`,
    )}
    workgroupBarrier();
    for (var k = 0u; k < ${depth}u; k++) {
      ${unrolled(quadsEach, (q) => `let d${q} = others[k * ${blockQuads}u + acrossBlock + ${q * acrossThreads}u];`)}
      ${unrolled(rowsEach, (up) => `let a${up} = sources[k * ${blockRows}u + downBlock + ${up * downThreads}u];`)}
      ${sums((up, part, q) => `sum${up}${part}_${q} += a${up}.${'xyzw'[part]} * d${q};`)}
    }
    workgroupBarrier();
  }
  let slice = batch.chunk * groups.y + group.y;
  ${unrolled(
    rowsEach,
    (up) => `{
    let stored = firstSource + downBlock + ${up * downThreads}u;
    let storedTap = stored / ${inQuads}u;
    let channel = stored % ${inQuads}u * 4u;
    let first = slice * ${gradientRows(shape)}u + storedTap * ${inChannels}u + channel;
    let rows = select(select(0u, min(4u, ${inChannels}u - channel), storedTap < ${taps}u), ${shape.bias ? '1u' : '0u'}, stored == ${taps * inQuads}u);
    ${unrolled(4, (part) =>
      unrolled(
        quadsEach,
        (q) => `if (${part}u < rows && firstQuad + acrossBlock + ${q * acrossThreads}u < ${outQuads}u) {
      partials[(first + ${part}u) * ${outQuads}u + firstQuad + acrossBlock + ${q * acrossThreads}u] = sum${up}${part}_${q};
    }`,
      ),
    )}
  }`,
  )}
}`;
  return {
    label: `${shape.name} filter gradient`,
    bindings: [uniform('Batch', buffers.batch), ...x.bindings, ...dy.bindings, writes('partials', buffers.partials)],
    body,
    groups: () => [across * down, slices, 1],
    macs: shape.macs,
    chunk: buffers.chunk,
  };
}
