/**
 * Start weights from a file, as transfer learning takes them: every array of the convolutions must be there in its shape;
 * the head (the linear layers) may be another, since its classes are. Where only the last layer differs it alone is drawn,
 * else the whole head. Nothing is cut, padded, averaged or left out in silence.
 */
import { StudioError, type ErrorDetail } from '../base/errors.ts';
import type { Recipe } from '../recipe/recipe.ts';
import { initialWeights, type Weights } from './initialWeights.ts';
import { fileShape, fromFileLayout, noSuchArray, stateDictDifferences } from './stateDict.ts';
import { convolutions, flatLayers, parameters, type Network } from './network.ts';
import type { SafetensorsFile } from './safetensors.ts';

/**
 * Names of the arrays that are drawn because the file does not have them so; none where it fits wholly.
 * @throws StudioError `start-file-differs` with every array of the convolutions that is missing, left over or of another shape
 */
export function drawnArrays(file: Pick<SafetensorsFile, 'tensors'>, network: Network, fileName: string): string[] {
  const linear = flatLayers(network).flatMap((layer) => (layer.kind === 'linear' ? [layer.name] : []));
  const ofLayers = (names: readonly string[]) => names.flatMap((name) => [`${name}.weight`, `${name}.bias`]);
  const head = new Set(ofLayers(linear));
  // `classifier`, whatever the plan of its layers, or a ResNet's `fc`.
  const root = `${linear.at(-1)?.split('.')[0]}.`;
  const differences = stateDictDifferences(file, network);
  const inHead = ({ where, expected }: ErrorDetail) => head.has(where) || (expected === noSuchArray && where.startsWith(root));
  const others = differences.filter((difference) => !inHead(difference));
  if (others.length > 0) throw differs(network, fileName, others, file);
  const last = ofLayers(linear.slice(-1));
  const lacking = differences.filter(inHead).map(({ where }) => where);
  if (lacking.length === 0) return [];
  return lacking.every((name) => last.includes(name)) ? last : ofLayers(linear);
}

/**
 * The network's weights in the studio's layout: the file's, and `drawnArrays` from the seed.
 * @throws StudioError `start-file-differs`, `start-file-not-finite`, and what reading throws
 */
export async function weightsFromFile(
  file: SafetensorsFile,
  network: Network,
  { name: fileName, distribution }: { readonly name: string; readonly distribution: Recipe['start']['distribution'] },
  seed: number,
): Promise<Weights> {
  const drawn = new Set(drawnArrays(file, network, fileName));
  const drawnWeights = initialWeights(network, distribution, seed, drawn);
  const weights: Weights = new Map();
  for (const { name, shape } of parameters(network)) {
    const own = drawnWeights.get(name);
    if (own !== undefined) {
      weights.set(name, own);
      continue;
    }
    const values = await file.floats(name);
    const bad = values.findIndex((value) => !Number.isFinite(value));
    if (bad >= 0) throw notFinite(fileName, name, values[bad] as number, bad);
    weights.set(name, fromFileLayout(values, shape));
  }
  return weights;
}

function differs(
  network: Network,
  fileName: string,
  details: readonly ErrorDetail[],
  file: Pick<SafetensorsFile, 'tensors'>,
): StudioError {
  const first = details[0] as ErrorDetail;
  const more = details.length > 1 ? `, and ${details.length - 1} more` : '';
  return new StudioError({
    code: 'start-file-differs',
    message: `“${fileName}” does not hold the convolutions of ${network.title}: ${first.where} is ${first.found}, expected ${first.expected}${more}.`,
    remedy: remedyFor(network, file),
    details,
  });
}

/** The two likely reasons have a remedy of their own: grey images, and the stem of a ResNet for small ones. */
function remedyFor(network: Network, { tensors }: Pick<SafetensorsFile, 'tensors'>): string {
  const [first] = convolutions(network);
  const found = first === undefined ? undefined : tensors.get(`${first.name}.weight`)?.shape;
  if (first !== undefined && found?.length === 4) {
    const expected = fileShape([first.kernelSize, first.kernelSize, first.input[2], first.output[2]]);
    const sameElse = (at: number) => found.every((side, k) => k === at || side === expected[k]);
    if (sameElse(1) && found[1] === 3 && expected[1] === 1)
      return 'The file is of colour images and the data is grey: set input.channels to rgb, which repeats the grey channel.';
    if (first.name === 'conv1' && found[2] === 7 && expected[2] === 3)
      return 'The file’s ResNet begins with a 7 × 7 convolution, as images of 64 pixels and more need: set input.side to 64 or more.';
  }
  return 'Choose the network and width that the file was made with, or another file; a swept network may have a start of its own.';
}

const notFinite = (fileName: string, name: string, value: number, at: number): StudioError =>
  new StudioError({
    code: 'start-file-not-finite',
    message: `“${fileName}” holds ${value} in ${name}, at position ${at}; no training starts from that.`,
    remedy: 'Choose another file.',
    details: [{ where: name, found: String(value), expected: 'finite numbers' }],
  });
