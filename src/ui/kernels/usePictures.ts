/** Colours of a layer's kernels: one basis for all epochs and both arms, made of the backbone's checkpoint where it is kept. */
import type { ChannelBasis } from '../../merge/kernelPictures.ts';
import { epochOfHalf, type LookedAt } from '../../store/lookedAt.ts';
import { useKernelMaps } from '../studioContext.ts';
import { useAsked } from './useAsked.ts';

export interface Pictures {
  readonly basis: ChannelBasis;
  /** `[kernel][position][3]` before scaling. */
  readonly colours: Float32Array;
  readonly layer: number;
  readonly arm: string | null;
  readonly epoch: number;
}

export function usePictures(
  looked: LookedAt | null,
  layer: number | null,
  arm: string | null,
): { pictures: Pictures | null; pending: boolean; missing: boolean } {
  const maps = useKernelMaps();
  const epoch = looked === null ? 0 : epochOfHalf(looked, arm);
  const key = looked === null || layer === null ? null : JSON.stringify([looked.seed, arm, epoch, layer, looked.lower === null]);
  const { value, pending, fresh } = useAsked(key, async (): Promise<Pictures | null> => {
    if (looked === null || layer === null) return null;
    const { seed, epochs } = looked;
    const isImage = layer === 0;
    const start = { seed, arm, epoch: arm === null ? (epochs[0] ?? epoch) : 0 };
    const basis = (await maps.basis(start, layer, isImage)) ?? (await maps.basis({ seed, arm, epoch }, layer, isImage));
    if (basis === null) return null;
    const colours = await maps.colours({ seed, arm, epoch }, layer, basis);
    return colours === null ? null : { basis, colours, layer, arm, epoch };
  });
  return { pictures: value?.layer === layer ? value : null, pending, missing: !pending && fresh && value === null };
}

/** How the colours came about, in a sentence. */
export function basisText({ kind, channels, share }: ChannelBasis): string {
  if (kind === 'rgb') return 'The three input channels as red, green and blue; mid grey is 0.';
  if (kind === 'grey') return 'One input channel in grey; mid grey is 0.';
  return `${channels} input channels projected on three directions that hold ${Math.round(share * 100)} % of the layer’s Σ w²; the same for all epochs and both arms.`;
}
