/**
 * Which trainer trains: the compiled one on WebGPU, the tape trainer on every other device. One place, so that the page,
 * the command line and the bench cannot differ.
 */
import type { CompileProgress } from '../gpu/compiled/pipelines.ts';
import type { TileWishes } from '../gpu/compiled/tileChoice.ts';
import { choiceText } from '../gpu/compiled/tiles.ts';
import type { TapeTrainerOptions } from './tapeTrainer.ts';
import type { Trainer } from './trainer.ts';

export interface TrainerFactory {
  readonly createTrainer: (options: TapeTrainerOptions) => Promise<Trainer>;
  /** True where a batch too large for one binding runs in exact chunks, instead of not at all. */
  readonly splitsBatches: boolean;
  /** How the GPU's kernels are cut (`gpu/compiled/tiles.ts`), on which the rounding of a run depends; null on other devices. */
  readonly tiles: string | null;
  /** Whether maps may be stored as float16. */
  readonly storesFloat16: boolean;
}

export interface TrainerWishes extends TileWishes {
  /** Told how many of a step's shaders are compiled. */
  readonly compiling?: CompileProgress;
}

/**
 * @param device the open WebGPU device, or null where another backend is open
 * @throws StudioError `tiles-unknown`
 */
export async function trainerFactory(device: GPUDevice | null, wishes: TrainerWishes): Promise<TrainerFactory> {
  if (device === null) {
    const { TapeTrainer } = await import('./tapeTrainer.ts');
    return { createTrainer: (options) => TapeTrainer.create(options), splitsBatches: false, tiles: null, storesFloat16: false };
  }
  const { CompiledTrainer } = await import('./compiledTrainer.ts');
  const { chosenTiles } = await import('../gpu/compiled/tileChoice.ts');
  const kernels = await chosenTiles(device, wishes);
  return {
    createTrainer: (options) => CompiledTrainer.create({ ...options, device, kernels, progress: wishes.compiling }),
    splitsBatches: true,
    tiles: choiceText(kernels),
    storesFloat16: device.features.has('shader-f16'),
  };
}
