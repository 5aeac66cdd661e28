/**
 * Convolution forward and its input gradient without workgroup memory and barriers, which emulated GPUs pay dearly for: an
 * invocation holds the sums of a few pixels by a few fours of channels in registers. All invocations of a workgroup share
 * their channels, so that weights are loaded once for many. Sums run over taps, then channels: the same order always.
 */
import { gradientSink, type Contribution, type Load } from './activation.ts';
import { divisorUpTo, weightReader, type ConvShape } from './convShape.ts';
import type { Share } from './tiles.ts';
import { floats, lanes, reads, spread, uniform, unrolled, writes, type Operation, type Resource } from './operation.ts';

export interface ConvBuffers {
  readonly batch: Resource;
  readonly chunk: number;
  readonly weights: Resource;
}

const head = (perImage: number, block: number, pixelsEach: number) => `
@compute @workgroup_size(${lanes})
fn main(@builtin(workgroup_id) group: vec3u, @builtin(num_workgroups) groups: vec3u, @builtin(local_invocation_index) lane: u32) {
  let pixels = batch.images * ${perImage}u;
  let first = ((group.x + group.z * groups.x) * ${lanes}u + lane) * ${pixelsEach}u;
  if (first >= pixels) {
    return;
  }
  let quad = group.y * ${block}u;`;

/** Where pixel # of the invocation lies: `image#`, `row#`, `column#`; the last pixel stands in for those beyond the end,
 * and is then stored more than once, each time the same. */
const place = (height: number, width: number) => `
  let pixel# = min(first + #u, pixels - 1u);
  let image# = pixel# / ${height * width}u;
  let row# = i32(pixel# % ${height * width}u / ${width}u);
  let column# = i32(pixel# % ${width}u);`;

const numbering = (count: number) => (text: string) => unrolled(count, (at) => text.replaceAll('#', String(at)));

