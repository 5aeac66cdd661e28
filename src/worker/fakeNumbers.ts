/** Numbers and the device of the scripted worker: deterministic, and about as large as true ones. */
import type { RunKey, SplitMetrics } from '../experiment/events.ts';
import type { Recipe } from '../recipe/recipe.ts';
import { draw } from './fakeData.ts';
import type { DeviceReport } from './protocol.ts';

/** Baseline is 1, InMerge 2, arms of a sweep something else each. */
export function armNumber({ arm }: RunKey): number {
  if (arm === null) return 0;
  if (arm === 'baseline' || arm === 'inmerge') return arm === 'inmerge' ? 2 : 1;
  return 3 + Math.floor(97 * draw(arm.length, Number(/[\d.]+$/.exec(arm)?.[0] ?? 0) * 1000));
}

/** How much better an arm of a sweep is than Baseline: from a little worse to a little better. */
const gainOf = (run: RunKey): number =>
  run.arm === 'inmerge' ? 0.018 : armNumber(run) === 1 ? 0.012 : 0.008 + armNumber(run) * 1.2e-4;

export function lossAt(run: RunKey, step: number, stepsPerEpoch: number): number {
  const x = step / stepsPerEpoch;
  const from =
    run.arm === null
      ? 1.9 * Math.exp(-x / 2.2) + 0.16
      : 0.19 * Math.exp(-x / 2) + (run.arm === 'inmerge' ? 0.05 : 0.033 + 0.0003 * armNumber(run));
  return from * (0.8 + 0.4 * draw(run.seed * 10 + armNumber(run), step));
}

export function metrics(run: RunKey, epoch: number, recipe: Recipe): SplitMetrics {
  const done = recipe.backbone.epochs;
  const backbone = (x: number) => 0.945 - 0.5 * Math.exp(-x / 1.6);
  const gain = run.arm === null ? 0 : gainOf(run) * (1 - Math.exp(-epoch / 1.5));
  const noise = run.arm !== null && epoch === 0 ? 0 : 0.004 * (draw(run.seed * 31 + armNumber(run), epoch) - 0.5);
  const shared = 0.004 * (draw(run.seed, 999) - 0.5);
  const accuracy = (run.arm === null ? backbone(epoch) : backbone(done) + gain) + noise + shared;
  return { loss: (1 - accuracy) * 3, accuracy, auc: 1 - (1 - accuracy) ** 1.45 };
}

export function similarities(n: number, run: RunKey, epoch: number, layer: number): Float32Array {
  const values = new Float32Array(n * n);
  const group = (k: number) => Math.floor(draw(layer + 50, k) * 9);
  const lift = run.arm === 'inmerge' ? 0.03 * epoch : 0;
  for (let i = 0; i < n; i++) {
    values[i * n + i] = 1;
    for (let j = i + 1; j < n; j++) {
      const same = group(i) === group(j);
      const noise = draw(layer * 7 + 1, i * n + j) + draw(layer * 7 + 2, i * n + j) + draw(layer * 7 + 3, i * n + j) - 1.5;
      const value = 0.16 * noise + (same ? 0.16 + lift * (0.5 + draw(9, i * n + j)) : group(i) + group(j) === 8 ? -0.12 : 0);
      values[i * n + j] = value;
      values[j * n + i] = value;
    }
  }
  return values;
}

export function fakeReport(device: DeviceReport['device'], choice: DeviceReport['choice']): DeviceReport {
  const gpu = device === 'webgpu';
  return {
    choice,
    device,
    reason:
      choice === 'auto'
        ? gpu
          ? 'WebGPU on hardware is the fastest that was found.'
          : 'WebGPU was not found; WASM is the fastest of the rest.'
        : 'You chose it.',
    advice: gpu
      ? null
      : 'For WebGPU use Chrome or Edge 113 or later, Safari 26, or Firefox 141, with graphics acceleration switched on in its settings.',
    hardware: gpu ? 'NVIDIA RTX 4070' : '2 threads, SIMD',
    software: false,
    options: [
      { device: 'webgpu', available: gpu, note: gpu ? 'NVIDIA RTX 4070' : 'no adapter was offered' },
      { device: 'webgl', available: true, note: 'WebGL 2' },
      { device: 'wasm', available: true, note: '2 threads, SIMD' },
      { device: 'cpu', available: true, note: 'plain JavaScript, very slow' },
    ],
    maxBufferBytes: gpu ? 4 * 2 ** 30 : null,
    storesFloat16: true,
    maxBindingBytes: gpu ? 2 * 2 ** 30 : null,
    threads: 2,
    crossOriginIsolated: true,
  };
}
