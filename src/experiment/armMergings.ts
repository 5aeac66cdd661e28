/** How every arm merges: its settings, and the tau of each layer once the start weights of its seed have said it. */
import type { Network } from '../model/network.ts';
import type { Arm } from '../recipe/arms.ts';
import type { MergeSettings } from '../recipe/recipe.ts';
import type { RunMerging } from '../train/runMerging.ts';
import { runName, type ExperimentEvent, type RunKey } from './events.ts';
import { resolved, type SimilaritiesOf } from './startWeights.ts';

export class ArmMergings {
  readonly #arms: readonly Arm[];
  readonly #network: Network;
  readonly #layerTaus = new Map<string, ReadonlyMap<number, number>>();

  constructor(arms: readonly Arm[], network: Network) {
    this.#arms = arms;
    this.#network = network;
  }

  /** Takes what was told of an arm's layers. */
  note(event: ExperimentEvent): void {
    if (event.at !== 'layer-taus') return;
    this.#layerTaus.set(runName(event.run), new Map(event.taus.map(({ layer, tau }) => [layer, tau])));
  }

  /** Whether the arm of this run merges; the backbone never does. */
  merges({ arm }: RunKey): boolean {
    return this.#arms.some(({ name, merges }) => name === arm && merges);
  }

  /** Null for a run that does not merge, or whose tau was not told yet. */
  of(key: RunKey): RunMerging | null {
    const merging = this.#arms.find(({ name }) => name === key.arm)?.merging ?? null;
    if (merging === null) return null;
    const tau = typeof merging.tau === 'number' ? merging.tau : this.#layerTaus.get(runName(key));
    return tau === undefined ? null : { ...merging, tau };
  }

  /**
   * The tau of a layer as far as it is known: of the run, of the first arm that merges where the run does not, or the
   * recipe's own. NaN, above which nothing is, where it is a quantile that was not taken yet.
   */
  tauOf(key: RunKey, layer: number, otherwise: MergeSettings): number {
    const arm = this.#arms.find(({ name, merges }) => merges && (key.arm === name || !this.merges(key)));
    const own = arm === undefined ? null : this.of({ ...key, arm: arm.name });
    const tau = own?.tau ?? (arm === undefined ? otherwise.tau : null);
    if (typeof tau === 'number') return tau;
    return (tau instanceof Map ? (tau as ReadonlyMap<number, number>).get(layer) : undefined) ?? Number.NaN;
  }

  /**
   * How a run merges, or would: by its own settings, or where it does not merge by those of the first arm that does.
   * @param otherwise the settings where no arm merges
   * @param similarities of the weights whose quantile is taken where none was told
   */
  async for(key: RunKey, otherwise: MergeSettings, similarities: SimilaritiesOf): Promise<RunMerging> {
    const arm = this.#arms.find(({ name, merges }) => merges && (key.arm === name || !this.merges(key)));
    const own = arm === undefined ? null : this.of({ ...key, arm: arm.name });
    return own ?? (await resolved(arm?.merging ?? otherwise, this.#network, similarities));
  }
}
