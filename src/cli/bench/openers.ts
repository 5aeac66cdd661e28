/** Every contender that can be measured from the command line, and how it is opened there. */
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { type ContenderName, type OpenContender } from '../../bench/contender.ts';
import { closeJax, openJax } from '../../bench/jax.ts';
import { openCompiledWith, openTape, openWasm } from '../../bench/ours.ts';
import { openStock } from '../../bench/stock.ts';
import { closeTfjsBackends } from '../../bench/tfjsBackends.ts';
import { openTorch } from './torchPeer.ts';

interface Settings {
  /** Null: the system's. */
  readonly python: string | null;
  /** As `openCompiledWith` takes them. */
  readonly tiles: string | null;
}

export function openersOf(names: readonly ContenderName[], { python, tiles }: Settings): Map<ContenderName, OpenContender> {
  const all: Readonly<Record<ContenderName, OpenContender>> = {
    compiled: openCompiledWith(tiles),
    tape: openTape,
    wasm: openWasm({ paths: wasmFiles(), threads: 1 }),
    stock: openStock,
    jax: openJax,
    torch: openTorch('torch', python),
    'torch-cuda': openTorch('torch-cuda', python),
    'torch-cuda-tf32': openTorch('torch-cuda-tf32', python),
  };
  return new Map(names.map((name) => [name, all[name]]));
}

/** Beside the bundle where it was packed, else in node_modules. */
function wasmFiles(): Record<string, string> {
  const find = createRequire(import.meta.url);
  const names = ['tfjs-backend-wasm.wasm', 'tfjs-backend-wasm-simd.wasm', 'tfjs-backend-wasm-threaded-simd.wasm'];
  const place = (name: string): string => {
    const beside = join(import.meta.dirname, name);
    return existsSync(beside) ? beside : find.resolve(`@tensorflow/tfjs-backend-wasm/dist/${name}`);
  };
  return Object.fromEntries(names.map((name) => [name, place(name)]));
}

export function closeOpeners(): void {
  closeTfjsBackends();
  closeJax();
}
