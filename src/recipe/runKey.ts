/**
 * What defines a run, and its hash: two runs of equal hash end in the same bits, whatever their recipes are called, whichever
 * other arms and seeds stand beside them, and however an arm came about.
 */
import { createSHA256 } from 'hash-wasm';
import { armsOf } from './arms.ts';
import { baseOf, type StartSettings } from './bases.ts';
import type { Recipe } from './recipe.ts';

/** Names one run; `arm` is null for the backbone, `base` absent for the recipe's own network and start weights. */
interface Named {
  readonly seed: number;
  readonly arm: string | null;
  readonly base?: string;
}

/** Everything that the run depends on, apart from what computes it. */
export function runDefinition(
  recipe: Recipe,
  datasetSha256: string,
  { seed, arm, base }: Named,
): Readonly<Record<string, unknown>> {
  const { backbone, dataset, finetune, input, optimiser, selectBy } = recipe;
  const standsOn = baseOf(recipe, base);
  if (standsOn === undefined) throw new Error(`The recipe has no base “${base}”.`);
  const own = arm === null ? null : armsOf(recipe).find(({ name }) => name === arm);
  if (own === undefined) throw new Error(`The recipe has no arm “${arm}”.`);
  const { name: _name, sha256: _sha256, ...taken } = dataset;
  const first = {
    format: 'inmerge-run',
    version: 1,
    seed,
    dataset: { ...taken, sha256: datasetSha256 },
    input,
    network: standsOn.network,
  };
  const trained = { ...first, start: contents(standsOn.start), optimiser: defined(optimiser), backbone };
  return own === null ? trained : { ...trained, finetune, selectBy, merging: own.merging };
}

/** A file of weights is what is in it, not what it is called. */
const contents = (start: StartSettings): unknown =>
  start.from === 'random' ? start : { from: start.from, sha256: start.sha256, distribution: start.distribution };

/** Runs from before maps could be stored otherwise keep their names. */
const defined = ({ maps, ...rest }: Recipe['optimiser']) => (maps === 'float32' ? rest : { ...rest, maps });

/** SHA-256 of the definition as JSON with its keys in order, lower-case hex. */
export async function runHash(definition: Readonly<Record<string, unknown>>): Promise<string> {
  const hasher = await createSHA256();
  return hasher.update(JSON.stringify(ordered(definition))).digest('hex');
}

function ordered(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(ordered);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .toSorted(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, inner]) => [key, ordered(inner)]),
  );
}
