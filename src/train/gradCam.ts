/**
 * Grad-CAM (Selvaraju et al. 2017, arXiv 1610.02391): where in an image a network finds what raises the score of a class.
 * The gradient of the class's logit with respect to the last convolution's activations, averaged over positions, weighs
 * those activations; what is left above zero of their sum is the map. tfjs differentiates, so any backend does.
 */
import { tf } from '../gpu/tfjs.ts';
import type { Layer, Network, ResidualLayer } from '../model/network.ts';
import { along } from './forward.ts';

export interface GradCam {
  readonly height: number;
  readonly width: number;
  /** [height, width], at least 0, in no particular unit: only its proportions mean something. */
  readonly map: Float32Array;
}

type Layers = readonly (Layer | ResidualLayer)[];
type Arrays = ReadonlyMap<string, tf.Tensor>;

/**
 * The network cut where Grad-CAM looks: after the last convolution with the normalisation and ReLU that follow it (after
 * the last block of a ResNet).
 */
export function cutAfterLastConvolution({ layers }: Network): { readonly features: Layers; readonly head: Layers } {
  let end = layers.findLastIndex(({ kind }) => kind === 'conv' || kind === 'residual') + 1;
  while (layers[end]?.kind === 'batchNorm' || layers[end]?.kind === 'relu') end++;
  return { features: layers.slice(0, end), head: layers.slice(end) };
}

/** For one input image x [1, h, w, c]; `arrays` as `forward` takes them. */
export async function gradCam(network: Network, arrays: Arrays, x: tf.Tensor4D, classIndex: number): Promise<GradCam> {
  const { features, head } = cutAfterLastConvolution(network);
  const map = tf.tidy(() => {
    const activations = along(features, arrays, x, null);
    const logit = (values: tf.Tensor): tf.Scalar => {
      const logits = tf.reshape(along(head, arrays, values as tf.Tensor4D, null), [network.classes]);
      return tf.reshape(tf.slice(logits, [classIndex], [1]), []);
    };
    const gradient = tf.grad(logit)(activations);
    const weights = tf.mean(gradient, [1, 2], true);
    return tf.relu(tf.sum(tf.mul(activations, weights), 3)) as tf.Tensor3D;
  });
  try {
    const [, height, width] = map.shape;
    return { height, width, map: (await map.data<'float32'>()).slice() };
  } finally {
    map.dispose();
  }
}
