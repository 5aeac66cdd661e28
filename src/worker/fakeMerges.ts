/** Merges of the scripted worker: about as many as true ones, and drawn the same way every time. */
import type { LayerMergeCount, MergeColumns } from '../merge/mergeLog.ts';
import type { MergeSettings } from '../recipe/recipe.ts';
import { draw } from './fakeData.ts';

/** What an arm merges in an epoch; `mergeRate` scales how much. */
export function mergesAt(
  settings: MergeSettings,
  kernelsOf: readonly number[],
  stepsPerEpoch: number,
  epoch: number,
  mergeRate: number,
): { layers: LayerMergeCount[]; merges: MergeColumns } {
  const rows: { step: number; layer: number; i: number; j: number; similarity: number }[] = [];
  const layers: LayerMergeCount[] = [];
  kernelsOf.forEach((kernels, layer) => {
    if (layer < settings.firstLayer) return;
    const tau = typeof settings.tau === 'number' ? settings.tau : 0.3;
    const tried = Math.round(kernels * settings.p * stepsPerEpoch);
    const ceiling = mergeRate === 0 ? tau - 0.03 : Math.min(0.9, 0.27 + 0.05 * layer);
    const reach = Math.max(0, (ceiling - tau) / 2);
    const merged = Math.round(tried * reach * 0.06 * mergeRate * (0.7 + 0.12 * epoch + 0.2 * draw(layer, epoch)));
    for (let k = 0; k < merged; k++) {
      const counter = epoch * 1_000_000 + layer * 50_000 + k;
      const i = Math.floor(draw(3, counter) * kernels);
      rows.push({
        step: (epoch - 1) * stepsPerEpoch + Math.floor(draw(4, counter) * stepsPerEpoch),
        layer,
        i,
        j: (i + 1 + Math.floor(draw(5, counter) * (kernels - 1))) % kernels,
        similarity: tau + (ceiling - tau) * draw(6, counter) ** 2,
      });
    }
    layers.push({ layer, tried, merged, highest: tried === 0 ? null : ceiling });
  });
  rows.sort((a, b) => a.step - b.step || a.layer - b.layer);
  return {
    layers,
    merges: {
      step: Uint32Array.from(rows, (row) => row.step),
      layer: Uint16Array.from(rows, (row) => row.layer),
      i: Uint16Array.from(rows, (row) => row.i),
      j: Uint16Array.from(rows, (row) => row.j),
      similarity: Float32Array.from(rows, (row) => row.similarity),
    },
  };
}
