/**
 * A tiny run of the bench on a real device: contenders agree, and their counts are what the device was asked for. Without
 * jax-js, whose kernels take an emulated GPU most of a minute to compile.
 */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { findDawn, offerGpu, type Dawn } from '../cli/dawn.ts';
import { vgg } from '../model/vgg.ts';
import { caseOf } from './benchCase.ts';
import type { Contender, ContenderName, OpenContender } from './contender.ts';
import { GpuLedger } from './ledger.ts';
import { openCompiled, openTape } from './ours.ts';
import { measureProbes, type Probes } from './probes.ts';
import type { CaseReport } from './report.ts';
import { runCase } from './runCase.ts';
import { openStock } from './stock.ts';
import { closeTfjsBackends } from './tfjsBackends.ts';

/** A hundred times the step: trains another way than all others. */
const openWrong: OpenContender = async (workload) => {
  const tape = (await openTape({ ...workload, learningRate: 100 * workload.learningRate })) as Contender;
  return { ...tape, name: 'stock' };
};

/** Small, since every kernel of every contender has to be compiled. */
const tiny = caseOf('tiny', vgg([4, 'M', 8], true, 'linear', [8, 8, 3], 4), 4);

describe('the bench', () => {
  let dawn: Dawn | null = null;
  let probes: Probes = { fmaGflops: 1, copyGigabytes: 1 };
  const ledger = new GpuLedger();

  beforeAll(async () => {
    if (process.env['INMERGE_NO_GPU'] === '1') return;
    dawn = await findDawn({ emulated: true });
    if (dawn === null) throw new Error('Dawn found no Vulkan driver; INMERGE_NO_GPU=1 leaves the GPU tests out.');
    offerGpu(ledger.watched(dawn.gpu));
    const device = await dawn.adapter.requestDevice();
    probes = await measureProbes(device, 2 ** 22);
    device.destroy();
  });
  afterAll(() => {
    closeTfjsBackends();
    offerGpu(null);
    dawn = null;
  });

  const run = (contenders: readonly [ContenderName, OpenContender][]): Promise<CaseReport> =>
    runCase(tiny, new Map(contenders), {
      steps: 4,
      probes,
      roundMs: 1,
      ledger,
      tell: () => {},
      stopped: () => false,
    });

  test('probes say something', ({ skip }) => {
    if (dawn === null) skip('INMERGE_NO_GPU=1');
    expect(probes.fmaGflops).toBeGreaterThan(0.01);
    expect(probes.copyGigabytes).toBeGreaterThan(0.01);
  });

  test('our trainers and stock tfjs train alike, and what each asks of the device is counted', async ({ skip }) => {
    if (dawn === null) skip('INMERGE_NO_GPU=1');
    const report = await run([
      ['tape', openTape],
      ['compiled', openCompiled],
      ['stock', openStock],
    ]);
    expect(report.absent).toEqual([]);
    expect(report.contenders.map(({ agrees, name }) => ({ agrees, name }))).toEqual(
      ['tape', 'compiled', 'stock'].map((name) => ({ agrees: true, name })),
    );
    for (const { counts, gflops, kernels, look, losses, ms, name, peakBytes } of report.contenders) {
      expect(losses).toHaveLength(4);
      expect(new Set(losses).size).toBe(4);
      expect(ms).toBeGreaterThan(0);
      expect(gflops).toBeGreaterThan(0);
      expect(counts?.dispatches).toBeGreaterThan(20);
      expect(counts?.readbacks).toBe(0);
      expect(peakBytes).toBeGreaterThan(10_000);
      const timed = kernels?.reduce((sum, { dispatches }) => sum + dispatches, 0);
      // It trains from images that lie on the device: its numbers and a place in the order are all that a step uploads.
      if (name === 'compiled') expect(counts?.uploadedBytes).toBeLessThanOrEqual(256);
      if (name === 'compiled') expect(counts?.newBuffers).toBe(0);
      if (name === 'stock') expect(look).toBeNull();
      else expect(look?.percentOfEpoch).toBeGreaterThan(0);
      if (kernels !== null) expect(timed).toBeGreaterThanOrEqual(counts?.dispatches ?? Number.POSITIVE_INFINITY);
    }
  });

  test('a contender that trains otherwise does not count; one that cannot be opened is named', async ({ skip }) => {
    if (dawn === null) skip('INMERGE_NO_GPU=1');
    const report = await run([
      ['tape', openTape],
      ['stock', openWrong],
      ['torch', () => Promise.resolve('not here')],
    ]);
    expect(report.contenders.map(({ agrees }) => agrees)).toEqual([true, false]);
    expect(report.absent).toEqual([{ name: 'torch', why: 'not here' }]);
  });
});
