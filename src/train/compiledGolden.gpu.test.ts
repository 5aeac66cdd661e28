/**
 * The compiled trainer against PyTorch: a batch at once, and the same batch in chunks. Emulated GPUs train with the direct
 * kernels and take minutes to compile the tiled ones: TEST_TILED=1 asks for those there too.
 */
import type { WebGPUBackend } from '@tensorflow/tfjs-backend-webgpu';
import { vi } from 'vitest';
import { defaultChoice } from '../gpu/compiled/tiles.ts';
import { tf } from '../gpu/tfjs.ts';
import { CompiledTrainer } from './compiledTrainer.ts';
import { describeGoldenStepsOf } from './testing/goldenSteps.ts';

// The first test of a network compiles its shaders, which an emulated GPU on a busy machine takes its time over.
vi.setConfig({ testTimeout: 240_000 });

const device = () => (tf.backend() as WebGPUBackend).device;

describeGoldenStepsOf({
  compiled: (options) => CompiledTrainer.create({ ...options, device: device() }),
  ...(process.env['TEST_TILED'] === '1'
    ? {
        'compiled, tiled': (options) => CompiledTrainer.create({ ...options, device: device(), kernels: defaultChoice.hardware }),
      }
    : {}),
  'compiled, in chunks': (options) => CompiledTrainer.create({ ...options, device: device(), mostImagesOfChunk: 3 }),
});
