/**
 * Merging as the tape trainer calls it: on the GPU, in place, by the compute shaders; elsewhere by the CPU reference
 * on the weights' values. Both draw the same pairs and keep the same log.
 */
import type { WebGPUBackend } from '@tensorflow/tfjs-backend-webgpu';
import { tf } from '../gpu/tfjs.ts';
import { GpuMerger } from '../merge/gpuMerger.ts';
import { mergeOnCpu } from '../merge/cpuMerger.ts';
import { MergeTally, type MergeLog } from '../merge/mergeLog.ts';
import type { CountedConvLayer } from '../model/network.ts';
import { mergeRule, type RunMerging } from './runMerging.ts';
import type { MergeStep } from './trainer.ts';

export interface Merging {
  /** Steps that may go by between two calls of `take`. */
  readonly window: number;
  merge(step: MergeStep): void;
  take(): Promise<MergeLog>;
  dispose(): void;
}

export interface MergingOptions {
  readonly seed: number;
  readonly settings: RunMerging;
  /** The convolutions that merge, and their weight variables (HWIO). */
  readonly layers: readonly CountedConvLayer[];
  readonly variables: readonly tf.Variable[];
}

/** In place on the variables' buffers, recorded between tfjs's own submissions; one queue keeps the order. */
export async function gpuMerging(options: MergingOptions): Promise<Merging> {
  const backend = tf.backend() as WebGPUBackend;
  const { rule, layers } = mergeRule(options.settings, options.layers);
  const merger = await GpuMerger.create(backend.device, layers, rule);
  return {
    window: merger.logSteps,
    merge({ step, purpose }) {
      const buffers = submittedBuffers(backend, options.variables);
      const encoder = backend.device.createCommandEncoder({ label: 'merge' });
      merger.record(encoder, step, options.seed, purpose, buffers);
      backend.queue.submit([encoder.finish()]);
    },
    take: () => merger.takeLog(),
    dispose: () => merger.destroy(),
  };
}

/** Where there is no compute shader: values out, merged, and back in as a new tensor. */
export function hostMerging(options: MergingOptions): Merging {
  const { rule, layers } = mergeRule(options.settings, options.layers);
  const tally = new MergeTally(layers.map(({ layer }) => layer));
  return {
    window: Number.POSITIVE_INFINITY,
    merge({ step, purpose }) {
      const arrays = options.variables.map((variable) => variable.dataSync<'float32'>().slice());
      tally.add(mergeOnCpu(arrays, layers, rule, step, options.seed, purpose));
      // A new tensor each: a backend may hold packed copies of the old one (XNNPACK does, keyed by its identity).
      options.variables.forEach((variable, index) => {
        tf.tidy(() => variable.assign(tf.tensor(arrays[index] as Float32Array, variable.shape)));
      });
    },
    take() {
      const taken = tally.log();
      tally.clear();
      return Promise.resolve(taken);
    },
    dispose() {},
  };
}

/**
 * The buffers behind variables, with all that tfjs has recorded for them submitted, so that an encoder of our own comes
 * after it. The CPU-side copies that tfjs may hold are dropped: they are stale once we write.
 */
export function submittedBuffers(backend: WebGPUBackend, variables: readonly tf.Variable[]): GPUBuffer[] {
  const buffers = variables.map((variable) => {
    // Values fresh from the CPU are uploaded by a copy that tfjs only records: hence before the submission.
    backend.uploadToGPU(variable.dataId);
    const data = backend.tensorMap.get(variable.dataId);
    (data as { values: unknown }).values = null;
    return data.resource as GPUBuffer;
  });
  submit(backend);
  return buffers;
}

/** Submits what tfjs has recorded; an empty submission would throw. */
function submit(backend: WebGPUBackend): void {
  const recorder = backend as unknown as {
    commandEncoder: GPUCommandEncoder | null;
    endComputePassEncoder(): void;
    submitQueue(): void;
  };
  if (recorder.commandEncoder === null || recorder.commandEncoder === undefined) return;
  recorder.endComputePassEncoder();
  recorder.submitQueue();
}
