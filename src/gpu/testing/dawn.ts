/**
 * A real WebGPU device for tests in Node, through Dawn (npm `webgpu`). It looks for a Vulkan driver so that nobody needs to
 * set an environment first: the system's own (hardware, or a Mesa that Dawn accepts), else the SwiftShader that every
 * Chromium carries. A test that cannot get a device fails and says how to get one; `INMERGE_NO_GPU=1` is the only way round.
 * A validation error or a lost device fails the test run, whoever made it.
 */
import { findDawn } from '../../cli/dawn.ts';

const howToGetADriver = `No WebGPU device could be opened for the GPU tests: Dawn found no Vulkan driver that it accepts.
Any one of these gives a software driver:
  apt-get install chromium libvulkan1            (Chromium's SwiftShader; needs nothing more)
  npx playwright install chromium                (the same from Playwright's folder; libvulkan1 is still needed)
  apt-get install mesa-vulkan-drivers libvulkan1 (Debian 13, Ubuntu 24.04 or newer: lavapipe)
or name a driver: VK_ICD_FILENAMES=/path/to/icd.json. To leave the GPU tests out on purpose: INMERGE_NO_GPU=1.`;

/** Dawn lives as long as somebody holds this object. */
let dawn: GPU | null = null;

/**
 * Opens a device with the adapter's own limits for buffers and the default limits for all else.
 * @returns null only where `INMERGE_NO_GPU=1` asks for no GPU tests.
 * @throws Error with what to install, where there is no driver.
 */
export async function openDawn(options: { features?: readonly GPUFeatureName[] } = {}): Promise<GPUDevice | null> {
  if (process.env['INMERGE_NO_GPU'] === '1') return null;
  const adapter = await findAdapter();
  if (adapter === null) throw new Error(howToGetADriver);
  const device = await adapter.requestDevice({
    requiredFeatures: ['subgroups' as const, ...(options.features ?? [])].filter((feature) => adapter.features.has(feature)),
    requiredLimits: {
      maxStorageBufferBindingSize: adapter.limits.maxStorageBufferBindingSize,
      maxBufferSize: adapter.limits.maxBufferSize,
    },
  });
  device.addEventListener('uncapturederror', (event) => {
    failRun(`WebGPU error nobody caught: ${event.error.message}`);
  });
  void device.lost.then((info) => {
    if (info.reason !== 'destroyed') failRun(`The WebGPU device was lost: ${info.message}`);
  });
  return device;
}

/** Destroys the device after its work is done and lets go of Dawn, so that the process can end by itself. */
export async function closeDawn(device: GPUDevice | null): Promise<void> {
  if (device === null) return;
  await device.queue.onSubmittedWorkDone();
  device.destroy();
  dawn = null;
}

/** An exception outside any test: vitest reports it and the run fails even where the assertions passed. */
function failRun(message: string): void {
  queueMicrotask(() => {
    throw new Error(message);
  });
}

async function findAdapter(): Promise<GPUAdapter | null> {
  if (dawn !== null) return dawn.requestAdapter({ powerPreference: 'high-performance' });
  const found = await findDawn({ emulated: true });
  dawn = found?.gpu ?? null;
  return found?.adapter ?? null;
}
