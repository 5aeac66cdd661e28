/** The networks that an experiment trains: one for each base of its recipe. */
import { basesOf } from '../recipe/bases.ts';
import type { Recipe } from '../recipe/recipe.ts';
import { buildNetwork } from './buildNetwork.ts';
import type { Network, Shape } from './network.ts';

/** By the base's name (null: the recipe's own, which is first), for images of `input` and that many class scores. */
export const baseNetworks = (recipe: Recipe, input: Shape, classes: number): Map<string | null, Network> =>
  new Map(basesOf(recipe).map(({ name, network }) => [name, buildNetwork(network, input, classes)]));
