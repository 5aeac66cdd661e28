/** The made-up experiment of the scripted worker: its epochs in the order of the true one, told step by step. */
import type { DatasetSummary } from '../data/dataset.ts';
import type { ExperimentEvent, RunKey } from '../experiment/events.ts';
import { buildNetwork } from '../model/buildNetwork.ts';
import { convolutions, trainableCount } from '../model/network.ts';
import type { Recipe } from '../recipe/recipe.ts';
import { draw } from './fakeData.ts';
import { fakeNumbers } from './fakeKernels.ts';
import { mergesAt } from './fakeMerges.ts';
import { armNumber, lossAt, metrics, similarities } from './fakeNumbers.ts';
import { turnsOf, type Turn } from './fakeTurns.ts';
import type { KeptEpoch, WorkerEvent } from './protocol.ts';

export interface FakeTrainingOptions {
  readonly tickMs: number;
  readonly stepsPerTick: number;
  readonly mergeRate: number;
  readonly device: 'webgpu' | 'wasm';
  readonly say: (event: WorkerEvent) => void;
  /** True while a history is told. */
  readonly telling: () => boolean;
}

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

export class FakeTraining {
  readonly #options: FakeTrainingOptions;
  #running: Running | null = null;
  #recipe: Recipe | null = null;
  #dataset: DatasetSummary | null = null;
  #watched: number | null = null;
  #kept: KeptEpoch[] = [];
  /** Kernels of each convolution. */
  kernels: readonly number[] = [];

  constructor(options: FakeTrainingOptions) {
    this.#options = options;
  }

  get isRunning(): boolean {
    return this.#running !== null;
  }

  /** Of the last experiment. */
  get recipe(): Recipe | null {
    return this.#recipe;
  }

  /** True once that fraction of the work is done. */
  hasReached(fraction: number): boolean {
    const now = this.#running;
    return now === null || now.done >= fraction * now.turns.length * now.stepsPerEpoch;
  }

  stop(): void {
    this.#running = null;
  }

  watch(layer: number | null): void {
    this.#watched = layer;
    const now = this.#running;
    const turn = now?.turns[now.turn];
    if (now !== null && turn !== undefined) this.#tellSimilarity(now, turn.run, turn.epoch - 1);
  }

  /** Sets up an experiment and tells how it starts. */
  begin(recipe: Recipe, dataset: DatasetSummary): void {
    this.#dataset = dataset;
    this.#recipe = recipe;
    const network = buildNetwork(recipe.network, [28, 28, 3], dataset.classNames.length);
    const convs = convolutions(network);
    const stepsPerEpoch = Math.max(
      1,
      Math.floor((recipe.dataset.take.train ?? dataset.counts.train) / recipe.optimiser.batchSize),
    );
    this.kernels = convs.map((layer) => layer.output[2]);
    this.#kept = [];
    this.#running = {
      recipe,
      turns: turnsOf(recipe),
      stepsPerEpoch,
      kernels: this.kernels,
      totals: new Map(),
      turn: 0,
      step: 0,
      done: 0,
    };
    this.#tell({
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

