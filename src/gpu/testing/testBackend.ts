/**
 * Opens a tfjs backend for tests in Node by the way the app opens it. For WebGPU the adapter that `openBackend` finds is
 * Dawn's, so that flags, registration and the watch for faults are the app's own. At most one WebGPU backend a test file.
 */
import { openBackend, type Backend, type BackendName } from '../backends.ts';
import { closeDawn, openDawn } from './dawn.ts';

export type TestBackendName = Exclude<BackendName, 'webgl'>;

export interface TestBackend {
  readonly name: TestBackendName;
  close(): Promise<void>;
}

/** @returns null only for `webgpu`, where `INMERGE_NO_GPU=1` asks for no GPU tests. */
export async function openTestBackend(name: TestBackendName): Promise<TestBackend | null> {
  const device = name === 'webgpu' ? await openDawn({ features: ['shader-f16'] }) : null;
  if (name === 'webgpu') {
    if (device === null) return null;
    offer(device);
  }
  const backend: Backend = await openBackend(name, { paths: null, threads: 1 });
  return {
    name,
    close: async () => {
      await device?.queue.onSubmittedWorkDone();
      backend.close();
      await closeDawn(device);
    },
  };
}

/** A `navigator.gpu` with this one device: tfjs's package looks for it when imported, and `requestWebGpu` asks it. */
function offer(device: GPUDevice): void {
  const adapter = {
    limits: device.limits,
    features: device.features,
    info: device.adapterInfo,
    requestDevice: () => Promise.resolve(device),
  };
  const gpu = { requestAdapter: () => Promise.resolve(adapter), getPreferredCanvasFormat: () => 'bgra8unorm' };
  if (typeof navigator === 'undefined') {
    Object.defineProperty(globalThis, 'navigator', { value: { gpu, userAgent: 'Node' }, configurable: true });
  } else {
    Object.defineProperty(navigator, 'gpu', { value: gpu, configurable: true });
  }
}
