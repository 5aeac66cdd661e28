/**
 * What tfjs's WASM backend lacks for training: the filter gradient of a convolution, which it does not have, and the
 * input gradient, which it has as a plain loop. Both are made of its threaded SIMD kernels (XNNPACK). The gradient of a
 * max-pool is replaced too (`wasmMaxPool.ts`).
 */
import { tf } from './tfjs.ts';
import { wasmMaxPoolGradient } from './wasmMaxPool.ts';

interface ConvAttributes {
  readonly strides: [number, number] | number;
  readonly pad: number | 'same' | 'valid';
  readonly dimRoundingMode?: 'floor' | 'round' | 'ceil';
}

/** Registers all for the backend `wasm`; doing so twice is harmless. */
export function registerWasmTrainingKernels(): void {
  if (tf.getKernel('Conv2DBackpropFilter', 'wasm') !== undefined) return;
  tf.registerKernel({ kernelName: 'Conv2DBackpropFilter', backendName: 'wasm', kernelFunc: convFilterGradient });
  replace('Conv2DBackpropInput', (stock) => (call) => convInputGradient(call, stock));
  replace('MaxPoolGrad', () => wasmMaxPoolGradient);
}

function replace(kernelName: string, instead: (stock: tf.KernelFunc) => tf.KernelFunc): void {
  const stock = tf.getKernel(kernelName, 'wasm');
  if (stock === undefined) return;
  tf.unregisterKernel(kernelName, 'wasm');
  tf.registerKernel({ ...stock, kernelFunc: instead(stock.kernelFunc) });
}

/**
 * dL/dW [kh, kw, cin, cout] from x [b, h, w, cin] and dy [b, oh, ow, cout]: for each tap of the kernel, the pixels of x
 * it sees, as a [cin, pixels] matrix, times dy as [pixels, cout].
 *
 * x is turned to channels first (the backend multiplies a transposed matrix in a plain loop), padded, and split by stride:
 * the even and the odd rows and columns apart, where the stride is 2. In each part the pixels that a tap sees are one shift
 * of all pixels: dy is padded with zeros to as many rows and columns, and each tap is a contiguous slice.
 */
function convFilterGradient(call: Parameters<tf.KernelFunc>[0]): tf.TensorInfo {
  const { x, dy } = call.inputs as { x: tf.Tensor4D; dy: tf.Tensor4D };
  const { strides, pad, dimRoundingMode, filterShape } = call.attrs as unknown as ConvAttributes & {
    filterShape: [number, number, number, number];
  };
  const info = tf.backend_util.computeConv2DInfo(x.shape, filterShape, strides, 1, pad, dimRoundingMode);
  const { batchSize, filterHeight, filterWidth, inChannels, outChannels, outHeight, outWidth, strideHeight, strideWidth } = info;
  return inKernel([x, dy], ([input, gradient]) => {
    const { columns, height, parts, width } = splitByStride(input as tf.Tensor4D, info);
    const furthest = Math.floor((filterHeight - 1) / strideHeight) * width + Math.floor((filterWidth - 1) / strideWidth);
    const pixels = batchSize * height * width - furthest;
    const spread = tf.pad(gradient as tf.Tensor4D, [
      [0, 0],
      [0, height - outHeight],
      [0, width - outWidth],
      [0, 0],
    ]);
    const right = tf.slice(tf.reshape(spread, [batchSize * height * width, outChannels]), [0, 0], [pixels, outChannels]);
    const taps = Array.from({ length: filterHeight * filterWidth }, (_, tap) => {
      const row = Math.floor(tap / filterWidth);
      const column = tap % filterWidth;
      const part = (row % strideHeight) * columns + (column % strideWidth);
      const shift = Math.floor(row / strideHeight) * width + Math.floor(column / strideWidth);
      const seen = tf.slice(parts[part] as tf.Tensor2D, [0, shift], [inChannels, pixels]);
      return tf.matMul(seen, right as tf.Tensor2D);
    });
    return tf.reshape(tf.stack(taps), filterShape);
  });
}

interface StrideParts {
  /** [cin, b height width] each, ordered by first row, then first column, `columns` of them a row. */
  readonly parts: readonly tf.Tensor2D[];
  readonly columns: number;
  readonly height: number;
  readonly width: number;
}

