/**
 * From a recipe's network settings to the network. A new family of networks starts here: its name in
 * `recipe/fields.ts`, its plan in a file beside this one, and a case below.
 */
import type { NetworkSettings } from '../recipe/recipe.ts';
import type { Network, Shape } from './network.ts';
import { resnet, resnetPlans, stemFor } from './resnet.ts';
import { vgg, vggPlans } from './vgg.ts';

/**
 * The network of a recipe, for images of `input` and that many class scores. A ResNet has batch normalisation and its
 * own head whatever `batchNorm` and `head` say, as the form's help text tells.
 */
export function buildNetwork(settings: NetworkSettings, input: Shape, classes: number): Network {
  const width = settings.widthMultiplier === 1 ? '' : `, width × ${settings.widthMultiplier}`;
  const scaled = (kernels: number) => Math.max(1, Math.round(kernels * settings.widthMultiplier));
  switch (settings.name) {
    case 'resnet18':
    case 'resnet34': {
      const { blocks, widths } = resnetPlans[settings.name];
      const stem = stemFor(input);
      const title = `ResNet-${settings.name.slice(6)}${stem === 'small' ? ' with a 3 × 3 stem' : ''}${width}`;
      return { ...resnet({ blocks, widths: widths.map(scaled) }, stem, input, classes), title };
    }
    default: {
      const plan = vggPlans[settings.name].map((entry) => (entry === 'M' ? entry : scaled(entry)));
      const title = `VGG-${settings.name.slice(3)}${settings.batchNorm ? ' with batch norm' : ''}${width}`;
      return { ...vgg(plan, settings.batchNorm, settings.head, input, classes), title };
    }
  }
}
