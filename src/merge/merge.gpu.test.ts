/** In-model merging on a real device: NumPy's cases, the CPU truth on many shapes, the log, and its repeatability. */
import { afterAll, describe, expect, test } from 'vitest';
import { purposes } from '../base/threefry.ts';
import { closeDawn, openDawn } from '../gpu/testing/dawn.ts';
import { mergeOnCpu } from './cpuMerger.ts';
import { drawPairs } from './draws.ref.ts';
import { GpuMerger } from './gpuMerger.ts';
import { mergeKernels } from './merge.ref.ts';
import type { MergeLog } from './mergeLog.ts';
import { notTried, type MergeLayer, type MergeSettings } from './mergeSettings.ts';
import { drawCases, hwio, mergeCases, triedPartners } from './testing/golden.ts';
import { alikeKernels, bitsOf, firstDifference, largestDifference } from './testing/weights.ts';
import { download, upload } from './testing/weightBuffers.ts';

const device = await openDawn();
afterAll(() => closeDawn(device));

const paper: MergeSettings = { alpha: 0.8, p: 0.3, tau: 0.3 };

describe.skipIf(device === null)('on a WebGPU device', () => {
  const gpu = device as GPUDevice;
  const copyUp = (values: Float32Array) => upload(gpu, values as Float32Array<ArrayBuffer>);

  /** Records with `record`, submits, and returns weights and log. */
  async function run(
    layers: readonly MergeLayer[],
    settings: MergeSettings,
    weights: readonly Float32Array[],
    record: (merger: GpuMerger, encoder: GPUCommandEncoder, buffers: readonly GPUBuffer[]) => void,
  ): Promise<{ weights: Float32Array[]; log: MergeLog }> {
    const merger = await GpuMerger.create(gpu, layers, settings);
    const buffers = weights.map(copyUp);
    const encoder = gpu.createCommandEncoder();
    record(merger, encoder, buffers);
    gpu.queue.submit([encoder.finish()]);
    const log = await merger.takeLog();
    const after = await Promise.all(buffers.map((buffer) => download(gpu, buffer)));
    merger.destroy();
    for (const buffer of buffers) buffer.destroy();
    return { weights: after, log };
  }

  const pairsOf = ({ merges }: MergeLog) => [...merges.i].map((i, at) => [i, merges.j[at]]);

  describe.skipIf(mergeCases === null || drawCases === null)(
    'NumPy cases (skipped where ../shared/reference/golden is missing)',
    () => {
      test.each(mergeCases ?? [])('n $n, d $d, tau $tau with given pairs: the same merges and weights', async (example) => {
        const layers = [{ layer: 0, kernels: example.n, rows: example.d }];
        const { weights, log } = await run(layers, example, [hwio(example.W)], (merger, encoder, buffers) =>
          merger.recordPairs(encoder, 0, [triedPartners(example)], buffers),
        );
        expect(pairsOf(log)).toEqual(example.log.map(([i, j]) => [i, j]));
        log.merges.similarity.forEach((similarity, at) => expect(similarity).toBeCloseTo(example.log[at]?.[2] ?? Number.NaN, 6));
        expect(largestDifference(weights[0] as Float32Array, hwio(example.merged))).toBeLessThan(1e-6);
      });

      test.each(drawCases ?? [])('n $n, layer $layer, step $step: the same draws, merges and weights', async (example) => {
        const layers = [{ layer: example.layer, kernels: example.n, rows: example.d }];
        const { weights, log } = await run(layers, example, [hwio(example.W)], (merger, encoder, buffers) =>
          merger.record(encoder, example.step, example.seed, purposes.merge, buffers),
        );
        expect(pairsOf(log)).toEqual(example.log.map(([i, j]) => [i, j]));
        expect(log.layers[0]?.tried).toBe(example.coin.filter((coin) => coin < example.p).length);
        expect(largestDifference(weights[0] as Float32Array, hwio(example.merged))).toBeLessThan(1e-6);
      });
    },
  );

  /** Every tried pair must be farther than this from tau for float32 and float64 to have to agree. */
  const margin = 1e-5;

  test.each([
    [1, 9],
    [2, 1],
    [2, 27],
    [3, 9],
    [33, 27],
    [64, 4608],
    [511, 9],
    [513, 36],
    [512, 288],
    [1025, 9],
    [4096, 33],
    [5, 70_001],
  ])('%i kernels of %i weights: the merges of the CPU, weights within 1e-6, unmerged kernels untouched', async (n, d) => {
    const layers = [{ layer: 11, kernels: n, rows: d }];
    const settings = { ...paper, p: 0.6 };
    const before = alikeKernels(n + d, n, d);
    const cpu = [before.slice()];
    const expected = mergeOnCpu(cpu, layers, settings, 5, 99, purposes.merge);
    const { partner } = drawPairs(99, purposes.merge, 5, 11, n, settings.p);
    const pairs = mergeKernels(before.slice(), n, partner, settings.alpha, settings.tau);
    for (const { similarity } of pairs) expect(Math.abs(similarity - settings.tau)).toBeGreaterThan(margin);

    const { weights, log } = await run(layers, settings, [before], (merger, encoder, buffers) =>
      merger.record(encoder, 5, 99, purposes.merge, buffers),
    );
    const after = weights[0] as Float32Array;
    expect(pairsOf(log)).toEqual(pairsOf(expected));
    expect(largestDifference(log.merges.similarity, expected.merges.similarity)).toBeLessThan(1e-6);
    expect(log.layers[0]?.tried).toBe(expected.layers[0]?.tried);
    expect(log.layers[0]?.highest ?? -2).toBeCloseTo(expected.layers[0]?.highest ?? -2, 6);
    expect(largestDifference(after, cpu[0] as Float32Array)).toBeLessThan(1e-6);
    const merged = new Set(log.merges.i);
    const [was, is] = [bitsOf(before), bitsOf(after)];
    expect(is.findIndex((bits, at) => bits !== was[at] && !merged.has(at % n))).toBe(-1);
    expect(is.some((bits, at) => bits !== was[at])).toBe(merged.size > 0);
  });

  /** Several layers of different widths over many steps, logs taken now and then. */
  async function train(steps: number, layers: readonly MergeLayer[], settings: MergeSettings, takeEvery: number) {
    const merger = await GpuMerger.create(gpu, layers, settings, { logSteps: 8 });
    const buffers = layers.map(({ layer, kernels, rows }) => copyUp(alikeKernels(layer, kernels, rows)));
    const logs: Promise<MergeLog>[] = [];
    for (let step = 0; step < steps; step++) {
      const encoder = gpu.createCommandEncoder();
      merger.record(encoder, step, 2026, purposes.merge, buffers);
      gpu.queue.submit([encoder.finish()]);
      // Not awaited: recording goes on over the slots while earlier ones are still being read.
      if (merger.pending === takeEvery) logs.push(merger.takeLog());
    }
    logs.push(merger.takeLog());
    const taken = await Promise.all(logs);
    const weights = await Promise.all(buffers.map((buffer) => download(gpu, buffer)));
    merger.destroy();
    for (const buffer of buffers) buffer.destroy();
    return { taken, weights };
  }

  const threeLayers = [
    { layer: 7, kernels: 48, rows: 72 },
    { layer: 2, kernels: 33, rows: 45 },
    { layer: 9, kernels: 16, rows: 400 },
  ];

  const ownTaus = threeLayers.map((layer, at) => ({ ...layer, tau: [0.45, 0.2, -0.1][at] as number }));
  test.each([
    ['one tau, similar pairs', { ...paper, tau: 0.45 }, threeLayers],
    ['a tau for each layer, similar pairs', { ...paper, tau: 1 }, ownTaus],
    ['a tau for each layer, dissimilar pairs', { ...paper, tau: -1, condition: 'dissimilar' as const }, ownTaus],
  ])(
    'fifty steps on three layers, %s: the log of the CPU, in its order',
    async (_what, settings, layers: readonly MergeLayer[]) => {
      const cpu = threeLayers.map(({ layer, kernels, rows }) => alikeKernels(layer, kernels, rows));
      const expected: MergeLog[] = [];
      for (let step = 0; step < 50; step++) {
        const untouched = cpu.map((values) => values.slice());
        expected.push(mergeOnCpu(cpu, layers, settings, step, 2026, purposes.merge));
        layers.forEach(({ layer, kernels, tau = settings.tau }, at) => {
          const { partner } = drawPairs(2026, purposes.merge, step, layer, kernels, settings.p);
          const pairs = mergeKernels(untouched[at] as Float32Array, kernels, partner, 1, tau);
          for (const { similarity } of pairs) expect(Math.abs(similarity - tau)).toBeGreaterThan(margin);
        });
      }
      const { taken, weights } = await train(50, layers, settings, 7);
      const columns = (logs: readonly MergeLog[]) =>
        logs.flatMap(({ merges }) => [...merges.i].map((i, at) => [merges.step[at], merges.layer[at], i, merges.j[at]]));
      expect(columns(taken)).toEqual(columns(expected));
      expect(columns(taken).length).toBeGreaterThan(100);
      for (const at of threeLayers.keys()) {
        const tried = (logs: readonly MergeLog[]) => logs.reduce((sum, { layers }) => sum + (layers[at]?.tried ?? 0), 0);
        expect(tried(taken)).toBe(tried(expected));
        expect(largestDifference(weights[at] as Float32Array, cpu[at] as Float32Array)).toBeLessThan(1e-5);
      }
    },
  );

  test('two runs are equal bit for bit, log and weights, however the log is taken', async () => {
    const one = await train(12, threeLayers, paper, 8);
    const two = await train(12, threeLayers, paper, 1);
    expect(two.weights.map((values, at) => firstDifference(values, one.weights[at] as Float32Array))).toEqual([-1, -1, -1]);
    const similarities = (logs: readonly MergeLog[]) => logs.flatMap(({ merges }) => [...merges.similarity]);
    expect(similarities(two.taken)).toEqual(similarities(one.taken));
  });

  test('p = 0 tries nothing; alpha = 1 and tau = 1 leave every bit; a step merges what the ablation asks for', async () => {
    const layers = [{ layer: 1, kernels: 40, rows: 27 }];
    const before = alikeKernels(3, 40, 27);
    // Equal kernels have a similarity of exactly 1: above no tau that the settings allow.
    for (let r = 0; r < 27; r++) before[r * 40 + 1] = before[r * 40] as number;
    const step = (settings: MergeSettings) =>
      run(layers, settings, [before], (merger, encoder, buffers) => merger.record(encoder, 0, 1, purposes.merge, buffers));
    const unchanged = (weights: readonly Float32Array[]) => expect(firstDifference(weights[0] as Float32Array, before)).toBe(-1);

    const none = await step({ alpha: 0.5, p: 0, tau: -1 });
    expect(none.log.layers).toEqual([{ layer: 1, tried: 0, merged: 0, highest: null }]);
    unchanged(none.weights);
    const kept = await step({ alpha: 1, p: 1, tau: 0.3 });
    expect(kept.log.merges.i.length).toBeGreaterThan(0);
    unchanged(kept.weights);
    const strict = await step({ alpha: 0.5, p: 1, tau: 1 });
    expect(strict.log.layers[0]).toMatchObject({ tried: 40, merged: 0 });
    unchanged(strict.weights);
    const below = await step({ alpha: 0.8, p: 1, tau: 0.3, condition: 'dissimilar' });
    expect(below.log.merges.i.length + kept.log.merges.i.length).toBe(40);
    expect(below.log.merges.similarity.every((similarity) => similarity < 0.3)).toBe(true);
  });

  test('a zero kernel has similarity 0; NaN and infinity never merge and never spread', async () => {
    const weights = hwio([
      [0, 0],
      [1, 2],
      [Number.NaN, 1],
      [Infinity, 1],
      [2, 1],
    ]);
    const layers = [{ layer: 0, kernels: 5, rows: 2 }];
    for (const condition of ['similar', 'dissimilar'] as const) {
      const settings = { alpha: 0.5, p: 1, tau: condition === 'similar' ? -1 : 1, condition };
      const partners = Uint32Array.of(1, 2, 1, 1, 3);
      const { weights: after, log } = await run(layers, settings, [weights], (merger, encoder, buffers) =>
        merger.recordPairs(encoder, 3, [partners], buffers),
      );
      expect(pairsOf(log)).toEqual([[0, 1]]);
      expect(log.layers).toEqual([{ layer: 0, tried: 5, merged: 1, highest: 0 }]);
      expect([...(after[0] as Float32Array)]).toEqual([0.5, 1, Number.NaN, Infinity, 2, 1, 2, 1, 1, 1]);
    }
  });

  test('weights may move to another buffer between steps', async () => {
    const layers = [{ layer: 4, kernels: 32, rows: 18 }];
    const merger = await GpuMerger.create(gpu, layers, paper);
    const buffers = [1, 2, 1].map((seed) => copyUp(alikeKernels(seed, 32, 18)));
    for (const buffer of buffers) {
      const encoder = gpu.createCommandEncoder();
      merger.record(encoder, 8, 5, purposes.merge, [buffer]);
      gpu.queue.submit([encoder.finish()]);
    }
    const [first, second, third] = await Promise.all(buffers.map((buffer) => download(gpu, buffer)));
    expect(firstDifference(third as Float32Array, first as Float32Array)).toBe(-1);
    const cpu = [alikeKernels(2, 32, 18)];
    mergeOnCpu(cpu, layers, paper, 8, 5, purposes.merge);
    expect(largestDifference(second as Float32Array, cpu[0] as Float32Array)).toBeLessThan(1e-6);
    merger.destroy();
  });

  test('a full log refuses the next merge, and taking it frees every slot at once', async () => {
    const layers = [{ layer: 4, kernels: 8, rows: 9 }];
    const merger = await GpuMerger.create(gpu, layers, paper, { logSteps: 3 });
    const weights = [copyUp(alikeKernels(1, 8, 9))];
    const record = (step: number) => {
      const encoder = gpu.createCommandEncoder();
      merger.record(encoder, step, 1, purposes.merge, weights);
      gpu.queue.submit([encoder.finish()]);
    };
    expect([merger.logSteps, merger.pending]).toEqual([3, 0]);
    for (let step = 0; step < 3; step++) record(step);
    expect(() => record(3)).toThrow(expect.objectContaining({ code: 'merge-log-full' }));
    expect(merger.pending).toBe(3);
    const taking = merger.takeLog();
    expect(merger.pending).toBe(0);
    for (let step = 3; step < 6; step++) record(step);
    await taking;
    expect(merger.pending).toBe(3);
    await merger.takeLog();
    expect((await merger.takeLog()).layers).toEqual([{ layer: 4, tried: 0, merged: 0, highest: null }]);
    merger.destroy();
  });

  test('a log taken before its commands were submitted is refused, not read as empty', async () => {
    const merger = await GpuMerger.create(gpu, [{ layer: 4, kernels: 8, rows: 9 }], paper);
    const encoder = gpu.createCommandEncoder();
    merger.record(encoder, 0, 1, purposes.merge, [copyUp(alikeKernels(1, 8, 9))]);
    await expect(merger.takeLog()).rejects.toMatchObject({ code: 'merge-log-unfinished' });
    merger.destroy();
  });

  test('partners and weights of the wrong number are refused', async () => {
    const merger = await GpuMerger.create(gpu, [{ layer: 4, kernels: 8, rows: 9 }], paper);
    const encoder = gpu.createCommandEncoder();
    const buffer = copyUp(alikeKernels(1, 8, 9));
    expect(() => merger.record(encoder, 0, 1, purposes.merge, [buffer, buffer])).toThrow('2 layers');
    expect(() => merger.recordPairs(encoder, 0, [new Uint32Array(7).fill(notTried)], [buffer])).toThrow('7 partners');
    expect(merger.pending).toBe(0);
    merger.destroy();
  });
});
