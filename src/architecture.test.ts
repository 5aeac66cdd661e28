/**
 * The house rules, as tests: which room may import which, which library lives where, and what no source file does.
 * A failure is the sentence of the rule that was broken, with the file and the import that broke it.
 * The picture they keep true is `src/README.md`.
 */
import { readFileSync, readdirSync } from 'node:fs';
import { dirname, join, normalize, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';

const src = fileURLToPath(new URL('.', import.meta.url));
const files = readdirSync(src, { recursive: true, encoding: 'utf8' })
  .map((path) => path.split(sep).join('/'))
  .filter((path) => /\.(ts|tsx|wgsl|css)$/.test(path))
  .sort();
const isTest = (path: string) => /\.test\.tsx?$/.test(path) || /(^|\/)testing\//.test(path);
const isScript = (path: string) => /\.tsx?$/.test(path);
const read = (path: string) => readFileSync(join(src, path), 'utf8');
const scripts = files.filter((path) => isScript(path) && !isTest(path));
const roomOf = (path: string) => (path.includes('/') ? path.slice(0, path.indexOf('/')) : '');

interface Rule {
  /** Rooms whose code may be imported, besides the file's own. */
  readonly may: readonly string[];
  /** True where types may come from any room: they leave no trace in the bundle. */
  readonly typesFromAnywhere?: boolean;
}

const engine = ['base', 'recipe', 'data', 'model', 'gpu', 'merge', 'train'];

const rules: Readonly<Record<string, Rule>> = {
  base: { may: [] },
  recipe: { may: ['base'] },
  data: { may: ['base', 'recipe'] },
  model: { may: ['base', 'recipe'] },
  gpu: { may: ['base', 'model'] },
  merge: { may: ['base', 'model', 'gpu'] },
  train: { may: ['base', 'recipe', 'data', 'model', 'gpu', 'merge'] },
  experiment: { may: engine },
  report: { may: ['base', 'recipe', 'data', 'model', 'train', 'experiment'] },
  bench: { may: [...engine, 'experiment'] },
  storage: { may: ['base'] },
  worker: { may: [...engine, 'experiment', 'storage', 'report', 'bench'] },
  store: { may: ['worker', 'storage', 'recipe', 'base', 'model', 'report'], typesFromAnywhere: true },
  ui: { may: ['store', 'recipe', 'base', 'report'], typesFromAnywhere: true },
  cli: { may: [...engine, 'experiment', 'report', 'storage', 'bench'] },
};

/** The page's side of the thread boundary: what it imports ends up in the page's own bundle. */
const isPageSide = (path: string) =>
  /^worker\/(client|vitals|protocol|inspectorClient|inspectorProtocol|speedClient|speedProtocol|fake\w*)\.ts$/.test(path);
/** The scripted fake draws up its network as the engine would; store, on the same page, imports model too. */
const pageSideMay = (path: string) => (path.startsWith('worker/fake') ? ['base', 'model'] : ['base']);

const libraries: readonly { readonly name: RegExp; readonly rooms: readonly string[]; readonly why: string }[] = [
  { name: /^@tensorflow\//, rooms: ['gpu', 'train', 'bench'], why: 'tfjs is imported in gpu, train and bench alone' },
  { name: /^@jax-js\//, rooms: ['bench'], why: 'jax-js is imported in bench alone' },
  { name: /^react(-dom)?(\/|$)/, rooms: ['ui'], why: 'React is imported in ui alone' },
  { name: /^recharts(\/|$)/, rooms: ['ui'], why: 'recharts is imported in ui alone' },
  { name: /^zod(\/|$)/, rooms: ['recipe'], why: 'zod is imported in recipe alone' },
  { name: /^zustand(\/|$)/, rooms: ['store', 'ui'], why: 'zustand is imported in store, and in ui to listen to it' },
  { name: /^(node:|webgpu$)/, rooms: ['cli'], why: 'what only Node has is imported in cli alone' },
];

/** Comments become blanks, so that words in them break no rule; strings stay, and with them the lines. */
function withoutComments(code: string): string {
  const token = /"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*'|`(?:\\.|[^`\\])*`|\/\*[\s\S]*?\*\/|\/\/[^\n]*/g;
  return code.replace(token, (text) => (text.startsWith('/') ? text.replace(/[^\n]/g, ' ') : text));
}

interface Import {
  readonly what: string;
  readonly typeOnly: boolean;
}

function importsOf(path: string): Import[] {
  const code = withoutComments(read(path));
  // `import { type A }` is a code import: what remains of it after the types are gone still runs the module.
  const statements = code.matchAll(/(?:^|[\n;])\s*(?:import|export)\s+(type\s+)?(?:[^'"`;()=]*?\sfrom\s+)?['"]([^'"\n]+)['"]/g);
  const later = code.matchAll(/\bimport\(\s*['"]([^'"\n]+)['"]/g);
  return [
    ...[...statements].map(([, type, what]) => ({ what: what ?? '', typeOnly: type !== undefined })),
    ...[...later].map(([, what]) => ({ what: what ?? '', typeOnly: false })),
  ];
}

/** Where a relative import leads, from src/. */
function target(path: string, what: string): string {
  return normalize(join(dirname(path), what.replace(/\?.*$/, '')))
    .split(sep)
    .join('/');
}

const list = (rooms: readonly string[]) => (rooms.length === 0 ? 'nothing' : rooms.join(', '));

/** The sentence of the rule that this import breaks, or null. */
function broken(path: string, { what, typeOnly }: Import): string | null {
  const says = `src/${path} imports ${typeOnly ? 'types from ' : ''}'${what}'`;
  const room = roomOf(path);
  const rule = rules[room];
  if (rule === undefined) return null;
  // The address of a file is not its code.
  if (what.endsWith('?url')) return null;
  if (!what.startsWith('.')) {
    const library = libraries.find(({ name }) => name.test(what));
    return library === undefined || library.rooms.includes(room) ? null : `${says}: ${library.why}.`;
  }
  const to = target(path, what);
  const there = roomOf(to);
  if (isTest(to)) return `${says}: what is in testing/ is for tests.`;
  if (isPageSide(path)) {
    const fits = typeOnly || pageSideMay(path).includes(there) || isPageSide(to);
    return fits ? null : `${says}: the page's side of worker may import ${list(pageSideMay(path))}, and types from anywhere.`;
  }
  if (there === room) return null;
  // The entry joins the store to the worker, or to the scripted fake.
  if (path === 'ui/main.tsx' && isPageSide(to)) return null;
  if (typeOnly && rule.typesFromAnywhere === true) return null;
  if (!rule.may.includes(there)) {
    const types = rule.typesFromAnywhere === true ? ', and types from anywhere' : '';
    return `${says}: ${room} may import ${list(rule.may)}${types}.`;
  }
  if (room === 'store' && there === 'worker' && !isPageSide(to)) {
    return `${says}: of worker, store may import the page's side (client, protocol, fake).`;
  }
  return null;
}

/** `path:line` of every match in code that is not a test. */
function found(pattern: RegExp, where: (path: string) => boolean = () => true): string[] {
  return scripts.filter(where).flatMap((path) =>
    withoutComments(read(path))
      .split('\n')
      .flatMap((line, index) => (pattern.test(line) ? [`src/${path}:${index + 1}: ${line.trim()}`] : [])),
  );
}

describe('the rooms', () => {
  test('every source file lives in a room', () => {
    expect(scripts.filter((path) => rules[roomOf(path)] === undefined && !path.endsWith('.d.ts'))).toEqual([]);
  });

  test('imports follow the arrows, and each library stays in its rooms', () => {
    const sentences = scripts.flatMap((path) => importsOf(path).flatMap((found) => broken(path, found) ?? []));
    expect(sentences).toEqual([]);
  });

  test('the arrows are judged as they are meant', () => {
    const code = (what: string): Import => ({ what, typeOnly: false });
    const types = (what: string): Import => ({ what, typeOnly: true });
    expect(broken('train/loop.ts', code('../merge/mergeLog.ts'))).toBeNull();
    expect(broken('merge/draws.ts', code('../train/loop.ts'))).toBe(
      `src/merge/draws.ts imports '../train/loop.ts': merge may import base, model, gpu.`,
    );
    expect(broken('ui/App.tsx', types('../worker/protocol.ts'))).toBeNull();
    expect(broken('ui/App.tsx', code('../worker/protocol.ts'))).toContain('ui may import store, recipe, base');
    expect(broken('ui/main.tsx', code('../worker/client.ts'))).toBeNull();
    expect(broken('worker/client.ts', types('../experiment/events.ts'))).toBeNull();
    expect(broken('worker/client.ts', code('../experiment/events.ts'))).toContain(`page's side of worker may import base`);
    expect(broken('worker/client.ts', code('./worker.ts'))).toContain(`page's side of worker may import base`);
    expect(broken('worker/worker.ts', code('../store/studio.ts'))).toContain('worker may import');
    expect(broken('store/studio.ts', code('../worker/worker.ts'))).toContain('of worker, store may import');
    expect(broken('experiment/plan.ts', code('@tensorflow/tfjs-core'))).toContain(
      'tfjs is imported in gpu, train and bench alone',
    );
    expect(broken('data/npy.ts', code('../base/testing/bytes.ts'))).toContain('for tests');
  });
});

describe('what no source file does', () => {
  test('draw from Math.random: every draw comes from base/threefry.ts', () => {
    expect(found(/\bMath\s*\.\s*random\b/)).toEqual([]);
  });

  test('write markup with dangerouslySetInnerHTML or innerHTML: names in a file are hostile until React has escaped them', () => {
    expect(found(/dangerouslySetInnerHTML|\.(inner|outer)HTML\b|insertAdjacentHTML/)).toEqual([]);
  });

  test('wait for a frame or a timer in the engine or its thread: a hidden tab trains on', () => {
    const engineSide = (path: string) => !['ui', 'store', 'cli'].includes(roomOf(path)) && !/worker\/fake/.test(path);
    expect(found(/\b(requestAnimationFrame|setTimeout|setInterval|nextFrame)\s*\(/, engineSide)).toEqual([]);
  });

  test('touch the page outside ui, worker and storage: the engine also runs where there is no page', () => {
    const outside = (path: string) => !['ui', 'worker', 'storage'].includes(roomOf(path));
    expect(found(/(?<![\w$.'"`-])(document|window|localStorage|sessionStorage)\s*(\?\.|\.|\[)/, outside)).toEqual([]);
  });
});

describe('what every source file does', () => {
  test('fit in 400 lines', () => {
    const long = files
      .map((path) => ({ path, lines: read(path).trimEnd().split('\n').length }))
      .filter(({ lines }) => lines > 400);
    expect(long.map(({ path, lines }) => `src/${path} has ${lines} lines: split it by what it does`)).toEqual([]);
  });

  test('open by saying what it is for', () => {
    const sources = files.filter((path) => !path.endsWith('.d.ts') && !/\.test\.tsx?$/.test(path));
    const silent = sources.filter((path) => !/^\s*\/[/*]/.test(read(path)));
    expect(silent.map((path) => `src/${path} opens without a comment`)).toEqual([]);
  });
});
