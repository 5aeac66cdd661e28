/**
 * What tfjs's WASM backend lacks for training: the filter gradient of a convolution, which it does not have, and the
 * input gradient, which it has as a plain loop. Both are made of its threaded SIMD kernels (XNNPACK).
 */
import { tf } from './tfjs.ts';

interface ConvAttributes {
  readonly strides: [number, number] | number;
  readonly pad: number | 'same' | 'valid';
  readonly dimRoundingMode?: 'floor' | 'round' | 'ceil';
}

/** Registers both for the backend `wasm`; doing so twice is harmless. */
export function registerWasmTrainingKernels(): void {
  if (tf.getKernel('Conv2DBackpropFilter', 'wasm') !== undefined) return;
  tf.registerKernel({ kernelName: 'Conv2DBackpropFilter', backendName: 'wasm', kernelFunc: convFilterGradient });
  const plain = tf.getKernel('Conv2DBackpropInput', 'wasm');
  if (plain === undefined) return;
  tf.unregisterKernel('Conv2DBackpropInput', 'wasm');
  tf.registerKernel({
    ...plain,
    kernelFunc: (call) => convInputGradient(call, plain.kernelFunc),
  });
}

/**
 * dL/dW [kh, kw, cin, cout] from x [b, h, w, cin] and dy [b, oh, ow, cout]: for each tap of the kernel, the pixels of x
 * it sees, as a [cin, pixels] matrix, times dy as [pixels, cout].
 *
 * Turned to channels first (the backend multiplies a transposed matrix in a plain loop) and padded, the pixels that a tap
 * sees are one shift of all pixels: dy is padded with zeros to the same rows, and each tap is a contiguous slice.
 */
function convFilterGradient(call: Parameters<tf.KernelFunc>[0]): tf.TensorInfo {
  const { x, dy } = call.inputs as { x: tf.Tensor4D; dy: tf.Tensor4D };
  const { strides, pad, dimRoundingMode, filterShape } = call.attrs as unknown as ConvAttributes & {
    filterShape: [number, number, number, number];
  };
  const info = tf.backend_util.computeConv2DInfo(x.shape, filterShape, strides, 1, pad, dimRoundingMode);
  return inKernel([x, dy], ([input, gradient]) => {
    const { top, bottom, left, right } = info.padInfo;
    const channelsFirst = tf.transpose(input as tf.Tensor4D, [3, 0, 1, 2]) as tf.Tensor4D;
    const padded =
      top + bottom + left + right === 0
        ? channelsFirst
        : tf.pad(channelsFirst, [
            [0, 0],
            [0, 0],
            [top, bottom],
            [left, right],
          ]);
    const plan = { info, padded, gradient: gradient as tf.Tensor4D };
    const taps = info.strideHeight === 1 && info.strideWidth === 1 ? shiftedTaps(plan) : stridedTaps(plan);
    return tf.reshape(tf.stack(taps), filterShape);
  });
}

interface TapPlan {
  readonly info: tf.backend_util.Conv2DInfo;
  /** [cin, b, h + padding, w + padding] */
  readonly padded: tf.Tensor4D;
  /** [b, oh, ow, cout] */
  readonly gradient: tf.Tensor4D;
}

function shiftedTaps({ info, padded, gradient }: TapPlan): tf.Tensor[] {
  const [channels, batch, height, width] = padded.shape;
  const { filterHeight, filterWidth, outHeight, outWidth, outChannels } = info;
  const furthest = (filterHeight - 1) * width + filterWidth - 1;
  const pixels = batch * height * width - furthest;
  const spread = tf.reshape(
    tf.pad(gradient, [
      [0, 0],
      [0, height - outHeight],
      [0, width - outWidth],
      [0, 0],
    ]),
    [batch * height * width, outChannels],
  ) as tf.Tensor2D;
  const right = tf.slice(spread, [0, 0], [pixels, outChannels]);
  const rows = tf.reshape(padded, [channels, batch * height * width]) as tf.Tensor2D;
  return Array.from({ length: filterHeight * filterWidth }, (_, tap) => {
    const shift = Math.floor(tap / filterWidth) * width + (tap % filterWidth);
    return tf.matMul(tf.slice(rows, [0, shift], [channels, pixels]), right);
  });
}

function stridedTaps({ info, padded, gradient }: TapPlan): tf.Tensor[] {
  const { batchSize, filterHeight, filterWidth, inChannels, outHeight, outWidth, outChannels, strideHeight, strideWidth } = info;
  const pixels = batchSize * outHeight * outWidth;
  const right = tf.reshape(gradient, [pixels, outChannels]) as tf.Tensor2D;
  return Array.from({ length: filterHeight * filterWidth }, (_, tap) => {
    const row = Math.floor(tap / filterWidth);
    const column = tap % filterWidth;
    const end = [inChannels, batchSize, row + (outHeight - 1) * strideHeight + 1, column + (outWidth - 1) * strideWidth + 1];
    const window = tf.stridedSlice(padded, [0, 0, row, column], end, [1, 1, strideHeight, strideWidth]);
    return tf.matMul(tf.reshape(window, [inChannels, pixels]) as tf.Tensor2D, right);
  });
}

/** dL/dx as a convolution of dy with the filter turned by 180 degrees and its channels swapped; stride 1 only. */
function convInputGradient(call: Parameters<tf.KernelFunc>[0], plain: tf.KernelFunc): tf.TensorInfo | tf.TensorInfo[] {
  const { dy, filter } = call.inputs as { dy: tf.Tensor4D; filter: tf.Tensor4D };
  const { strides, pad, dimRoundingMode, inputShape } = call.attrs as unknown as ConvAttributes & {
    inputShape: [number, number, number, number];
  };
  const info = tf.backend_util.computeConv2DInfo(inputShape, filter.shape, strides, 1, pad, dimRoundingMode);
  if (info.strideHeight !== 1 || info.strideWidth !== 1) return plain(call);
  const { top, bottom, left, right } = info.padInfo;
  return inKernel([dy, filter], ([gradient, weight]) => {
    const turned = tf.transpose(tf.reverse(weight as tf.Tensor4D, [0, 1]), [0, 1, 3, 2]) as tf.Tensor4D;
    const around: [[number, number], [number, number], [number, number], [number, number]] = [
      [0, 0],
      [info.filterHeight - 1 - top, info.filterHeight - 1 - bottom],
      [info.filterWidth - 1 - left, info.filterWidth - 1 - right],
      [0, 0],
    ];
    return tf.conv2d(gradient as tf.Tensor4D, turned, 1, around);
  });
}

/**
 * Runs tensor operations inside a kernel. The engine counts a kernel's output once; tidy disposes what lies between.
 */
function inKernel(inputs: tf.TensorInfo[], compute: (inputs: tf.Tensor[]) => tf.Tensor): tf.TensorInfo {
  return tf.tidy(() => compute(inputs as tf.Tensor[]));
}
