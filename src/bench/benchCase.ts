/**
 * What is measured: a network, an image side and a batch, named as `vgg8_bn@28x64`; how much arithmetic one training step
 * of it is, and how many bytes it has to move at the least. The same numbers for everyone who is measured.
 */
import { StudioError } from '../base/errors.ts';
import { flatLayers, layerParameters, type ConvLayer, type Network } from '../model/network.ts';
import { vgg, vggPlans } from '../model/vgg.ts';

export interface BenchCase {
  readonly name: string;
  readonly network: Network;
  readonly batch: number;
  /** Floating-point operations of one step. */
  readonly flop: number;
  /** Bytes of one step at the least. */
  readonly bytes: number;
}

/** BloodMNIST's. */
const classes = 8;

/** @throws StudioError `bench-case` */
export function parseCase(name: string): BenchCase {
  const found = /^(vgg\d+)(_bn)?@(\d+)x(\d+)$/.exec(name);
  const plan = found?.[1] as keyof typeof vggPlans | undefined;
  const [side, batch] = [Number(found?.[3]), Number(found?.[4])];
  if (plan === undefined || vggPlans[plan] === undefined || side < 4 || side > 512 || batch < 1 || batch > 65_536) {
    throw new StudioError({
      code: 'bench-case',
      message: `“${name}” names no case.`,
      remedy: `A case is NETWORK@SIDExBATCH, e.g. vgg8_bn@28x64. Networks: ${Object.keys(vggPlans).join(', ')}, each also with _bn.`,
    });
  }
  return caseOf(name, vgg(vggPlans[plan], found?.[2] !== undefined, 'linear', [side, side, 3], classes), batch);
}

export function caseOf(name: string, network: Network, batch: number): BenchCase {
  return { name, network, batch, flop: stepFlop(network) * batch, bytes: leastBytes(network, batch) };
}

const convolutionsOf = (network: Network): ConvLayer[] =>
  flatLayers(network).filter((layer): layer is ConvLayer => layer.kind === 'conv');

/**
 * An image's share of a step: the convolutions' multiplications and additions, forward, filter gradient and input
 * gradient, without the input gradient of the first layer, which nobody needs. All else is left out.
 */
function stepFlop(network: Network): number {
  const multiplications = convolutionsOf(network).map(
    ({ input, kernelSize, output }) => kernelSize ** 2 * input[2] * output[0] * output[1] * output[2],
  );
  const all = multiplications.reduce((sum, each) => sum + each, 0);
  return 2 * (3 * all - (multiplications[0] ?? 0));
}

/**
 * Each of a convolution's three passes reads two of x, y and the filter and writes the third; the update reads gradient,
 * weight and momentum and writes the last two. A step that fuses all else into these moves no more, in float32.
 */
function leastBytes(network: Network, batch: number): number {
  const elements = (shape: readonly number[]) => shape.reduce((product, side) => product * side, 1);
  const activations = convolutionsOf(network).reduce(
    (sum, { input, output }, index) => sum + (index === 0 ? 2 : 3) * (elements(input) + elements(output)),
    0,
  );
  const weights = flatLayers(network)
    .flatMap(layerParameters)
    .filter((parameter) => parameter.trainable)
    .reduce((sum, { shape }) => sum + elements(shape), 0);
  return 4 * (activations * batch + 8 * weights);
}
