/**
 * A trained network that only looks: class scores and Grad-CAM of single images, in evaluation mode. It holds its weights
 * on the device until disposed, apart from any trainer, and changes nothing that a training run depends on.
 */
import type { Task } from '../data/dataset.ts';
import { tf } from '../gpu/tfjs.ts';
import type { Weights } from '../model/initialWeights.ts';
import { parameters, type Network } from '../model/network.ts';
import { forward } from './forward.ts';
import { gradCam, type GradCam } from './gradCam.ts';
import { scores } from './metrics.ts';

export class Classifier {
  readonly network: Network;
  readonly #task: Task;
  readonly #arrays = new Map<string, tf.Tensor>();

  constructor(network: Network, task: Task, weights: Weights) {
    this.network = network;
    this.#task = task;
    for (const { name, shape } of parameters(network)) {
      const values = weights.get(name);
      if (values === undefined) throw new Error(`No values for “${name}”.`);
      this.#arrays.set(
        name,
        tf.tidy(() => tf.keep(tf.tensor(values, [...shape]))),
      );
    }
  }

  /** Class scores of one image [h, w, c], normalised as the recipe asks: probabilities, as the test's are. */
  async scores(input: Float32Array): Promise<Float64Array> {
    const logits = tf.tidy(() => forward(this.network, this.#arrays, this.#tensor(input), null));
    try {
      return scores(await logits.data<'float32'>(), this.network.classes, this.#task);
    } finally {
      logits.dispose();
    }
  }

  /** Where the image holds what raises the score of that class. */
  async gradCam(input: Float32Array, classIndex: number): Promise<GradCam> {
    const x = this.#tensor(input);
    try {
      return await gradCam(this.network, this.#arrays, x, classIndex);
    } finally {
      x.dispose();
    }
  }

  dispose(): void {
    for (const array of this.#arrays.values()) array.dispose();
    this.#arrays.clear();
  }

  #tensor(input: Float32Array): tf.Tensor4D {
    const [height, width, channels] = this.network.input;
    return tf.tensor4d(input, [1, height, width, channels]);
  }
}
