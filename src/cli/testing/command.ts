/**
 * The real command in a real process, for tests: `node scripts/inmerge.mjs ...`, run to its end or killed on the way; a
 * small dataset file to run it on; and what two results folders differ in.
 */
import { spawn, type ChildProcess } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { joined } from '../../base/bytes.ts';
import { npzPieces, type NpzArray } from '../../data/npzWriter.ts';
import { makeSample } from '../../data/sample.ts';
import type { Summary } from '../summary.ts';

const root = fileURLToPath(new URL('../../../', import.meta.url));
const bin = join(root, 'scripts', 'inmerge.mjs');

export interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface Command {
  readonly process: ChildProcess;
  readonly ended: Promise<Ended>;
  /** Resolves once stderr has said that, or once the process has ended. */
  said(text: string): Promise<void>;
}

export function start(args: readonly string[]): Command {
  return launch(process.execPath, [bin, ...args]);
}

export function inmerge(...args: string[]): Promise<Ended> {
  return start(args).ended;
}

function launch(program: string, args: readonly string[]): Command {
  const child = spawn(program, args, { cwd: root, stdio: ['ignore', 'pipe', 'pipe'] });
  let stdout = '';
  let stderr = '';
  const waiting: (() => void)[] = [];
  child.stdout.on('data', (piece: Buffer) => (stdout += piece.toString()));
  child.stderr.on('data', (piece: Buffer) => {
    stderr += piece.toString();
    for (const check of waiting) check();
  });
  const ended = new Promise<Ended>((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code) => resolve({ code, stdout, stderr }));
  });
  const said = (text: string): Promise<void> =>
    new Promise((resolve) => {
      const check = (): void => {
        if (stderr.includes(text)) resolve();
      };
      waiting.push(check);
      check();
      void ended.then(() => resolve());
    });
  return { process: child, ended, said };
}

/** A folder of its own for a test file, and how to remove it. */
export function scratch(): { readonly path: string; remove(): void } {
  const path = mkdtempSync(join(tmpdir(), 'inmerge-cli-'));
  return { path, remove: () => rmSync(path, { recursive: true, force: true }) };
}

/** A scratch folder with a dataset file in it (`writeDataset` makes it), and `quick` run on that with its own settings. */
export function workplace(...settings: string[]) {
  const folder = scratch();
  const data = join(folder.path, 'cells.npz');
  const at = (name: string): string => join(folder.path, name);
  const small = settings.flatMap((override) => ['--set', override]);
  const run = (out: string, ...more: string[]): Promise<Ended> =>
    inmerge('run', 'quick', '--data', data, '--device', 'wasm', ...small, '--out', at(out), ...more);
  const summary = (out: string) => JSON.parse(readFileSync(join(at(out), 'summary.json'), 'utf8')) as Summary;
  return { folder, data, at, run, summary };
}

/** The synthetic sample, small, as a MedMNIST-style file. */
export async function writeDataset(path: string): Promise<void> {
  const { dataset } = await makeSample(1, { train: 64, val: 32, test: 80 });
  const { height, width, channels, splits } = dataset;
  const arrays = new Map<string, NpzArray>();
  for (const name of ['train', 'val', 'test'] as const) {
    const split = splits[name];
    if (split === null) continue;
    arrays.set(`${name}_images`, { shape: [split.count, height, width, channels], values: Uint8Array.from(split.images) });
    arrays.set(`${name}_labels`, { shape: [split.count, 1], values: Uint8Array.from(split.labels) });
  }
  writeFileSync(path, joined(npzPieces(arrays)));
}

/** Real data, where this machine has it beside the checkout; null elsewhere. */
export function realDataset(name: string): string | null {
  const path = join(root, '..', 'shared', 'data', name);
  return existsSync(path) ? path : null;
}

/** Every file below a folder, by its path from there. */
export function filesOf(folder: string): Map<string, Buffer> {
  const files = new Map<string, Buffer>();
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true });
  for (const entry of entries) {
    if (!entry.isFile()) continue;
    const path = join(entry.parentPath, entry.name);
    files.set(path.slice(folder.length + 1).replaceAll('\\', '/'), readFileSync(path));
  }
  return files;
}

/**
 * Names of the files that two results folders do not share byte for byte; the times in summary.json do not count, nor does
 * experiment.inmerge, which holds times under a digest and nothing that the other files do not hold.
 */
export function differences(a: string, b: string): string[] {
  const [first, second] = [filesOf(a), filesOf(b)];
  const names = new Set([...first.keys(), ...second.keys()]);
  return [...names].filter((name) => {
    const [x, y] = [first.get(name), second.get(name)];
    if (x === undefined || y === undefined) return true;
    if (name === 'experiment.inmerge') return false;
    return name === 'summary.json' ? timeless(x) !== timeless(y) : !x.equals(y);
  });
}

const timeless = (summary: Buffer): string => summary.toString().replaceAll(/"(\w+Ms)": \d+/g, '"$1": 0');

/** The system's own Python goes first: Debian's packages are installed for it alone. */
const python = existsSync('/usr/bin/python3') ? '/usr/bin/python3' : 'python3';

/** Runs Python; null where there is none, or where it lacks a module that is asked for. */
export async function runPython(...args: string[]): Promise<Ended | null> {
  const ended = await launch(python, args).ended.catch(() => null);
  return ended?.stderr.includes('ModuleNotFoundError') === true ? null : ended;
}

export const verifyScript = join(root, 'scripts', 'verify_with_pytorch.py');
