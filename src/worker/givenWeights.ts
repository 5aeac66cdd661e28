/**
 * Weights that came with results made elsewhere, in a bundle or beside them in a folder: what network they are of, and the
 * kernels of each run's selected epoch, for looking at as those that are kept while training.
 */
import { runKeyOf, runName, type ExperimentEvent, type RunKey } from '../experiment/events.ts';
import type { ResultsFile } from '../experiment/resultsFile.ts';
import { snapshotLayer, type LayerSnapshot } from '../experiment/snapshots.ts';
import { convolutions } from '../model/network.ts';
import type { GivenWeights } from '../report/bundle.ts';
import { weightsFileName } from '../report/weightsFile.ts';
import type { Kept, KeptIn } from './keptWeights.ts';
import type { KeptEpoch } from './protocol.ts';

type Given = NonNullable<KeptIn['given']>;

/** Files that were dropped with a folder. */
export function weightsIn(files: readonly File[]): GivenWeights | null {
  const byName = new Map(files.map((file) => [file.name, file]));
  if (byName.size === 0) return null;
  return { has: (name) => byName.has(name), read: (name) => Promise.resolve(byName.get(name) ?? null) };
}

/** Null where there are no weights, or where an older build did not tell what went into its networks. */
export function givenWith({ history }: ResultsFile, weights: GivenWeights | null): Given | null {
  const started = history.find((event) => event.at === 'started');
  return weights === null || started?.at !== 'started' || started.data === undefined ? null : { weights, data: started.data };
}

export interface GivenRun {
  readonly run: RunKey;
  /** Whose weights they are. */
  readonly selectedEpoch: number;
}

export const givenRuns = ({ history }: ResultsFile, { weights }: Given): GivenRun[] =>
  history.flatMap((event: ExperimentEvent) =>
    event.at === 'result' && weights.has(weightsFileName(event.run))
      ? [{ run: event.run, selectedEpoch: event.selectedEpoch }]
      : [],
  );

/** Where kernels of past epochs are read. */
export interface KernelSource {
  read(of: KeptEpoch, layer: number): Promise<LayerSnapshot | null>;
}

export class GivenKernels implements KernelSource {
  readonly #runs: ReadonlyMap<string, GivenRun>;
  readonly #weightsOf: (run: RunKey) => Promise<Kept>;

  /** @param weightsOf of a run that is among `runs` */
  constructor(runs: readonly GivenRun[], weightsOf: (run: RunKey) => Promise<Kept>) {
    this.#runs = new Map(runs.map((each) => [runName(each.run), each]));
    this.#weightsOf = weightsOf;
  }

  get epochs(): KeptEpoch[] {
    return [...this.#runs.values()].map(({ run: { seed, arm, base }, selectedEpoch: epoch }) => ({
      seed,
      arm,
      epoch,
      ...(base === undefined ? {} : { base }),
    }));
  }

  /** One convolution; epoch 0 of an arm is the backbone's last. Null where it is of another epoch than the weights that came. */
  async read({ seed, arm, base, epoch }: KeptEpoch, layer: number): Promise<LayerSnapshot | null> {
    const start = arm !== null && epoch === 0;
    const given = this.#runs.get(runName(runKeyOf(seed, start ? null : arm, base ?? null)));
    if (given === undefined || (!start && epoch !== given.selectedEpoch)) return null;
    const { network, weights } = await this.#weightsOf(given.run);
    const found = convolutions(network).find(({ index }) => index === layer);
    const values = found === undefined ? undefined : weights.get(`${found.name}.weight`);
    if (found === undefined || values === undefined) return null;
    const kernels = found.output[2];
    return { layer, kernels, side: found.kernelSize, channels: found.input[2], ...snapshotLayer(values, kernels) };
  }
}
