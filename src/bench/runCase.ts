/**
 * Measures one case: every contender takes its first steps one by one and in turns, so that whatever else the machine does
 * falls on all of them; those steps' losses must agree. Contenders that are fast are then timed again over many steps at
 * once, in turns too, since waiting for each step costs more than a fast step.
 */
import type { BenchCase } from './benchCase.ts';
import type { Contender, ContenderName, OpenContender } from './contender.ts';
import { perStep, type Counts, type GpuLedger } from './ledger.ts';
import type { Probes } from './probes.ts';
import { epochImages, lossDifference, lossTolerance, median, type CaseReport, type ContenderReport } from './report.ts';
import { drawWorkload } from './workload.ts';

export interface CaseOptions {
  /** Steps whose losses are compared. */
  readonly steps: number;
  readonly probes: Probes | null;
  /** Leaves out what is counted, timed by the kernel, merged or looked at: several more steps of every contender. */
  readonly timesOnly?: boolean;
  /** How long a round of many steps is to take. */
  readonly roundMs: number;
  /** Null where no device is watched. */
  readonly ledger: GpuLedger | null;
  readonly tell: (line: string) => void;
  readonly stopped: () => boolean;
}

interface Running {
  readonly contender: Contender;
  /** Steps taken so far. */
  taken: number;
  readonly losses: number[];
  readonly times: number[];
}

/** Compiling and the first allocations are not what a step costs. */
const warmUp = 2;
/** Below this a step is timed in rounds of many. */
const fastMs = 250;
const rounds = 5;

const warm = (times: readonly number[]): readonly number[] => times.slice(Math.min(warmUp, times.length - 1));

/** Contenders that run off the GPU. */
const offGpu: readonly ContenderName[] = ['wasm', 'torch', 'torch-cuda', 'torch-cuda-tf32'];

export async function runCase(
  benchCase: BenchCase,
  openers: ReadonlyMap<ContenderName, OpenContender>,
  options: CaseOptions,
): Promise<CaseReport> {
  const { ledger, probes, roundMs, steps, stopped, tell, timesOnly = false } = options;
  const workload = drawWorkload(benchCase);
  const running: Running[] = [];
  const absent: { name: ContenderName; why: string }[] = [];
  try {
    for (const [name, open] of openers) {
      tell(`${benchCase.name}: opening ${name}`);
      ledger?.enter(name);
      const contender = await open(workload).catch((error: unknown) => `failed to open: ${messageOf(error)}`);
      if (typeof contender === 'string') absent.push({ name, why: contender });
      else running.push({ contender, taken: 0, losses: [], times: [] });
    }

    for (let step = 0; step < steps; step++) {
      for (const each of running.slice()) {
        if (stopped()) throw new Error('stopped');
        tell(`${benchCase.name}: step ${step + 1} of ${steps}, ${each.contender.name}`);
        try {
          each.times.push(await firstTurn(each, ledger));
        } catch (error) {
          absent.push({ name: each.contender.name, why: `failed at step ${step + 1}: ${messageOf(error)}` });
          running.splice(running.indexOf(each), 1);
        }
      }
    }

    const fast = new Map<Running, number[]>();
    for (const each of running) if (median(warm(each.times)) < fastMs) fast.set(each, []);
    const atOnce = (each: Running): number =>
      Math.max(1, Math.min(each.contender.stepsAtOnce, 200, Math.ceil(roundMs / median(warm(each.times)))));
    for (let round = 0; round < rounds; round++) {
      for (const [each, samples] of fast) {
        if (stopped()) throw new Error('stopped');
        tell(`${benchCase.name}: round ${round + 1} of ${rounds}, ${each.contender.name}`);
        samples.push((await turn(each, atOnce(each), ledger)) / atOnce(each));
      }
    }

    const [first] = running;
    const reference = first?.losses ?? [];
    const reports: ContenderReport[] = [];
    for (const each of running) {
      const { contender, losses } = each;
      tell(`${benchCase.name}: counting, ${contender.name}`);
      const samples = fast.get(each) ?? warm(each.times);
      const ms = median(samples);
      const difference = lossDifference(losses, reference);
      const watched = ledger !== null && !offGpu.includes(contender.name);
      const gflops = benchCase.flop / ms / 1e6;
      reports.push({
        name: contender.name,
        what: contender.what,
        ...(contender.tiles === undefined ? {} : { tiles: contender.tiles }),
        ms,
        samples,
        stepsPerSample: fast.has(each) ? atOnce(each) : 1,
        imagesPerSecond: (1000 * benchCase.batch) / ms,
        gflops,
        percentOfFma: probes === null ? null : (100 * gflops) / probes.fmaGflops,
        percentOfCopy: probes === null ? null : (100 * benchCase.bytes) / ms / 1e6 / probes.copyGigabytes,
        losses,
        lossDifference: difference,
        agrees: difference <= lossTolerance,
        counts: watched && !timesOnly ? await countsOf(each, ledger) : null,
        peakBytes: watched ? ledger.mostBytes(contender.name) : null,
        kernels: watched && !timesOnly ? await ledger.profile(async () => void (await turn(each, 1, ledger))) : null,
        merge: timesOnly ? null : await mergeCost(each, ms, ledger),
        look: timesOnly ? null : await lookCost(each, ms * Math.floor(epochImages / benchCase.batch), ledger),
      });
    }
    return {
      case: benchCase.name,
      network: benchCase.network.title,
      gflopPerStep: benchCase.flop / 1e9,
      megabytesPerStep: benchCase.bytes / 1e6,
      steps,
      reference: first?.contender.name ?? 'tape',
      contenders: reports,
      absent,
    };
  } finally {
    for (const { contender } of running) await contender.dispose();
  }
}

