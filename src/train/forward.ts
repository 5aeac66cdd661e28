/** Interprets a network's layers with tfjs operations; the same walk serves training and evaluation. */
import { tf } from '../gpu/tfjs.ts';
import type { DropoutLayer, Layer, Network, ResidualLayer, Shape } from '../model/network.ts';
import { batchNormEpsilon, batchNormTraining } from './batchNorm.ts';
import { addBias } from './channelSum.ts';

export interface TrainingMode {
  /** Told the batch statistics of each BatchNorm, to update the running ones; tensors are the receiver's to dispose. */
  readonly batchStatistics: (name: string, mean: tf.Tensor1D, variance: tf.Tensor1D, rows: number) => void;
  /** Keep-mask of a dropout layer, 0 or 1/(1 - rate), [batch, features]. */
  readonly dropoutMask: (layer: DropoutLayer, batch: number) => tf.Tensor2D;
}

/** Logits [b, classes] for x [b, h, w, c]. `mode` null is evaluation: running statistics, no dropout. */
export function forward(network: Network, arrays: Arrays, x: tf.Tensor4D, mode: TrainingMode | null): tf.Tensor2D {
  const result = along(network.layers, arrays, x, mode);
  return tf.reshape(result, [x.shape[0], network.classes]) as tf.Tensor2D;
}

type Arrays = ReadonlyMap<string, tf.Tensor>;

/** Activations after those layers, in evaluation mode where `mode` is null. */
export function along(
  layers: readonly (Layer | ResidualLayer)[],
  arrays: Arrays,
  x: tf.Tensor4D,
  mode: TrainingMode | null,
): tf.Tensor4D {
  return layers.reduce((value, layer) => {
    if (layer.kind !== 'residual') return apply(layer, arrays, value, mode);
    return tf.add<tf.Tensor4D>(along(layer.main, arrays, value, mode), along(layer.shortcut, arrays, value, mode));
  }, x);
}

function apply(layer: Layer, arrays: Arrays, x: tf.Tensor4D, mode: TrainingMode | null): tf.Tensor4D {
  const array = <T extends tf.Tensor>(name: string): T => {
    const found = arrays.get(name);
    if (found === undefined) throw new Error(`The network has no array “${name}”.`);
    return found as T;
  };
  switch (layer.kind) {
    case 'conv': {
      const { padding } = layer;
      // Explicit: tfjs's 'same' pads the far side only where a stride-2 window leaves a remainder; PyTorch pads both.
      const around: [[number, number], [number, number], [number, number], [number, number]] = [
        [0, 0],
        [padding, padding],
        [padding, padding],
        [0, 0],
      ];
      const output = tf.conv2d(x, array<tf.Tensor4D>(`${layer.name}.weight`), layer.stride, around);
      return layer.bias ? addBias(output, array<tf.Tensor1D>(`${layer.name}.bias`)) : output;
    }
    case 'batchNorm': {
      const weight = array<tf.Tensor1D>(`${layer.name}.weight`);
      const bias = array<tf.Tensor1D>(`${layer.name}.bias`);
      if (mode === null) {
        return tf.batchNorm(
          x,
          array<tf.Tensor1D>(`${layer.name}.running_mean`),
          array<tf.Tensor1D>(`${layer.name}.running_var`),
          bias,
          weight,
          batchNormEpsilon,
        );
      }
      const { output, mean, variance } = batchNormTraining(x, weight, bias);
      mode.batchStatistics(layer.name, mean, variance, x.size / x.shape[3]);
      return output;
    }
    case 'relu':
      return tf.relu(x);
    case 'maxPool':
      return tf.maxPool(x, layer.size, layer.stride, layer.padding);
    case 'globalAveragePool':
      return tf.avgPool(x, [layer.input[0], layer.input[1]], 1, 'valid');
    case 'adaptiveAveragePool':
      return adaptiveAveragePool(x, layer.output);
    case 'flatten':
      // PyTorch flattens [channel, row, column]
      return tf.reshape(tf.transpose(x, [0, 3, 1, 2]), [x.shape[0], 1, 1, x.size / x.shape[0]]) as tf.Tensor4D;
    case 'linear': {
      const rows = tf.reshape(x, [x.shape[0], layer.input[2]]) as tf.Tensor2D;
      const output = tf.add(tf.matMul(rows, array<tf.Tensor2D>(`${layer.name}.weight`)), array(`${layer.name}.bias`));
      return tf.reshape(output, [x.shape[0], 1, 1, layer.output[2]]) as tf.Tensor4D;
    }
    case 'dropout':
      return mode === null ? x : tf.mul(x, tf.reshape(mode.dropoutMask(layer, x.shape[0]), x.shape));
  }
}

/**
 * x [b, h, w, c] to [b, ...output] as PyTorch's AdaptiveAvgPool2d: both axes as a product with a matrix of bin weights,
 * which also stretches a map smaller than the output.
 */
export function adaptiveAveragePool(x: tf.Tensor4D, output: Shape): tf.Tensor4D {
  const [batch, height, width, channels] = x.shape;
  const rowsFirst = tf.matMul(
    binWeights(output[0], height),
    tf.reshape(tf.transpose(x, [1, 0, 2, 3]), [height, batch * width * channels]) as tf.Tensor2D,
  );
  const columnsFirst = tf.transpose(tf.reshape(rowsFirst, [output[0], batch, width, channels]), [2, 0, 1, 3]);
  const pooled = tf.matMul(
    binWeights(output[1], width),
    tf.reshape(columnsFirst, [width, output[0] * batch * channels]) as tf.Tensor2D,
  );
  return tf.transpose(tf.reshape(pooled, [output[1], output[0], batch, channels]), [2, 1, 0, 3]) as tf.Tensor4D;
}

/** [bins, length] averaging weights of PyTorch's adaptive pooling: bin i covers floor(i L / n) to ceil((i + 1) L / n). */
function binWeights(bins: number, length: number): tf.Tensor2D {
  const weights = new Float32Array(bins * length);
  for (let bin = 0; bin < bins; bin++) {
    const begin = Math.floor((bin * length) / bins);
    const end = Math.ceil(((bin + 1) * length) / bins);
    weights.fill(1 / (end - begin), bin * length + begin, bin * length + end);
  }
  return tf.tensor2d(weights, [bins, length]);
}
