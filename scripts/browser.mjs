/**
 * Which Chromium the tests drive, and with which flags. Playwright's configuration, vitest's browser project and
 * `npm test` all ask here, so that a test never runs in another browser than its neighbour.
 * The full Chromium is wanted: `chromium-headless-shell` has no WebGPU.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { chromium } from 'playwright';

const usualPlaces = {
  linux: [
    '/usr/bin/chromium',
    '/usr/bin/chromium-browser',
    '/usr/bin/google-chrome',
    '/usr/bin/google-chrome-stable',
    '/opt/google/chrome/chrome',
  ],
  darwin: [
    '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
    '/Applications/Chromium.app/Contents/MacOS/Chromium',
    '/Applications/Microsoft Edge.app/Contents/MacOS/Microsoft Edge',
  ],
  win32: ['PROGRAMFILES', 'PROGRAMFILES(X86)', 'LOCALAPPDATA'].flatMap((folder) =>
    ['Google\\Chrome\\Application\\chrome.exe', 'Microsoft\\Edge\\Application\\msedge.exe'].map(
      (program) => `${process.env[folder] ?? ''}\\${program}`,
    ),
  ),
};

/** Where Playwright keeps its own Chromium, or would after `npx playwright install chromium`; '' where it has none. */
export function playwrightsOwn() {
  try {
    return chromium.executablePath();
  } catch {
    return '';
  }
}

/** Ubuntu's `chromium` package is a script that asks for a snap: a file that is there and starts nothing. */
function isSnapStub(path) {
  if (process.platform !== 'linux' || path === '/opt/google/chrome/chrome') return false;
  try {
    const opening = readFileSync(path).subarray(0, 4096).toString('latin1');
    return opening.startsWith('#!') && opening.includes('snap') && !existsSync('/snap/bin/chromium');
  } catch {
    return false;
  }
}

/** The path of a Chromium on this machine, or null. `CHROMIUM_PATH` decides where it is set. */
export function findBrowser() {
  const named = process.env.CHROMIUM_PATH;
  if (named) {
    if (!existsSync(named)) throw new Error(`CHROMIUM_PATH names ${named}, and there is no such file.`);
    return named;
  }
  const places = [playwrightsOwn(), ...(usualPlaces[process.platform] ?? [])];
  return places.find((path) => path !== '' && existsSync(path) && !isSnapStub(path)) ?? null;
}

/** True where the kernel shows a graphics card that a Vulkan driver could use. */
export function hasGraphicsCard() {
  if (process.platform !== 'linux') return true;
  return existsSync('/dev/dri/renderD128') || existsSync('/dev/nvidia0') || existsSync('/dev/dxg');
}

/**
 * Playwright's own flags already forbid background traffic, updates and first-run pages; these are the rest.
 * `--enable-unsafe-webgpu` is what lets an emulated adapter answer, in pages and in workers.
 */
export const browserFlags = [
  '--enable-unsafe-webgpu',
  '--disable-sync',
  '--disable-quic',
  ...(process.platform === 'linux' && hasGraphicsCard() ? ['--enable-features=Vulkan', '--use-angle=vulkan'] : []),
];

/** What Playwright's `launch` takes. Without a path it looks for its own browser and says how to install it. */
export function launchOptions() {
  const executablePath = findBrowser();
  return { ...(executablePath === null ? {} : { executablePath }), args: browserFlags };
}

/** One line on the browser found: its path and version. */
export function describeBrowser(path) {
  if (process.platform === 'win32') return path;
  const asked = spawnSync(path, ['--version'], { encoding: 'utf8', timeout: 20_000 });
  return `${(asked.stdout ?? '').trim() || 'Chromium'} (${path})`;
}
