/** What the forward kernels and input gradients of a convolution are given, and what the direct ones of each are but for how they sum. */
import type { Load, Reader } from './activation.ts';
import type { ConvShape } from './convShape.ts';
import { reads, uniform, writes, type Operation, type Resource } from './operation.ts';

export interface ConvBuffers {
  readonly batch: Resource;
  readonly chunk: number;
  readonly weights: Resource;
}

export interface ForwardBuffers extends ConvBuffers {
  readonly x: Load;
  readonly y: Resource;
  readonly bias: Resource | null;
}

export interface InputGradientBuffers extends ConvBuffers {
  readonly dy: Load;
}

/** How a kernel sums; what it is called and binds is the same however it does. */
type Summing = Pick<Operation, 'body' | 'groups' | 'subgroups'>;

/** @param weights their WGSL type */
export const forwardOperation = (
  shape: ConvShape,
  buffers: ForwardBuffers,
  x: Reader,
  weights: string,
  summing: Summing,
): Operation => ({
  label: `${shape.name} forward`,
  bindings: [
    uniform('Batch', buffers.batch),
    ...x.bindings,
    reads('weights', buffers.weights, weights),
    writes('y', buffers.y),
    ...(buffers.bias === null ? [] : [reads('bias', buffers.bias)]),
  ],
  macs: shape.macs,
  chunk: buffers.chunk,
  ...summing,
});

/** @param weights their WGSL type */
export const inputGradientOperation = (
  shape: ConvShape,
  buffers: InputGradientBuffers,
  dy: Reader,
  sink: Reader,
  weights: string,
  summing: Summing,
): Operation => ({
  label: `${shape.name} input gradient`,
  bindings: [uniform('Batch', buffers.batch), ...dy.bindings, reads('weights', buffers.weights, weights), ...sink.bindings],
  macs: shape.macs,
  chunk: buffers.chunk,
  ...summing,
});
