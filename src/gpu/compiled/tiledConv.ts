/**
 * Convolution forward and its input gradient for graphics cards: implicit matrix products in blocks of pixels by channels,
 * as a `Tile` says. A workgroup fetches a step of both factors into workgroup memory, each invocation multiplies its share
 * of the block in registers. Pixels run over the whole chunk, so that small maps fill their blocks. Sums run over taps, then
 * channels: the same order whatever the tile.
 */
import { gradientSink, type Contribution, type Reader } from './activation.ts';
import type { ForwardBuffers, InputGradientBuffers } from './convOperation.ts';
import { weightReader, type ConvShape } from './convShape.ts';
import { reads, spread, uniform, unrolled, writes, type Binding, type Operation, type Resource } from './operation.ts';
import { pixelsOfSlot, type Tally } from './tally.ts';
import { invocations, type Tile } from './tiles.ts';

/** A matrix product whose rows are pixels: out[pixel, channel] = sum over taps and inner channels of source x weights. */
interface Product {
  readonly label: string;
  readonly macs: number;
  readonly outHeight: number;
  readonly outWidth: number;
  readonly outQuads: number;
  readonly sourceHeight: number;
  readonly sourceWidth: number;
  readonly sourceQuads: number;
  readonly source: Reader;
  readonly size: number;
  /** WGSL from `row`, `column` (of the output) and `ky`, `kx` to `y`, `z` (in the source) and `inside`. */
  readonly locate: string;
  /** WGSL functions. */
  readonly code: string;
  /**
   * `inner`: four weights of one inner channel, for four outputs; multiplied by broadcasting the source.
   * `outer`: four weights of one output, for four inner channels; multiplied as dot products.
   */
  readonly weightsAlong: 'outputs' | 'inner';
  /** WGSL expression of those four: of `k` (inner channel in the step) and `quad`, or of `channel` and `k4`. */
  readonly fetchWeights: string;
  /** WGSL statement that stores `value` for `pixel` and `quad`. */
  readonly store: string;
  readonly bindings: readonly Binding[];
  /** What is summed of the block that was stored. */
  readonly tally: Tally | null;
  readonly batch: Resource;
  readonly chunk: number;
}

