/**
 * A program of `src/cli` as one folder of JavaScript for Node, made from the sources when there is none for them yet: it
 * lies in a folder named by the hash of what it is made of, so that a stale one is never run and two commands at once
 * never meet.
 */
import { existsSync, mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { buildId, hashOf, sourcesOf } from './build-id.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const bundles = join(root, 'dist-cli');
const hour = 60 * 60 * 1000;

/** Everything that goes into the bundle: the engine and the libraries by the build's id, and what only the program has. */
function bundleName(entry, rooms) {
  const files = [...rooms.flatMap(sourcesOf), 'vite.cli.config.ts', 'scripts/build-id.mjs', 'package-lock.json'];
  return hashOf(files, `${entry} ${buildId()}`);
}

/** Writes the bundle of `entry` into `folder`: `main.mjs`, and beside it what is loaded later unless `single`. */
export async function makeBundle(entry, folder, { single = false } = {}) {
  const { build } = await import('vite');
  await build({
    root,
    configFile: join(root, 'vite.cli.config.ts'),
    logLevel: 'error',
    build: {
      ssr: entry,
      outDir: folder,
      emptyOutDir: false,
      ...(single ? { minify: true, rolldownOptions: { output: { codeSplitting: false } } } : {}),
    },
  });
}

/** The folder with the bundle of `entry`, whose sources are the engine's and those of `rooms`. */
export async function bundleOf(entry, rooms) {
  const folder = join(bundles, bundleName(entry, rooms));
  if (existsSync(folder)) return folder;
  if (process.stderr.isTTY) process.stderr.write('Preparing for the first run (a few seconds) ...');
  mkdirSync(bundles, { recursive: true });
  const fresh = mkdtempSync(join(bundles, '.making-'));
  try {
    await makeBundle(entry, fresh);
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
  return folder;
}

/** Runs the program of `entry`; says so where it could not be put together. */
export async function runBundle(entry, rooms) {
  let folder;
  try {
    folder = await bundleOf(entry, rooms);
  } catch (error) {
    const [reason] = String(error instanceof Error ? error.message : error).split('\n');
    process.stderr.write(`error bundle: The program could not be put together (${reason}). Run “npm ci” in ${root}.\n`);
    process.exit(1);
  }
  await import(pathToFileURL(join(folder, 'main.mjs')).href);
}
