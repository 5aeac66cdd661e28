/**
 * What tfjs's WASM backend lacks for training: the filter gradient of a convolution, which it does not have, and the
 * input gradient, which it has as a plain loop. Both become convolutions, in its threaded SIMD kernel (XNNPACK). Tensors
 * that are only passed on are no longer copied, and the gradient of a max-pool is replaced too (`wasmMaxPool.ts`).
 */
import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm';
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
  replace('Identity', (stock) => (call) => (call.inputs['x']?.dtype === 'string' ? stock(call) : sameValues(call)));
  replace('Cast', (stock) => (call) => (call.inputs['x']?.dtype === call.attrs?.['dtype'] ? sameValues(call) : stock(call)));
}

function replace(kernelName: string, instead: (stock: tf.KernelFunc) => tf.KernelFunc): void {
  const stock = tf.getKernel(kernelName, 'wasm');
  if (stock === undefined) return;
  tf.unregisterKernel(kernelName, 'wasm');
  tf.registerKernel({ ...stock, kernelFunc: instead(stock.kernelFunc) });
}

/** The same values under one more count, where tfjs copies them; tensors never change once made. */
function sameValues({ backend, inputs }: Parameters<tf.KernelFunc>[0]): tf.TensorInfo {
  const { dataId, dtype, shape } = inputs['x'] as tf.TensorInfo;
  (backend as BackendWasm).incRef(dataId);
  return { dataId, shape, dtype };
}

/**
 * dL/dW [kh, kw, cin, cout] from x [b, h, w, cin] and dy [b, oh, ow, cout], as one convolution: with batch and channels
 * changing places, x is `cin` images of b channels and dy a filter as large as its map, and what comes out is a small map
 * of kh by kw pixels. A stride of the forward convolution is a dilation here: dy's rows lie that far apart in x.
 */
function convFilterGradient(call: Parameters<tf.KernelFunc>[0]): tf.TensorInfo {
  const { x, dy } = call.inputs as { x: tf.Tensor4D; dy: tf.Tensor4D };
  const { strides, pad, dimRoundingMode, filterShape } = call.attrs as unknown as ConvAttributes & {
    filterShape: [number, number, number, number];
  };
  const info = tf.backend_util.computeConv2DInfo(x.shape, filterShape, strides, 1, pad, dimRoundingMode);
  const { filterHeight, filterWidth, inHeight, inWidth, outHeight, outWidth, padInfo, strideHeight, strideWidth } = info;
  const rows = filterPadding(inHeight, outHeight, strideHeight, filterHeight, padInfo.top);
  const columns = filterPadding(inWidth, outWidth, strideWidth, filterWidth, padInfo.left);
  return inKernel([x, dy], ([input, gradient]) => {
    const all = input as tf.Tensor4D;
    const seen: [number, number, number, number] = [-1, inHeight - rows.unseen, inWidth - columns.unseen, -1];
    const images = tf.transpose(rows.unseen + columns.unseen > 0 ? tf.slice(all, 0, seen) : all, [3, 1, 2, 0]);
    const filter = tf.transpose(gradient as tf.Tensor4D, [1, 2, 0, 3]);
    const around: [[number, number], [number, number], [number, number], [number, number]] = [
      [0, 0],
      rows.padding,
      columns.padding,
      [0, 0],
    ];
    const taps = tf.conv2d(images, filter, 1, around, 'NHWC', [strideHeight, strideWidth]);
    return tf.transpose(taps, [1, 2, 0, 3]);
  });
}

/** Zeros before and after x's rows, and how many last rows no window sees, so that just `window` rows come out. */
function filterPadding(input: number, output: number, stride: number, window: number, before: number) {
  const used = (output - 1) * stride + window;
  const after = used - input - before;
  return { padding: [before, Math.max(0, after)] as [number, number], unseen: Math.max(0, -after) };
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
