/**
 * Cases computed by other people's software (NumPy), from `GOLDEN_DIR` or ../shared/reference/golden beside the project.
 * Null where they are not on this machine; the tests then skip by name, and the committed cases still stand.
 */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { notTried } from '../mergeSettings.ts';

/** One merge of n kernels of d weights; kernels are rows here, as in PyTorch. */
export interface MergeCase {
  readonly n: number;
  readonly d: number;
  readonly alpha: number;
  readonly tau: number;
  readonly p: number;
  readonly W: readonly (readonly number[])[];
  readonly coin: readonly number[];
  readonly partner: readonly number[];
  readonly merged: readonly (readonly number[])[];
  /** Accepted merges: i, j, similarity. */
  readonly log: readonly (readonly [number, number, number])[];
}

/** A merge whose coins and partners are the project's own draws. */
export interface DrawCase extends MergeCase {
  readonly layer: number;
  readonly step: number;
  readonly seed: number;
  readonly key: readonly [number, number];
}

export const mergeCases = read<MergeCase>('merge.json');
export const drawCases = read<DrawCase>('draws.json');

/** Partners that were tried, as the mergers take them. */
export function triedPartners(example: MergeCase): Uint32Array {
  return Uint32Array.from(example.partner, (j, i) => ((example.coin[i] ?? 1) < example.p ? j : notTried));
}

/** Kernels as rows into HWIO order: element r of kernel i at [r * n + i]. */
export function hwio(kernels: readonly (readonly number[])[]): Float32Array {
  const n = kernels.length;
  const weights = new Float32Array(n * (kernels[0]?.length ?? 0));
  kernels.forEach((kernel, i) => kernel.forEach((value, r) => (weights[r * n + i] = value)));
  return weights;
}

function read<Case>(name: string): readonly Case[] | null {
  const path = join(process.env['GOLDEN_DIR'] ?? join(process.cwd(), '..', 'shared', 'reference', 'golden'), name);
  if (existsSync(path)) return JSON.parse(readFileSync(path, 'utf8')) as Case[];
  console.warn(`${name} is not at ${path}: its tests are left out. Set GOLDEN_DIR to the folder that holds it.`);
  return null;
}