/** So many steps in one go, their losses left alone; milliseconds until the device had done them. */
async function turn(each: Running, steps: number, ledger: GpuLedger | null): Promise<number> {
  const { contender } = each;
  ledger?.enter(contender.name);
  await contender.enter();
  const start = performance.now();
  for (let step = 0; step < steps; step++) contender.step(each.taken++);
  await contender.settle();
  return performance.now() - start;
}

/** One step with its loss. */
async function firstTurn(each: Running, ledger: GpuLedger | null): Promise<number> {
  const { contender } = each;
  ledger?.enter(contender.name);
  await contender.enter();
  const start = performance.now();
  contender.step(each.taken++);
  each.losses.push(...(await contender.finish()));
  return performance.now() - start;
}

/** Counts of three steps less those of one: reading the losses at the end falls out. */
async function countsOf(each: Running, ledger: GpuLedger): Promise<Counts> {
  const of = (steps: number) => ledger.count(async () => void (await turn(each, steps, ledger)));
  return perStep(await of(3), await of(1), 2);
}

/** Merging alone, a few times at once, less what waiting costs without it. */
async function mergeCost(each: Running, stepMs: number, ledger: GpuLedger | null): Promise<ContenderReport['merge']> {
  const { contender } = each;
  const { merge } = contender;
  if (merge === null) return null;
  ledger?.enter(contender.name);
  await contender.enter();
  const time = async (merges: number): Promise<number> => {
    const start = performance.now();
    for (let index = 0; index < merges; index++) merge(index);
    await contender.settle();
    return performance.now() - start;
  };
  await time(1);
  const samples: number[] = [];
  const many = 8;
  for (let round = 0; round < 3; round++) samples.push(((await time(many + 1)) - (await time(1))) / many);
  const ms = Math.max(0, median(samples));
  return { ms, percentOfStep: (100 * ms) / stepMs };
}

/** Looking into the network after an epoch, against the steps of that epoch. */
async function lookCost(each: Running, epochMs: number, ledger: GpuLedger | null): Promise<ContenderReport['look']> {
  const { contender } = each;
  const { look } = contender;
  if (look === null) return null;
  ledger?.enter(contender.name);
  await contender.enter();
  // The first one compiles.
  await look();
  const samples: number[] = [];
  for (let round = 0; round < 3; round++) {
    const start = performance.now();
    await look();
    samples.push(performance.now() - start);
  }
  const ms = median(samples);
  return { ms, percentOfEpoch: (100 * ms) / epochMs };
}

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error)).split('\n')[0] as string;