function product(p: Product, tile: Tile): Operation {
  const { columns, columnsEach, rows, rowsEach } = tile;
  const threads = invocations(tile);
  /** Fours of channels across the block, and of one invocation; those lie `acrossThreads` apart, its pixels `downThreads`. */
  const blockQuads = columns / 4;
  const quadsEach = columnsEach / 4;
  const acrossThreads = blockQuads / quadsEach;
  const downThreads = rows / rowsEach;
  // Fours of inner channels fetched at once: a divisor of the threads.
  const most = p.sourceQuads >= 4 ? 4 : p.sourceQuads >= 2 ? 2 : 1;
  const depth = Math.min(tile.depth / 4, most);
  // One more than needed: neighbouring invocations then read from different banks.
  const stride = depth + 1;
  const alongOutputs = p.weightsAlong === 'outputs';
  const sums = (piece: (row: number, q: number) => string) =>
    unrolled(rowsEach, (row) => unrolled(quadsEach, (q) => piece(row, q)));
  const multiply = alongOutputs
    ? unrolled(4, (part) => {
        const weights = unrolled(
          quadsEach,
          (q) => `let w${part}_${q} = others[(k4 * 4u + ${part}u) * ${blockQuads}u + across + ${q * acrossThreads}u];`,
        );
        return `${weights}\n${sums((row, q) => `sum${row}_${q} += a${row}.${'xyzw'[part]} * w${part}_${q};`)}`;
      })
    : unrolled(quadsEach, (q) => {
        const weights = unrolled(
          4,
          (part) => `let w${q}_${part} = others[(${part * blockQuads}u + across + ${q * acrossThreads}u) * ${stride}u + k4];`,
        );
        const dots = (row: number) => [0, 1, 2, 3].map((part) => `dot(a${row}, w${q}_${part})`).join(', ');
        return `${weights}\n${unrolled(rowsEach, (row) => `sum${row}_${q} += vec4f(${dots(row)});`)}`;
      });
  const sourceTurns = turns(rows * depth, threads);
  const otherTurns = turns(columns * depth, threads);
  const fetchOthers = unrolled(otherTurns.count, (at) =>
    otherTurns.guarded(
      alongOutputs
        ? `{
          let k = (lane + ${at * threads}u) / ${blockQuads}u;
          let quad = firstQuad + (lane + ${at * threads}u) % ${blockQuads}u;
          others[lane + ${at * threads}u] = ${p.fetchWeights};
        }`
        : `{
          let n = (lane + ${at * threads}u) / ${depth}u;
          let channel = firstQuad * 4u + n;
          others[(n % 4u * ${blockQuads}u + n / 4u) * ${stride}u + fetched] = ${p.fetchWeights};
        }`,
    ),
  );
  const body = `${p.source.code}
${p.code}
${p.tally?.code ?? ''}
var<workgroup> sources: array<vec4f, ${rows * stride}>;
var<workgroup> others: array<vec4f, ${alongOutputs ? depth * columns : columns * stride}>;

@compute @workgroup_size(${threads})
fn main(@builtin(workgroup_id) group: vec3u, @builtin(num_workgroups) groups: vec3u, @builtin(local_invocation_index) lane: u32) {
  let pixels = batch.images * ${p.outHeight * p.outWidth}u;
  let firstPixel = (group.x + group.z * groups.x) * ${rows}u;
  let firstQuad = group.y * ${blockQuads}u;
  let across = lane % ${acrossThreads}u;
  let down = lane / ${acrossThreads}u;
  let fetched = lane % ${depth}u;
  ${unrolled(
    sourceTurns.count,
    (at) => `
  let pixel${at} = firstPixel + (lane + ${at * threads}u) / ${depth}u;
  let image${at} = pixel${at} / ${p.outHeight * p.outWidth}u;
  let row${at} = i32(pixel${at} % ${p.outHeight * p.outWidth}u / ${p.outWidth}u);
  let column${at} = i32(pixel${at} % ${p.outWidth}u);`,
  )}
  ${sums((row, q) => `var sum${row}_${q} = vec4f(0.0);`)}
  for (var tap = 0; tap < ${p.size * p.size}; tap++) {
    let ky = tap / ${p.size};
    let kx = tap % ${p.size};
    ${unrolled(
      sourceTurns.count,
      (at) => `
    var inside${at} = false;
    var at${at} = 0u;
    {
      let row = row${at};
      let column = column${at};
      ${p.locate}
      inside${at} = inside && pixel${at} < pixels;
      at${at} = select(0u, ((image${at} * ${p.sourceHeight}u + u32(y)) * ${p.sourceWidth}u + u32(z)) * ${p.sourceQuads}u, inside${at});
    }`,
    )}
    for (var c = 0u; c < ${p.sourceQuads}u; c += ${depth}u) {
      let k4 = c + fetched;
      ${unrolled(sourceTurns.count, (at) =>
        sourceTurns.guarded(`sources[(lane + ${at * threads}u) / ${depth}u * ${stride}u + fetched] =
        select(vec4f(0.0), source(at${at} + min(k4, ${p.sourceQuads - 1}u), min(k4, ${p.sourceQuads - 1}u)), inside${at} && k4 < ${p.sourceQuads}u);`),
      )}
      ${fetchOthers}
      workgroupBarrier();
      for (var k4 = 0u; k4 < ${depth}u; k4++) {
        ${unrolled(rowsEach, (row) => `let a${row} = sources[(down + ${row * downThreads}u) * ${stride}u + k4];`)}
        ${multiply}
      }
      workgroupBarrier();
    }
  }
  ${sums(
    (row, q) => `{
    let pixel = firstPixel + down + ${row * downThreads}u;
    let quad = firstQuad + across + ${q * acrossThreads}u;
    if (pixel < pixels && quad < ${p.outQuads}u) {
      let value = sum${row}_${q};
      ${p.store}
    }
  }`,
  )}
  ${p.tally === null ? '' : tallyBlock(p.outQuads, tile)}
}`;
  return {
    label: p.label,
    bindings: [uniform('Batch', p.batch), ...p.source.bindings, ...p.bindings, ...(p.tally?.bindings ?? [])],
    body,
    groups: (images) => {
      const [wide, , deep] = pixelGroups(p.outHeight * p.outWidth, p.tally?.images ?? images, tile);
      return [wide, Math.ceil(p.outQuads / blockQuads), deep];
    },
    macs: p.macs,
    chunk: p.chunk,
  };
}

/** Workgroups along the pixels. */
const pixelGroups = (pixels: number, images: number, { rows }: Tile) => spread(Math.ceil((images * pixels) / rows));

/** Slots of one chunk where the kernel that stores a map of that many pixels tallies it. */
export function tiledSlots(pixels: number, images: number, tile: Tile): number {
  const [wide, , deep] = pixelGroups(pixels, images, tile);
  return (wide * deep * tile.rows) / pixelsOfSlot;
}