/** x [b, h, w, cin], padded, as its pixels at every `stride`-th row and column, from each first one. */
function splitByStride(x: tf.Tensor4D, info: tf.backend_util.Conv2DInfo): StrideParts {
  const { batchSize, inChannels, inHeight, inWidth, padInfo, strideHeight, strideWidth } = info;
  const height = Math.ceil((inHeight + padInfo.top + padInfo.bottom) / strideHeight);
  const width = Math.ceil((inWidth + padInfo.left + padInfo.right) / strideWidth);
  const around: [number, number][] = [
    [0, 0],
    [0, 0],
    [padInfo.top, height * strideHeight - inHeight - padInfo.top],
    [padInfo.left, width * strideWidth - inWidth - padInfo.left],
  ];
  const channelsFirst = tf.transpose(x, [3, 0, 1, 2]);
  const padded = around.flat().some((zeros) => zeros > 0) ? tf.pad(channelsFirst, around) : channelsFirst;
  const size: [number, number] = [inChannels, batchSize * height * width];
  const count = strideHeight * strideWidth;
  if (count === 1) return { parts: [tf.reshape(padded, size) as tf.Tensor2D], columns: 1, height, width };
  // One transposition of rank 4, which the backend does quickly; a strided slice for each tap takes ten times as long.
  const rows = inChannels * batchSize * height;
  const split = tf.transpose(tf.reshape(padded, [rows, strideHeight, width, strideWidth]), [1, 3, 0, 2]);
  const flat = tf.reshape(split, [count, ...size]);
  const parts = Array.from(
    { length: count },
    (_, part) => tf.reshape(tf.slice(flat, [part, 0, 0], [1, ...size]), size) as tf.Tensor2D,
  );
  return { parts, columns: strideWidth, height, width };
}

/**
 * dL/dx as a convolution of dy with the filter turned by 180 degrees and its channels swapped. At a stride above 1, dy is
 * first spread out with zeros between: more arithmetic than needed, in the kernel that is an order of magnitude faster.
 */
function convInputGradient(call: Parameters<tf.KernelFunc>[0], plain: tf.KernelFunc): tf.TensorInfo | tf.TensorInfo[] {
  const { dy, filter } = call.inputs as { dy: tf.Tensor4D; filter: tf.Tensor4D };
  const { strides, pad, dimRoundingMode, inputShape } = call.attrs as unknown as ConvAttributes & {
    inputShape: [number, number, number, number];
  };
  const info = tf.backend_util.computeConv2DInfo(inputShape, filter.shape, strides, 1, pad, dimRoundingMode);
  const { filterHeight, filterWidth, inHeight, inWidth, outHeight, outWidth, padInfo, strideHeight, strideWidth } = info;
  const rows = spreadPadding(inHeight, outHeight, strideHeight, filterHeight, padInfo.top);
  const columns = spreadPadding(inWidth, outWidth, strideWidth, filterWidth, padInfo.left);
  // Windows that lie in the padding alone, which no network here has.
  if (Math.min(...rows, ...columns) < 0) return plain(call);
  return inKernel([dy, filter], ([gradient, weight]) => {
    const turned = turnedFilter(weight as tf.Tensor4D);
    const spread = spreadOut(gradient as tf.Tensor4D, strideHeight, strideWidth);
    return tf.conv2d(spread, turned, 1, [[0, 0], rows, columns, [0, 0]]);
  });
}

/** [kh, kw, cin, cout] turned by 180 degrees, as [kh, kw, cout, cin]: its taps in reverse order, which is faster than tf.reverse. */
function turnedFilter(filter: tf.Tensor4D): tf.Tensor4D {
  const [height, width, inputs, outputs] = filter.shape;
  const count = height * width;
  const all = tf.reshape(filter, [count, inputs, outputs]);
  const taps = Array.from({ length: count }, (_, tap) => tf.slice(all, [count - 1 - tap, 0, 0], [1, inputs, outputs]));
  return tf.reshape(tf.transpose(tf.concat(taps), [0, 2, 1]), [height, width, outputs, inputs]);
}

/** Zeros before and after dy's rows, once spread, so that the convolution has one row for each row of x. */
function spreadPadding(input: number, output: number, stride: number, window: number, before: number): [number, number] {
  const spread = (output - 1) * stride + 1;
  const first = window - 1 - before;
  return [first, input - spread - first + window - 1];
}

/** dy [b, oh, ow, c] with stride - 1 zeros between its rows and columns, and none after the last. */
function spreadOut(dy: tf.Tensor4D, strideHeight: number, strideWidth: number): tf.Tensor4D {
  if (strideHeight === 1 && strideWidth === 1) return dy;
  const [batch, height, width, channels] = dy.shape;
  const pixels = tf.pad(tf.reshape(dy, [batch * height * width, 1, channels]), [
    [0, 0],
    [0, strideWidth - 1],
    [0, 0],
  ]);
  const row = width * strideWidth * channels;
  const rows = tf.pad(tf.reshape(pixels, [batch * height, 1, row]), [
    [0, 0],
    [0, strideHeight - 1],
    [0, 0],
  ]);
  const spread = tf.reshape(rows, [batch, height * strideHeight, width * strideWidth, channels]) as tf.Tensor4D;
  return tf.slice(spread, [0, 0, 0, 0], [batch, (height - 1) * strideHeight + 1, (width - 1) * strideWidth + 1, channels]);
}

/**
 * Runs tensor operations inside a kernel. The engine counts a kernel's output once; tidy disposes what lies between.
 */
function inKernel(inputs: tf.TensorInfo[], compute: (inputs: tf.Tensor[]) => tf.Tensor): tf.TensorInfo {
  return tf.tidy(() => compute(inputs as tf.Tensor[]));
}
