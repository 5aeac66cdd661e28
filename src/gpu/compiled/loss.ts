/**
 * Cross-entropy from logits and its gradient in one kernel, as PyTorch's CrossEntropyLoss and BCEWithLogitsLoss average
 * them. The loss of every image goes to this step's place in a ring that is read and summed later, and its right answers are
 * added to a counter before the ring: whole numbers, so the order of adding changes nothing. The counter is never set back
 * (whoever reads it takes the difference), which saves a dispatch and a write a step.
 */
import { quads, entry, floats, lanes, reads, spread, uniform, writes, type Operation, type Resource } from './operation.ts';

export interface LossBuffers {
  readonly batch: Resource;
  readonly chunk: number;
  readonly now: Resource;
  readonly logits: Resource;
  /** [images of the batch, classes]. */
  readonly targets: Resource;
  /** A `Losses` of WGSL: the counter, and losses [steps, images of the batch]. */
  readonly losses: Resource;
  readonly gradient: Resource;
}

/** Bytes of a `Losses` of that many images over all steps. */
export const lossesBytes = (images: number): number => 4 + images * 4;

/**
 * What counts as right (`train/metrics.ts`, accuracy): of one label an image's highest logit, the first of equal ones; of
 * several each label's own, at a probability above a half, which is a logit above 0.
 */

export function crossEntropy(classes: number, multiLabel: boolean, buffers: LossBuffers, gradientScale = 1): Operation {
  const scaled = gradientScale === 1 ? '' : `${gradientScale}.0 * `;
  return {
    label: 'cross-entropy',
    bindings: [
      uniform('Batch', buffers.batch),
      uniform('Now', buffers.now),
      reads('logits', buffers.logits, floats),
      reads('targets', buffers.targets, floats),
      writes('losses', buffers.losses, 'Losses'),
      writes('gradient', buffers.gradient, floats),
    ],
    body: `${entry}
  if (item >= batch.images) {
    return;
  }
  let row = item * ${quads(classes) * 4}u;
  let truth = (batch.first + item) * ${classes}u;
  var loss = 0.0;
  var correct = 0u;
${multiLabel ? sigmoid(classes, scaled) : softmax(classes, scaled)}
  for (var k = ${classes}u; k < ${quads(classes) * 4}u; k++) {
    gradient[row + k] = 0.0;
  }
  losses.ofImages[now.slot * batch.total + batch.first + item] = loss;
  if (correct > 0u) {
    atomicAdd(&losses.correct, correct);
  }
}`,
    groups: (images) => spread(Math.ceil(images / lanes)),
    macs: 0,
    chunk: buffers.chunk,
  };
}

/** log(sum exp z) - sum z y, with the largest logit taken out of the exponent; probabilities minus targets. */
const softmax = (classes: number, scaled: string) => `
  var largest = logits[row];
  var answer = 0u;
  for (var k = 1u; k < ${classes}u; k++) {
    if (logits[row + k] > largest) {
      largest = logits[row + k];
      answer = k;
    }
  }
  correct = u32(targets[truth + answer] > 0.5);
  var sum = 0.0;
  var picked = 0.0;
  for (var k = 0u; k < ${classes}u; k++) {
    let shifted = logits[row + k] - largest;
    sum += exp(shifted);
    picked += shifted * targets[truth + k];
  }
  loss = log(sum) - picked;
  for (var k = 0u; k < ${classes}u; k++) {
    let probability = exp(logits[row + k] - largest) / sum;
    gradient[row + k] = ${scaled}(probability - targets[truth + k]) / f32(batch.total);
  }`;

/** max(z, 0) - z y + log(1 + exp(-|z|)): no overflow on either side. */
const sigmoid = (classes: number, scaled: string) => `
  for (var k = 0u; k < ${classes}u; k++) {
    let z = logits[row + k];
    let y = targets[truth + k];
    correct += u32((z > 0.0) == (y > 0.5));
    let small = exp(-abs(z));
    loss += max(z, 0.0) - z * y + log(1.0 + small);
    let probability = select(small, 1.0, z >= 0.0) / (1.0 + small);
    gradient[row + k] = ${scaled}(probability - y) / f32(batch.total * ${classes}u);
  }
  loss /= ${classes}.0;`;
