/**
 * A real WebGPU device for tests in Node, through Dawn (npm `webgpu`). It looks for a Vulkan driver so that nobody needs to
 * set an environment first: the system's own (hardware, or a Mesa that Dawn accepts), else the SwiftShader that every
 * Chromium carries. A test that cannot get a device fails and says how to get one; `INMERGE_NO_GPU=1` is the only way round.
 * A validation error or a lost device fails the test run, whoever made it.
 */
import { existsSync, readdirSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';

const driverFolders = [
  '/usr/share/vulkan/icd.d',
  '/usr/local/share/vulkan/icd.d',
  '/etc/vulkan/icd.d',
  '/usr/local/etc/vulkan/icd.d',
];

const chromiumFolders = [
  '/usr/lib/chromium',
  '/usr/lib/chromium-browser',
  '/usr/lib64/chromium-browser',
  '/opt/google/chrome',
  '/opt/google/chrome-beta',
];

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
    requiredFeatures: (options.features ?? []).filter((feature) => adapter.features.has(feature)),
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
  const named = process.env['VK_ICD_FILENAMES'] ?? process.env['VK_DRIVER_FILES'];
  if (process.platform !== 'linux' || named !== undefined) return adapterWith(undefined);
  if (systemHasDrivers()) {
    const adapter = await adapterWith(undefined);
    if (adapter !== null) return adapter;
  }
  for (const driver of swiftShaders()) {
    const adapter = await adapterWith(driver);
    if (adapter !== null) return adapter;
  }
  return null;
}

/** The Vulkan loader reads its environment when an instance is made, so each try gets a Dawn of its own. */
async function adapterWith(driver: string | undefined): Promise<GPUAdapter | null> {
  if (driver !== undefined) process.env['VK_ICD_FILENAMES'] = driver;
  const { create, globals } = await import('webgpu');
  Object.assign(globalThis, globals);
  const candidate = create([]);
  const adapter = await candidate.requestAdapter({ powerPreference: 'high-performance' });
  if (adapter !== null) dawn = candidate;
  else if (driver !== undefined) delete process.env['VK_ICD_FILENAMES'];
  return adapter;
}

/** Mesa too old for Dawn is refused by Dawn itself (null adapter): a manifest alone proves nothing, its absence does. */
function systemHasDrivers(): boolean {
  return driverFolders.some((folder) => existsSync(folder) && readdirSync(folder).some((name) => name.endsWith('.json')));
}

function swiftShaders(): string[] {
  return [...chromiumFolders, ...playwrightFolders()]
    .map((folder) => join(folder, 'vk_swiftshader_icd.json'))
    .filter((path) => existsSync(path));
}

/** Folders of Playwright's own Chromium builds, newest first. */
function playwrightFolders(): string[] {
  const root = process.env['PLAYWRIGHT_BROWSERS_PATH'] ?? join(homedir(), '.cache', 'ms-playwright');
  if (!existsSync(root)) return [];
  return readdirSync(root)
    .filter((name) => name.startsWith('chromium'))
    .toSorted()
    .toReversed()
    .flatMap((name) => readdirSync(join(root, name)).map((inner) => join(root, name, inner)));
}
