/**
 * What the direct kernels are written with. Emulated GPUs set their own price on things, here as SwiftShader compiles them
 * (Subzero, four invocations a vector; read from its machine code): a load is about 85 instructions for one number of four
 * invocations, bounds checked and fetched one by one; a stored sum 7, masked and merged with what was there; a multiplication
 * and addition 4 to 6. Each `&&` is a branch, and with two dozen branches a kernel compiles for most of a minute; a kernel
 * longer than a core's cache of instructions runs slower for it.
 *
 * So numbers that four invocations need are loaded by one of them each and handed on (`subgroups`), sums are chains of
 * scalars over several products, and conditions are joined by `&`.
 */
import type { ConvShape } from './convShape.ts';
import { lanes, unrolled } from './operation.ts';

export const components = ['x', 'y', 'z', 'w'] as const;

/** Opens an entry point of `main`: `member` is the invocation's number among its four. */
export const opening = (subgroups: boolean) => `
@compute @workgroup_size(${lanes})
fn main(@builtin(workgroup_id) group: vec3u, @builtin(num_workgroups) groups: vec3u, @builtin(local_invocation_index) lane: u32${subgroups ? ', @builtin(subgroup_invocation_id) number: u32' : ''}) {
  ${subgroups ? 'let member = number & 3u;' : ''}`;

/** Leaves where nothing is left to do: with `subgroups` only all of a subgroup together, since they load for one another. */
export const leaves = (subgroups: boolean, done: string) =>
  `if (${subgroups ? `subgroupAll(${done})` : done}) {
    return;
  }`;

/** Declares four names from `NAME` and `first` on: what each of four invocations has read, handed to all of them. */
export const handed = (name: string, first: number, own: string) => `
  let ${name}${first}own = ${own};
  ${unrolled(4, (at) => `let ${name}${first + at} = quadBroadcast(${name}${first}own, ${at}u);`)}`;

/** sum += the products, one after the other. */
export const chain = (sum: string, products: readonly (readonly [string, string])[]) =>
  `${sum} = ${products.reduce((inner, [a, b]) => `fma(${a}, ${b}, ${inner})`, sum)};`;

/** Every sum of an invocation: pixel, four, component. */
export const sums = (pixels: number, fours: number, piece: (sum: string, pixel: number, q: number, e: string) => string) =>
  unrolled(pixels, (p) => unrolled(fours, (q) => components.map((e) => piece(`sum${p}_${q}${e}`, p, q, e)).join('\n')));

/** The taps along an axis that meet the map from any of `count` places. */
export const taps = (count: number, extent: number, { padding, size, stride }: ConvShape) => ({
  from: Math.max(0, padding - (count - 1) * stride),
  to: Math.min(size, extent + padding),
});