/** Each invocation takes a slot of one four of channels, and reads again what the workgroup has just stored. */
function tallyBlock(outQuads: number, tile: Tile): string {
  const slots = tile.rows / pixelsOfSlot;
  const wide = tile.columns / 4;
  return `storageBarrier();
  for (var item = lane; item < ${slots * wide}u; item += ${invocations(tile)}u) {
    let quad = firstQuad + item % ${wide}u;
    let begin = firstPixel + item / ${wide}u * ${pixelsOfSlot}u;
    let slot = (batch.chunk * groups.x * groups.z + group.x + group.z * groups.x) * ${slots}u + item / ${wide}u;
    if (quad < ${outQuads}u) {
      tally(slot, quad, min(begin, pixels), min(begin + ${pixelsOfSlot}u, pixels));
    }
  }`;
}

/** How often `threads` invocations fetch, for `entries` in all; where there are fewer entries, the others stand by. */
function turns(entries: number, threads: number) {
  return {
    count: Math.ceil(entries / threads),
    guarded: (fetch: string) => (entries < threads ? `if (lane < ${entries}u) { ${fetch} }` : fetch),
  };
}

/** WGSL that fetches four weights of one inner channel; zero beyond the last channels. */
const weightFetch = ({ inChannels, outQuads }: ConvShape): string => `fn fetch(tap: u32, channel: u32, quad: u32) -> vec4f {
  let known = channel < ${inChannels}u && quad < ${outQuads}u;
  return select(vec4f(0.0), weightAt(select(0u, tap * ${inChannels}u + channel, known), min(quad, ${outQuads - 1}u)), known);
}`;

/** y = conv(x) + bias, rectified where `relu`. */
export function tiledForward(
  shape: ConvShape,
  buffers: ForwardBuffers,
  relu: boolean,
  tally: Tally | null,
  tile: Tile,
): Operation {
  const { inHeight, inQuads, inWidth, outHeight, outQuads, outWidth, padding, size, stride } = shape;
  const weights = weightReader(shape);
  const biased = buffers.bias === null ? 'value' : 'value + bias[quad]';
  return product(
    {
      label: `${shape.name} forward`,
      macs: shape.macs,
      outHeight,
      outWidth,
      outQuads,
      size,
      sourceHeight: inHeight,
      sourceWidth: inWidth,
      sourceQuads: inQuads,
      source: buffers.x('source'),
      locate: `let y = row * ${stride} + ky - ${padding};
      let z = column * ${stride} + kx - ${padding};
      let inside = y >= 0 && y < ${inHeight} && z >= 0 && z < ${inWidth};`,
      code: `${weights.code}
${weightFetch(shape)}`,
      weightsAlong: 'outputs',
      fetchWeights: 'fetch(u32(tap), c * 4u + k, quad)',
      store: `y[pixel * ${outQuads}u + quad] = ${relu ? `max(${biased}, vec4f(0.0))` : biased};`,
      bindings: [
        reads('weights', buffers.weights, weights.type),
        writes('y', buffers.y),
        ...(buffers.bias === null ? [] : [reads('bias', buffers.bias)]),
      ],
      tally,
      batch: buffers.batch,
      chunk: buffers.chunk,
    },
    tile,
  );
}

/** The gradient that a convolution's input takes from that of its output, dy. */
export function tiledInputGradient(
  shape: ConvShape,
  buffers: InputGradientBuffers,
  contribution: Contribution,
  tally: Tally | null,
  tile: Tile,
): Operation {
  const { inHeight, inQuads, inWidth, outHeight, outQuads, outWidth, padding, size, stride } = shape;
  const weights = weightReader(shape);
  const sink = gradientSink(contribution);
  const fits = (at: string) => (stride === 1 ? `${at} >= 0` : `${at} >= 0 && ${at} % ${stride} == 0`);
  return product(
    {
      label: `${shape.name} input gradient`,
      macs: shape.macs,
      outHeight: inHeight,
      outWidth: inWidth,
      outQuads: inQuads,
      size,
      sourceHeight: outHeight,
      sourceWidth: outWidth,
      sourceQuads: outQuads,
      source: buffers.dy('source'),
      locate: `let spreadY = row + ${padding} - ky;
      let spreadZ = column + ${padding} - kx;
      let y = spreadY / ${stride};
      let z = spreadZ / ${stride};
      let inside = ${fits('spreadY')} && ${fits('spreadZ')} && y < ${outHeight} && z < ${outWidth};`,
      code: `${weights.code}
${sink.code}
${weightFetch(shape)}`,
      weightsAlong: 'inner',
      fetchWeights: 'fetch(u32(tap), channel, k4)',
      store: `addGradient(pixel * ${inQuads}u + quad, quad, value);`,
      bindings: [reads('weights', buffers.weights, weights.type), ...sink.bindings],
      tally,
      batch: buffers.batch,
      chunk: buffers.chunk,
    },
    tile,
  );
}
