/**
 * Stock tfjs-webgpu, as its user would write the step: tf's operations, its tape, its momentum optimiser, the package's own
 * kernels and flags. Batches lie on the device beforehand and no loss is read until asked for, which favours it.
 */
import { tf } from '../gpu/tfjs.ts';
import { flatLayers, parameters, type Layer } from '../model/network.ts';
import type { Contender } from './contender.ts';
import { enterStock } from './tfjsBackends.ts';
import type { Workload } from './workload.ts';

const epsilon = 1e-5;
const runningMomentum = 0.1;

export async function openStock(workload: Workload): Promise<Contender> {
  await enterStock();
  const { batch, network } = workload.case;
  const layers = flatLayers(network);
  const all = parameters(network);
  const arrays = new Map(
    all.map(({ name, shape, trainable }) => [
      name,
      tf.variable(tf.tensor(workload.weights.get(name) as Float32Array, [...shape]), trainable),
    ]),
  );
  const array = (name: string): tf.Variable => arrays.get(name) as tf.Variable;
  const trained = all.filter(({ trainable }) => trainable).map(({ name }) => array(name));
  const optimiser = tf.train.momentum(workload.learningRate, workload.optimiser.momentum);
  const batches = workload.batches.map(({ inputs, targets }) => ({
    x: tf.tensor4d(inputs, [batch, ...network.input]),
    y: tf.tensor2d(targets, [batch, network.classes]),
  }));
  let losses: tf.Scalar[] = [];

  const apply = (x: tf.Tensor, layer: Layer): tf.Tensor => {
    switch (layer.kind) {
      case 'conv': {
        const image = x as tf.Tensor4D;
        const weight = array(`${layer.name}.weight`) as unknown as tf.Tensor4D;
        const output = tf.conv2d(image, weight, layer.stride, layer.padding === 0 ? 'valid' : 'same');
        return layer.bias ? tf.add(output, array(`${layer.name}.bias`)) : output;
      }
      case 'batchNorm': {
        const { mean, variance } = tf.moments(x, [0, 1, 2]);
        follow(`${layer.name}.running_mean`, mean);
        follow(`${layer.name}.running_var`, variance);
        const [bias, weight] = [array(`${layer.name}.bias`), array(`${layer.name}.weight`)];
        return tf.batchNorm(
          x as tf.Tensor4D,
          mean as tf.Tensor1D,
          variance as tf.Tensor1D,
          bias as never,
          weight as never,
          epsilon,
        );
      }
      case 'relu':
        return tf.relu(x);
      case 'maxPool':
        return tf.maxPool(x as tf.Tensor4D, layer.size, layer.stride, 'valid');
      case 'globalAveragePool':
        return tf.mean(x, [1, 2]);
      case 'linear':
        return tf.add(tf.matMul(x as tf.Tensor2D, array(`${layer.name}.weight`) as never), array(`${layer.name}.bias`));
      default:
        throw new Error(`The bench’s stock network has no ${layer.kind}.`);
    }
  };

  const follow = (name: string, value: tf.Tensor): void => {
    const running = array(name);
    running.assign(tf.add(tf.mul(running, 1 - runningMomentum), tf.mul(value, runningMomentum)));
  };

  return {
    name: 'stock',
    what: `tfjs-backend-webgpu ${tf.version_core} as it comes`,
    enter: enterStock,
    stepsAtOnce: Number.POSITIVE_INFINITY,
    step: (index) => {
      const taken = batches[index % batches.length];
      if (taken === undefined) return;
      const loss = tf.tidy(() => {
        const { grads, value } = tf.variableGrads(() => {
          const logits = layers.reduce<tf.Tensor>(apply, taken.x);
          return tf.losses.softmaxCrossEntropy(taken.y, logits as tf.Tensor2D);
        }, trained);
        // PyTorch's weight decay: a gradient of its own, not part of the loss.
        const decayed = Object.fromEntries(
          trained.map((weight) => [
            weight.name,
            tf.add(grads[weight.name] as tf.Tensor, tf.mul(weight, workload.optimiser.weightDecay)),
          ]),
        );
        optimiser.applyGradients(decayed);
        return value;
      });
      losses.push(loss);
    },
    finish: async () => {
      const waiting = losses;
      losses = [];
      const values = await Promise.all(waiting.map(async (loss) => (await loss.data())[0] as number));
      tf.dispose(waiting);
      return values;
    },
    settle: async () => {
      await losses.at(-1)?.data();
      tf.dispose(losses);
      losses = [];
    },
    merge: null,
    look: null,
    dispose: async () => {
      await enterStock();
      tf.dispose([...arrays.values(), ...batches.flatMap(({ x, y }) => [x, y])]);
      optimiser.dispose();
    },
  };
}
