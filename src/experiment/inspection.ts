/**
 * Looks into a run after each epoch: the figures of every convolution, and its weights for whoever keeps snapshots of
 * them. It only reads: what is computed is the same bits with and without it.
 */
import type { Weights } from '../model/initialWeights.ts';
import { convolutions, type Network } from '../model/network.ts';
import type { Trainer } from '../train/trainer.ts';
import type { ExperimentEvent, RunKey } from './events.ts';
import { layerNumbers, type LayerNumbers } from './layerNumbers.ts';

/** The weights of a run after an epoch, for those who keep them; the arms' epoch 0 is the backbone's last. */
export interface EpochWeights {
  readonly run: RunKey;
  readonly epoch: number;
  readonly network: Network;
  readonly weights: Weights;
}

/** Kernels of the backbone's checkpoint by convolution, HWIO: what the arms' ways are measured from. */
export type BackboneKernels = ReadonlyMap<number, Float32Array>;

export interface InspectionOptions {
  readonly network: Network;
  /** What counts as alike in a layer; NaN where nothing does yet. */
  readonly tauOf: (run: RunKey, layer: number) => number;
  readonly onWeights?: ((kept: EpochWeights) => Promise<void>) | undefined;
}

export class Inspection {
  /** Null until the seed's backbone is trained. */
  start: BackboneKernels | null = null;
  readonly #options: InspectionOptions;
  /** The figures at the backbone's checkpoint, every arm's epoch 0, by the taus that they count with. */
  readonly #atStart = new Map<string, readonly LayerNumbers[]>();

  constructor(options: InspectionOptions) {
    this.#options = options;
  }

  /** Arms begin here. */
  startFrom(backbone: Weights): void {
    const layers = convolutions(this.#options.network);
    this.start = new Map(layers.map((layer) => [layer.index, backbone.get(`${layer.name}.weight`) as Float32Array]));
    this.#atStart.clear();
  }

  /** Call where nothing waits on the device. */
  async look(trainer: Trainer, run: RunKey, epoch: number): Promise<ExperimentEvent> {
    const atStart = run.arm !== null && epoch === 0;
    const taus = convolutions(this.#options.network).map(({ index }) => this.#options.tauOf(run, index));
    const known = atStart ? this.#atStart.get(taus.join()) : undefined;
    const layers = known ?? (await this.#measure(trainer, run, epoch, atStart));
    if (atStart) this.#atStart.set(taus.join(), layers);
    return { at: 'layers', run, epoch, layers };
  }

  async #measure(trainer: Trainer, run: RunKey, epoch: number, atStart: boolean): Promise<LayerNumbers[]> {
    const { network, tauOf, onWeights } = this.#options;
    const weights = await trainer.weights();
    const layers: LayerNumbers[] = [];
    for (const { index, name } of convolutions(network)) {
      const own = weights.get(`${name}.weight`) as Float32Array;
      const start = run.arm === null ? null : (this.start?.get(index) ?? null);
      layers.push(layerNumbers(index, await trainer.similarity(index), own, start, tauOf(run, index)));
    }
    if (!atStart) await onWeights?.({ run, epoch, network, weights });
    return layers;
  }
}
