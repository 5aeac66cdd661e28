/**
 * What a build is called: the package's version and a hash of what its results depend on. Two builds with the same id
 * train alike bit for bit, so a checkpoint of one may be resumed by the other; both vite configurations bake it in as
 * `__BUILD__` (`define: buildDefine()`). Changes of the page alone leave the id as it is.
 */
import { createHash } from 'node:crypto';
import { readFileSync, readdirSync } from 'node:fs';
import { join, sep } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const engineRooms = ['base', 'recipe', 'data', 'model', 'gpu', 'merge', 'train', 'experiment', 'storage'];

/** Source files of one room of src/, tests left out, in a fixed order; with `/` in their names everywhere. */
export function sourcesOf(room) {
  return readdirSync(join(root, 'src', room), { recursive: true, encoding: 'utf8' })
    .map((path) => path.split(sep).join('/'))
    .filter((path) => /\.(ts|wgsl)$/.test(path) && !/\.test\.ts$|(^|\/)testing\//.test(path))
    .toSorted()
    .map((path) => `src/${room}/${path}`);
}

/** First twelve hexadecimal digits of the SHA-256 of these files, names and contents, and of `extra`. */
export function hashOf(files, extra = '') {
  const hash = createHash('sha256').update(extra);
  for (const file of files) {
    // Line ends may be the checkout's, not the build's.
    const text = readFileSync(join(root, file), 'utf8').replaceAll('\r\n', '\n');
    hash.update(`\0${file}\0${text}`);
  }
  return hash.digest('hex').slice(0, 12);
}

/** E.g. `0.1.0+3f2a9c0d11ee`. */
export function buildId() {
  const { version, dependencies, optionalDependencies = {} } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  // The library versions that compute; they are pinned exactly.
  const all = { ...dependencies, ...optionalDependencies };
  const libraries = Object.keys(all)
    .filter((name) => /tfjs|webgpu/.test(name))
    .toSorted()
    .map((name) => `${name}@${all[name]}`);
  return `${version}+${hashOf(engineRooms.flatMap(sourcesOf), libraries.join())}`;
}

/** For `define` of a vite configuration. */
export const buildDefine = () => ({ __BUILD__: JSON.stringify(buildId()) });
