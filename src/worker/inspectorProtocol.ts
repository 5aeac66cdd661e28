/**
 * What the page asks of the inspector: a thread beside the training one, for what is computed only to be looked at. Plain
 * data both ways; training never waits for it.
 */
import type { LayerSnapshot } from '../experiment/snapshots.ts';
import type { ChannelBasis } from '../merge/kernelPictures.ts';
import type { ClusterOrder } from '../merge/ordering.ts';

export type InspectorQuestion =
  /** `values[i * kernels + j]`, from eight-bit kernels. */
  | { readonly ask: 'similarity'; readonly of: LayerSnapshot }
  | { readonly ask: 'cluster'; readonly values: Float32Array; readonly kernels: number }
  | { readonly ask: 'spectral'; readonly values: Float32Array; readonly kernels: number }
  | { readonly ask: 'basis'; readonly of: LayerSnapshot; readonly isImage: boolean }
  /** Colours `[kernel][position][3]` before scaling. */
  | { readonly ask: 'colours'; readonly of: LayerSnapshot; readonly basis: ChannelBasis };

export interface InspectorAnswers {
  readonly similarity: Float32Array<ArrayBuffer>;
  readonly cluster: ClusterOrder;
  readonly spectral: Uint16Array;
  readonly basis: ChannelBasis;
  readonly colours: Float32Array<ArrayBuffer>;
}

export type AnswerTo<Q extends InspectorQuestion> = InspectorAnswers[Q['ask']];

export interface Inspector {
  ask<Q extends InspectorQuestion>(question: Q): Promise<AnswerTo<Q>>;
}

export interface InspectorMessage {
  readonly id: number;
  readonly question: InspectorQuestion;
}

export type InspectorReply =
  | { readonly id: number; readonly answer: InspectorAnswers[keyof InspectorAnswers] }
  | { readonly id: number; readonly error: string };
