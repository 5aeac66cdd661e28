/** The words of merging, each in a sentence or two, with its formula where it has one and where the paper speaks of it. */

export interface TermText {
  readonly title: string;
  readonly text: string;
  readonly formula?: string;
  /** Words of the paper near which it is explained; absent where the paper does not speak of it. */
  readonly paper?: string;
}

export const terms = {
  kernel: {
    title: 'Kernel K_i',
    text: 'All the weights of one output filter of a convolution: height × width × input channels. Flattened to a vector it is written k. The bias is not part of it.',
    paper: 'convolutional kernels',
  },
  similarity: {
    title: 'Cosine similarity',
    text: 'How far two kernels point the same way, whatever their lengths: 1 the same direction, 0 at right angles, −1 opposed.',
    formula: 'cos(kᵢ, kⱼ) = kᵢ · kⱼ / (|kᵢ| |kⱼ|)',
    paper: 'cosine similarity',
  },
  tau: {
    title: 'τ, similarity needed',
    text: 'A pair that was drawn merges only where its similarity is above τ. Lower τ: more merges, of kernels less alike.',
    formula: 'Kᵢ ← α Kᵢ + (1 − α) Kⱼ  where  cos(kᵢ, kⱼ) > τ',
    paper: 'threshold',
  },
  expected: {
    title: 'Expected merges a step',
    text: 'Each of the n kernels looks for a partner with probability p, any other kernel being equally likely, and merges where the pair is above τ.',
    formula: 'p × n × (pairs above τ / all pairs)',
    paper: 'probability',
  },
  effectiveRank: {
    title: 'Effective rank',
    text: 'To how many mutually orthogonal directions the kernels of a layer amount: n where all are at right angles, 1 where all are alike. λ are the eigenvalues of the similarity matrix (participation ratio).',
    formula: '(Σ λ)² / Σ λ²  =  n² / Σᵢⱼ cos²(kᵢ, kⱼ)',
  },
  meanAbsolute: {
    title: 'Mean |cos|',
    text: 'The mean over all pairs of a layer of how alike or opposed they are. Random kernels of d weights have about 0.8 / √d.',
    formula: 'mean over i < j of |cos(kᵢ, kⱼ)|',
  },
  norm: {
    title: 'Length of a kernel',
    text: 'The root of the sum of its squared weights. Merging kernels that are not alike shortens them: their parts cancel.',
    formula: '|k| = √ Σ w²',
  },
  moved: {
    title: 'Moved since the backbone',
    text: 'How far a kernel is from where fine-tuning began, as a share of its length there. Both arms begin at 0.',
    formula: '|k − k₀| / |k₀|',
  },
  cluster: {
    title: 'Similar together',
    text: 'Average linkage on 1 − cos: the two groups with the smallest mean distance are joined, again and again. Of all orders that this tree allows, the one whose neighbours are most alike (Bar-Joseph et al. 2001).',
  },
  spectral: {
    title: 'Spectral order',
    text: 'By the second eigenvector of the normalised similarities (1 + cos) / 2: the relaxed best cut in two.',
  },
  colours: {
    title: 'Colours of a kernel',
    text: 'A deep kernel has many input channels and three colours. The channels are projected on the three directions that hold most of Σ w² over all kernels of the layer at the backbone’s checkpoint; the same for every epoch and arm. Mid grey is 0.',
  },
  merge: {
    title: 'A merge',
    text: 'Kernel i takes a share of kernel j; j stays as it is. All similarities are those before the step, so the order does not matter.',
    formula: 'Kᵢ ← α Kᵢ + (1 − α) Kⱼ',
    paper: 'selectively merging similar convolutional kernels',
  },
} as const satisfies Readonly<Record<string, TermText>>;

export type TermName = keyof typeof terms;

/** The paper, at the words given where the browser can go there. */
export const paperLink = (words: string): string => `https://arxiv.org/html/2502.20516v2#:~:text=${encodeURIComponent(words)}`;
