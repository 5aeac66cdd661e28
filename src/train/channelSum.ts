/**
 * Mean over batch, rows and columns, per channel. tfjs's own reduction turns the whole tensor around first; average
 * pooling reads it as it lies: over each image's map, then over the batch.
 */
import { tf } from '../gpu/tfjs.ts';

/** [c] from [b, h, w, c]; not differentiable, for use inside gradients. */
export function channelMean(x: tf.Tensor4D): tf.Tensor1D {
  const [batch, height, width, channels] = x.shape;
  const perImage: tf.Tensor4D = height * width === 1 ? x : tf.avgPool(x, [height, width], 1, 'valid');
  const overBatch =
    batch === 1 ? perImage : tf.avgPool(tf.reshape(perImage, [1, batch, 1, channels]) as tf.Tensor4D, [batch, 1], 1, 'valid');
  return tf.reshape(overBatch, [channels]) as tf.Tensor1D;
}

/** x [b, h, w, c] plus a bias [c], with the bias gradient summed by `channelMean`. */
export function addBias(x: tf.Tensor4D, bias: tf.Tensor1D): tf.Tensor4D {
  const rows = x.size / x.shape[3];
  const add = tf.customGrad((...all) => {
    const [input, shift] = all as unknown as [tf.Tensor4D, tf.Tensor1D];
    return {
      value: tf.add(input, shift),
      gradFunc: (dy: tf.Tensor) => [dy, tf.mul(channelMean(dy as tf.Tensor4D), rows)],
    };
  });
  return add(x, bias) as tf.Tensor4D;
}
