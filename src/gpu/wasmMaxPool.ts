/**
 * The gradient of a max-pool on the WASM backend: tfjs's gives it to the last of equal maxima, PyTorch to the first, and
 * flat regions of an image (black borders) make such ties by the thousand. A plain loop over the backend's memory, as
 * tfjs's own is; it takes a few milliseconds for what a convolution needs a hundred.
 */
import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm';
import { tf } from './tfjs.ts';

interface PoolAttributes {
  readonly filterSize: [number, number] | number;
  readonly strides: [number, number] | number;
  readonly pad: Parameters<typeof tf.backend_util.computePool2DInfo>[4];
  readonly dimRoundingMode?: 'floor' | 'round' | 'ceil';
}

/** dL/dx [b, h, w, c] from x and dL/dy [b, oh, ow, c]. */
export function wasmMaxPoolGradient({ attrs, backend, inputs }: Parameters<tf.KernelFunc>[0]): tf.TensorInfo {
  const { dy, input } = inputs as { dy: tf.TensorInfo; input: tf.TensorInfo };
  const { dimRoundingMode, filterSize, pad, strides } = attrs as unknown as PoolAttributes;
  const shape = input.shape as [number, number, number, number];
  const pool = tf.backend_util.computePool2DInfo(shape, filterSize, strides, 1, pad, dimRoundingMode);
  const wasm = backend as BackendWasm;
  const output = wasm.makeOutput(shape, 'float32');
  // Views last until the memory grows: all are taken after the last allocation.
  const view = (tensor: tf.TensorInfo) => wasm.typedArrayFromHeap(tensor) as Float32Array;
  scatter(pool, view(input), view(dy), view(output).fill(0));
  return output;
}

function scatter(pool: tf.backend_util.Conv2DInfo, x: Float32Array, dy: Float32Array, dx: Float32Array): void {
  const { batchSize, filterHeight, filterWidth, inChannels, inHeight, inWidth, outHeight, outWidth } = pool;
  let at = 0;
  for (let image = 0; image < batchSize; image++) {
    for (let row = 0; row < outHeight; row++) {
      const top = row * pool.strideHeight - pool.padInfo.top;
      const bottom = Math.min(top + filterHeight, inHeight);
      for (let column = 0; column < outWidth; column++) {
        const left = column * pool.strideWidth - pool.padInfo.left;
        const right = Math.min(left + filterWidth, inWidth);
        for (let channel = 0; channel < inChannels; channel++, at++) {
          let largest = Number.NEGATIVE_INFINITY;
          let first = -1;
          for (let y = Math.max(top, 0); y < bottom; y++) {
            for (let z = Math.max(left, 0); z < right; z++) {
              const pixel = ((image * inHeight + y) * inWidth + z) * inChannels + channel;
              const value = x[pixel] as number;
              if (value > largest) {
                largest = value;
                first = pixel;
              }
            }
          }
          if (first !== -1) dx[first] = (dx[first] as number) + (dy[at] as number);
        }
      }
    }
  }
}
