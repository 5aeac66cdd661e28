/**
 * What tfjs's WebGPU backend does otherwise than PyTorch: of equal maxima under a max-pool it gives the gradient to the
 * last, PyTorch to the first. Flat regions of an image (black borders) make such ties by the thousand. Import this file
 * only once WebGPU is chosen: it brings the backend's package with it.
 */
import { webgpu_util as layouts, type WebGPUBackend, type WebGPUProgram } from '@tensorflow/tfjs-backend-webgpu';
import { tf } from './tfjs.ts';

type Pool = tf.backend_util.Conv2DInfo;
type Pad = Parameters<typeof tf.backend_util.computePool2DInfo>[4];

/** Registers for the backend `webgpu`; doing so twice is harmless. */
export function registerWebGpuTrainingKernels(): void {
  const stock = tf.getKernel('MaxPoolGrad', 'webgpu');
  if (stock === undefined || stock.kernelFunc === maxPoolGradient) return;
  tf.unregisterKernel('MaxPoolGrad', 'webgpu');
  tf.registerKernel({ ...stock, kernelFunc: maxPoolGradient });
}

function maxPoolGradient({ attrs, backend, inputs }: Parameters<tf.KernelFunc>[0]): tf.TensorInfo {
  const { dy, input } = inputs as { dy: tf.TensorInfo; input: tf.TensorInfo };
  const { dimRoundingMode, filterSize, pad, strides } = attrs as unknown as {
    filterSize: [number, number] | number;
    strides: [number, number] | number;
    pad: Pad;
    dimRoundingMode?: 'floor' | 'round' | 'ceil';
  };
  const shape = input.shape as [number, number, number, number];
  const pool = tf.backend_util.computePool2DInfo(shape, filterSize, strides, 1, pad, dimRoundingMode);
  const uniforms = [
    { type: 'int32', data: [pool.strideHeight, pool.strideWidth] },
    { type: 'int32', data: [pool.padInfo.top, pool.padInfo.left] },
    { type: 'int32', data: [pool.filterHeight, pool.filterWidth] },
  ];
  return (backend as WebGPUBackend).runWebGPUProgram(program(pool), [input, dy], 'float32', uniforms);
}

/** One thread an element of x: it collects dy of every window in which it is the first of the largest. */
function program({ inShape }: Pool): WebGPUProgram {
  const dispatchLayout = layouts.flatDispatchLayout(inShape);
  const workgroupSize: [number, number, number] = [64, 1, 1];
  return {
    variableNames: ['x', 'dy'],
    uniforms: 'strides : vec2<i32>, pads : vec2<i32>, window : vec2<i32>,',
    outputShape: inShape,
    workgroupSize,
    dispatchLayout,
    dispatch: layouts.computeDispatch(dispatchLayout, inShape, workgroupSize),
    size: true,
    shaderKey: 'maxPoolGradientToFirst',
    getUserCode: () => userCode,
  };
}

/** In tfjs's dialect: it declares the bindings, `getX`, `getDy` and `getCoordsFromIndex`. */
const userCode = `
  fn isFirstLargest(batch : i32, at : vec2<i32>, channel : i32, corner : vec2<i32>) -> bool {
    let value = getX(batch, at.x, at.y, channel);
    for (var row = max(corner.x, 0); row < min(corner.x + uniforms.window.x, uniforms.xShape[1]); row++) {
      for (var column = max(corner.y, 0); column < min(corner.y + uniforms.window.y, uniforms.xShape[2]); column++) {
        let other = getX(batch, row, column, channel);
        let before = row < at.x || (row == at.x && column < at.y);
        if (other > value || (before && other == value)) {
          return false;
        }
      }
    }
    return true;
  }

  fn main(index : i32) {
    if (index < uniforms.size) {
      let coords = getCoordsFromIndex(index);
      let at = vec2<i32>(coords.yz);
      let padded = at + uniforms.pads;
      let first = max((padded - uniforms.window + uniforms.strides) / uniforms.strides, vec2<i32>(0));
      let last = min(padded / uniforms.strides, vec2<i32>(uniforms.dyShape[1], uniforms.dyShape[2]) - 1);
      var sum = 0.0;
      for (var row = first.x; row <= last.x; row++) {
        for (var column = first.y; column <= last.y; column++) {
          let corner = vec2<i32>(row, column) * uniforms.strides - uniforms.pads;
          if (isFirstLargest(coords[0], at, coords[3], corner)) {
            sum += getDy(coords[0], row, column, coords[3]);
          }
        }
      }
      setOutputAtIndex(index, sum);
    }
  }
`;
