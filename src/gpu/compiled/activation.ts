/**
 * How a kernel reads a node: normalised and rectified as it is loaded, where that was not stored. And how a kernel adds to
 * the gradient of what is read of a node.
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

export function activated(name: string, { node, norm, values }: Stored): Reader {
  const stored = reads(`${name}Values`, values);
  if (node.norm === null || norm === null)
    return { bindings: [stored], code: `fn ${name}(at: u32, quad: u32) -> vec4f { return ${name}Values[at]; }` };
  const four = quads(node.shape[2]);
  const table = `${name}Norm`;
  const normalised = `(${name}Values[at] - ${table}[quad]) * ${table}[${four}u + quad] + ${table}[${2 * four}u + quad]`;
  return {
    bindings: [stored, reads(table, norm)],
    code: `fn ${name}(at: u32, quad: u32) -> vec4f { return ${node.relu ? `max(${normalised}, vec4f(0.0))` : normalised}; }`,
  };
}

/** What one contribution to a gradient does to it. */
export interface Contribution {
  readonly gradient: Resource;
  /** False for the first: it overwrites. */
  readonly adds: boolean;
}

/** Declares `addGradient(at: u32, value: vec4f)`. */
export function gradientSink({ adds, gradient }: Contribution): Reader {
  return {
    bindings: [writes('gradient', gradient)],
    code: `fn addGradient(at: u32, value: vec4f) { gradient[at] ${adds ? '+=' : '='} value; }`,
  };
}
