/** `merges.npz`: every accepted merge of every run as columns of equal length, in the order they happened. */
import { npzPieces, type NpzArray } from '../data/npzWriter.ts';
import type { RunKey } from '../experiment/events.ts';
import { basesOf } from '../recipe/bases.ts';
import type { Recipe } from '../recipe/recipe.ts';
import type { ResultsRecord } from './resultsRecord.ts';

/**
 * Columns `step` (of the run, from 0), `layer`, `i`, `j`, `similarity`, `seed`, and `arm`: its place in the recipe's list.
 * Where there are several bases also `base`: 0 for the recipe's own, then as `basesOf` has them.
 */
export function mergesNpz(record: ResultsRecord, recipe: Recipe): Uint8Array<ArrayBuffer>[] {
  const runs = record.merges.toSorted((a, b) => rank(recipe, a.run) - rank(recipe, b.run));
  const length = runs.reduce((sum, { merges }) => sum + merges.step.length, 0);
  const columns = {
    step: new Uint32Array(length),
    layer: new Uint16Array(length),
    i: new Uint16Array(length),
    j: new Uint16Array(length),
    similarity: new Float32Array(length),
    seed: new Uint32Array(length),
    arm: new Uint8Array(length),
    ...(basesOf(recipe).length > 1 ? { base: new Uint8Array(length) } : {}),
  };
  let at = 0;
  for (const { merges, run } of runs) {
    const to = at + merges.step.length;
    for (const name of ['step', 'layer', 'i', 'j', 'similarity'] as const) columns[name].set(merges[name], at);
    columns.seed.fill(run.seed, at, to);
    columns.arm.fill(armAt(recipe, run.arm), at, to);
    columns.base?.fill(baseAt(recipe, run), at, to);
    at = to;
  }
  return npzPieces(
    new Map(Object.entries(columns).map(([name, values]): [string, NpzArray] => [name, { shape: [length], values }])),
  );
}

const armAt = (recipe: Recipe, name: string | null): number => recipe.arms.findIndex((arm) => arm.name === name);

const baseAt = (recipe: Recipe, { base }: RunKey): number => basesOf(recipe).findIndex(({ name }) => name === (base ?? null));

/** Runs by seed, then by base and arm; the epochs of a run stay in order, since sorting is stable. */
function rank(recipe: Recipe, run: RunKey): number {
  const ofSeed = basesOf(recipe).length * recipe.seeds.indexOf(run.seed) + baseAt(recipe, run);
  return ofSeed * recipe.arms.length + armAt(recipe, run.arm);
}
