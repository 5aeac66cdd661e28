/**
 * tfjs backends that stay open while contenders take turns: the studio's, and the stock one under a name of its own, with
 * the package's own kernels and flags on a device of its own. tfjs's flags are global: whoever enters sets them.
 */
import { openBackend, type Backend, type WasmFiles } from '../gpu/backends.ts';
import { reproducibleFlags, setReproducibleFlags, tf } from '../gpu/tfjs.ts';

const stockName = 'webgpu-stock';
const open = new Map<string, { readonly webgpu?: { readonly device: GPUDevice } | null; close(): void }>();
let stockFlags: Record<string, boolean | number> | null = null;

/** Before anyone else opens WebGPU: takes tfjs's kernels and flags as the package registers them. */
async function rememberStock(): Promise<void> {
  if (stockFlags !== null) return;
  await import('@tensorflow/tfjs-backend-webgpu');
  tf.copyRegisteredKernels('webgpu', stockName);
  stockFlags = Object.fromEntries(Object.keys(reproducibleFlags).map((flag) => [flag, tf.env().get(flag) as boolean | number]));
}

export async function enterOurs(name: 'webgpu' | 'wasm', files: WasmFiles): Promise<void> {
  if (name === 'webgpu') await rememberStock();
  let backend = open.get(name);
  if (backend === undefined) {
    const opened: Backend = await openBackend(name, files);
    backend = opened;
    open.set(name, backend);
  }
  await tf.setBackend(name);
  if (name === 'webgpu') setReproducibleFlags();
}

/** The studio's device, once its WebGPU backend is entered. */
export function ourDevice(): GPUDevice {
  const device = open.get('webgpu')?.webgpu?.device;
  if (device === undefined) throw new Error('The studio’s WebGPU backend is not open.');
  return device;
}

export async function enterStock(): Promise<void> {
  await rememberStock();
  if (!open.has(stockName)) {
    const { WebGPUBackend } = await import('@tensorflow/tfjs-backend-webgpu');
    const { device, info } = await plainDevice();
    tf.registerBackend(stockName, () => new WebGPUBackend(device, info));
    open.set(stockName, {
      close: () => {
        tf.removeBackend(stockName);
        device.destroy();
      },
    });
  }
  await tf.setBackend(stockName);
  for (const [flag, value] of Object.entries(stockFlags ?? {})) tf.env().set(flag, value);
}

/** As tfjs's own factory asks for it. */
async function plainDevice(): Promise<{ device: GPUDevice; info: GPUAdapterInfo }> {
  const adapter = await navigator.gpu.requestAdapter({ powerPreference: 'high-performance' });
  if (adapter === null) throw new Error('No WebGPU adapter.');
  const { limits } = adapter;
  const device = await adapter.requestDevice({
    requiredFeatures: adapter.features.has('timestamp-query') ? ['timestamp-query'] : [],
    requiredLimits: {
      maxComputeWorkgroupStorageSize: limits.maxComputeWorkgroupStorageSize,
      maxComputeWorkgroupsPerDimension: limits.maxComputeWorkgroupsPerDimension,
      maxStorageBufferBindingSize: limits.maxStorageBufferBindingSize,
      maxBufferSize: limits.maxBufferSize,
      maxComputeWorkgroupSizeX: limits.maxComputeWorkgroupSizeX,
      maxComputeInvocationsPerWorkgroup: limits.maxComputeInvocationsPerWorkgroup,
    },
  });
  return { device, info: adapter.info };
}

export function closeTfjsBackends(): void {
  for (const backend of open.values()) backend.close();
  open.clear();
}
