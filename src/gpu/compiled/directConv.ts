/**
 * Convolution forward and its input gradient without workgroup memory and barriers, which emulated GPUs pay dearly for: an
 * invocation holds the sums of a few pixels by a few fours of channels. All invocations of a workgroup share their channels.
 * Sums run over taps, then channels: the same order always. `directKernel.ts` says why they are written as they are.
 */
import { gradientSink, type Contribution } from './activation.ts';
import { forwardOperation, inputGradientOperation, type ForwardBuffers, type InputGradientBuffers } from './convOperation.ts';
import { divisorUpTo, weightReader, type ConvShape } from './convShape.ts';
import { chain, components, handed, leaves, opening, sums, taps } from './directKernel.ts';
import { inRows, mapIn, mapOut, rowForward, rowInputGradient } from './directRows.ts';
import type { Share } from './tiles.ts';
import { floats, lanes, spread, unrolled, vec4s, type Operation } from './operation.ts';

/** Declares w0 to w3: what `read` says of the numbers 0 to 3, each read by one invocation of four or by all. */
const fourWeights = (subgroups: boolean, read: (number: string) => string) =>
  subgroups ? handed('w', 0, read('member')) : unrolled(4, (at) => `let w${at} = ${read(`${at}u`)};`);

const head = (perImage: number, block: number, { pixels, subgroups }: Share) => `${opening(subgroups)}
  let pixels = batch.images * ${perImage}u;
  let first = ((group.x + group.z * groups.x) * ${lanes}u + lane) * ${pixels}u;
  ${leaves(subgroups, 'first >= pixels')}
  let quad = group.y * ${block}u;`;

/**
 * Where pixel # of the invocation lies: `image#`, `row#`, `column#`. Only the first is divided for, since SwiftShader divides
 * for one invocation after another.
 */
const places = (pixels: number, height: number, width: number) => `
  let image0 = first / ${height * width}u;
  let row0 = i32((first - image0 * ${height * width}u) / ${width}u);
  let column0 = i32(first - image0 * ${height * width}u) - row0 * ${width};
  ${unrolled(pixels - 1, (before) => {
    const at = before + 1;
    return `let ends${at} = column${before} == ${width - 1};
  let lower${at} = row${before} + select(0, 1, ends${at});
  let over${at} = lower${at} == ${height};
  let column${at} = select(column${before} + 1, 0, ends${at});
  let row${at} = select(lower${at}, 0, over${at});
  let image${at} = image${before} + select(0u, 1u, over${at});`;
  })}`;

const numbering = (count: number) => (text: string) => unrolled(count, (at) => text.replaceAll('#', String(at)));

const summed = (pixel: number, q: number) => `vec4f(${components.map((e) => `sum${pixel}_${q}${e}`).join(', ')})`;

