/**
 * Kernels as pictures of three colours. Input channels become colours by one basis for all kernels of a layer, so that like
 * colours mean like weights: red, green and blue as they are where the layer sees an image, else the three directions of
 * channel space that hold most of the kernels' energy (principal components, not centred: grey stays zero).
 */

export interface ChannelBasis {
  readonly kind: 'rgb' | 'grey' | 'projection';
  readonly channels: number;
  /** `axes[3 * c + k]`: how much of channel c goes into colour k. */
  readonly axes: Float32Array;
  /** Share of Σ w² that the colours show, 0 to 1. */
  readonly share: number;
  /** Weight that shows as a full colour: most are below it. */
  readonly scale: number;
}

const rounds = 24;
/** Share of the values that stay within the colours. */
const within = 0.98;

/** @param weights HWIO of `kernels` kernels; taken of one state of the network and kept for all others */
export function channelBasis(weights: Float32Array, channels: number, kernels: number, isImage: boolean): ChannelBasis {
  if (isImage && (channels === 3 || channels === 1)) {
    const axes = channels === 1 ? Float32Array.of(1, 1, 1) : Float32Array.of(1, 0, 0, 0, 1, 0, 0, 0, 1);
    return scaled({ kind: channels === 1 ? 'grey' : 'rgb', channels, axes, share: 1, scale: 1 }, weights, kernels);
  }
  let axes = Float32Array.from({ length: 3 * channels }, (_, at) => Math.sin(1 + at * 0.9));
  orthonormal(axes, channels);
  let energies: Float64Array = new Float64Array(3);
  for (let round = 0; round < rounds; round++) {
    const next = applied(weights, axes, channels, kernels);
    energies = orthonormal(next, channels);
    axes = next;
  }
  const total = weights.reduce((sum, value) => sum + value * value, 0);
  const shown = energies.reduce((sum, value) => sum + value, 0);
  const share = total > 0 ? Math.min(1, shown / total) : 0;
  return scaled({ kind: 'projection', channels, axes: upright(axes, channels), share, scale: 1 }, weights, kernels);
}

/** Colours before scaling: `[kernel][position][3]`. */
export function projected(weights: Float32Array, { axes, channels }: ChannelBasis, kernels: number): Float32Array<ArrayBuffer> {
  const positions = weights.length / (channels * kernels);
  const colours = new Float32Array(kernels * positions * 3);
  for (let position = 0; position < positions; position++) {
    for (let channel = 0; channel < channels; channel++) {
      const row = (position * channels + channel) * kernels;
      const [r, g, b] = [axes[3 * channel] as number, axes[3 * channel + 1] as number, axes[3 * channel + 2] as number];
      for (let kernel = 0; kernel < kernels; kernel++) {
        const value = weights[row + kernel] as number;
        const at = (kernel * positions + position) * 3;
        colours[at] = (colours[at] as number) + value * r;
        colours[at + 1] = (colours[at + 1] as number) + value * g;
        colours[at + 2] = (colours[at + 2] as number) + value * b;
      }
    }
  }
  return colours;
}

function scaled(basis: ChannelBasis, weights: Float32Array, kernels: number): ChannelBasis {
  const sizes = projected(weights, basis, kernels).map(Math.abs).sort();
  return { ...basis, scale: sizes[Math.floor(within * (sizes.length - 1))] ?? 0 };
}

/** XᵀX v for the three axes, X with a row a position and kernel. */
function applied(weights: Float32Array, axes: Float32Array, channels: number, kernels: number): Float32Array<ArrayBuffer> {
  const basis: ChannelBasis = { kind: 'projection', channels, axes, share: 0, scale: 1 };
  const colours = projected(weights, basis, kernels);
  const positions = weights.length / (channels * kernels);
  const next = new Float32Array(3 * channels);
  for (let position = 0; position < positions; position++) {
    for (let channel = 0; channel < channels; channel++) {
      const row = (position * channels + channel) * kernels;
      let [r, g, b] = [0, 0, 0];
      for (let kernel = 0; kernel < kernels; kernel++) {
        const value = weights[row + kernel] as number;
        const at = (kernel * positions + position) * 3;
        r += value * (colours[at] as number);
        g += value * (colours[at + 1] as number);
        b += value * (colours[at + 2] as number);
      }
      next[3 * channel] = (next[3 * channel] as number) + r;
      next[3 * channel + 1] = (next[3 * channel + 1] as number) + g;
      next[3 * channel + 2] = (next[3 * channel + 2] as number) + b;
    }
  }
  return next;
}

/** Gram and Schmidt, in place; the lengths that were left of each axis: its eigenvalue, once it stands still. */
function orthonormal(axes: Float32Array, channels: number): Float64Array {
  const lengths = new Float64Array(3);
  for (let k = 0; k < 3; k++) {
    for (let before = 0; before < k; before++) {
      let share = 0;
      for (let c = 0; c < channels; c++) share += (axes[3 * c + k] as number) * (axes[3 * c + before] as number);
      for (let c = 0; c < channels; c++) axes[3 * c + k] = (axes[3 * c + k] as number) - share * (axes[3 * c + before] as number);
    }
    let square = 0;
    for (let c = 0; c < channels; c++) square += (axes[3 * c + k] as number) ** 2;
    const length = Math.sqrt(square);
    lengths[k] = length;
    for (let c = 0; c < channels; c++) axes[3 * c + k] = length > 1e-12 ? (axes[3 * c + k] as number) / length : 0;
  }
  return lengths;
}

/** An axis has no sign of its own: its largest part is made positive. */
function upright(axes: Float32Array, channels: number): Float32Array<ArrayBuffer> {
  const turned = new Float32Array(axes.length);
  for (let k = 0; k < 3; k++) {
    let largest = 0;
    for (let c = 0; c < channels; c++) {
      const value = axes[3 * c + k] as number;
      if (Math.abs(value) > Math.abs(largest)) largest = value;
    }
    for (let c = 0; c < channels; c++) turned[3 * c + k] = (axes[3 * c + k] as number) * (largest < 0 ? -1 : 1);
  }
  return turned;
}
