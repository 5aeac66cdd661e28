/** Digests for start weights that a recipe names without one. */
import type { StartSettings } from './bases.ts';
import type { Recipe } from './recipe.ts';

/** The recipe with a digest for every start that names a file and none, where a file of that name was given. */
export function withDigests(recipe: Recipe, given: readonly { readonly name: string; readonly sha256: string }[]): Recipe {
  const named = (start: StartSettings): StartSettings => {
    if (start.from === 'random' || start.sha256 !== null) return start;
    return { ...start, sha256: given.find(({ name }) => name === start.name)?.sha256 ?? null };
  };
  const { network: networks, start: starts, ...rest } = recipe.sweep;
  const sweep: Recipe['sweep'] = {
    ...rest,
    ...(networks === undefined
      ? {}
      : {
          network: networks.map((network) =>
            network.start === undefined ? network : { ...network, start: named(network.start) },
          ),
        }),
    ...(starts === undefined ? {} : { start: starts.map(named) }),
  };
  return { ...recipe, start: named(recipe.start), sweep };
}
