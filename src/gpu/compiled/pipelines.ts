/**
 * Compiles shaders once a device, a few at a time so that the page's own thread keeps a core, and tells how far it is.
 * Trainers of one network share their pipelines: code holds shapes, but neither the batch nor the run.
 */
import { sourceOf, type Binding, type Operation } from './operation.ts';

interface Compiled {
  readonly pipeline: GPUComputePipeline;
  readonly layout: GPUBindGroupLayout;
}

export type CompileProgress = (done: number, total: number) => void;

export class Pipelines {
  static readonly #ofDevice = new WeakMap<GPUDevice, Pipelines>();
  readonly #device: GPUDevice;
  readonly #compiling = new Map<string, Promise<Compiled>>();
  readonly #compiled = new Map<string, Compiled>();

  static of(device: GPUDevice): Pipelines {
    const known = Pipelines.#ofDevice.get(device) ?? new Pipelines(device);
    Pipelines.#ofDevice.set(device, known);
    return known;
  }

  private constructor(device: GPUDevice) {
    this.#device = device;
  }

  /** What was compiled before is not compiled again, nor counted. */
  async compile(operations: readonly Operation[], progress: CompileProgress): Promise<void> {
    const wanted = new Map(operations.map((operation) => [sourceOf(operation), operation]));
    for (const source of this.#compiled.keys()) wanted.delete(source);
    const waiting = [...wanted].values();
    let done = 0;
    const work = async () => {
      for (const [source, operation] of waiting) {
        await this.#compile(source, operation);
        progress(++done, wanted.size);
      }
    };
    await Promise.all(Array.from({ length: atOnce() }, work));
  }

  /** Of an operation whose like was compiled before. */
  get(operation: Operation): Compiled {
    const found = this.#compiled.get(sourceOf(operation));
    if (found === undefined) throw new Error(`“${operation.label}” was not compiled.`);
    return found;
  }

  async #compile(source: string, { bindings, label }: Operation): Promise<void> {
    let compiling = this.#compiling.get(source);
    if (compiling === undefined) {
      compiling = this.#make(source, label, bindings);
      this.#compiling.set(source, compiling);
    }
    this.#compiled.set(source, await compiling);
  }

  async #make(code: string, label: string, bindings: readonly Binding[]): Promise<Compiled> {
    const types = { uniform: 'uniform', read: 'read-only-storage', read_write: 'storage' } as const;
    const layout = this.#device.createBindGroupLayout({
      label,
      entries: bindings.map(({ access }, binding) => ({
        binding,
        visibility: GPUShaderStage.COMPUTE,
        buffer: { type: types[access] },
      })),
    });
    const module = this.#device.createShaderModule({ label, code });
    const pipeline = await this.#device.createComputePipelineAsync({
      label,
      layout: this.#device.createPipelineLayout({ bindGroupLayouts: [layout] }),
      compute: { module, entryPoint: 'main' },
    });
    return { pipeline, layout };
  }
}

/** Half the cores: compilers take a thread each. */
function atOnce(): number {
  const cores = typeof navigator === 'undefined' ? 2 : (navigator.hardwareConcurrency ?? 2);
  return Math.max(1, Math.floor(cores / 2));
}
