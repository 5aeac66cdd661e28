/**
 * A scripted worker for developing and testing the page: it answers the protocol with a believable dataset and a
 * deterministic experiment of made-up numbers, at any speed. Development builds and tests only.
 */
import type { ExperimentEvent, RunKey } from '../experiment/events.ts';
import { convolutions, trainableCount } from '../model/network.ts';
import { buildNetwork } from '../model/buildNetwork.ts';
import type { Recipe } from '../recipe/recipe.ts';
import { channelsFirst, draw, fakeDataset, noImages } from './fakeData.ts';
import { fakeLayer, fakeNumbers } from './fakeKernels.ts';
import { mergesAt } from './fakeMerges.ts';
import { armNumber, fakeReport, lossAt, metrics, similarities } from './fakeNumbers.ts';
import { tellArchive } from './fakeArchive.ts';
import { measureFake } from './fakeRobustness.ts';
import { fakeForecast, fakeList, fakeRecipe, fakeResults } from './fakePast.ts';
import { turnsOf, type Turn } from './fakeTurns.ts';
import {
  protocolVersion,
  type Command,
  type KeptEpoch,
  type SavedExperiment,
  type StudioWorker,
  type WorkerEvent,
} from './protocol.ts';

export interface FakeOptions {
  /** Milliseconds between two ticks. */
  readonly tickMs: number;
  /** Optimiser steps a tick. */
  readonly stepsPerTick: number;
  /** Scales the number of merges. */
  readonly mergeRate: number;
  readonly device: 'webgpu' | 'wasm';
  /** Experiments that are there from the start. */
  readonly past: readonly SavedExperiment[];
  /** Writes the arms of a sweep out: the page's side of the worker does not know how. */
  readonly writtenOut: (recipe: Recipe) => Recipe;
}

const usual: FakeOptions = {
  tickMs: 60,
  stepsPerTick: 8,
  mergeRate: 1,
  device: 'webgpu',
  past: [],
  writtenOut: (recipe) => recipe,
};

interface MergeTotals {
  merges: number;
  tried: number;
  highest: number;
}

interface Running {
  readonly recipe: Recipe;
  readonly turns: readonly Turn[];
  readonly stepsPerEpoch: number;
  readonly kernels: readonly number[];
  readonly totals: Map<RunKey, MergeTotals>;
  turn: number;
  /** Steps done in this epoch, and in all. */
  step: number;
  done: number;
}

