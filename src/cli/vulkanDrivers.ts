/**
 * Where Vulkan drivers lie on a Linux machine, for Dawn. The system's own are hardware or Mesa; without any, the SwiftShader
 * that every Chromium carries emulates a GPU on the processor.
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

/** A Mesa too old for Dawn is refused by Dawn itself (null adapter): a manifest alone proves nothing, its absence does. */
export function systemHasDrivers(): boolean {
  return driverFolders.some((folder) => existsSync(folder) && readdirSync(folder).some((name) => name.endsWith('.json')));
}

/** Manifests of emulated GPUs, for `VK_ICD_FILENAMES`. */
export function swiftShaders(): string[] {
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