/** y = conv(x) + bias, rectified where `relu`. */
export function convForward(
  shape: ConvShape,
  buffers: ConvBuffers & { x: Load; y: Resource; bias: Resource | null },
  relu: boolean,
  { pixels: pixelsEach, quads: quadsEach }: Share,
): Operation {
  const { inChannels, inHeight, inQuads, inWidth, outHeight, outQuads, outWidth, padding, size, stride } = shape;
  const block = divisorUpTo(outQuads, quadsEach);
  const numbered = numbering(pixelsEach);
  const weights = weightReader(shape);
  const x = buffers.x('x', 'f32');
  const each = (piece: (pixel: number, q: number) => string) =>
    unrolled(pixelsEach, (pixel) => unrolled(block, (q) => piece(pixel, q)));
  const start = buffers.bias === null ? 'vec4f(0.0)' : 'bias[quad + @u]';
  const body = `${weights.code}
${x.code}
${head(outHeight * outWidth, block, pixelsEach)}
  ${numbered(place(outHeight, outWidth))}
  ${each((pixel, q) => `var sum${pixel}_${q} = ${start.replace('@', String(q))};`)}
  for (var ky = 0; ky < ${size}; ky++) {
    for (var kx = 0; kx < ${size}; kx++) {
      ${numbered(`
      let y# = row# * ${stride} + ky - ${padding};
      let z# = column# * ${stride} + kx - ${padding};
      let inside# = y# >= 0 && y# < ${inHeight} && z# >= 0 && z# < ${inWidth};
      let at# = select(0u, ((image# * ${inHeight}u + u32(y#)) * ${inWidth}u + u32(z#)) * ${inQuads * 4}u, inside#);`)}
      let row = u32(ky * ${size} + kx) * ${inChannels}u;
      for (var c = 0u; c < ${inChannels}u; c++) {
        ${unrolled(pixelsEach, (pixel) => `let x${pixel} = select(0.0, x(at${pixel} + c, c), inside${pixel});`)}
        ${unrolled(block, (q) => `let w${q} = weightAt(row + c, quad + ${q}u);`)}
        ${each((pixel, q) => `sum${pixel}_${q} += x${pixel} * w${q};`)}
      }
    }
  }
  ${each((pixel, q) => {
    const sum = `sum${pixel}_${q}`;
    const value = relu ? `max(${sum}, vec4f(0.0))` : sum;
    return `y[pixel${pixel} * ${outQuads}u + quad + ${q}u] = ${value};`;
  })}
}`;
  return {
    label: `${shape.name} forward`,
    bindings: [
      uniform('Batch', buffers.batch),
      ...x.bindings,
      reads('weights', buffers.weights, weights.type),
      writes('y', buffers.y),
      ...(buffers.bias === null ? [] : [reads('bias', buffers.bias)]),
    ],
    body,
    groups: (images) => spread(Math.ceil((images * outHeight * outWidth) / (lanes * pixelsEach)), outQuads / block),
    macs: shape.macs,
    chunk: buffers.chunk,
  };
}

/** The gradient that a convolution's input takes from that of its output, dy. */
export function convInputGradient(
  shape: ConvShape,
  buffers: ConvBuffers & { dy: Load },
  contribution: Contribution,
  { pixels: pixelsEach, quads: quadsEach }: Share,
): Operation {
  const { inChannels, inHeight, inQuads, inWidth, outChannels, outHeight, outQuads, outWidth, padding, size, stride } = shape;
  const block = divisorUpTo(inQuads, quadsEach);
  const numbered = numbering(pixelsEach);
  const sink = gradientSink(contribution);
  const dy = buffers.dy('dy', 'f32');
  const each = (piece: (pixel: number, q: number) => string) =>
    unrolled(pixelsEach, (pixel) => unrolled(block, (q) => piece(pixel, q)));
  // Rows beyond the last input channel belong to the next tap: they are not read, and their sums stay zero.
  const weight = (q: number, p: number) => {
    const read = `weights[row + c + ${(q * 4 + p) * outChannels}u]`;
    return inChannels % 4 === 0 ? read : `select(0.0, ${read}, (quad + ${q}u) * 4u + ${p}u < ${inChannels}u)`;
  };
  const along = (axis: string, kernel: string, out: number) =>
    stride === 1
      ? { at: `${axis}# + ${padding} - ${kernel}`, fits: (v: string) => `${v} >= 0 && ${v} < ${out}`, index: (v: string) => v }
      : {
          at: `${axis}# + ${padding} - ${kernel}`,
          fits: (v: string) => `${v} >= 0 && ${v} % ${stride} == 0 && ${v} / ${stride} < ${out}`,
          index: (v: string) => `${v} / ${stride}`,
        };
  const vertical = along('row', 'ky', outHeight);
  const horizontal = along('column', 'kx', outWidth);
  const body = `${dy.code}
${sink.code}
${head(inHeight * inWidth, block, pixelsEach)}
  ${numbered(place(inHeight, inWidth))}
  ${each((pixel, q) => `var sum${pixel}_${q} = vec4f(0.0);`)}
  for (var ky = 0; ky < ${size}; ky++) {
    for (var kx = 0; kx < ${size}; kx++) {
      ${numbered(`
      let y# = ${vertical.at};
      let z# = ${horizontal.at};
      let inside# = ${vertical.fits('y#')} && ${horizontal.fits('z#')};
      let at# = select(0u, ((image# * ${outHeight}u + u32(${vertical.index('y#')})) * ${outWidth}u + u32(${horizontal.index('z#')})) * ${outQuads * 4}u, inside#);`)}
      let row = (u32(ky * ${size} + kx) * ${inChannels}u + quad * 4u) * ${outChannels}u;
      for (var c = 0u; c < ${outChannels}u; c++) {
        ${unrolled(pixelsEach, (pixel) => `let d${pixel} = select(0.0, dy(at${pixel} + c, c), inside${pixel});`)}
        ${unrolled(block, (q) => `let w${q} = vec4f(${[0, 1, 2, 3].map((p) => weight(q, p)).join(', ')});`)}
        ${each((pixel, q) => `sum${pixel}_${q} += d${pixel} * w${q};`)}
      }
    }
  }
  ${unrolled(pixelsEach, (pixel) => {
    const stores = unrolled(
      block,
      (q) => `addGradient(pixel${pixel} * ${inQuads}u + quad + ${q}u, quad + ${q}u, sum${pixel}_${q});`,
    );
    return contribution.adds ? `if (first + ${pixel}u < pixels) { ${stores} }` : stores;
  })}
}`;
  return {
    label: `${shape.name} input gradient`,
    bindings: [uniform('Batch', buffers.batch), ...dy.bindings, reads('weights', buffers.weights, floats), ...sink.bindings],
    body,
    groups: (images) => spread(Math.ceil((images * inHeight * inWidth) / (lanes * pixelsEach)), inQuads / block),
    macs: shape.macs,
    chunk: buffers.chunk,
  };
}
