/**
 * One slot of the GPU's merge log, as bytes: the step's uniform going in, explicit partners going in (tests), and the tried
 * pairs coming back. Layouts are those of slot.wgsl.
 */
import { StudioError } from '../base/errors.ts';
import { stepKey } from './draws.ref.ts';
import { slotParts, type MergePlan, type PlannedLayer } from './mergePlan.ts';
import { coinThreshold, notTried, type MergeSettings } from './mergeSettings.ts';
import type { TriedPair } from './merge.ref.ts';

/** Bytes of slot.wgsl's `Step`. */
export const stepBytes = 32;
const mergedBit = 0x80000000;

/** What one recorded merge was told. */
export interface SlotUse {
  readonly step: number;
  /** Non-zero, different for every use of the log: tells a finished slot from a stale one. */
  readonly stamp: number;
}

/** The uniform `Step` for one slot, whose first word in the log is `slot`. */
export function stepUniform(settings: MergeSettings, use: SlotUse, seed: number, purpose: number, slot: number): ArrayBuffer {
  const bytes = new ArrayBuffer(stepBytes);
  const words = new Uint32Array(bytes);
  const floats = new Float32Array(bytes);
  words.set(stepKey(seed, purpose, use.step), 0);
  words.set([slot, use.stamp, coinThreshold(settings.p)], 2);
  floats.set([settings.alpha, 1 - settings.alpha], 5);
  words[7] = settings.condition === 'dissimilar' ? 1 : 0;
  return bytes;
}

/** A slot with explicit partners, as if they had been drawn. */
export function slotWithPartners(plan: MergePlan, use: SlotUse, partners: readonly Uint32Array[]): Uint32Array<ArrayBuffer> {
  const words = new Uint32Array(plan.slotWords);
  plan.layers.forEach((layer, at) => {
    const own = partners[at];
    if (own?.length !== layer.kernels) {
      throw new StudioError({
        code: 'merge-partners-mismatch',
        message: `Layer ${layer.layer} was given ${own?.length ?? 'no'} partners for its ${layer.kernels} kernels.`,
      });
    }
    const parts = slotParts(layer);
    words[parts.stamp] = use.stamp;
    words.set(own, parts.choice);
  });
  return words;
}

/**
 * The tried pairs of one layer, in order of i.
 * @throws StudioError `merge-log-unfinished` where the slot does not hold this use: its work was recorded but not submitted
 */
export function triedPairs(slot: Uint32Array, layer: PlannedLayer, use: SlotUse): TriedPair[] {
  const parts = slotParts(layer);
  if (slot[parts.stamp] !== use.stamp) {
    throw new StudioError({
      code: 'merge-log-unfinished',
      message: `The merge log of step ${use.step} was read before its commands were submitted.`,
    });
  }
  const similarities = new Float32Array(slot.buffer, slot.byteOffset + parts.similarity * 4, layer.kernels);
  const pairs: TriedPair[] = [];
  for (let i = 0; i < layer.kernels; i++) {
    const choice = slot[parts.choice + i] ?? notTried;
    if (choice === notTried) continue;
    const merged = choice >= mergedBit;
    pairs.push({ i, j: merged ? choice - mergedBit : choice, similarity: similarities[i] as number, merged });
  }
  return pairs;
}
