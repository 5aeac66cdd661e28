/**
 * The built app in `dist/`: whether it is older than what it is made of, and how to make it. A stale build that is
 * served or tested looks like a bug in the sources, so both `npm start` and the e2e tests ask here first.
 */
import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'vite';

export const root = fileURLToPath(new URL('..', import.meta.url));
const ingredients = ['src', 'public', 'index.html', 'vite.config.ts', 'tsconfig.json', 'package.json', 'package-lock.json'];

function newestChange(path) {
  const stats = statSync(path, { throwIfNoEntry: false });
  if (stats === undefined) return 0;
  if (!stats.isDirectory()) return stats.mtimeMs;
  // A folder's own time tells of files removed.
  return Math.max(stats.mtimeMs, ...readdirSync(path).map((name) => newestChange(join(path, name))));
}

/** Null where `dist/` is up to date, else why it is not. */
export function whyBuild() {
  const built = statSync(join(root, 'dist', 'index.html'), { throwIfNoEntry: false });
  if (built === undefined) return 'no build yet';
  const newer = ingredients.find((name) => newestChange(join(root, name)) > built.mtimeMs);
  return newer === undefined ? null : `${newer} has changed since the last build`;
}

export async function buildDist() {
  await build({ root, configFile: join(root, 'vite.config.ts'), logLevel: 'warn' });
}
