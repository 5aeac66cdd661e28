/**
 * What rides in the loads and stores of other kernels. A load reads a node as it is to be read: normalised and rectified on
 * the way, where that was not stored. A sink adds to the gradient of what is read of a node, and where it is the last to do
 * so it applies the ReLU's mask, so that a gradient is masked once and not by everyone who reads it.
 */
import { quads, reads, writes, type Binding, type Resource } from './operation.ts';
import type { Node } from './graph.ts';

/** A node's stored numbers, and its normalisation's numbers (`batchNorm.ts`) where it has one. */
export interface Stored {
  readonly node: Node;
  readonly values: Resource;
  readonly norm: Resource | null;
}

export interface Reader {
  readonly bindings: readonly Binding[];
  /** Declares `NAME(at: u32, quad: u32) -> vec4f`: four channels, `at` counting fours over the whole map. */
  readonly code: string;
}

/** How many channels a load reads at once: then `at` and `quad` count in these. */
export type Width = 'vec4f' | 'f32';

/** A kernel's prologue: the reader under the name that the kernel gives it. */
export type Load = (name: string, width?: Width) => Reader;

/** Numbers of a table of `norm` (`batchNorm.ts`), in that width. */
export const tableSize = (channels: number, width: Width): number => quads(channels) * (width === 'f32' ? 4 : 1);

/** Numbers that lie there as they are to be read. */
export const plain =
  (values: Resource): Load =>
  (name, width = 'vec4f') => ({
    bindings: [reads(`${name}Values`, values, `array<${width}>`)],
    code: `fn ${name}(at: u32, quad: u32) -> ${width} { return ${name}Values[at]; }`,
  });

export function activated(name: string, { node, norm, values }: Stored, width: Width = 'vec4f'): Reader {
  if (node.norm === null || norm === null) return plain(values)(name, width);
  const size = tableSize(node.shape[2], width);
  const table = `${name}Norm`;
  const normalised = `(${name}Values[at] - ${table}[quad]) * ${table}[${size}u + quad] + ${table}[${2 * size}u + quad]`;
  return {
    bindings: [reads(`${name}Values`, values, `array<${width}>`), reads(table, norm, `array<${width}>`)],
    code: `fn ${name}(at: u32, quad: u32) -> ${width} { return ${node.relu ? `max(${normalised}, ${width}(0.0))` : normalised}; }`,
  };
}

/** What one contribution to a gradient does to it. */
export interface Contribution {
  readonly gradient: Resource;
  /** False for the first: it overwrites. */
  readonly adds: boolean;
  /** Of the last to a rectified node: that node. The gradient is then zero where what is read of it is. */
  readonly rectifiedBy: Stored | null;
}

/** Declares `addGradient(at: u32, quad: u32, value: vec4f)`. */
export function gradientSink({ adds, gradient, rectifiedBy }: Contribution): Reader {
  const sum = adds ? 'gradient[at] + value' : 'value';
  const read = rectifiedBy === null ? null : activated('rectified', rectifiedBy);
  const kept = read === null ? sum : `select(vec4f(0.0), ${sum}, rectified(at, quad) > vec4f(0.0))`;
  return {
    bindings: [writes('gradient', gradient), ...(read?.bindings ?? [])],
    code: `${read?.code ?? ''}
fn addGradient(at: u32, quad: u32, value: vec4f) { gradient[at] = ${kept}; }`,
  };
}
