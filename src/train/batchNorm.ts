/**
 * Batch normalisation in training, with its gradient written out: tfjs would differentiate through mean, variance and
 * their broadcasts, in dozens of kernels. PyTorch's definition: biased variance to normalise, epsilon 1e-5.
 */
import { tf } from '../gpu/tfjs.ts';
import { channelMean } from './channelSum.ts';

export const batchNormEpsilon = 1e-5;
/** PyTorch's momentum: running = 0.9 running + 0.1 batch. */
export const runningMomentum = 0.1;

export interface BatchNormResult {
  readonly output: tf.Tensor4D;
  /** Batch mean and biased variance, [c]; not differentiated. Kept: the caller disposes them. */
  readonly mean: tf.Tensor1D;
  readonly variance: tf.Tensor1D;
}

/** Normalises x [b, h, w, c] over all but its last axis, then scales by `weight` and shifts by `bias`, each [c]. */
export function batchNormTraining(x: tf.Tensor4D, weight: tf.Tensor1D, bias: tf.Tensor1D): BatchNormResult {
  const rows = x.size / x.shape[3];
  const statistics: { mean?: tf.Tensor1D; variance?: tf.Tensor1D } = {};

  const normalise = tf.customGrad((...all) => {
    const [input, scale, shift, save] = all as unknown as [tf.Tensor4D, tf.Tensor1D, tf.Tensor1D, tf.GradSaveFunc];
    const mean = channelMean(input);
    const centred: tf.Tensor4D = tf.sub(input, mean);
    const variance = channelMean(tf.square(centred));
    const inverse = tf.rsqrt(tf.add(variance, batchNormEpsilon));
    const normalised = tf.mul(centred, inverse);
    statistics.mean = tf.keep(mean);
    statistics.variance = tf.keep(variance);
    save([normalised, inverse, scale]);
    return {
      value: tf.add(tf.mul(normalised, scale), shift),
      gradFunc: (dy: tf.Tensor, saved: tf.Tensor[]) => {
        const [xHat, invStd, gamma] = saved as [tf.Tensor4D, tf.Tensor1D, tf.Tensor1D];
        const gradient = dy as tf.Tensor4D;
        const meanGradient = channelMean(gradient);
        const meanProduct = channelMean(tf.mul(gradient, xHat));
        // dx = gamma / std * (dy - mean(dy) - x_hat * mean(dy * x_hat))
        const inner = tf.sub(tf.sub(gradient, meanGradient), tf.mul(xHat, meanProduct));
        return [tf.mul(inner, tf.mul(gamma, invStd)), tf.mul(meanProduct, rows), tf.mul(meanGradient, rows)];
      },
    };
  });

  const output = normalise(x, weight, bias) as tf.Tensor4D;
  return { output, mean: statistics.mean as tf.Tensor1D, variance: statistics.variance as tf.Tensor1D };
}
