/** What a convolution's kernels need to know of it: constants all, for one image. */
import { quads } from './operation.ts';
import type { Node } from './graph.ts';

export interface ConvShape {
  readonly name: string;
  readonly inHeight: number;
  readonly inWidth: number;
  readonly inChannels: number;
  readonly outHeight: number;
  readonly outWidth: number;
  readonly outChannels: number;
  readonly size: number;
  readonly stride: number;
  readonly padding: number;
  readonly bias: boolean;
  /** Channels in fours. */
  readonly inQuads: number;
  readonly outQuads: number;
  /** Rows of the weights as a matrix [rows, outChannels]. */
  readonly rows: number;
  /** Multiply-accumulates of one image, forward. */
  readonly macs: number;
}

export function convShape(node: Node): ConvShape {
  const { does, shape } = node;
  const [input] = node.inputs;
  if (does.kind !== 'conv' || input === undefined) throw new Error('Not a convolution.');
  const [inHeight, inWidth, inChannels] = input.shape;
  const [outHeight, outWidth, outChannels] = shape;
  const { padding, size, stride } = does.window;
  const rows = size * size * inChannels;
  return {
    name: does.name,
    inHeight,
    inWidth,
    inChannels,
    outHeight,
    outWidth,
    outChannels,
    size,
    stride,
    padding,
    rows,
    bias: does.bias,
    inQuads: quads(inChannels),
    outQuads: quads(outChannels),
    macs: outHeight * outWidth * outChannels * rows,
  };
}

/** WGSL `weightAt(row, quad) -> vec4f`: four output channels of one row, zero beyond the last. Reads `weights`. */
export function weightReader({ outChannels, outQuads }: ConvShape): { readonly type: string; readonly code: string } {
  if (outChannels % 4 === 0)
    return {
      type: 'array<vec4f>',
      code: `fn weightAt(row: u32, quad: u32) -> vec4f { return weights[row * ${outQuads}u + quad]; }`,
    };
  const element = (at: number) => `select(0.0, weights[first + ${at}u], quad * 4u + ${at}u < ${outChannels}u)`;
  return {
    type: 'array<f32>',
    code: `fn weightAt(row: u32, quad: u32) -> vec4f {
  let first = row * ${outChannels}u + quad * 4u;
  return vec4f(${[0, 1, 2, 3].map(element).join(', ')});
}`,
  };
}

/** The largest of `wanted` and below that divides `count`: blocks without a remainder. */
export function divisorUpTo(count: number, wanted: number): number {
  for (let divisor = Math.min(count, wanted); divisor > 1; divisor--) if (count % divisor === 0) return divisor;
  return 1;
}
