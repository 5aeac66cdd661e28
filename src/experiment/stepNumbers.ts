/** What a step did, in numbers, from the state of a trainer before and after it. */
import { drawCoins, drawPairs } from '../merge/draws.ref.ts';
import { mergeKernels } from '../merge/merge.ref.ts';
import type { MergeColumns } from '../merge/mergeLog.ts';
import { notTried } from '../merge/mergeSettings.ts';
import { parameters, type CountedConvLayer, type Network } from '../model/network.ts';
import { tauOf, type RunMerging } from '../train/runMerging.ts';
import type { TrainerState } from '../train/trainer.ts';
import type { GradientLengths, GradientStepReport, LayerMergeReport } from './stepReports.ts';

export function arrayOf(state: TrainerState, name: string): Float32Array {
  const array = state.arrays.get(name);
  if (array === undefined) throw new Error(`The state has no “${name}”.`);
  return array;
}

export interface MergeDraws {
  readonly seed: number;
  readonly purpose: number;
  readonly step: number;
  readonly settings: RunMerging;
}

/**
 * One layer of a merge step. Which pairs merged, and the similarity that decided, are the trainer's own word (`merges`);
 * that of the pairs that did not is computed here from the weights before.
 */
export function layerMergeReport(
  layer: CountedConvLayer,
  { seed, purpose, step, settings }: MergeDraws,
  merges: MergeColumns,
  before: TrainerState,
  after: TrainerState,
): LayerMergeReport {
  const n = layer.output[2];
  const name = `weight/${layer.name}.weight`;
  const weights = arrayOf(before, name);
  const drawn = drawPairs(seed, purpose, step, layer.index, n, settings.p).partner;
  const similarity = new Float32Array(n).fill(Number.NaN);
  const merged = new Uint8Array(n);
  // With alpha 1 nothing is blended: the pairs are looked at, no more.
  for (const pair of mergeKernels(weights, n, drawn, 1, tauOf(settings, layer.index), settings.condition))
    similarity[pair.i] = pair.similarity;
  merges.layer.forEach((index, at) => {
    if (index !== layer.index) return;
    const i = merges.i[at] as number;
    merged[i] = 1;
    similarity[i] = merges.similarity[at] as number;
  });
  return {
    layer: layer.index,
    kernels: n,
    tau: tauOf(settings, layer.index),
    coin: drawCoins(seed, purpose, step, layer.index, n),
    partner: Uint16Array.from(drawn, (j, i) => (j === notTried ? i : j)),
    similarity,
    merged,
    norm: kernelLengths(n, weights.length, (at) => weights[at] as number),
    change: kernelLengths(n, weights.length, difference(arrayOf(after, name), weights)),
  };
}

/** Lengths of the vectors of one SGD step, over all weights and by layer. */
export function gradientReport(
  network: Network,
  { momentum, weightDecay, learningRate }: { momentum: number; weightDecay: number; learningRate: number },
  before: TrainerState,
  after: TrainerState,
): Pick<GradientStepReport, 'total' | 'layers'> {
  const byLayer = new Map<string, Float64Array>();
  const total = new Float64Array(6);
  for (const { name, layer, trainable } of parameters(network)) {
    if (!trainable) continue;
    const title = layer.kind === 'conv' ? layer.title : layer.kind === 'linear' ? `linear ${layer.name}` : null;
    const w = arrayOf(before, `weight/${name}`);
    const v = arrayOf(before, `momentum/${name}`);
    const next = arrayOf(after, `momentum/${name}`);
    const squares = new Float64Array(6);
    for (let at = 0; at < w.length; at++) {
      const weight = w[at] as number;
      const velocity = next[at] as number;
      const old = v[at] as number;
      const decay = weightDecay * weight;
      [weight, velocity - momentum * old - decay, decay, old, velocity, learningRate * velocity].forEach((value, k) => {
        squares[k] = (squares[k] as number) + value * value;
      });
    }
    add(total, squares);
    if (title === null) continue;
    const sums = byLayer.get(title) ?? new Float64Array(6);
    byLayer.set(title, sums);
    add(sums, squares);
  }
  return { total: lengths(total), layers: [...byLayer].map(([title, squares]) => ({ title, ...lengths(squares) })) };
}

function add(sums: Float64Array, more: Float64Array): void {
  more.forEach((value, at) => (sums[at] = (sums[at] as number) + value));
}

function lengths(squares: Float64Array): GradientLengths {
  const [weight = 0, gradient = 0, decay = 0, velocityBefore = 0, velocity = 0, moved = 0] = squares.map(Math.sqrt);
  return { weight, gradient, decay, velocityBefore, velocity, moved };
}

const difference = (a: Float32Array, b: Float32Array) => (at: number) => (a[at] as number) - (b[at] as number);

/** Lengths of `n` kernels, element r of kernel i standing at r * n + i. */
function kernelLengths(n: number, count: number, value: (at: number) => number): Float32Array {
  const squares = new Float64Array(n);
  for (let row = 0; row < count; row += n) {
    for (let i = 0; i < n; i++) squares[i] = (squares[i] as number) + value(row + i) ** 2;
  }
  return Float32Array.from(squares, Math.sqrt);
}
