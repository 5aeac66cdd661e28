/**
 * A scripted worker for developing and testing the page: it answers the protocol with a believable dataset and a
 * deterministic experiment of made-up numbers, at any speed. Development builds and tests only.
 */
import type { Recipe } from '../recipe/recipe.ts';
import { tellArchive } from './fakeArchive.ts';
import { fakeDataset, noImages } from './fakeData.ts';
import { FakeIntake } from './fakeIntake.ts';
import { fakeLayer } from './fakeKernels.ts';
import { fakeReport } from './fakeNumbers.ts';
import { fakeForecast, fakeList, fakeRecipe, fakeResults } from './fakePast.ts';
import { measureFake } from './fakeRobustness.ts';
import { FakeTraining } from './fakeTraining.ts';
import { protocolVersion, type Command, type SavedExperiment, type StudioWorker, type WorkerEvent } from './protocol.ts';

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

export function startFake(options: Partial<FakeOptions> = {}): StudioWorker {
  const { tickMs, stepsPerTick, mergeRate, device, past: pastAtFirst, writtenOut } = { ...usual, ...options };
  const listeners = new Set<(event: WorkerEvent) => void>();
  let past = pastAtFirst;
  let cancelMeasuring = () => {};
  let timer: ReturnType<typeof setTimeout> | null = null;

  /** True while a history is told: what was only about its moment is not in it. */
  let telling = false;
  const say = (event: WorkerEvent) => {
    const momentary = event.say === 'counters' || (event.say === 'experiment' && /^(progress|similarity)$/.test(event.event.at));
    if (telling && momentary) return;
    for (const listener of listeners) listener(event);
  };
  const stopped = () => {
    training.stop();
    say({ say: 'experiment', event: { at: 'stopped', elapsedMs: 61_000 } });
  };
  const intake = new FakeIntake({ tickMs, say });
  const training = new FakeTraining({ tickMs, stepsPerTick, mergeRate, device, say, telling: () => telling });
  const begin = (recipe: Recipe) => training.begin(writtenOut(recipe), intake.dataset);
  const later = (milliseconds: number) => {
    timer = setTimeout(tick, milliseconds);
  };

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
    if (resumes) say({ say: 'dataset', id: -1, summary: (intake.dataset = fakeDataset('bloodmnist.npz')) });
    say({ say: 'reopened', saved, recipe, resumes });
    begin(recipe);
    telling = true;
    while (!training.hasReached(saved.fraction)) training.step();
    telling = false;
    training.tellKept();
    if (resumes) later(tickMs);
    else if (training.isRunning) stopped();
  }

  function tick() {
    training.step();
    if (training.isRunning) later(tickMs);
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
        intake.read(command.id, command.file.name, command.file.size);
        return;
      case 'make-sample':
        intake.read(command.id, null, 4_700_000);
        return;
      case 'cancel-intake':
        intake.cancel();
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
        stopped();
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
        if (training.recipe !== null) cancelMeasuring = measureFake(training.recipe, tickMs, say);
        return;
      case 'cancel-robustness':
        cancelMeasuring();
        return;
      case 'watch-layer':
        training.watch(command.layer);
        return;
      case 'read-kernels':
        say({ say: 'kernels', id: command.id, kernels: fakeLayer(command.of, command.layer, training.kernels) });
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
      intake.end();
    },
  };
}
