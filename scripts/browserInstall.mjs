/**
 * Gets a browser, and the Vulkan loader that the Node GPU tests need, onto a machine that has none.
 * Debian as root asks apt (which brings both, and fonts); anyone else gets Playwright's own download.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { findBrowser } from './browser.mjs';
import { root } from './dist.mjs';

const isRoot = process.getuid?.() === 0;

function isDebian() {
  return existsSync('/etc/os-release') && /^ID="?debian"?$/m.test(readFileSync('/etc/os-release', 'utf8'));
}

function attempt(program, args, env = process.env) {
  console.log(`$ ${program} ${args.join(' ')}`);
  const shell = process.platform === 'win32';
  const done = spawnSync(program, args, { cwd: root, stdio: ['ignore', 'inherit', 'inherit'], env, shell, timeout: 600_000 });
  return done.status === 0;
}

export function installPackages(...packages) {
  if (!isRoot || !isDebian()) return false;
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  // An old list is often good enough, and the only one where the mirror cannot be reached.
  attempt('apt-get', ['update', '-q'], env);
  return attempt('apt-get', ['install', '-y', '-q', '--no-install-recommends', ...packages], env);
}

function downloadPlaywrights() {
  const env = { ...process.env };
  // Set by whoever installed the packages without browsers; here the browser is the point.
  delete env.PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD;
  const extras = isRoot && process.platform === 'linux' ? ['--with-deps'] : [];
  return attempt('npx', ['playwright', 'install', '--no-shell', ...extras, 'chromium'], env);
}

/** The path of a browser, installed if need be; null where nothing worked, after saying what to do. */
export function obtainBrowser() {
  const there = findBrowser();
  if (there !== null) return there;
  console.log('No Chromium on this machine: getting one.');
  if (installPackages('chromium', 'libvulkan1', 'fonts-liberation') && findBrowser() !== null) return findBrowser();
  if (downloadPlaywrights() && findBrowser() !== null) return findBrowser();
  console.error(
    [
      'No Chromium, and none could be installed. Any one of these helps:',
      '  npx playwright install --with-deps chromium      (Playwright’s own, any system)',
      '  sudo apt-get install chromium libvulkan1         (Debian; Ubuntu’s package is a snap and does not do)',
      '  CHROMIUM_PATH=/path/to/chrome npm test           (one that you have)',
    ].join('\n'),
  );
  return null;
}
