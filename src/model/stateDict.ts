/**
 * Weights in and out as torchvision's `state_dict` has them: conv OIHW and linear [out, in], where the studio has HWIO
 * and [in, out]. The one place where layouts change. What is written loads in PyTorch with strict=True; what is read must
 * be exactly the network's.
 */
import { shown } from '../base/bytes.ts';
import { StudioError, type ErrorDetail } from '../base/errors.ts';
import type { Weights } from './initialWeights.ts';
import { flatLayers, parameters, type Network, type Parameter } from './network.ts';
import type { SafetensorsFile } from './safetensors.ts';
import type { TensorEntry } from './safetensorsHeader.ts';
import { safetensorsPieces, type TensorToWrite } from './safetensorsWriter.ts';
import { isFloat, type Dtype } from './tensorValues.ts';

export interface StateDict {
  readonly weights: Weights;
  /** Arrays with NaN or infinite values and how many: worth a warning on import, a refusal on resume. */
  readonly notFinite: readonly { readonly name: string; readonly count: number }[];
}

/**
 * The network's weights from a file, in the studio's layout. BatchNorm's `num_batches_tracked` may be there or not.
 * @throws StudioError `weights-differ` with every array that is missing, left over or of another shape; what reading throws
 */
export async function readStateDict(file: SafetensorsFile, network: Network): Promise<StateDict> {
  const all = parameters(network);
  const differences = stateDictDifferences(file, network);
  if (differences.length > 0) throw weightsDiffer(network, differences);
  const weights: Weights = new Map();
  const notFinite: { name: string; count: number }[] = [];
  for (const parameter of all) {
    // One at a time: the bytes of a tensor are let go before the next is read.
    const values = await file.floats(parameter.name);
    const count = values.reduce((sum, value) => sum + (Number.isFinite(value) ? 0 : 1), 0);
    if (count > 0) notFinite.push({ name: parameter.name, count });
    weights.set(parameter.name, fromFileLayout(values, parameter.shape));
  }
  return { weights, notFinite };
}

/** Every array that the file lacks, has too many, or has in another shape, in the names and shapes of the file. */
export const stateDictDifferences = ({ tensors }: Pick<SafetensorsFile, 'tensors'>, network: Network): ErrorDetail[] =>
  compare(parameters(network), batchCounters(network), tensors);

/**
 * A safetensors file of the weights, as pieces for `new Blob(pieces)`.
 * @param batchesTracked what BatchNorm's `num_batches_tracked` says; PyTorch uses it only where momentum is None
 */
export function stateDictPieces(
  network: Network,
  weights: Weights,
  metadata: ReadonlyMap<string, string> = new Map(),
  batchesTracked = 0,
): Uint8Array<ArrayBuffer>[] {
  const tensors = new Map<string, TensorToWrite>();
  for (const { name, shape } of parameters(network)) {
    const values = weights.get(name);
    if (values === undefined) throw new Error(`No values for “${name}”.`);
    tensors.set(name, { shape: fileShape(shape), values: toFileLayout(values, shape) });
  }
  for (const name of batchCounters(network)) tensors.set(name, { shape: [], values: BigInt64Array.of(BigInt(batchesTracked)) });
  // `format: pt` is how Hugging Face's tools know PyTorch's layout.
  return safetensorsPieces(tensors, new Map([['format', 'pt'], ...metadata]));
}

/** Shape in the file: OIHW for HWIO, [out, in] for [in, out], vectors as they are. */
export function fileShape(shape: readonly number[]): readonly number[] {
  if (shape.length !== 4) return shape.toReversed();
  const [height, width, inputs, outputs] = shape as [number, number, number, number];
  return [outputs, inputs, height, width];
}

/** Values in the studio's layout of `shape` (HWIO, [in, out]) from those of a file (OIHW, [out, in]). */
export function fromFileLayout(values: Float32Array, shape: readonly number[]): Float32Array {
  if (shape.length === 1) return values;
  const { window, inputs, outputs } = extents(shape);
  const result = new Float32Array(values.length);
  let at = 0;
  for (let tap = 0; tap < window; tap++) {
    for (let input = 0; input < inputs; input++) {
      for (let output = 0; output < outputs; output++) result[at++] = values[(output * inputs + input) * window + tap] as number;
    }
  }
  return result;
}

/** The way back: values for a file from those in the studio's layout of `shape`. Never the same memory. */
export function toFileLayout(values: Float32Array, shape: readonly number[]): Float32Array<ArrayBuffer> {
  if (shape.length === 1) return new Float32Array(values);
  const { window, inputs, outputs } = extents(shape);
  const result = new Float32Array(values.length);
  let at = 0;
  for (let output = 0; output < outputs; output++) {
    for (let input = 0; input < inputs; input++) {
      for (let tap = 0; tap < window; tap++) result[at++] = values[(tap * inputs + input) * outputs + output] as number;
    }
  }
  return result;
}

/** A linear layer is a convolution with one tap. */
function extents(shape: readonly number[]): { window: number; inputs: number; outputs: number } {
  const [outputs = 1, inputs = 1, width = 1, height = 1] = shape.toReversed();
  return { window: height * width, inputs, outputs };
}

/** Names that PyTorch keeps beside each BatchNorm's statistics: an int64 that counts batches. */
function batchCounters(network: Network): string[] {
  return flatLayers(network).flatMap((layer) => (layer.kind === 'batchNorm' ? [`${layer.name}.num_batches_tracked`] : []));
}

/** What a left-over array is expected to be. */
export const noSuchArray = 'no such array';

function compare(
  all: readonly Parameter[],
  counters: readonly string[],
  tensors: ReadonlyMap<string, TensorEntry>,
): ErrorDetail[] {
  const differences: ErrorDetail[] = [];
  const known = new Set<string>();
  const hold = (name: string, shape: readonly number[], what: string, fits: (dtype: Dtype) => boolean, needed: boolean) => {
    known.add(name);
    const found = tensors.get(name);
    const expected = `${what} [${shape.join(', ')}]`;
    if (found === undefined) {
      if (needed) differences.push({ where: name, found: 'missing', expected });
    } else if (!fits(found.dtype) || found.shape.join() !== shape.join()) {
      differences.push({ where: name, found: `${found.dtype} [${found.shape.join(', ')}]`, expected });
    }
  };
  for (const { name, shape } of all) hold(name, fileShape(shape), 'F32', isFloat, true);
  for (const name of counters) hold(name, [], 'I64', (dtype) => dtype === 'I64', false);
  for (const { name, dtype, shape } of tensors.values()) {
    if (!known.has(name))
      differences.push({ where: shown(name), found: `${dtype} [${shape.join(', ')}]`, expected: noSuchArray });
  }
  return differences;
}

function weightsDiffer(network: Network, details: readonly ErrorDetail[]): StudioError {
  const missing = details.filter(({ found }) => found === 'missing').length;
  const extra = details.filter(({ expected }) => expected === noSuchArray).length;
  const other = details.length - missing - extra;
  const counts = [
    ...(missing > 0 ? [`${missing} missing`] : []),
    ...(extra > 0 ? [`${extra} left over`] : []),
    ...(other > 0 ? [`${other} of another shape or type`] : []),
  ];
  return new StudioError({
    code: 'weights-differ',
    message: `These are not the weights of ${network.title} for ${network.classes} classes: of its arrays ${counts.join(', ')}.`,
    remedy: 'Choose the network, head, width and number of classes that the weights were trained with, or another file.',
    details,
  });
}
