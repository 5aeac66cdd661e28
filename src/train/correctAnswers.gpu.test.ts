import type { WebGPUBackend } from '@tensorflow/tfjs-backend-webgpu';
import { vi } from 'vitest';
import { tf } from '../gpu/tfjs.ts';
import { CompiledTrainer } from './compiledTrainer.ts';
import { describeCorrectAnswers, type CreateTrainer } from './testing/correctAnswers.ts';
import { TapeTrainer } from './tapeTrainer.ts';

// The first test compiles the shaders, which an emulated GPU on a busy machine takes its time over.
vi.setConfig({ testTimeout: 240_000 });

const compiled =
  (mostImagesOfChunk?: number): CreateTrainer =>
  (options) =>
    CompiledTrainer.create({ ...options, device: (tf.backend() as WebGPUBackend).device, mostImagesOfChunk });

describeCorrectAnswers('webgpu', {
  'the tape trainer': (options) => TapeTrainer.create(options),
  'the compiled trainer': compiled(),
  'the compiled trainer in chunks': compiled(2),
});
