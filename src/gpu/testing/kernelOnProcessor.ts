/**
 * Runs a convolution kernel's WGSL on the processor, one invocation beside another from barrier to barrier: for tests of
 * kernels that an emulated GPU compiles for too long. It knows what those kernels are written in and refuses all else.
 * Sums are float32, rounded once an operation in the order that the code gives. It is stricter than a device: it throws on
 * what lies outside a buffer and where invocations part at a barrier, and what nobody wrote is not a number.
 */
import type { Binding, Operation, Resource } from '../compiled/operation.ts';
import { KernelTranslator, library, type WgslType } from './kernelTranslator.ts';

/** The `Batch` uniform. */
export interface BatchNumbers {
  readonly images: number;
  readonly first: number;
  readonly total: number;
  readonly chunk: number;
}

export type Memory = ReadonlyMap<Resource, Float32Array>;

/** Dispatches it once, for `batch.images` images. */
export function runOnProcessor(operation: Operation, memory: Memory, batch: BatchNumbers): void {
  const { bindings, body } = operation;
  const { invocations, main, shared } = kernelOf(bindings, body)(storageOf(bindings, memory), batch);
  const [x, y, z] = operation.groups(batch.images);
  const groups = { x, y, z };
  for (let at = 0; at < x * y * z; at++) {
    for (const array of shared) array.fill(NaN);
    const group = { x: at % x, y: Math.floor(at / x) % y, z: Math.floor(at / (x * y)) };
    const running = Array.from({ length: invocations }, (_, lane) => main(group, groups, lane));
    for (;;) {
      const done = running.filter((invocation) => invocation.next().done === true).length;
      if (done === invocations) break;
      if (done > 0) throw new Error(`“${operation.label}”: invocations part at a barrier.`);
    }
  }
}

interface Kernel {
  readonly invocations: number;
  readonly shared: readonly Float32Array[];
  readonly main: (group: Axes, groups: Axes, lane: number) => Generator<void, void>;
}

interface Axes {
  readonly x: number;
  readonly y: number;
  readonly z: number;
}

type Open = (storage: Readonly<Record<string, Float32Array>>, batch: BatchNumbers) => Kernel;

const opened = new Map<string, Open>();

function kernelOf(bindings: readonly Binding[], body: string): Open {
  const known = opened.get(body) ?? compiled(bindings, body);
  opened.set(body, known);
  return known;
}

function storageOf(bindings: readonly Binding[], memory: Memory): Record<string, Float32Array> {
  return Object.fromEntries(
    bindings
      .filter(({ access }) => access !== 'uniform')
      .map(({ name, resource }) => {
        const values = memory.get(resource);
        if (values === undefined) throw new Error(`Nothing lies at “${name}”.`);
        return [name, values];
      }),
  );
}

function compiled(bindings: readonly Binding[], body: string): Open {
  const globals = new Map<string, WgslType>(bindings.map(({ name, type }) => [name, type as WgslType]));
  const { invocations, js, shared } = new KernelTranslator(body, globals).module();
  const names = bindings.filter(({ access }) => access !== 'uniform').map(({ name }) => name);
  const code = `${library}
const { ${names.join(', ')} } = storage;
${js}
return { invocations: ${invocations}, shared: [${shared.join(', ')}], main };`;
  // oxlint-disable-next-line typescript/no-implied-eval -- a kernel's text comes from this repository
  return new Function('storage', 'batch', code) as Open;
}
