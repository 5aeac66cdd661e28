/**
 * Cross-entropy from logits, with its gradient written out (probabilities minus targets), as PyTorch's
 * CrossEntropyLoss and BCEWithLogitsLoss compute it, averaged over the batch (and over the labels). Beside it, what of the
 * same logits is right.
 */
import { tf } from '../gpu/tfjs.ts';
import type { Task } from '../data/dataset.ts';

/** Mean loss, a scalar. logits and targets are [b, classes]. */
export function crossEntropy(logits: tf.Tensor2D, targets: tf.Tensor2D, task: Task): tf.Scalar {
  return task === 'multi-label' ? sigmoidCrossEntropy(logits, targets) : softmaxCrossEntropy(logits, targets);
}

/**
 * Right answers, a scalar: images whose highest logit is their label's, the first of equal ones; in multi-label training the
 * cells (image, label) that are right where the probability is above a half, which is a logit above 0. A whole number as
 * float32, which is exact below 2^24: that many images (times labels) no batch has. Not differentiated.
 */
export function correctAnswers(logits: tf.Tensor2D, targets: tf.Tensor2D, task: Task): tf.Scalar {
  return tf.tidy(() => {
    const right =
      task === 'multi-label'
        ? tf.equal(tf.greater(logits, 0), tf.greater(targets, 0.5))
        : tf.equal(tf.argMax(logits, 1), tf.argMax(targets, 1));
    return tf.sum(tf.cast(right, 'float32'));
  });
}

function softmaxCrossEntropy(logits: tf.Tensor2D, targets: tf.Tensor2D): tf.Scalar {
  const batch = logits.shape[0];
  const loss = tf.customGrad((...all) => {
    const [z, y, save] = all as unknown as [tf.Tensor2D, tf.Tensor2D, tf.GradSaveFunc];
    const shifted = tf.sub(z, tf.max(z, 1, true));
    const exponentials = tf.exp(shifted);
    const sums = tf.sum(exponentials, 1, true);
    const perImage = tf.sub(tf.log(sums), tf.sum(tf.mul(shifted, y), 1, true));
    save([tf.div(exponentials, sums), y]);
    return {
      value: tf.mean(perImage),
      gradFunc: (dy: tf.Tensor, saved: tf.Tensor[]) => {
        const [probabilities, truth] = saved as [tf.Tensor2D, tf.Tensor2D];
        return [tf.mul(tf.sub(probabilities, truth), tf.div(dy, batch)), tf.zerosLike(truth)];
      },
    };
  });
  return loss(logits, targets) as tf.Scalar;
}

function sigmoidCrossEntropy(logits: tf.Tensor2D, targets: tf.Tensor2D): tf.Scalar {
  const count = logits.size;
  const loss = tf.customGrad((...all) => {
    const [z, y, save] = all as unknown as [tf.Tensor2D, tf.Tensor2D, tf.GradSaveFunc];
    // max(z, 0) - z y + log(1 + exp(-|z|)): no overflow on either side
    const perLabel = tf.add(tf.sub(tf.relu(z), tf.mul(z, y)), tf.log1p(tf.exp(tf.neg(tf.abs(z)))));
    save([tf.sigmoid(z), y]);
    return {
      value: tf.mean(perLabel),
      gradFunc: (dy: tf.Tensor, saved: tf.Tensor[]) => {
        const [probabilities, truth] = saved as [tf.Tensor2D, tf.Tensor2D];
        return [tf.mul(tf.sub(probabilities, truth), tf.div(dy, count)), tf.zerosLike(truth)];
      },
    };
  });
  return loss(logits, targets) as tf.Scalar;
}