  step(): void {
    const { stepsPerTick, tickMs } = this.#options;
    const now = this.#running;
    const turn = now?.turns[now.turn];
    if (now === null || turn === undefined) return;
    const { run, epoch, epochs } = turn;
    const learningRate = now.recipe[run.phase].learningRate;
    if (epoch === 1 && now.step === 0 && run.arm !== null) {
      this.#tell({
        at: 'epoch',
        run,
        epoch: 0,
        trainLoss: null,
        trainAccuracy: null,
        learningRate,
        val: metrics(run, 0, now.recipe),
        best: true,
        trainMs: 0,
      });
    }
    const count = Math.min(stepsPerTick, now.stepsPerEpoch - now.step);
    const first = (epoch - 1) * now.stepsPerEpoch + now.step;
    const losses = Float32Array.from({ length: count }, (_, k) => lossAt(run, first + k, now.stepsPerEpoch));
    this.#tell({ at: 'loss', run, firstStep: first, losses });
    now.step += count;
    now.done += count;
    const total = now.turns.length * now.stepsPerEpoch;
    const stepMs = tickMs / stepsPerTick;
    this.#tell({
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
    if (now.step >= now.stepsPerEpoch) this.#endEpoch(now, turn);
  }

  #endEpoch(now: Running, { run, epoch, epochs }: Turn): void {
    const merges = now.recipe.arms.find((arm) => arm.name === run.arm)?.merges ?? false;
    const trainLoss = lossAt(run, epoch * now.stepsPerEpoch, now.stepsPerEpoch);
    const val = metrics(run, epoch, now.recipe);
    const trainAccuracy = Math.min(0.998, val.accuracy - 0.01 + 0.06 * (epoch / epochs) - 0.01 * armNumber(run));
    const learningRate = now.recipe[run.phase].learningRate;
    const trained = { trainLoss, trainAccuracy, learningRate, trainMs: now.stepsPerEpoch * 7 };
    this.#tell({ at: 'epoch', run, epoch, ...trained, val, best: true });
    if (merges) this.#tellMerges(now, run, epoch);
    this.#tell({ at: 'layers', run, epoch, layers: fakeNumbers(run, epoch, now.kernels) });
    this.#tellSimilarity(now, run, epoch);
    this.#kept = [...this.#kept, { seed: run.seed, arm: run.arm, epoch }];
    this.tellKept();
    const { device, say } = this.#options;
    say({ say: 'counters', tensors: 132, tensorBytes: 48_200_000, gpuBytes: device === 'webgpu' ? 310_000_000 : null });
    if (epoch === epochs) {
      const totals = now.totals.get(run);
      const accuracy = val.accuracy - 0.006 + 0.004 * draw(run.seed, armNumber(run) + 40);
      this.#tell({
        at: 'result',
        run,
        selectedEpoch: epochs,
        val,
        test: { ...val, accuracy, classAuc: (this.#dataset?.classNames ?? []).map((_, k) => 0.98 + 0.002 * k) },
        trainMs: epochs * now.stepsPerEpoch * 7,
        merges: totals?.merges ?? 0,
        tried: merges ? (totals?.tried ?? 0) : null,
        highestSimilarity: merges ? (totals?.highest ?? null) : null,
      });
    }
    now.step = 0;
    now.turn++;
    if (now.turn < now.turns.length) return;
    this.#running = null;
    this.#tell({ at: 'finished', elapsedMs: 432_000 });
  }

  tellKept(): void {
    if (this.#options.telling()) return;
    this.#options.say({ say: 'kernels-kept', epochs: this.#kept, bytes: 182_000 * this.#kept.length, plan: null });
  }

  #tellMerges(now: Running, run: RunKey, epoch: number): void {
    const totals = now.totals.get(run) ?? { merges: 0, tried: 0, highest: -1 };
    now.totals.set(run, totals);
    const { layers, merges } = mergesAt(now.recipe.merging, now.kernels, now.stepsPerEpoch, epoch, this.#options.mergeRate);
    for (const { merged, tried, highest } of layers) {
      totals.merges += merged;
      totals.tried += tried;
      totals.highest = Math.max(totals.highest, highest ?? -1);
    }
    this.#tell({ at: 'merges', run, epoch, layers, merges });
  }

  #tellSimilarity(now: Running, run: RunKey, epoch: number): void {
    const watched = this.#watched;
    const kernels = watched === null ? undefined : now.kernels[watched];
    if (watched === null || kernels === undefined) return;
    this.#tell({ at: 'similarity', run, epoch, layer: watched, kernels, values: similarities(kernels, run, epoch, watched) });
  }

  #tell(event: ExperimentEvent): void {
    this.#options.say({ say: 'experiment', event });
  }
}
