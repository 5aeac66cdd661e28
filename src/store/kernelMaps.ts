/**
 * What the Kernels screen asks of past epochs: similarities, orders, pictures. Each is computed once by the inspector's
 * thread from the kept kernels and held up to a bound; what the training thread told already is taken from the record.
 */
import type { LayerSnapshot } from '../experiment/snapshots.ts';
import type { ChannelBasis } from '../merge/kernelPictures.ts';
import type { ClusterOrder } from '../merge/ordering.ts';
import type { Inspector } from '../worker/inspectorProtocol.ts';
import type { KeptEpoch, StudioWorker } from '../worker/protocol.ts';
import type { KernelReader } from './kernelReader.ts';

/** A map of 512 kernels takes 1 MB, one of 2048 takes 16. */
const mostBytes = 96 * 2 ** 20;

export interface KernelMaps {
  /** `values[i * kernels + j]`; null where that epoch is not kept. */
  similarity(of: KeptEpoch, layer: number): Promise<Float32Array | null>;
  cluster(values: Float32Array, kernels: number): Promise<ClusterOrder>;
  spectral(values: Float32Array, kernels: number): Promise<Uint16Array>;
  /** The colours of a layer: of that epoch's kernels, for all epochs and arms. */
  basis(of: KeptEpoch, layer: number, isImage: boolean): Promise<ChannelBasis | null>;
  /** `[kernel][position][3]` before scaling. */
  colours(of: KeptEpoch, layer: number, basis: ChannelBasis): Promise<Float32Array | null>;
  kernels(of: KeptEpoch, layer: number): Promise<LayerSnapshot | null>;
}

export function kernelMaps(worker: StudioWorker, reader: KernelReader, inspector: Inspector): KernelMaps {
  const known = new Map<string, { readonly answer: Promise<unknown>; bytes: number }>();
  worker.listen((event) => {
    if (event.say === 'reopened' || event.say === 'preparing') known.clear();
  });

  const once = <T>(name: string, ask: () => Promise<T | null>): Promise<T | null> => {
    const before = known.get(name);
    if (before !== undefined) {
      known.delete(name);
      known.set(name, before);
      return before.answer as Promise<T | null>;
    }
    const answer = ask();
    const entry = { answer, bytes: 0 };
    known.set(name, entry);
    const forget = () => {
      if (known.get(name) === entry) known.delete(name);
    };
    answer.then((value) => {
      if (value === null) forget();
      entry.bytes = ArrayBuffer.isView(value) ? value.byteLength : 0;
      let bytes = [...known.values()].reduce((sum, each) => sum + each.bytes, 0);
      for (const [oldest, each] of known) {
        if (bytes <= mostBytes || known.size === 1) return;
        known.delete(oldest);
        bytes -= each.bytes;
      }
    }, forget);
    return answer;
  };
  const named = (what: string, of: KeptEpoch, layer: number) => JSON.stringify([what, of.base, of.seed, of.arm, of.epoch, layer]);
  const withKernels = async <T>(of: KeptEpoch, layer: number, ask: (kernels: LayerSnapshot) => Promise<T>): Promise<T | null> => {
    const kernels = await reader.read(of, layer);
    return kernels === null ? null : ask(kernels);
  };

  return {
    similarity: (of, layer) =>
      once(named('similarity', of, layer), () =>
        withKernels(of, layer, (kernels) => inspector.ask({ ask: 'similarity', of: kernels })),
      ),
    cluster: (values, kernels) => inspector.ask({ ask: 'cluster', values, kernels }),
    spectral: (values, kernels) => inspector.ask({ ask: 'spectral', values, kernels }),
    basis: (of, layer, isImage) =>
      once(named('basis', of, layer), () =>
        withKernels(of, layer, (kernels) => inspector.ask({ ask: 'basis', of: kernels, isImage })),
      ),
    colours: (of, layer, basis) =>
      once(named('colours', of, layer), () =>
        withKernels(of, layer, (kernels) => inspector.ask({ ask: 'colours', of: kernels, basis })),
      ),
    kernels: (of, layer) => reader.read(of, layer),
  };
}

/** The same maps, asked of one base of the experiment (null: the recipe's own). */
export function kernelMapsOn(maps: KernelMaps, base: string | null): KernelMaps {
  if (base === null) return maps;
  const on =
    <A extends unknown[], R>(ask: (of: KeptEpoch, ...rest: A) => R) =>
    (of: KeptEpoch, ...rest: A) =>
      ask({ ...of, base }, ...rest);
  return {
    ...maps,
    similarity: on(maps.similarity),
    basis: on(maps.basis),
    colours: on(maps.colours),
    kernels: on(maps.kernels),
  };
}
