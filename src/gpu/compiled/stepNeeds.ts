/**
 * What a training step will take, found without a device: dispatches, chunks and bytes. The page shows it before the
 * start; the tests hold the compiler to it.
 */
import { elements, parameters, type Network } from '../../model/network.ts';
import { lowerBackward } from './backwardPass.ts';
import { chunksOf, imagesAtOnce, type BindingLimits } from './chunks.ts';
import { lowerForward } from './forwardPass.ts';
import { convKernels } from './convKernels.ts';
import { graphOf } from './graph.ts';
import { Lowering } from './lowering.ts';
import { planMemory } from './memoryPlan.ts';
import { defaultChoice, type KernelChoice } from './tiles.ts';

export interface StepNeeds {
  readonly dispatches: number;
  /** Parts that the batch is run in; 0 where not even one image fits. */
  readonly chunks: number;
  /** Maps, gradients and partial sums. */
  readonly stepBytes: number;
  /** Weights, momentum and the kept copy. */
  readonly parameterBytes: number;
}

/** @param kernels the tiles that will run: how sums are cut, and what has to be written out, depends on them */
export function stepNeeds(
  network: Network,
  batchSize: number,
  limits: BindingLimits,
  kernels: KernelChoice = defaultChoice.hardware,
  half = false,
): StepNeeds {
  const graph = graphOf(network);
  const parameterBytes = parameters(network).reduce(
    (sum, { shape, trainable }) => sum + elements(shape) * 4 * (trainable ? 3 : 2),
    0,
  );
  const atOnce = imagesAtOnce(graph, limits, half);
  if (atOnce === 0) return { dispatches: 0, chunks: 0, stepBytes: 0, parameterBytes };
  const named = (label: string) => ({ label });
  const chunks = chunksOf(batchSize, atOnce).map((images, number) => ({ number, images, batch: named('batch') }));
  const lowering = new Lowering({
    graph,
    chunks,
    half,
    kernels: convKernels(kernels),
    parameters: {
      get: (name) => ({ values: named(name) }),
      trained: (name) => ({ values: named(name), velocity: named(`${name}, momentum`) }),
    },
    step: { now: named('now'), targets: named('targets'), losses: named('losses') },
  });
  const before = lowerForward(lowering, 'train');
  lowerBackward(lowering, false);
  const { operations } = lowering;
  const stepBytes = planMemory(operations, { before, after: [] }).bytes;
  // And a gather of each chunk's images.
  const dispatches = operations.length + chunks.length;
  return { dispatches, chunks: chunks.length, stepBytes, parameterBytes };
}
