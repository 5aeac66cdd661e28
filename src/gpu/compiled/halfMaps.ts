/**
 * Maps and their gradients stored as float16, everything else as it was: a kernel is written for float32, and where a map
 * that it binds is stored in halves, what it reads of it is widened and what it writes is rounded. This is done to its text,
 * since WGSL has no overloading; a kernel that binds no such map keeps its text to the letter.
 *
 * Gradients are stored `gradientScale` times as large, or most of them would lie below what a float16 holds with full
 * precision (6e-5): the mean over a batch makes them small. The updates take the factor out again, exactly.
 */
import type { Graph, Node } from './graph.ts';
import { isPlanned, type Operation } from './operation.ts';

/** A power of two, so that scaling rounds nothing. The largest float16 is 65504. */
export const gradientScale = 1024;

/** Those between input and output, which come and go as float32. */
export const mayBeHalf = (graph: Graph, node: Node): boolean => node !== graph.nodes[0] && node !== graph.output;

const halves: Readonly<Record<string, { readonly type: string; readonly wide: string; readonly half: string }>> = {
  'array<vec4f>': { type: 'array<vec4<f16>>', wide: 'vec4f', half: 'vec4<f16>' },
  'array<f32>': { type: 'array<f16>', wide: 'f32', half: 'f16' },
};

/** The operation as it is compiled: the same one where it binds nothing in halves. */
export function inHalves(operation: Operation): Operation {
  const names = new Map<string, { readonly wide: string; readonly half: string }>();
  const bindings = operation.bindings.map((binding) => {
    if (!isPlanned(binding.resource) || binding.resource.half !== true) return binding;
    const form = halves[binding.type];
    if (form === undefined) throw new Error(`“${operation.label}” binds halves as ${binding.type}.`);
    names.set(binding.name, form);
    return { ...binding, type: form.type };
  });
  if (names.size === 0) return operation;
  const access = new RegExp(`\\b(${[...names.keys()].join('|')})\\[`);
  const rewritten = (text: string): string => {
    const found = access.exec(text);
    if (found === null) return text;
    const name = found[1] as string;
    const { half, wide } = names.get(name) as { wide: string; half: string };
    const open = found.index + name.length;
    const close = closing(text, open);
    const element = `${name}[${rewritten(text.slice(open + 1, close))}]`;
    const before = text.slice(0, found.index);
    const after = text.slice(close + 1);
    if (/^\s*[-+*/]=/.test(after)) throw new Error(`“${operation.label}” changes halves in place.`);
    const assigned = /^\s*=(?!=)/.exec(after);
    if (assigned === null) return `${before}${wide}(${element})${rewritten(after)}`;
    const end = after.indexOf(';');
    const value = rewritten(after.slice(assigned[0].length, end)).trim();
    return `${before}${element} = ${half}(${value})${rewritten(after.slice(end))}`;
  };
  return { ...operation, bindings, body: rewritten(operation.body) };
}

/** Where the bracket that opens there closes. */
function closing(text: string, open: number): number {
  let depth = 0;
  for (let at = open; at < text.length; at++) {
    if (text[at] === '[') depth++;
    if (text[at] === ']' && --depth === 0) return at;
  }
  throw new Error('A bracket does not close.');
}
