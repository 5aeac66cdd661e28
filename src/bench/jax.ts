/**
 * jax-js (`@jax-js/jax`) as its user would write the step: one jitted function of weights, momentum and batch, through
 * `valueAndGrad`. Layout NCHW, which its convolution takes. Its arrays count references: every use but the last is `.ref`.
 */
import { flatLayers, parameters, type Layer } from '../model/network.ts';
import { fileShape, toFileLayout } from '../model/stateDict.ts';
import type { Contender } from './contender.ts';
import type { Workload } from './workload.ts';

type Jax = typeof import('@jax-js/jax');
type Tensor = ReturnType<Jax['numpy']['zeros']>;
type Tensors = Record<string, Tensor>;
type State = { weights: Tensors; momenta: Tensors; running: Tensors };

const epsilon = 1e-5;
const runningMomentum = 0.1;

let device: GPUDevice | null = null;

export async function openJax(workload: Workload): Promise<Contender | string> {
  const jax = await import('@jax-js/jax');
  const devices = await jax.init('webgpu');
  if (!devices.includes('webgpu')) return 'jax-js found no WebGPU device';
  jax.defaultDevice('webgpu');
  device = jax.getWebGPUDevice();
  const { numpy: np } = jax;
  const { batch, network } = workload.case;
  const [height, width, channels] = network.input;

  const weights: Tensors = {};
  const momenta: Tensors = {};
  const running: Tensors = {};
  for (const { name, shape, trainable } of parameters(network)) {
    const values = workload.weights.get(name) as Float32Array;
    // A convolution's weight as PyTorch has it; a linear layer's as the studio does, which multiplies from the right.
    const array =
      shape.length === 4
        ? np.array(toFileLayout(values, shape), { shape: [...fileShape(shape)] })
        : np.array(values.slice(), { shape: [...shape] });
    if (trainable) {
      momenta[name] = np.zeros(array.shape);
      weights[name] = array;
    } else running[name] = array;
  }
  const batches = workload.batches.map(({ inputs, targets }) => ({
    x: np.array(channelsFirst(inputs, batch, height * width, channels), { shape: [batch, channels, height, width] }),
    y: np.array(targets.slice(), { shape: [batch, network.classes] }),
  }));

  let state: State = { weights, momenta, running };
  const train = jax.jit(stepOf(jax, workload));
  let losses: Tensor[] = [];
  return {
    name: 'jax',
    what: 'jax-js 0.1.25, one jitted step',
    enter: () => Promise.resolve(),
    stepsAtOnce: Number.POSITIVE_INFINITY,
    step: (index) => {
      const taken = batches[index % batches.length];
      if (taken === undefined) return;
      const [loss, next] = train(state, taken.x.ref, taken.y.ref);
      state = next;
      losses.push(loss);
    },
    finish: async () => {
      const waiting = losses;
      losses = [];
      const values: number[] = [];
      for (const loss of waiting) values.push((await loss.data())[0] as number);
      return values;
    },
    settle: async () => {
      await jax.blockUntilReady(state);
      for (const loss of losses) loss.dispose();
      losses = [];
    },
    merge: null,
    look: null,
    dispose: () => {
      for (const array of [state.weights, state.momenta, state.running].flatMap((part) => Object.values(part))) array.dispose();
      for (const { x, y } of batches) {
        x.dispose();
        y.dispose();
      }
      return Promise.resolve();
    },
  };
}

/** jax-js keeps its device for the life of the page; a process that is to end lets go of it. */
export function closeJax(): void {
  device?.destroy();
  device = null;
}

function stepOf(jax: Jax, { case: { batch, network }, learningRate, optimiser }: Workload) {
  const { lax, nn, numpy: np } = jax;
  const layers = flatLayers(network);

  const apply = (x: Tensor, layer: Layer, weights: Tensors, statistics: Tensors): Tensor => {
    const use = (name: string): Tensor => (weights[name] as Tensor).ref;
    const perChannel = (array: Tensor): Tensor => array.reshape([1, layer.output[2], 1, 1]);
    switch (layer.kind) {
      case 'conv': {
        const { padding, stride } = layer;
        const around: [number, number] = [padding, padding];
        const output = lax.conv(x, use(`${layer.name}.weight`), [stride, stride], [around, around]);
        return layer.bias ? output.add(perChannel(use(`${layer.name}.bias`))) : output;
      }
      case 'batchNorm': {
        const mean = np.mean(x.ref, [0, 2, 3]);
        const centred = x.sub(perChannel(mean.ref));
        const variance = np.mean(np.square(centred.ref), [0, 2, 3]);
        statistics[`${layer.name}.running_mean`] = mean;
        statistics[`${layer.name}.running_var`] = variance.ref;
        const scale = use(`${layer.name}.weight`).div(np.sqrt(variance.add(epsilon)));
        return centred.mul(perChannel(scale)).add(perChannel(use(`${layer.name}.bias`)));
      }
      case 'relu':
        return nn.relu(x);
      case 'maxPool':
        return lax.reduceWindow(x, np.max, [layer.size, layer.size], [layer.stride, layer.stride]);
      case 'globalAveragePool':
        return np.mean(x, [2, 3]);
      case 'linear':
        return np.dot(x, use(`${layer.name}.weight`)).add(use(`${layer.name}.bias`));
      default:
        throw new Error(`The bench’s jax-js network has no ${layer.kind}.`);
    }
  };

  const lossOf = (weights: Tensors, x: Tensor, y: Tensor): [Tensor, Tensors] => {
    const statistics: Tensors = {};
    const logits = layers.reduce((value, layer) => apply(value, layer, weights, statistics), x);
    for (const weight of Object.values(weights)) weight.dispose();
    const loss = np.sum(nn.logSoftmax(logits, 1).mul(y)).mul(-1 / batch);
    return [loss, statistics];
  };

  return ({ momenta, running, weights }: State, x: Tensor, y: Tensor): [Tensor, State] => {
    const held = Object.fromEntries(Object.entries(weights).map(([name, weight]) => [name, weight.ref]));
    const [[loss, statistics], gradients] = jax.valueAndGrad(lossOf, { hasAux: true })(held, x, y);
    const next: State = { weights: {}, momenta: {}, running: {} };
    for (const [name, weight] of Object.entries(weights)) {
      const decayed = (gradients[name] as Tensor).add(weight.ref.mul(optimiser.weightDecay));
      const momentum = (momenta[name] as Tensor).mul(optimiser.momentum).add(decayed);
      next.momenta[name] = momentum.ref;
      next.weights[name] = weight.sub(momentum.mul(learningRate));
    }
    for (const [name, array] of Object.entries(running)) {
      next.running[name] = array.mul(1 - runningMomentum).add((statistics[name] as Tensor).mul(runningMomentum));
    }
    return [loss, next];
  };
}

/** [b, pixels, c] as [b, c, pixels] */
function channelsFirst(values: Float32Array, batch: number, pixels: number, channels: number): Float32Array<ArrayBuffer> {
  const turned = new Float32Array(values.length);
  for (let image = 0; image < batch; image++)
    for (let pixel = 0; pixel < pixels; pixel++)
      for (let channel = 0; channel < channels; channel++)
        turned[(image * channels + channel) * pixels + pixel] = values[(image * pixels + pixel) * channels + channel] as number;
  return turned;
}
