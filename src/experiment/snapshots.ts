/**
 * Snapshots of a network's convolutions for looking at: eight bits a weight, one scale a kernel, so that a cosine
 * similarity comes back to 0.003, that of long kernels to 0.001. One file an epoch; a layer of it is read without the rest. Nothing is trained from
 * a snapshot.
 */
import { StudioError } from '../base/errors.ts';
import type { Weights } from '../model/initialWeights.ts';
import { convolutions, elements, type Network } from '../model/network.ts';
import type { Recipe } from '../recipe/recipe.ts';

/** The kernels of one convolution, as they are kept: element r of kernel i is `(codes[r * kernels + i] - 128) * scales[i]`. */
export interface LayerSnapshot {
  readonly layer: number;
  readonly kernels: number;
  /** Rows and columns of a kernel. */
  readonly side: number;
  /** Input channels. */
  readonly channels: number;
  readonly scales: Float32Array<ArrayBuffer>;
  readonly codes: Uint8Array<ArrayBuffer>;
}

const magic = 'INMKERN1';
const headerBytes = 16;
const entryBytes = 16;
const zero = 128;
const largest = 127;

export function snapshotLayer(weights: Float32Array, kernels: number): Pick<LayerSnapshot, 'scales' | 'codes'> {
  const scales = new Float32Array(kernels);
  for (let row = 0; row < weights.length; row += kernels) {
    for (let kernel = 0; kernel < kernels; kernel++) {
      const size = Math.abs(weights[row + kernel] as number);
      if (size > (scales[kernel] as number) && size < Infinity) scales[kernel] = size;
    }
  }
  const factors = scales.map((most) => (most > 0 ? largest / most : 0));
  const codes = new Uint8Array(weights.length);
  for (let row = 0; row < weights.length; row += kernels) {
    for (let kernel = 0; kernel < kernels; kernel++) {
      const code = Math.round((weights[row + kernel] as number) * (factors[kernel] as number));
      // What is not a number shows as 0.
      codes[row + kernel] = zero + (code >= -largest && code <= largest ? code : 0);
    }
  }
  return { scales: scales.map((most) => most / largest), codes };
}

/** The weights that a snapshot stands for, HWIO. */
export function snapshotWeights({ kernels, scales, codes }: LayerSnapshot): Float32Array<ArrayBuffer> {
  const weights = new Float32Array(codes.length);
  for (let row = 0; row < codes.length; row += kernels) {
    for (let kernel = 0; kernel < kernels; kernel++)
      weights[row + kernel] = ((codes[row + kernel] as number) - zero) * (scales[kernel] as number);
  }
  return weights;
}

/** Bytes of one epoch's file. */
export function snapshotBytes(network: Network): number {
  return convolutions(network).reduce((sum, { kernelSize, input, output }) => {
    const weights = elements([kernelSize, kernelSize, input[2], output[2]]);
    return sum + entryBytes + 4 * output[2] + 4 * Math.ceil(weights / 4);
  }, headerBytes);
}

/** The file of all convolutions, in pieces. Layout, little-endian: magic, count, 0; layer, kernels, side, channels of each; then scales and codes of each. */
export function encodeSnapshot(network: Network, weights: Weights): Uint8Array<ArrayBuffer>[] {
  const layers = convolutions(network);
  const head = new Uint8Array(headerBytes + entryBytes * layers.length);
  const view = new DataView(head.buffer);
  head.set(new TextEncoder().encode(magic));
  view.setUint32(8, layers.length, true);
  const pieces: Uint8Array<ArrayBuffer>[] = [head];
  layers.forEach((layer, at) => {
    const values = weights.get(`${layer.name}.weight`);
    if (values === undefined) throw new Error(`No values for “${layer.name}.weight”.`);
    const entry = [layer.index, layer.output[2], layer.kernelSize, layer.input[2]];
    entry.forEach((value, k) => view.setUint32(headerBytes + at * entryBytes + 4 * k, value, true));
    const { scales, codes } = snapshotLayer(values, layer.output[2]);
    pieces.push(new Uint8Array(scales.buffer), codes, new Uint8Array(-codes.length & 3));
  });
  return pieces.filter((piece) => piece.length > 0);
}

/**
 * One layer of a file; null where the file has no such layer.
 * @throws StudioError `snapshot-damaged` where the file is cut or of another kind
 */
export async function readSnapshot(file: Blob, layer: number): Promise<LayerSnapshot | null> {
  const bytes = async (from: number, length: number) => {
    const part = await file.slice(from, from + length).arrayBuffer();
    if (part.byteLength !== length) throw damaged();
    return part;
  };
  const head = new DataView(await bytes(0, headerBytes));
  const count = head.getUint32(8, true);
  if (new TextDecoder().decode(new Uint8Array(head.buffer, 0, 8)) !== magic || count > 1000) throw damaged();
  const entries = new DataView(await bytes(headerBytes, count * entryBytes));
  let at = headerBytes + count * entryBytes;
  for (let k = 0; k < count; k++) {
    const [index, kernels, side, channels] = [0, 4, 8, 12].map((offset) => entries.getUint32(k * entryBytes + offset, true)) as [
      number,
      number,
      number,
      number,
    ];
    const weights = kernels * side * side * channels;
    if (index === layer) {
      const scales = new Float32Array(await bytes(at, 4 * kernels));
      return { layer, kernels, side, channels, scales, codes: new Uint8Array(await bytes(at + 4 * kernels, weights)) };
    }
    at += 4 * kernels + 4 * Math.ceil(weights / 4);
  }
  return null;
}

const damaged = (): StudioError =>
  new StudioError({
    code: 'snapshot-damaged',
    message: 'The saved kernels of this epoch are not whole.',
    remedy: 'Choose another epoch, or train the recipe again.',
  });

/** Which epochs of each phase are kept: every so-many-th, and always the last. */
export interface SnapshotPlan {
  readonly every: { readonly backbone: number; readonly finetune: number };
  /** Bytes of all of them together. */
  readonly bytes: number;
}

/** All epochs where they fit `budget` bytes; else first the backbone's are thinned, then fine-tuning's. */
export function planSnapshots(recipe: Recipe, epochBytes: number, budget: number): SnapshotPlan {
  const { seeds, arms, backbone, finetune } = recipe;
  const bytesOf = (every: SnapshotPlan['every']) =>
    epochBytes *
    seeds.length *
    (Math.ceil(backbone.epochs / every.backbone) + arms.length * Math.ceil(finetune.epochs / every.finetune));
  const most = { backbone: Math.max(1, backbone.epochs), finetune: Math.max(1, finetune.epochs) };
  let every = { backbone: 1, finetune: 1 };
  while (bytesOf(every) > budget) {
    if (every.backbone < most.backbone) every = { ...every, backbone: every.backbone + 1 };
    else if (every.finetune < most.finetune) every = { ...every, finetune: every.finetune + 1 };
    else break;
  }
  return { every, bytes: bytesOf(every) };
}

/** Counted from the last epoch back, so that the last is always among them. */
export const isKept = (epoch: number, epochs: number, every: number): boolean => (epochs - epoch) % every === 0;
