/**
 * What one step on a copy of a run did: plain data, posted through the worker as it is. Numbers a kernel are typed arrays,
 * index i being kernel i.
 */
import type { StudioErrorData } from '../base/errors.ts';
import type { MergeCondition } from '../merge/mergeSettings.ts';
import type { RunKey } from './events.ts';

/** Where a copy was taken, and how far it has gone since. */
export interface StepCopy {
  readonly run: RunKey;
  /** Whether the run itself merges; its copy does so in any case. */
  readonly merges: boolean;
  /** Epochs and optimiser steps that the run had done. */
  readonly epoch: number;
  readonly step: number;
  readonly stepsPerEpoch: number;
  readonly batchSize: number;
  readonly alpha: number;
  readonly p: number;
  /** Whether the pairs above tau merge, or those below it. */
  readonly condition: MergeCondition;
  readonly learningRate: number;
  readonly momentum: number;
  readonly weightDecay: number;
  readonly mergeSteps: number;
  readonly gradientSteps: number;
}

/** The same images, before and after: mean loss as training computes it (batch statistics, dropout). */
interface BatchLoss {
  readonly lossBefore: number;
  readonly lossAfter: number;
  /** 0-based optimiser step whose batch it is. */
  readonly batchOfStep: number;
}

export interface LayerMergeReport {
  /** 0-based index of the convolution. */
  readonly layer: number;
  readonly kernels: number;
  /** What this layer's similarities are held against. */
  readonly tau: number;
  /** In [0, 1); the kernel tries where it is below p. */
  readonly coin: Float32Array;
  /** The kernel it was compared with; itself where it did not try. */
  readonly partner: Uint16Array;
  /** Cosine with the partner before the step; NaN where it did not try. */
  readonly similarity: Float32Array;
  /** 1 where it merged. */
  readonly merged: Uint8Array;
  /** Length of the kernel before the step, and of what the step added to it. */
  readonly norm: Float32Array;
  readonly change: Float32Array;
}

export interface MergeStepReport extends BatchLoss {
  readonly kind: 'merge';
  /** 0-based step whose draws were used. */
  readonly step: number;
  readonly layers: readonly LayerMergeReport[];
}

/** Lengths of the vectors of v ← μ v + (g + λ w), w ← w − η v, over all weights or those of one layer. */
export interface GradientLengths {
  readonly weight: number;
  readonly gradient: number;
  readonly decay: number;
  /** Before and after the step. */
  readonly velocityBefore: number;
  readonly velocity: number;
  /** Of η v: how far the weights went. */
  readonly moved: number;
}

export interface GradientStepReport extends BatchLoss {
  readonly kind: 'gradient';
  readonly step: number;
  readonly learningRate: number;
  readonly total: GradientLengths;
  /** Every layer with weights of its own, in forward order. */
  readonly layers: readonly (GradientLengths & { readonly title: string })[];
}

export type StepReport = MergeStepReport | GradientStepReport;
export type StepKind = StepReport['kind'];

/** The buffers that may go over instead of being copied. */
export function buffersOf(report: StepReport): ArrayBuffer[] {
  if (report.kind === 'gradient') return [];
  return report.layers.flatMap((layer) =>
    [layer.coin, layer.partner, layer.similarity, layer.merged, layer.norm, layer.change].map(
      (values) => values.buffer as ArrayBuffer,
    ),
  );
}

/** What is asked of a copy: that it be taken, one step of either kind, its start again, or that it go. */
export type StepWish = 'copy' | StepKind | 'reset' | 'close';

export type StepEvent =
  | { readonly at: 'copied'; readonly copy: StepCopy }
  | { readonly at: 'stepped'; readonly copy: StepCopy; readonly report: StepReport }
  | { readonly at: 'reset'; readonly copy: StepCopy }
  /** The copy is gone: the run goes on, or was closed. */
  | { readonly at: 'closed' }
  /** What was asked for could not be done; the copy, where there is one, is as it was. */
  | { readonly at: 'refused'; readonly error: StudioErrorData };
