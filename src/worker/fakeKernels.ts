/** Kernels of the scripted worker: made-up groups of like kernels that merging draws together, and their figures. */
import type { LayerNumbers, RunKey } from '../experiment/events.ts';
import type { LayerSnapshot } from '../experiment/snapshots.ts';
import { draw } from './fakeData.ts';
import type { KeptEpoch } from './protocol.ts';

const groups = 9;
const side = 3;

function fakeKernels({ arm, epoch, seed }: KeptEpoch, layer: number, kernels: number, channels: number): LayerSnapshot {
  const drawnTogether = arm === 'inmerge' ? 0.06 * epoch : 0;
  const codes = new Uint8Array(side * side * channels * kernels);
  for (let at = 0; at < codes.length; at++) {
    const kernel = at % kernels;
    const row = Math.floor(at / kernels);
    const group = Math.floor(draw(layer + 50, kernel) * groups);
    const shared = 1.4 * draw(layer + 90, row * groups + group) - 0.7;
    const own = 1.4 * draw(layer + seed + 200, at) - 0.7;
    codes[at] = Math.round(128 + 127 * (own * (1 - drawnTogether) + shared * (0.6 + drawnTogether)) * 0.7);
  }
  return {
    layer,
    kernels,
    side,
    channels,
    codes,
    scales: Float32Array.from({ length: kernels }, (_, k) => 0.001 + 0.002 * draw(8, k)),
  };
}

export function fakeNumbers({ arm, seed }: RunKey, epoch: number, kernels: readonly number[]): LayerNumbers[] {
  return kernels.map((count, layer) => {
    const lift = arm === 'inmerge' ? 1 + 0.15 * epoch : 1;
    return {
      layer,
      kernels: count,
      pairsAbove: Math.round(count ** 2 * 0.004 * (layer + 1) * lift * (0.9 + 0.2 * draw(seed, epoch * 20 + layer))),
      meanAbsolute: 0.05 + 0.005 * layer * lift,
      highest: 0.3 + 0.04 * layer * lift,
      effectiveRank: count * (0.9 - 0.03 * layer * lift),
      meanNorm: 1.2 + 0.1 * layer + 0.01 * epoch,
      moved: arm === null ? null : Float32Array.from({ length: count }, (_, k) => 0.02 * epoch * lift * (0.5 + draw(layer, k))),
    };
  });
}

/** Of a network whose convolutions have these numbers of kernels; null where it has no such layer. */
export function fakeLayer(of: KeptEpoch, layer: number, kernels: readonly number[]): LayerSnapshot | null {
  const count = kernels[layer];
  return count === undefined ? null : fakeKernels(of, layer, count, layer === 0 ? 3 : (kernels[layer - 1] ?? 3));
}
