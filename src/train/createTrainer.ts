/**
 * Which trainer trains: the compiled one on WebGPU, the tape trainer on every other device. One place, so that the page,
 * the command line and the bench cannot differ.
 */
import type { CompileProgress } from '../gpu/compiled/pipelines.ts';
import type { TapeTrainerOptions } from './tapeTrainer.ts';
import type { Trainer } from './trainer.ts';

export interface TrainerFactory {
  readonly createTrainer: (options: TapeTrainerOptions) => Promise<Trainer>;
  /** True where a batch too large for one binding runs in exact chunks, instead of not at all. */
  readonly splitsBatches: boolean;
}

/** @param device the open WebGPU device, or null where another backend is open */
export async function trainerFactory(device: GPUDevice | null, progress?: CompileProgress): Promise<TrainerFactory> {
  if (device === null) {
    const { TapeTrainer } = await import('./tapeTrainer.ts');
    return { createTrainer: (options) => TapeTrainer.create(options), splitsBatches: false };
  }
  const { CompiledTrainer } = await import('./compiledTrainer.ts');
  return { createTrainer: (options) => CompiledTrainer.create({ ...options, device, progress }), splitsBatches: true };
}
