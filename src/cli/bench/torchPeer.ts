/**
 * PyTorch as a contender: `scripts/bench_torch.py` in a process of its own, which takes the same weights and batches from a
 * folder and steps when told to, so that it takes turns with the others.
 */
import { spawn, spawnSync, type ChildProcessWithoutNullStreams } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Contender, OpenContender } from '../../bench/contender.ts';
import type { Workload } from '../../bench/workload.ts';
import { flatLayers, parameters } from '../../model/network.ts';
import { fileShape, toFileLayout } from '../../model/stateDict.ts';

type TorchName = 'torch' | 'torch-cuda' | 'torch-cuda-tf32';

export const openTorch =
  (name: TorchName, python: string | null): OpenContender =>
  async (workload) => {
    const found = (python === null ? ['python3', '/usr/bin/python3'] : [python]).find(hasTorch);
    if (found === undefined) return `no Python with PyTorch (${python ?? 'python3'})`;
    const script = scriptFile();
    if (script === undefined) return 'scripts/bench_torch.py is not here';
    const folder = mkdtempSync(join(tmpdir(), 'inmerge-bench-'));
    try {
      writeWorkload(workload, folder);
      const device = name === 'torch' ? 'cpu' : 'cuda';
      const flags = name === 'torch-cuda-tf32' ? ['--tf32'] : [];
      const args = [script, folder, '--device', device, '--threads', String(cpus().length), ...flags];
      const child = spawn(found, args, { stdio: ['pipe', 'pipe', 'pipe'] });
      const talk = new Talk(child);
      const ready = await talk.next();
      if (ready.error !== undefined) return ready.error;
      return contender(name, ready.what ?? 'PyTorch', talk);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  };

const hasTorch = (python: string): boolean =>
  spawnSync(python, ['-c', 'import torch'], { stdio: 'ignore', timeout: 120_000 }).status === 0;

/** Beside the bundle where it was packed, else in the checkout that the bundle lies in. */
function scriptFile(): string | undefined {
  const here = import.meta.dirname;
  return ['bench_torch.py', '../../scripts/bench_torch.py', '../scripts/bench_torch.py']
    .map((path) => join(here, path))
    .find(existsSync);
}

function contender(name: TorchName, what: string, talk: Talk): Contender {
  let first = 0;
  let steps = 0;
  const train = async (): Promise<readonly number[]> => {
    talk.say({ first, steps });
    steps = 0;
    const { error, losses } = await talk.next();
    if (losses === undefined) throw new Error(error ?? 'PyTorch said nothing.');
    return losses;
  };
  return {
    name,
    what,
    enter: () => Promise.resolve(),
    stepsAtOnce: Number.POSITIVE_INFINITY,
    step: (index) => {
      if (steps === 0) first = index;
      steps++;
    },
    finish: train,
    settle: async () => void (await train()),
    merge: null,
    look: null,
    dispose: () => talk.end(),
  };
}

interface Answer {
  readonly what?: string;
  readonly losses?: readonly number[];
  readonly error?: string;
}

/** One line of JSON to the process, one back. */
class Talk {
  readonly #child: ChildProcessWithoutNullStreams;
  readonly #lines: AsyncIterator<string>;
  #complaint = '';

  constructor(child: ChildProcessWithoutNullStreams) {
    this.#child = child;
    this.#lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
    child.stderr.on('data', (text: Buffer) => {
      this.#complaint = text.toString().trim().split('\n').at(-1) ?? '';
    });
    child.stdin.on('error', () => {});
  }

  say(request: object): void {
    this.#child.stdin.write(`${JSON.stringify(request)}\n`);
  }

  async next(): Promise<Answer> {
    const { done, value } = await this.#lines.next();
    return done === true ? { error: `PyTorch ended: ${this.#complaint}` } : (JSON.parse(value) as Answer);
  }

  async end(): Promise<void> {
    const ended = new Promise((resolve) => this.#child.once('close', resolve));
    this.#child.stdin.end();
    await ended;
  }
}

/** `manifest.json` names everything; `data.bin` holds the numbers, float32, one after another. */
function writeWorkload({ batches, case: { batch, network }, learningRate, optimiser, weights }: Workload, folder: string): void {
  const pieces: Float32Array[] = [];
  let offset = 0;
  const place = (values: Float32Array, shape: readonly number[]) => {
    const at = offset;
    pieces.push(values);
    offset += values.length;
    return { at, shape };
  };
  const manifest = {
    layers: flatLayers(network),
    arrays: Object.fromEntries(
      parameters(network).map(({ name, shape }) => [
        name,
        place(toFileLayout(weights.get(name) as Float32Array, shape), fileShape(shape)),
      ]),
    ),
    batches: batches.map(({ inputs, targets }) => ({
      inputs: place(inputs, [batch, ...network.input]),
      targets: place(targets, [batch, network.classes]),
    })),
    learningRate,
    ...optimiser,
  };
  writeFileSync(join(folder, 'manifest.json'), JSON.stringify(manifest));
  const all = new Float32Array(offset);
  let at = 0;
  for (const piece of pieces) {
    all.set(piece, at);
    at += piece.length;
  }
  writeFileSync(join(folder, 'data.bin'), new Uint8Array(all.buffer));
}
