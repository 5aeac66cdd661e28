/**
 * A base of an experiment: its network, how the arms merge on it, what is looked at, and the weights that its backbones
 * start from. Everything that differs from base to base is here; the rest of an experiment is the same for all.
 */
import { drawnArrays, weightsFromFile } from '../model/startFile.ts';
import { initialWeights, type Weights } from '../model/initialWeights.ts';
import { forwardMacs, mergedConvolutions, trainableCount, type Network, type Shape } from '../model/network.ts';
import { baseNetworks } from '../model/baseNetworks.ts';
import type { SafetensorsFile } from '../model/safetensors.ts';
import { armsOf } from '../recipe/arms.ts';
import { basesOf, baseTitle, type Base } from '../recipe/bases.ts';
import type { Recipe } from '../recipe/recipe.ts';
import { ArmMergings } from './armMergings.ts';
import { runKeyOf, type BaseFacts, type RunKey } from './events.ts';
import { Inspection, type InspectionOptions } from './inspection.ts';
import type { StartFiles } from './startFiles.ts';

export class OpenBase {
  readonly network: Network;
  readonly mergings: ArmMergings;
  readonly inspection: Inspection;
  /** What a forward pass costs here, one of the recipe's own base being 1. */
  readonly cost: number;
  readonly #base: Base;
  readonly #file: SafetensorsFile | null;

  constructor(base: Base, network: Network, parts: BaseParts) {
    const { files, ownMacs, recipe, onWeights } = parts;
    this.#base = base;
    this.network = network;
    this.cost = forwardMacs(network) / ownMacs;
    this.mergings = new ArmMergings(armsOf(recipe), network);
    const tauOf = (run: RunKey, layer: number) => this.mergings.tauOf(run, layer, recipe.merging);
    this.inspection = new Inspection({ network, tauOf, onWeights });
    const { start } = base;
    this.#file = start.from === 'file' ? (files.get(start.sha256 ?? '') ?? null) : null;
    if (start.from === 'file' && this.#file !== null) drawnArrays(this.#file, network, start.name);
  }

  /** Null for the recipe's own. */
  get name(): string | null {
    return this.#base.name;
  }

  keyOf(seed: number, arm: string | null): RunKey {
    return runKeyOf(seed, arm, this.name);
  }

  /** The weights that the backbone of a seed starts from. @throws what reading the file throws */
  async startWeights(seed: number): Promise<Weights> {
    const { start } = this.#base;
    if (start.from === 'random') return initialWeights(this.network, start.distribution, seed);
    if (this.#file === null) throw new Error(`The file “${start.name}” is not open.`);
    return weightsFromFile(this.#file, this.network, start, seed);
  }

  facts(recipe: Recipe): BaseFacts {
    const { name, network } = this;
    return {
      base: name,
      title: baseTitle(recipe, this.#base),
      trainableParameters: trainableCount(network),
      mergedLayers: mergedLayers(recipe, network),
    };
  }
}

interface BaseParts {
  readonly recipe: Recipe;
  readonly files: StartFiles;
  /** Multiply-accumulates of one pass through the recipe's own network. */
  readonly ownMacs: number;
  readonly onWeights: InspectionOptions['onWeights'];
}

/**
 * The recipe's own first.
 * @param input of a network
 * @throws StudioError `start-file-differs` where a file does not fit its network
 */
export function openBases(
  recipe: Recipe,
  input: Shape,
  classes: number,
  { files, onWeights }: Pick<BaseParts, 'files' | 'onWeights'>,
): [OpenBase, ...OpenBase[]] {
  const networks = baseNetworks(recipe, input, classes);
  const networkOf = (name: string | null) => networks.get(name) as Network;
  const ownMacs = forwardMacs(networkOf(null));
  return basesOf(recipe).map((base) => new OpenBase(base, networkOf(base.name), { recipe, files, ownMacs, onWeights })) as [
    OpenBase,
    ...OpenBase[],
  ];
}

/** 0-based indices of the convolutions that any arm merges. */
export function mergedLayers(recipe: Recipe, network: Network): number[] {
  const firstLayers = armsOf(recipe).flatMap(({ merging }) => merging?.firstLayer ?? []);
  const firstLayer = firstLayers.length === 0 ? recipe.merging.firstLayer : Math.min(...firstLayers);
  return mergedConvolutions(network, firstLayer).map((layer) => layer.index);
}
