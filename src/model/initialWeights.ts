/**
 * Start weights, drawn from Threefry and therefore the same bits on every machine: only uniform distributions, since
 * ECMAScript leaves the last bits of log and cos open, which a normal draw would need.
 */
import { fold, keyOf, purposes, threefry2x32, unit } from '../base/threefry.ts';
import { elements, parameters, type Network, type Parameter } from './network.ts';
import type { Recipe } from '../recipe/recipe.ts';

/** Arrays by parameter name, each in the studio's layout (conv HWIO, linear [in, out]). */
export type Weights = Map<string, Float32Array>;

/**
 * `pytorch`: weights and biases uniform in ±1/sqrt(fan-in), what torch.nn draws when nothing else is asked for.
 * `he`: convolutions uniform with He's variance over fan-out (torchvision's VGG uses the normal of that variance),
 * linear layers uniform with std 0.01 as torchvision's, biases 0.
 * BatchNorm starts at weight 1, bias 0, mean 0, variance 1.
 * @param only names of the arrays to draw, each as it is among all; absent for all
 */
export function initialWeights(
  network: Network,
  distribution: Recipe['start']['distribution'],
  seed: number,
  only?: ReadonlySet<string>,
): Weights {
  const root = fold(keyOf(seed), purposes.initialWeights);
  const weights: Weights = new Map();
  parameters(network).forEach((parameter, position) => {
    if (only?.has(parameter.name) === false) return;
    const values = new Float32Array(elements(parameter.shape));
    const bound = drawBound(parameter, distribution);
    if (bound > 0) {
      const key = fold(root, position);
      for (let index = 0; index < values.length; index++)
        values[index] = (2 * unit(threefry2x32(key, [0, index])[0]) - 1) * bound;
    } else if (parameter.role === 'runningVar' || (parameter.layer.kind === 'batchNorm' && parameter.role === 'weight')) {
      values.fill(1);
    }
    weights.set(parameter.name, values);
  });
  return weights;
}

/** Half-width of the uniform draw; 0 where the parameter starts at a constant. */
function drawBound(parameter: Parameter, distribution: Recipe['start']['distribution']): number {
  const { layer } = parameter;
  if (layer.kind !== 'conv' && layer.kind !== 'linear') return 0;
  const window = layer.kind === 'conv' ? layer.kernelSize ** 2 : 1;
  if (distribution === 'pytorch') return 1 / Math.sqrt(window * layer.input[2]);
  if (parameter.role === 'bias') return 0;
  return layer.kind === 'conv' ? Math.sqrt(6 / (window * layer.output[2])) : 0.01 * Math.sqrt(3);
}