export function startFake(options: Partial<FakeOptions> = {}): StudioWorker {
  const { tickMs, stepsPerTick, mergeRate, device, past: pastAtFirst, writtenOut } = { ...usual, ...options };
  const listeners = new Set<(event: WorkerEvent) => void>();
  let dataset = fakeDataset(null);
  let past = pastAtFirst;
  let running: Running | null = null;
  let lastRecipe: Recipe | null = null;
  let cancelMeasuring = () => {};
  let watched: number | null = null;
  let kernels: readonly number[] = [];
  let kept: KeptEpoch[] = [];
  let timer: ReturnType<typeof setTimeout> | null = null;
  let intake: { id: number; timer: ReturnType<typeof setTimeout> } | null = null;

  /** True while a history is told: what was only about its moment is not in it. */
  let telling = false;
  const say = (event: WorkerEvent) => {
    const momentary = event.say === 'counters' || (event.say === 'experiment' && /^(progress|similarity)$/.test(event.event.at));
    if (telling && momentary) return;
    for (const listener of listeners) listener(event);
  };
  const tell = (event: ExperimentEvent) => say({ say: 'experiment', event });
  const later = (milliseconds: number) => {
    timer = setTimeout(tick, milliseconds);
  };

  function read(id: number, fileName: string | null, bytes: number) {
    const stages = fileName === null ? ['Drawing images', 'Checking'] : ['Reading', 'Unpacking', 'Hashing', 'Checking'];
    let part = 0;
    const next = () => {
      if (part < 12) {
        say({
          say: 'intake-progress',
          id,
          stage: stages[Math.floor((part / 12) * stages.length)] ?? '',
          doneBytes: (bytes * part) / 12,
          totalBytes: bytes,
        });
        part++;
        intake = { id, timer: setTimeout(next, tickMs) };
        return;
      }
      intake = null;
      if (fileName !== null && /bad|hospital/.test(fileName))
        say({ say: 'intake-refused', id, fileName, problems: channelsFirst });
      else say({ say: 'dataset', id, summary: (dataset = fakeDataset(fileName)) });
    };
    next();
  }

  /** Sets up a run and tells how it starts. */
  function begin(asked: Recipe) {
    const recipe = writtenOut(asked);
    lastRecipe = recipe;
    const network = buildNetwork(recipe.network, [28, 28, 3], dataset.classNames.length);
    const convs = convolutions(network);
    const stepsPerEpoch = Math.max(
      1,
      Math.floor((recipe.dataset.take.train ?? dataset.counts.train) / recipe.optimiser.batchSize),
    );
    kernels = convs.map((layer) => layer.output[2]);
    kept = [];
    running = {
      recipe,
      turns: turnsOf(recipe),
      stepsPerEpoch,
      kernels,
      totals: new Map(),
      turn: 0,
      step: 0,
      done: 0,
    };
    tell({
      at: 'started',
      recipe,
      stepsPerEpoch,
      backboneSteps: stepsPerEpoch * recipe.backbone.epochs,
      finetuneSteps: stepsPerEpoch * recipe.finetune.epochs,
      trainableParameters: trainableCount(network),
      mergedLayers: convs.filter((layer) => layer.index >= recipe.merging.firstLayer).map((layer) => layer.index),
      trainImages: dataset.counts.train,
    });
  }

  function start(recipe: Recipe) {
    say({ say: 'preparing', stage: 'Compiling shaders' });
    timer = setTimeout(() => {
      begin(recipe);
      later(tickMs);
    }, tickMs * 6);
  }

  /** Runs a past experiment again up to where it was, at once: made-up numbers need not be kept. */
  function reopen(saved: SavedExperiment, resumes: boolean) {
    const recipe = fakeRecipe(saved);
    if (resumes) say({ say: 'dataset', id: -1, summary: (dataset = fakeDataset('bloodmnist.npz')) });
    say({ say: 'reopened', saved, recipe, resumes });
    begin(recipe);
    const reached = () => running === null || running.done >= saved.fraction * running.turns.length * running.stepsPerEpoch;
    telling = true;
    while (!reached()) step();
    telling = false;
    tellKept();
    if (resumes) later(tickMs);
    else if (running !== null) {
      running = null;
      tell({ at: 'stopped', elapsedMs: 61_000 });
    }
  }

  function tick() {
    step();
    if (running !== null) later(tickMs);
  }

  function step() {
    const now = running;
    const turn = now?.turns[now.turn];
    if (now === null || turn === undefined) return;
    const { run, epoch, epochs } = turn;
    const learningRate = now.recipe[run.phase].learningRate;
    if (epoch === 1 && now.step === 0 && run.arm !== null) {
      tell({
        at: 'epoch',
        run,
        epoch: 0,
        trainLoss: null,
        learningRate,
        val: metrics(run, 0, now.recipe),
        best: true,
        trainMs: 0,
      });
    }
    const count = Math.min(stepsPerTick, now.stepsPerEpoch - now.step);
    const first = (epoch - 1) * now.stepsPerEpoch + now.step;
    const losses = Float32Array.from({ length: count }, (_, k) => lossAt(run, first + k, now.stepsPerEpoch));
    tell({ at: 'loss', run, firstStep: first, losses });
    now.step += count;
    now.done += count;
    const total = now.turns.length * now.stepsPerEpoch;
    const stepMs = tickMs / stepsPerTick;
    tell({
      at: 'progress',
      run,
      epoch,
      epochs,
      step: now.step,
      stepsPerEpoch: now.stepsPerEpoch,
      imagesPerSecond: (now.recipe.optimiser.batchSize * 1000) / stepMs,
      fraction: now.done / total,
      epochLeftMs: (now.stepsPerEpoch - now.step) * stepMs,
      experimentLeftMs: now.done < 20 ? null : (total - now.done) * stepMs,
    });
    if (now.step >= now.stepsPerEpoch) endEpoch(now, turn);
  }

  function endEpoch(now: Running, { run, epoch, epochs }: Turn) {
    const merges = now.recipe.arms.find((arm) => arm.name === run.arm)?.merges ?? false;
    const trainLoss = lossAt(run, epoch * now.stepsPerEpoch, now.stepsPerEpoch);
    const val = metrics(run, epoch, now.recipe);
    const learningRate = now.recipe[run.phase].learningRate;
    tell({ at: 'epoch', run, epoch, trainLoss, learningRate, val, best: true, trainMs: now.stepsPerEpoch * 7 });
    if (merges) tellMerges(now, run, epoch);
    tell({ at: 'layers', run, epoch, layers: fakeNumbers(run, epoch, now.kernels) });
    tellSimilarity(now, run, epoch);
    kept = [...kept, { seed: run.seed, arm: run.arm, epoch }];
    tellKept();
    say({ say: 'counters', tensors: 132, tensorBytes: 48_200_000, gpuBytes: device === 'webgpu' ? 310_000_000 : null });
    if (epoch === epochs) {
      const totals = now.totals.get(run);
      const accuracy = val.accuracy - 0.006 + 0.004 * draw(run.seed, armNumber(run) + 40);
      tell({
        at: 'result',
        run,
        selectedEpoch: epochs,
        val,
        test: { ...val, accuracy, classAuc: dataset.classNames.map((_, k) => 0.98 + 0.002 * k) },
        trainMs: epochs * now.stepsPerEpoch * 7,
        merges: totals?.merges ?? 0,
        tried: merges ? (totals?.tried ?? 0) : null,
        highestSimilarity: merges ? (totals?.highest ?? null) : null,
      });
    }
    now.step = 0;
    now.turn++;
    if (now.turn < now.turns.length) return;
    running = null;
    tell({ at: 'finished', elapsedMs: 432_000 });
  }

  function tellKept() {
    if (telling) return;
    say({ say: 'kernels-kept', epochs: kept, bytes: 182_000 * kept.length, plan: null });
  }

  function tellMerges(now: Running, run: RunKey, epoch: number) {
    const totals = now.totals.get(run) ?? { merges: 0, tried: 0, highest: -1 };
    now.totals.set(run, totals);
    const { layers, merges } = mergesAt(now.recipe.merging, now.kernels, now.stepsPerEpoch, epoch, mergeRate);
    for (const { merged, tried, highest } of layers) {
      totals.merges += merged;
      totals.tried += tried;
      totals.highest = Math.max(totals.highest, highest ?? -1);
    }
    tell({ at: 'merges', run, epoch, layers, merges });
  }

  function tellSimilarity(now: Running, run: RunKey, epoch: number) {
    const kernels = watched === null ? undefined : now.kernels[watched];
    if (watched === null || kernels === undefined) return;
    tell({ at: 'similarity', run, epoch, layer: watched, kernels, values: similarities(kernels, run, epoch, watched) });
  }

  function obey(command: Command) {
    switch (command.do) {
      case 'choose-device':
        say({
          say: 'device',
          version: protocolVersion,
          report: fakeReport(command.choice === 'auto' ? device : command.choice, command.choice),
        });
        return;
      case 'open-file':
        read(command.id, command.file.name, command.file.size);
        return;
      case 'make-sample':
        read(command.id, null, 4_700_000);
        return;
      case 'cancel-intake':
        if (intake !== null) {
          clearTimeout(intake.timer);
          say({ say: 'intake-cancelled', id: intake.id });
          intake = null;
        }
        return;
      case 'start':
        start(command.recipe);
        return;
      case 'pause':
        if (timer !== null) clearTimeout(timer);
        say({ say: 'paused' });
        return;
      case 'resume':
        say({ say: 'resumed' });
        later(tickMs);
        return;
      case 'stop':
        if (timer !== null) clearTimeout(timer);
        running = null;
        tell({ at: 'stopped', elapsedMs: 61_000 });
        return;
      case 'look':
        say({ say: 'look-refused', id: command.id, error: noImages });
        return;
      case 'step':
        // There is no network behind this script to take a copy of.
        say({ say: 'step', event: { at: 'closed' } });
        return;
      case 'archive':
        past = tellArchive(command.id, command.request, past, say);
        return;
      case 'forecast':
        say({ say: 'forecast', forecast: fakeForecast(command.recipe), step: null });
        return;
      case 'measure-robustness':
        if (lastRecipe !== null) cancelMeasuring = measureFake(lastRecipe, tickMs, say);
        return;
      case 'cancel-robustness':
        cancelMeasuring();
        return;
      case 'watch-layer': {
        watched = command.layer;
        const turn = running?.turns[running.turn];
        if (running !== null && turn !== undefined) tellSimilarity(running, turn.run, turn.epoch - 1);
        return;
      }
      case 'read-kernels':
        say({ say: 'kernels', id: command.id, kernels: fakeLayer(command.of, command.layer, kernels) });
        return;
      case 'list-experiments':
        say(fakeList(past));
        return;
      case 'open-experiment':
      case 'resume-experiment': {
        const saved = past.find((entry) => entry.id === command.id);
        if (saved !== undefined) reopen(saved, command.do === 'resume-experiment');
        return;
      }
      case 'delete-experiment':
        past = past.filter((entry) => entry.id !== command.id);
        say(fakeList(past));
        return;
      case 'open-results':
        reopen({ ...fakeResults, bytes: command.file.size }, false);
        return;
      default:
        command satisfies never;
    }
  }

  return {
    send: (command) => void setTimeout(() => obey(command), 0),
    listen: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    terminate: () => {
      if (timer !== null) clearTimeout(timer);
      if (intake !== null) clearTimeout(intake.timer);
    },
  };
}
