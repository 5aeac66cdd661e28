/**
 * `npm start`: builds the app if it has changed, serves it on this machine alone, and opens the default browser.
 * `--no-open` (or CI, or a machine without a screen) only serves; `--port N` starts looking for a free port there.
 */
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { preview } from 'vite';
import { buildDist, root, whyBuild } from './dist.mjs';

const { values } = parseArgs({
  options: { 'no-open': { type: 'boolean', default: false }, port: { type: 'string', default: '4173' } },
});

/** The command that opens an address in the default browser, or null where nobody would see it. */
function opener(address) {
  if (values['no-open'] || process.env.CI) return null;
  if (process.platform === 'darwin') return ['open', address];
  if (process.platform === 'win32') return ['cmd', '/c', 'start', '', address];
  const hasScreen = process.env.DISPLAY || process.env.WAYLAND_DISPLAY;
  return hasScreen ? ['xdg-open', address] : null;
}

const why = whyBuild();
if (why !== null) {
  console.log(`Building: ${why}.`);
  await buildDist();
}

const server = await preview({
  root,
  configFile: join(root, 'vite.config.ts'),
  logLevel: 'warn',
  preview: { host: 'localhost', port: Number(values.port), strictPort: false, open: false },
});
const address = server.resolvedUrls?.local[0] ?? `http://localhost:${values.port}/`;
console.log(`InMerge Studio is at ${address} (Ctrl+C stops it)`);

const command = opener(address);
if (command !== null) {
  const [program, ...args] = command;
  const child = spawn(program, args, { stdio: 'ignore', detached: true });
  // No such program: the address is on the screen, that is enough.
  child.on('error', () => {});
  child.unref();
}
