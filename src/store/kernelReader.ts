/**
 * Reads kernels of past epochs from the worker: a question and its answer as a promise, the same question asked once, and
 * the last answers kept at hand up to a bound, so that going back and forth through epochs is quick.
 */
import type { LayerSnapshot } from '../experiment/snapshots.ts';
import type { KeptEpoch, StudioWorker } from '../worker/protocol.ts';

/** Weights of the answers kept at hand: about fourteen epochs of the largest layer of VGG-19. */
const mostBytes = 2 ** 25;

export interface KernelReader {
  /** Null where that epoch is not kept. Weights as `LayerSnapshot` says; do not change them. */
  read(of: KeptEpoch, layer: number): Promise<LayerSnapshot | null>;
}

export function kernelReader(worker: StudioWorker): KernelReader {
  let lastId = 0;
  const waiting = new Map<number, (kernels: LayerSnapshot | null) => void>();
  /** The oldest first. */
  const known = new Map<string, { readonly answer: Promise<LayerSnapshot | null>; bytes: number }>();

  worker.listen((event) => {
    if (event.say === 'kernels') {
      waiting.get(event.id)?.(event.kernels);
      waiting.delete(event.id);
    } else if (event.say === 'reopened' || event.say === 'preparing') known.clear();
  });

  const trim = () => {
    let bytes = [...known.values()].reduce((sum, entry) => sum + entry.bytes, 0);
    for (const [name, entry] of known) {
      if (bytes <= mostBytes || known.size === 1) return;
      known.delete(name);
      bytes -= entry.bytes;
    }
  };

  return {
    read(of, layer) {
      const name = JSON.stringify([of.base, of.seed, of.arm, of.epoch, layer]);
      const before = known.get(name);
      if (before !== undefined) {
        known.delete(name);
        known.set(name, before);
        return before.answer;
      }
      const id = ++lastId;
      const answer = new Promise<LayerSnapshot | null>((resolve) => waiting.set(id, resolve));
      const entry = { answer, bytes: 0 };
      known.set(name, entry);
      void answer.then((kernels) => {
        entry.bytes = kernels?.codes.length ?? 0;
        // What is not there yet may come.
        if (kernels === null && known.get(name) === entry) known.delete(name);
        trim();
      });
      worker.send({ do: 'read-kernels', id, of, layer });
      return answer;
    },
  };
}
