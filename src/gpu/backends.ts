/**
 * Opens one tfjs backend for training and says what it runs on. Each backend's package is loaded only when it is
 * chosen. The chosen backend is the only one alive: `close` frees its device.
 */
import { StudioError } from '../base/errors.ts';
import { setReproducibleFlags, tf } from './tfjs.ts';
import { requestWebGpu, type WebGpu } from './webgpu.ts';

export type BackendName = 'webgpu' | 'webgl' | 'wasm' | 'cpu';

export interface WasmFiles {
  /** Addresses of tfjs-backend-wasm's three binaries, by file name; null where the package finds its own (Node). */
  readonly paths: Record<string, string> | null;
  /** Threads to use where SharedArrayBuffer is there. */
  readonly threads: number;
}

export interface Backend {
  readonly name: BackendName;
  /** Present for `webgpu` only. */
  readonly webgpu: WebGpu | null;
  close(): void;
}

/**
 * @throws StudioError `device-absent` where this backend cannot run here.
 */
export async function openBackend(name: BackendName, wasm: WasmFiles): Promise<Backend> {
  switch (name) {
    case 'webgpu':
      return openWebGpuBackend();
    case 'webgl':
      await import('@tensorflow/tfjs-backend-webgl');
      break;
    case 'wasm':
      await loadWasm(wasm);
      break;
    case 'cpu':
      await import('@tensorflow/tfjs-backend-cpu');
      break;
    default:
      name satisfies never;
  }
  registerAgain(name);
  await activate(name);
  return { name, webgpu: null, close: () => removeIfThere(name) };
}

/** Removing a backend makes tfjs forget its factory too; the package registered it once, on import. */
const factories = new Map<BackendName, ReturnType<typeof tf.findBackendFactory>>();

function registerAgain(name: BackendName): void {
  const registered = tf.findBackendFactory(name);
  if (registered !== null && registered !== undefined) factories.set(name, registered);
  else tf.registerBackend(name, factories.get(name) as ReturnType<typeof tf.findBackendFactory>);
}

/** tfjs throws where there is nothing to remove. */
function removeIfThere(name: BackendName): void {
  const there = tf.findBackendFactory(name);
  if (there !== null && there !== undefined) tf.removeBackend(name);
}

async function openWebGpuBackend(): Promise<Backend> {
  const webgpu = await requestWebGpu();
  const { WebGPUBackend } = await import('@tensorflow/tfjs-backend-webgpu');
  const { registerWebGpuTrainingKernels } = await import('./webgpuKernels.ts');
  registerWebGpuTrainingKernels();
  setReproducibleFlags();
  // The package registers a factory of its own; a second registration without removing it would be ignored.
  removeIfThere('webgpu');
  tf.registerBackend('webgpu', () => new WebGPUBackend(webgpu.device, webgpu.adapterInfo), 10);
  await activate('webgpu');
  return {
    name: 'webgpu',
    webgpu,
    close: () => {
      removeIfThere('webgpu');
      webgpu.device.destroy();
    },
  };
}

async function loadWasm(wasm: WasmFiles): Promise<void> {
  const package_ = await import('@tensorflow/tfjs-backend-wasm');
  if (wasm.paths !== null) package_.setWasmPaths(wasm.paths);
  allowThreads(wasm.threads);
  package_.setThreadsCount(wasm.threads);
  const { registerWasmTrainingKernels } = await import('./wasmKernels.ts');
  registerWasmTrainingKernels();
}

/**
 * tfjs caps its threads at half of `hardwareConcurrency`, so that two cores would give one thread. It reads the number
 * when the backend starts; nothing else in the worker reads it after the survey has.
 */
function allowThreads(threads: number): void {
  if (typeof navigator === 'undefined') return;
  Object.defineProperty(navigator, 'hardwareConcurrency', { configurable: true, value: 2 * threads });
}

async function activate(name: BackendName): Promise<void> {
  // tfjs falls through to another backend without a word; a run on the wrong device must not start.
  const accepted = await tf.setBackend(name).catch(() => false);
  await tf.ready();
  if (!accepted || tf.getBackend() !== name) {
    throw new StudioError({
      code: 'device-absent',
      message: `The device “${name}” could not be opened in this browser.`,
      remedy: 'Choose another device, or “auto”.',
    });
  }
}
