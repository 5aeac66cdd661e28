/**
 * WebGPU in Node through Dawn (npm `webgpu`): finds a Vulkan driver that Dawn accepts, so that nobody needs to set an
 * environment first, and puts the GPU where a browser has it.
 */
import { systemHasDrivers, swiftShaders } from './vulkanDrivers.ts';

export interface Dawn {
  /** Dawn lives as long as somebody holds this object. */
  readonly gpu: GPU;
  readonly adapter: GPUAdapter;
}

/**
 * A Dawn that has an adapter, or null. `emulated` lets it look for Chromium's SwiftShader where the system has no driver.
 * The environment's own choice (`VK_ICD_FILENAMES`, `VK_DRIVER_FILES`) goes before all.
 */
export async function findDawn({ emulated }: { emulated: boolean }): Promise<Dawn | null> {
  const named = process.env['VK_ICD_FILENAMES'] ?? process.env['VK_DRIVER_FILES'];
  if (process.platform !== 'linux' || named !== undefined) return dawnWith(undefined);
  if (systemHasDrivers()) {
    const found = await dawnWith(undefined);
    if (found !== null) return found;
  }
  for (const driver of emulated ? swiftShaders() : []) {
    const found = await dawnWith(driver);
    if (found !== null) return found;
  }
  return null;
}

/** The Vulkan loader reads its environment when an instance is made, so each try gets a Dawn of its own. */
async function dawnWith(driver: string | undefined): Promise<Dawn | null> {
  if (driver !== undefined) process.env['VK_ICD_FILENAMES'] = driver;
  const { create, globals } = await import('webgpu');
  Object.assign(globalThis, globals);
  const gpu = create([]);
  const adapter = await gpu.requestAdapter({ powerPreference: 'high-performance' });
  if (adapter !== null) return { gpu, adapter };
  if (driver !== undefined) delete process.env['VK_ICD_FILENAMES'];
  return null;
}

/**
 * Puts `gpu` at `navigator.gpu`, where tfjs's package looks for it when it is imported; null takes it away, and lets the
 * process end. Node has a `navigator` from version 21 on.
 */
export function offerGpu(gpu: GPU | null): void {
  if (typeof navigator === 'undefined') {
    Object.defineProperty(globalThis, 'navigator', { value: { userAgent: 'Node' }, configurable: true });
  }
  if (gpu === null) Reflect.deleteProperty(navigator, 'gpu');
  else Object.defineProperty(navigator, 'gpu', { value: gpu, configurable: true });
}
