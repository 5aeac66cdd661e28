/**
 * What a visitor's browser loads before the first paint: the entry script and everything it imports statically.
 * It has a budget, and neither the training engine (tfjs) nor the charts belong in it.
 * The figures are gzip sizes, as a host would send them; 1 kB is 1000 bytes.
 */
import { existsSync, readFileSync, readdirSync, statSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { gzipSync } from 'node:zlib';
import { root } from './dist.mjs';

const budgetBytes = 150_000;
/** Strings that survive minifying, each of them in that library's own code. */
const strangers = {
  tfjs: ['No backend found in registry', 'WEBGL_VERSION', 'WEBGPU_CPU_FORWARD', 'WASM_HAS_SIMD_SUPPORT'],
  recharts: ['recharts-wrapper', 'recharts-surface'],
};

const dist = join(root, 'dist');
const kilobytes = (bytes) => `${(bytes / 1000).toFixed(1)} kB`;
const gzipBytes = (file) => gzipSync(readFileSync(file), { level: 9 }).length;

/** Scripts that the page itself names: the entry, and what it asks the browser to preload. */
function scriptsOfPage(html) {
  const tags = html.match(/<(?:script|link)\b[^>]*>/g) ?? [];
  const wanted = tags.filter((tag) => tag.startsWith('<script') || /rel="modulepreload"/.test(tag));
  return wanted.flatMap((tag) => /(?:src|href)="([^"]+\.js)"/.exec(tag)?.slice(1) ?? []).map((path) => join(dist, path));
}

/** Static imports only: `import(...)` and workers come later. */
function staticImports(file) {
  const statements = readFileSync(file, 'utf8').matchAll(
    /(?:^|[;}\n])\s*(?:import|export)\b(?:[^"'`();=]*?\bfrom)?\s*["'](\.[^"']+\.js)["']/g,
  );
  return [...statements].map(([, path]) => join(dirname(file), path));
}

export function checkBundle() {
  const page = join(dist, 'index.html');
  if (!existsSync(page)) return ['dist/index.html is missing: run `npm run build` first'];
  const early = new Set();
  const waiting = scriptsOfPage(readFileSync(page, 'utf8'));
  while (waiting.length > 0) {
    const file = waiting.pop();
    if (early.has(file)) continue;
    early.add(file);
    waiting.push(...staticImports(file));
  }

  const complaints = [];
  if (early.size === 0) complaints.push('dist/index.html names no script');
  let total = 0;
  for (const file of early) {
    const bytes = gzipBytes(file);
    total += bytes;
    console.log(`  ${kilobytes(bytes).padStart(9)}  ${relative(dist, file)}`);
    const code = readFileSync(file, 'utf8');
    for (const [library, marks] of Object.entries(strangers)) {
      const mark = marks.find((text) => code.includes(text));
      if (mark) complaints.push(`${library} is in ${relative(dist, file)} ("${mark}"): load it later, or in the worker`);
    }
  }
  console.log(`  ${kilobytes(total).padStart(9)}  before the first paint, of ${kilobytes(budgetBytes)} (gzip)`);
  if (total > budgetBytes)
    complaints.push(`${kilobytes(total)} of scripts before the first paint, over ${kilobytes(budgetBytes)}`);

  const later = readdirSync(dist, { recursive: true })
    .map((name) => join(dist, String(name)))
    .filter((file) => /\.(js|wasm)$/.test(file) && !early.has(file) && statSync(file).isFile());
  for (const file of later) console.log(`  ${kilobytes(gzipBytes(file)).padStart(9)}  ${relative(dist, file)} (later)`);
  return complaints;
}

if (process.argv[1] && import.meta.url.endsWith('/check-bundle.mjs') && process.argv[1].endsWith('check-bundle.mjs')) {
  const complaints = checkBundle();
  for (const complaint of complaints) console.error(`  ${complaint}`);
  process.exitCode = complaints.length > 0 ? 1 : 0;
}
