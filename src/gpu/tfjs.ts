/**
 * The one door to tfjs's core: its operations with their gradients registered, and the flags that make a run repeat
 * bit for bit. Import `tf` from here, never from the package, so that no operation runs before the flags are set.
 */
import * as tf from '@tensorflow/tfjs-core';
import '@tensorflow/tfjs-core/dist/register_all_gradients';

/**
 * Set before the first operation.
 * - WEBGPU_CPU_FORWARD off: small tensors not yet on the GPU would be computed in JavaScript, whose exp and rsqrt differ
 *   from the GPU's in the last bit, so that a resumed run would leave the uninterrupted one.
 * - WEBGPU_MATMUL_PROGRAM_TYPE 3 (packed): the default may split K with float atomics, in no fixed order.
 * - WEBGPU_USE_NAIVE_CONV2D_TRANSPOSE off: the tiled input gradient instead of the untiled one.
 */
export const reproducibleFlags = {
  WEBGPU_CPU_FORWARD: false,
  WEBGPU_MATMUL_PROGRAM_TYPE: 3,
  WEBGPU_USE_NAIVE_CONV2D_TRANSPOSE: false,
} as const;

/** Flags of a backend exist once its package is imported; call after importing tfjs-backend-webgpu. */
export function setReproducibleFlags(): void {
  for (const [flag, value] of Object.entries(reproducibleFlags)) tf.env().set(flag, value);
}

// No tip about another package on the console of those who run this in Node.
tf.env().set('PROD', true);

export { tf };
