#!/usr/bin/env node
/**
 * The command `inmerge`. The bundle it runs is made from the sources when there is none for them yet: a bundle lies in a
 * folder named by the hash of what it is made of, so that a stale one is never run and two commands at once never meet.
 */
import { existsSync, mkdtempSync, readdirSync, renameSync, rmSync, statSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { buildId, hashOf, sourcesOf } from './build-id.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const bundles = join(root, 'dist-cli');
const hour = 60 * 60 * 1000;

/** Everything that goes into the bundle: the engine and the libraries by the build's id, and what only the command line has. */
function bundleName() {
  return hashOf([...sourcesOf('cli'), 'vite.cli.config.ts', 'scripts/build-id.mjs', 'package-lock.json'], buildId());
}

async function bundle(folder) {
  if (process.stderr.isTTY) process.stderr.write('Preparing inmerge for its first run (a few seconds) ...');
  const { build } = await import('vite');
  mkdirSync(bundles, { recursive: true });
  const fresh = mkdtempSync(join(bundles, '.making-'));
  try {
    await build({
      root,
      configFile: join(root, 'vite.cli.config.ts'),
      logLevel: 'error',
      build: { outDir: fresh, emptyOutDir: false },
    });
    // Another command may have been faster; its bundle is the same.
    if (!existsSync(folder)) renameSync(fresh, folder);
  } catch (error) {
    if (!existsSync(folder)) throw error;
  } finally {
    rmSync(fresh, { recursive: true, force: true });
    if (process.stderr.isTTY) process.stderr.write('\r\u001b[K');
  }
  // Bundles of other sources go, except those that a command under way may still be reading.
  for (const name of readdirSync(bundles)) {
    const path = join(bundles, name);
    if (path !== folder && Date.now() - (statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? Date.now()) > hour)
      rmSync(path, { recursive: true, force: true });
  }
}

const folder = join(bundles, bundleName());
try {
  if (!existsSync(folder)) await bundle(folder);
} catch (error) {
  const [reason] = String(error instanceof Error ? error.message : error).split('\n');
  process.stderr.write(`error bundle: The command line could not be put together (${reason}). Run “npm ci” in ${root}.\n`);
  process.exit(1);
}
await import(pathToFileURL(join(folder, 'main.mjs')).href);
