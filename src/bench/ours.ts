/** The studio's own trainers as contenders. */
import type { WasmFiles } from '../gpu/backends.ts';
import { purposes } from '../base/threefry.ts';
import { chosenTiles, type TileMemory } from '../gpu/compiled/tileChoice.ts';
import { choiceText } from '../gpu/compiled/tiles.ts';
import { CompiledTrainer } from '../train/compiledTrainer.ts';
import { convolutions } from '../model/network.ts';
import { TapeTrainer, type TapeTrainerOptions } from '../train/tapeTrainer.ts';
import type { Trainer } from '../train/trainer.ts';
import { Inspection } from '../experiment/inspection.ts';
import { encodeSnapshot } from '../experiment/snapshots.ts';
import type { Contender, ContenderName, OpenContender } from './contender.ts';
import { enterOurs, ourDevice } from './tfjsBackends.ts';
import type { Workload } from './workload.ts';

type Create = (options: TapeTrainerOptions) => Promise<Trainer>;

const noFiles: WasmFiles = { paths: null, threads: 1 };

/** Nothing is remembered from one bench to the next. */
const forgetful: TileMemory = { read: () => Promise.resolve(null), keep: () => Promise.resolve() };

/** @param tiles how its kernels are cut, or `default`; null measures first, where the adapter is a graphics card */
export const openCompiledWith =
  (tiles: string | null): OpenContender =>
  async (workload) => {
    const enter = () => enterOurs('webgpu', noFiles);
    await enter();
    const kernels = await chosenTiles(ourDevice(), { tiles, memory: forgetful });
    return open(workload, {
      name: 'compiled',
      what: 'InMerge Studio, the compiled trainer',
      tiles: choiceText(kernels),
      enter,
      create: (options) => CompiledTrainer.create({ ...options, device: ourDevice(), kernels }),
    });
  };

export const openCompiled: OpenContender = openCompiledWith('default');

export const openTape: OpenContender = (workload) =>
  open(workload, {
    name: 'tape',
    what: 'InMerge Studio, the reference trainer on tfjs’s WebGPU kernels',
    enter: () => enterOurs('webgpu', noFiles),
    create: TapeTrainer.create,
  });

export const openWasm =
  (files: WasmFiles): OpenContender =>
  (workload) =>
    open(workload, {
      name: 'wasm',
      what: `InMerge Studio on WebAssembly, ${files.threads === 1 ? 'one thread' : `${files.threads} threads`}`,
      enter: () => enterOurs('wasm', files),
      create: TapeTrainer.create,
    });

interface Ours {
  readonly name: ContenderName;
  readonly what: string;
  readonly tiles?: string;
  readonly enter: () => Promise<void>;
  readonly create: Create;
}

async function open(workload: Workload, { create, enter, name, tiles, what }: Ours): Promise<Contender> {
  await enter();
  const trainer = await create({
    network: workload.case.network,
    task: 'multi-class',
    optimiser: workload.optimiser,
    seed: 0,
    // Every convolution: the most that merging can cost.
    merging: { firstLayer: 0, alpha: 0.8, p: 0.3, tau: 0.3, condition: 'similar', mergeDuringValidation: false },
  });
  await trainer.load(workload.weights);
  const hold = await trainer.hold(workload.source);
  return {
    name,
    what,
    ...(tiles === undefined ? {} : { tiles }),
    enter,
    stepsAtOnce: trainer.lossWindow,
    step: (index) => {
      const batch = workload.imageBatches[index % workload.imageBatches.length];
      if (batch !== undefined) trainer.step(batch, workload.learningRate, null);
    },
    finish: async () => [...(await trainer.takeLosses()).losses],
    settle: async () => {
      await trainer.takeLosses();
      await trainer.takeMerges();
    },
    merge: (index) => trainer.mergeOnly({ purpose: purposes.merge, step: index }),
    look: lookAt(trainer),
    dispose: async () => {
      await enter();
      hold.release();
      trainer.dispose();
    },
  };
}

/**
 * What an experiment does after each epoch so that it can be looked into: similarities and figures of every convolution,
 * kernels in eight bits. The layer on the screen is asked for once more. Writing to the disk is left out.
 */
function lookAt(trainer: Trainer): () => Promise<void> {
  const { network } = trainer;
  const inspection = new Inspection({
    network,
    tauOf: () => 0.3,
    onWeights: async ({ weights }) => void encodeSnapshot(network, weights),
  });
  const widest = convolutions(network).toSorted((a, b) => b.output[2] - a.output[2])[0];
  return async () => {
    inspection.startFrom(await trainer.weights());
    await inspection.look(trainer, { seed: 0, phase: 'finetune', arm: 'inmerge' }, 1);
    if (widest !== undefined) await trainer.similarity(widest.index);
  };
}