/** y = conv(x) + bias, rectified where `relu`. */
export function convForward(shape: ConvShape, buffers: ForwardBuffers, relu: boolean, share: Share): Operation {
  if (share.subgroups && inRows(shape, mapOut(shape))) return rowForward(shape, buffers, relu);
  const { inChannels, inHeight, inQuads, inWidth, outHeight, outQuads, outWidth, padding, size, stride } = shape;
  const { pixels: pixelsEach, subgroups } = share;
  const block = divisorUpTo(outQuads, share.quads);
  const numbered = numbering(pixelsEach);
  const x = buffers.x('x');
  const weights = weightReader(shape);
  // What lies beyond the last input channel is a weight of the next tap, which meets a zero.
  const weight = (q: number) => (number: string) => `weightAt(row + c * 4u + ${number}, quad + ${q}u)`;
  const vertical = taps(outHeight, inHeight, shape);
  const horizontal = taps(outWidth, inWidth, shape);
  const body = `${weights.code}
${x.code}
${head(outHeight * outWidth, block, share)}
  ${places(pixelsEach, outHeight, outWidth)}
  ${buffers.bias === null ? '' : unrolled(block, (q) => `let bias${q} = bias[quad + ${q}u];`)}
  ${sums(pixelsEach, block, (sum, _, q, e) => `var ${sum} = ${buffers.bias === null ? '0.0' : `bias${q}.${e}`};`)}
  for (var ky = ${vertical.from}; ky < ${vertical.to}; ky++) {
    for (var kx = ${horizontal.from}; kx < ${horizontal.to}; kx++) {
      ${numbered(`
      let y# = row# * ${stride} + ky - ${padding};
      let z# = column# * ${stride} + kx - ${padding};
      let inside# = (y# >= 0) & (y# < ${inHeight}) & (z# >= 0) & (z# < ${inWidth});
      let at# = select(0u, ((image# * ${inHeight}u + u32(y#)) * ${inWidth}u + u32(z#)) * ${inQuads}u, inside#);`)}
      let row = u32(ky * ${size} + kx) * ${inChannels}u;
      for (var c = 0u; c < ${inQuads}u; c++) {
        ${numbered('let x# = select(vec4f(0.0), x(at# + c, c), inside#);')}
        ${unrolled(
          block,
          (q) => `{
        ${fourWeights(subgroups, weight(q))}
        ${components
          .map((e) =>
            unrolled(pixelsEach, (p) =>
              chain(
                `sum${p}_${q}${e}`,
                components.map((channel, at) => [`x${p}.${channel}`, `w${at}.${e}`]),
              ),
            ),
          )
          .join('\n')}
        }`,
        )}
      }
    }
  }
  ${unrolled(pixelsEach, (pixel) => {
    const stores = unrolled(block, (q) => {
      const value = relu ? `max(${summed(pixel, q)}, vec4f(0.0))` : summed(pixel, q);
      return `y[(first + ${pixel}u) * ${outQuads}u + quad + ${q}u] = ${value};`;
    });
    return `if (first + ${pixel}u < pixels) { ${stores} }`;
  })}
}`;
  return forwardOperation(shape, buffers, x, weights.type, {
    body,
    subgroups,
    groups: (images) => spread(Math.ceil((images * outHeight * outWidth) / (lanes * pixelsEach)), outQuads / block),
  });
}

/** The gradient that a convolution's input takes from that of its output, dy. */
export function convInputGradient(
  shape: ConvShape,
  buffers: InputGradientBuffers,
  contribution: Contribution,
  share: Share,
): Operation {
  if (share.subgroups && inRows(shape, mapIn(shape))) return rowInputGradient(shape, buffers, contribution);
  const { inChannels, inHeight, inQuads, inWidth, outChannels, outHeight, outQuads, outWidth, padding, size, stride } = shape;
  const { pixels: pixelsEach, subgroups } = share;
  const block = divisorUpTo(inQuads, share.quads);
  const numbered = numbering(pixelsEach);
  const sink = gradientSink(contribution);
  const dy = buffers.dy('dy');
  const whole = outChannels % 4 === 0;
  // Rows beyond the last input channel belong to the next tap: they are not taken, and their sums stay zero.
  const weight = (q: number) => (number: string) => {
    const channel = `(quad + ${q}u) * 4u + ${number}`;
    const row = `(row + ${channel})`;
    // What lies beyond the last output channel is a weight of the next row, which meets a zero.
    const read = whole
      ? `weights[${row} * ${outQuads}u + c]`
      : `vec4f(${[0, 1, 2, 3].map((at) => `weights[${row} * ${outChannels}u + c * 4u + ${at}u]`).join(', ')})`;
    return inChannels % 4 === 0 ? read : `select(vec4f(0.0), ${read}, ${channel} < ${inChannels}u)`;
  };
  // Strides other than 1 and 2 are none of our networks'.
  const halved = stride === 2;
  const along = (axis: string, kernel: string, out: number) => ({
    at: `${axis}# + ${padding} - ${kernel}`,
    fits: (v: string) => {
      const onStep = stride === 1 ? '' : ` & (${halved ? `(${v} & 1)` : `${v} % ${stride}`} == 0)`;
      return `(${v} >= 0) & (${v} < ${out * stride})${onStep}`;
    },
    index: (v: string) => (stride === 1 ? v : halved ? `(${v} >> 1u)` : `${v} / ${stride}`),
  });
  const vertical = along('row', 'ky', outHeight);
  const horizontal = along('column', 'kx', outWidth);
  const [down, across] = [taps(outHeight, inHeight, shape), taps(outWidth, inWidth, shape)];
  const body = `${dy.code}
${sink.code}
${head(inHeight * inWidth, block, share)}
  ${places(pixelsEach, inHeight, inWidth)}
  ${sums(pixelsEach, block, (sum) => `var ${sum} = 0.0;`)}
  for (var ky = ${down.from}; ky < ${down.to}; ky++) {
    for (var kx = ${across.from}; kx < ${across.to}; kx++) {
      ${numbered(`
      let y# = ${vertical.at};
      let z# = ${horizontal.at};
      let inside# = ${vertical.fits('y#')} & ${horizontal.fits('z#')};
      let at# = select(0u, ((image# * ${outHeight}u + u32(${vertical.index('y#')})) * ${outWidth}u + u32(${horizontal.index('z#')})) * ${outQuads}u, inside#);`)}
      let row = u32(ky * ${size} + kx) * ${inChannels}u;
      for (var c = 0u; c < ${outQuads}u; c++) {
        ${numbered('let d# = select(vec4f(0.0), dy(at# + c, c), inside#);')}
        ${unrolled(
          block,
          (q) => `{
        ${fourWeights(subgroups, weight(q))}
        ${components
          .map((e, at) =>
            unrolled(pixelsEach, (p) =>
              chain(
                `sum${p}_${q}${e}`,
                components.map((channel) => [`d${p}.${channel}`, `w${at}.${channel}`]),
              ),
            ),
          )
          .join('\n')}
        }`,
        )}
      }
    }
  }
  ${unrolled(pixelsEach, (pixel) => {
    const stores = unrolled(
      block,
      (q) => `addGradient((first + ${pixel}u) * ${inQuads}u + quad + ${q}u, quad + ${q}u, ${summed(pixel, q)});`,
    );
    return `if (first + ${pixel}u < pixels) { ${stores} }`;
  })}
}`;
  return inputGradientOperation(shape, buffers, dy, sink, whole ? vec4s : floats, {
    body,
    subgroups,
    groups: (images) => spread(Math.ceil((images * inHeight * inWidth) / (lanes * pixelsEach)), inQuads / block),
  });
}
