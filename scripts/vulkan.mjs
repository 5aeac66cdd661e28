/**
 * A Vulkan driver for the GPU tests that run in Node (Dawn). A graphics card's own driver is left to the system. Without
 * one, an emulated GPU does: a recent Mesa (lavapipe, the faster), or the SwiftShader that every Chromium carries.
 * Answers with the environment variables to give to the tests; changes nothing by itself.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, readdirSync, realpathSync, rmSync, symlinkSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { hasGraphicsCard, playwrightsOwn } from './browser.mjs';

const driverFolders = ['/usr/share/vulkan/icd.d', '/etc/vulkan/icd.d', '/usr/local/share/vulkan/icd.d'];
const browserFolders = ['/usr/lib/chromium', '/usr/lib/chromium-browser', '/opt/google/chrome'];

function installedDrivers() {
  return driverFolders.flatMap((folder) => {
    if (!existsSync(folder)) return [];
    return readdirSync(folder)
      .filter((name) => name.endsWith('.json'))
      .map((name) => join(folder, name));
  });
}

/** Dawn refuses the lavapipe of Mesa 22; those that speak Vulkan 1.4 (Mesa 25) it takes. */
function isRecent(driverFile) {
  try {
    const [major, minor] = JSON.parse(readFileSync(driverFile, 'utf8')).ICD.api_version.split('.').map(Number);
    return major > 1 || minor >= 4;
  } catch {
    return false;
  }
}

function swiftShader(browserPath) {
  const own = playwrightsOwn();
  const folders = [browserPath, own].filter(Boolean).map((path) => dirname(existsSync(path) ? realpathSync(path) : path));
  return [...folders, ...browserFolders].map((folder) => join(folder, 'vk_swiftshader_icd.json')).find(existsSync) ?? null;
}

/** The loader, libvulkan.so.1: Dawn opens it by name, so the system's linker has to know it. */
export function hasVulkanLoader() {
  if (process.platform !== 'linux') return true;
  const known = spawnSync('ldconfig', ['-p'], {
    encoding: 'utf8',
    env: { ...process.env, PATH: `${process.env.PATH}:/sbin:/usr/sbin` },
  });
  if ((known.stdout ?? '').includes('libvulkan.so.1')) return true;
  return ['/usr/lib', '/usr/lib64', '/usr/local/lib'].some((folder) => existsSync(join(folder, 'libvulkan.so.1')));
}

/** Chromium carries the loader too. Linked alone into a folder of its own: its neighbours there are Chromium's GL. */
function borrowedLoader(driverFile) {
  const loader = join(dirname(driverFile), 'libvulkan.so.1');
  if (!existsSync(loader)) return null;
  const folder = fileURLToPath(new URL('../node_modules/.cache/vulkan/', import.meta.url));
  mkdirSync(folder, { recursive: true });
  rmSync(join(folder, 'libvulkan.so.1'), { force: true });
  symlinkSync(loader, join(folder, 'libvulkan.so.1'));
  return folder;
}

/** `{ env, note, missing }`: variables for the tests' process, one line on the driver, and what is missing or null. */
export function findVulkan(browserPath) {
  const found = (note, env = {}) => ({ env, note, missing: null });
  if (process.platform !== 'linux') return found('the system’s own (Metal or Direct3D)');
  const named = process.env.VK_ICD_FILENAMES ?? process.env.VK_DRIVER_FILES;
  const drivers = installedDrivers();
  const hardware = hasGraphicsCard() ? drivers.find((file) => !/lvp|swiftshader/.test(file)) : undefined;
  const software = drivers.find((file) => file.includes('lvp') && isRecent(file)) ?? swiftShader(browserPath);
  const driver = named ?? hardware ?? software;
  if (!driver) return { env: {}, note: 'none', missing: 'driver' };

  const env = named || hardware ? {} : { VK_ICD_FILENAMES: driver };
  if (hasVulkanLoader()) return found(driver, env);
  const folder = borrowedLoader(software ?? driver);
  if (folder === null) return { env, note: driver, missing: 'loader' };
  const path = [folder, process.env.LD_LIBRARY_PATH].filter(Boolean).join(':');
  return found(`${driver}, with the loader beside it`, { ...env, LD_LIBRARY_PATH: path });
}
